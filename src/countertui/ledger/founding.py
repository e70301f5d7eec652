"""Founding a city's ledger: its keys, three root keys that go away on sticks, and the first two admins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from countertui.domain.operators import OPERATOR_ID, refuse_weak_pin
from countertui.domain.rights import NotAllowed, Role
from countertui.domain.text import same_person
from countertui.errors import CounterError, UsageError
from countertui.ledger.books import Books
from countertui.ledger.keys import create_ledger, make_roots
from countertui.sync.keyslots import (
    PRODUCTION_COST,
    Cost,
    Random,
    Secrets,
    create_slots,
    open_slots,
    public_identity,
)
from countertui.sync.pins import PIN_COST, pin_verifier
from countertui.sync.registry_entries import ROOTS

ROOT_OPENER = "root"
_LONGEST_NAME = 60


class FoundingError(UsageError):
    """A ledger can't be founded like this: its places or its people."""


@dataclass(frozen=True, slots=True)
class Admin:
    """One of the first two people: operator id, name, and PIN as typed."""

    id: str
    name: str
    pin: str

    def __repr__(self) -> str:
        """Without the PIN: it must not reach a log or a crash file."""
        return f"Admin({self.id!r})"


def require_admin_id(id_: str, first: Admin | None = None) -> None:
    """Raise FoundingError for what is no operator id, NotAllowed for that of the `first` admin."""
    if not OPERATOR_ID.fullmatch(id_):
        raise FoundingError("An operator id is 2 to 24 small letters, digits, dots and dashes.", "Nothing was made.")
    if first is not None and same_person(id_, first.id):
        raise NotAllowed(
            "Nobody approves what they began or took part in, and the first admin has this id.",
            "Nothing was made.",
            "Type another person's.",
        )


def require_admin_name(name: str, first: Admin | None = None) -> None:
    """Raise FoundingError for what can't be shown as a name, and for that of the `first` admin."""
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        raise FoundingError(f"A name is 1 to {_LONGEST_NAME} letters.", "Nothing was made.")
    if first is not None and same_person(name, first.name):
        raise FoundingError("Two people of the same name can't be told apart.", "Nothing was made.")


def require_two_pins(admins: tuple[Admin, Admin]) -> None:
    """Raise FoundingError for one PIN typed by both."""
    if admins[0].pin == admins[1].pin:
        raise FoundingError("Both typed the same PIN.", "Nothing was made.", "Each chooses one alone, unseen.")


def require_own_passphrases(passphrases: Sequence[str]) -> None:
    """Raise FoundingError for two root keys of one passphrase."""
    if len(set(passphrases)) != len(passphrases):
        raise FoundingError("Each root key needs a passphrase of its own.", "Nothing was made.")


def root_places(folder: Path, ledger_id: str, given: Sequence[Path]) -> dict[int, Path]:
    """The file of each root key, 1 to 3, in these folders. Raises FoundingError unless these can be three sticks."""
    places = [path.resolve() for path in given]
    if len(set(places)) != ROOTS or len(places) != ROOTS:
        raise FoundingError(
            f"Name {ROOTS} different folders for the root keys, one on each stick.", "Nothing was made."
        )
    for place in places:
        if not place.is_dir():
            raise FoundingError(f"There is no folder {place}.", "Nothing was made.", "Put the stick in and mount it.")
        if place.is_relative_to(folder.resolve()):
            raise FoundingError("The root keys must not lie in the ledger's own folder.", "Nothing was made.")
    files = {n: place / f"{ledger_id}-root-{n}.json" for n, place in enumerate(places, start=1)}
    for path in files.values():
        if path.exists():
            raise FoundingError(f"{path} is there already.", "Nothing was made.", "Take another stick.")
    return files


def found(
    folder: Path,
    ledger_id: str,
    *,
    openers: Mapping[str, str],
    admins: tuple[Admin, Admin],
    roots: Mapping[Path, str],
    random: Random,
    now: str,
    database: str | None = None,
    cost: Cost = PRODUCTION_COST,
    pin_cost: Cost = PIN_COST,
) -> Books:
    """Make a ledger in `folder` with its keys, admins, and root keys: `roots` is file to passphrase, in order 1 to 3.

    `now` is ISO 8601 UTC. Where it fails, no root key is left behind. Raises FoundingError, NotAllowed, PinRefused,
    PinRuleError, what `create_ledger` raises, OSError.
    """
    _require_two_people(admins)
    require_own_passphrases(tuple(roots.values()))
    pepper, field_key = random(32), random(32)
    # First, as it may refuse a PIN, and nothing is made yet.
    verifiers = [pin_verifier(admin.pin, pepper, random, pin_cost) for admin in admins]
    keys = make_roots(random)
    written: list[Path] = []
    try:
        for n, ((path, passphrase), key) in enumerate(zip(roots.items(), keys, strict=True), start=1):
            # The pepper and the sealing seed too: without them a new key would open no PIN and no sealed data.
            _write_root(path, ledger_id, n, Secrets(key, field_key, pepper), passphrase, random, cost)
            written.append(path)
        books = create_ledger(
            folder,
            ledger_id,
            openers=openers,
            random=random,
            now=now,
            cost=cost,
            pin_pepper=pepper,
            field_key=field_key,
            database=database,
            roots=keys,
            by=(admins[0].id, admins[1].id),
            rows=[("operator", [_operator(*each, now) for each in zip(admins, verifiers, strict=True)])],
        )
    except (CounterError, OSError):
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return books


def _operator(admin: Admin, verifier: str, now: str) -> tuple[str | None, ...]:
    return admin.id, admin.name, Role.ADMIN.value, verifier, now[:10], None


def open_root(path: Path, passphrase: str, ledger_id: str) -> tuple[int, Secrets]:
    """A root key's number, 1 to 3, and what its file keeps: the key, and the city's pepper and sealing seed.

    Raises FoundingError for another ledger's file, WrongPassphraseError, KeyFileDamagedError, OSError.
    """
    identity = public_identity(path)
    if identity.ledger != ledger_id or not identity.terminal.startswith("ROOT-"):
        raise FoundingError(f"{path.name} is no root key of ledger {ledger_id}.", "Nothing was changed.")
    return int(identity.terminal.removeprefix("ROOT-")), open_slots(path, passphrase)


def _write_root(
    path: Path, ledger_id: str, n: int, secrets: Secrets, passphrase: str, random: Random, cost: Cost
) -> None:
    openers = {ROOT_OPENER: passphrase}
    name = f"ROOT-{n}"
    create_slots(
        path, ledger=ledger_id, terminal=name, epoch=1, secrets=secrets, openers=openers, random=random, cost=cost
    )


def _require_two_people(admins: tuple[Admin, Admin]) -> None:
    one, other = admins
    for admin, before in ((one, None), (other, one)):
        require_admin_id(admin.id, before)
        require_admin_name(admin.name, before)
        refuse_weak_pin(admin.pin, admin.id)
    require_two_pins(admins)
