"""`countertui init`: a new terminal for a real city; makes its key, asks to be admitted, and begins its journal."""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from countertui.cli.extras import require_extras
from countertui.cli.lines import tell
from countertui.cli.places import default_folder
from countertui.errors import AnswerNo, EnvironmentFault, UsageError

if TYPE_CHECKING:
    from countertui.cli.new_terminal import Way
    from countertui.domain.record_data import RestoreData

_ASK_AGAIN_S = 2.0


def add_to(app: App) -> None:
    """Add this module's command."""
    app.command(init)


def init(
    *,
    terminal: str,
    code: str,
    ledger: str | None = None,
    from_: Path | None = None,
    to: Path | None = None,
    wait: int = 900,
    dir: Path | None = None,  # noqa: A002
) -> int:
    """Make this computer a terminal: its key, its admission by two people at the ledger, its journal.

    Asks for an opener's name and passphrase, shows a fingerprint, and waits until a second person has typed it at the
    ledger. Cut off at any point, the same command goes on. Without a network: twice, with --from and --to.

    Parameters
    ----------
    terminal
        The terminal's code, as the ledger's `admit` was told.
    code
        The one-time code that `admit` printed.
    ledger
        The ledger's address; it is written to terminal.toml.
    from_
        Without a network: a folder, as of a stick, with the invitation or the admission that `ledger admit` put there.
    to
        The same: a folder to put the request into.
    wait
        How many seconds to wait for the admission before giving up for now.
    dir
        The terminal's folder.
    """
    return begin_terminal(default_folder(dir), terminal, code, ledger=ledger, from_=from_, to=to, wait=wait)


def begin_terminal(
    folder: Path,
    terminal: str,
    code: str,
    *,
    ledger: str | None,
    from_: Path | None,
    to: Path | None,
    wait: int,
    restored: RestoreData | None = None,
) -> int:
    """What `init` does; with `restored`, what `restore` does."""
    require_extras("counter")
    from countertui.cli.new_terminal import NetworkWay, StickWay
    from countertui.counter.begin import is_begun

    if (ledger is None) == (from_ is None):
        raise UsageError(
            "Name either the ledger's address or the folder that its files lie in.",
            "Nothing was made.",
            "countertui init --ledger URL …, or --from FOLDER --to FOLDER.",
        )
    if is_begun(folder, restoring=restored is not None):
        raise UsageError(f"There is a terminal in {folder} already.", "It is unchanged.", "Name another --dir.")
    way: Way = NetworkWay(ledger) if ledger is not None else StickWay(from_ or Path(), to)
    return _begin(folder, way, terminal, code, wait, restored)


def _begin(folder: Path, way: Way, terminal: str, code: str, wait: int, restored: RestoreData | None) -> int:
    from countertui.cli.asking import ask, ask_new_secret, ask_secret, until_taken
    from countertui.cli.new_terminal import ask_to_be_admitted, make_keys, make_terminal
    from countertui.sync.keyslots import public_identity, require_long_passphrase, require_opener_name

    keys = folder / "keys.json"
    admission = way.admission(terminal)
    if not keys.exists():
        invitation = way.invitation(terminal)
        if invitation is None:
            raise AnswerNo(
                f"No code that counts was given out for terminal {terminal}.",
                "Nothing was made.",
                "Have one given out at the ledger: countertui ledger admit. It is good for a day, and for five tries.",
            )
        opener = until_taken(partial(ask, "Opener's name"), require_opener_name)
        long_enough = partial(require_long_passphrase, ledger=invitation.ledger)
        passphrase = ask_new_secret("Passphrase, 15 characters or more", long_enough)
        make_keys(folder, invitation, opener, passphrase)
    else:
        openers = ", ".join(public_identity(keys).openers)
        tell(f"This terminal's key was made at the first try, with a passphrase of {openers}: type that.")
        passphrase = ask_secret("Opener's passphrase")
    if admission is None:
        fingerprint = ask_to_be_admitted(folder, way, terminal, code, passphrase)
        tell(f"Fingerprint of {terminal}: {fingerprint}")
        if not way.answers_by_itself:
            tell(f"Take the stick to the ledger: countertui ledger admit {terminal} --from FOLDER --to FOLDER")
            return 0
        tell(f"A second person types it at the ledger: countertui ledger admit {terminal}")
        admission = _wait_for(way, terminal, wait)
    said = make_terminal(folder, way, terminal, code, passphrase, admission, _progress, restored)
    tell(f"{terminal} is a terminal of {said} in {folder}. Open the counter: countertui --dir {folder}")
    return 0


def _wait_for(way: Way, terminal: str, wait: int) -> bytes:
    until = time.monotonic() + wait
    while True:
        admission = way.admission(terminal)
        if admission is not None:
            return admission
        if time.monotonic() >= until:
            raise EnvironmentFault(
                f"Nobody has admitted {terminal} yet.",
                "Its key is kept here, and its request at the ledger.",
                "Run the same command again when somebody is there.",
            )
        time.sleep(_ASK_AGAIN_S)


def _progress(table: str, rows: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[Ktaking {table.replace('_', ' ')}: {rows:,}\r")
