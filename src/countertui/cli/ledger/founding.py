"""`countertui ledger init`: a new ledger, its keys on disk and on three sticks, and its first two admins."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from countertui.cli.extras import require_extras
from countertui.cli.ledger.now import utc_now
from countertui.cli.lines import tell
from countertui.cli.places import ledger_folder

if TYPE_CHECKING:
    from countertui.ledger.founding import Admin


def add_to(ledger: App) -> None:
    """Add this module's command to `countertui ledger`."""
    ledger.command(init)


def init(id: str, /, *, roots: str, dir: Path | None = None, database: str | None = None) -> int:  # noqa: A002
    """Make a new, empty ledger, its keys, and its first two admins.

    Asked for, in this order: the opener's name and passphrase; for each of two admins an id, a name and a PIN; a
    passphrase for each of the three root keys. Keep the sticks with the root keys apart, and away from the ledger: two
    of the three can give the ledger a new key, should its own be lost or stolen.

    Parameters
    ----------
    id
        The city's id for this ledger: letters, digits, dashes. DEMO and TRAINING are for cities without real money.
    roots
        Where the three root keys go, with commas between: a folder on each of three sticks.
    dir
        The ledger's folder.
    database
        An empty PostgreSQL database for the books, postgresql://user@host/name; its password belongs in ~/.pgpass.
        Without it they are an SQLite file in the folder.
    """
    require_extras("ledger")
    from countertui.cli.asking import ask, ask_new_secret, until_taken
    from countertui.domain.demo import is_real
    from countertui.errors import UsageError
    from countertui.ledger.founding import found, require_own_passphrases, require_two_pins, root_places
    from countertui.machine import random_bytes
    from countertui.sync.keyslots import require_long_passphrase, require_opener_name

    if not is_real(id):
        raise UsageError(
            "An id that begins with DEMO or TRAINING is for cities without real money.",
            press="Choose the city's own id.",
        )
    folder = ledger_folder(dir)
    places = root_places(folder, id, [Path(part.strip()) for part in roots.split(",")])
    long_enough = partial(require_long_passphrase, ledger=id)
    opener = until_taken(partial(ask, "Opener's name"), require_opener_name)
    openers = {opener: ask_new_secret("Passphrase, 15 characters or more", long_enough)}
    # What two people chose alike is said to both at once: said to the second alone, it would tell the first's secret.
    admins = until_taken(_two_admins, require_two_pins)
    passphrases = until_taken(
        lambda: [
            ask_new_secret(f"Passphrase of root key {n}, for {path.parent}", long_enough) for n, path in places.items()
        ],
        require_own_passphrases,
    )
    found(
        folder,
        id,
        openers=openers,
        admins=admins,
        roots=dict(zip(places.values(), passphrases, strict=True)),
        random=random_bytes,
        now=utc_now(),
        database=database,
    ).close()
    tell(f"Ledger {id} is made in {folder}.")
    for n, path in places.items():
        tell(f"Root key {n}: {path}")
    tell("Keep each apart from the others and from the ledger.")
    return 0


def _two_admins() -> tuple[Admin, Admin]:
    first = _admin("First admin", None)
    return first, _admin("Second admin", first)


def _admin(which: str, first: Admin | None) -> Admin:
    from countertui.cli.asking import ask, ask_new_secret, until_taken
    from countertui.domain.operators import refuse_weak_pin
    from countertui.ledger.founding import Admin, require_admin_id, require_admin_name
    from countertui.sync.pins import require_pin

    id_ = until_taken(partial(ask, f"{which}, id"), partial(require_admin_id, first=first))
    name = until_taken(partial(ask, f"{which}, name"), partial(require_admin_name, first=first))

    def judge(pin: str) -> None:
        require_pin(pin)
        refuse_weak_pin(pin, id_)

    return Admin(id_, name, ask_new_secret(f"{which}, PIN", judge))
