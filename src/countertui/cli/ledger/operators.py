"""What `countertui operator` and `report rights` do where --dir names a ledger: records of its desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countertui.cli.ledger.now import utc_now
from countertui.domain.rights import Act, Role

if TYPE_CHECKING:
    from countertui.ledger.books import Books
    from countertui.ledger.keep_operators import Keeping
    from countertui.ledger.sign_in import SignedIn
    from countertui.sync.keyslots import Secrets


@dataclass(frozen=True, slots=True)
class Opened:
    """A ledger opened for a command."""

    books: Books
    secrets: Secrets

    def who(self, act: Act, prompt: str, named: str | None) -> SignedIn:
        """Sign somebody in for an act."""
        from countertui.cli.ledger.asking_who import who

        return who(self.books, self.secrets, act, prompt, named)

    @contextmanager
    def keeping(self) -> Iterator[Keeping]:
        """One transaction of the desk."""
        from countertui.ledger.desk import Ground
        from countertui.ledger.keep_operators import Keeping
        from countertui.machine import random_bytes, uuid7
        from countertui.sync.pins import PepperedPins

        with self.books.writing() as connection:
            ground = Ground(connection, self.books, self.secrets.terminal_key, utc_now())
            yield Keeping(ground, PepperedPins(self.secrets.pin_pepper, random_bytes), uuid7())


@contextmanager
def opened(folder: Path) -> Iterator[Opened]:
    """The ledger in a folder, with its secrets; the opener's passphrase is asked for."""
    from countertui.cli.asking import passphrase_for
    from countertui.ledger.books import open_books
    from countertui.ledger.keys import open_secrets
    from countertui.ledger.own_rotation import require_in_force

    books = open_books(folder)
    try:
        secrets = open_secrets(folder, passphrase_for(folder))
        require_in_force(books, secrets)
        yield Opened(books, secrets)
    finally:
        books.close()


def add(folder: Path, admin: str | None, second: str | None, id_: str, name: str, roles: tuple[Role, ...]) -> str:
    """Add an operator, by two; gives the one-time code."""
    from countertui.ledger.keep_operators import add as add_operator

    with opened(folder) as ledger:
        by = ledger.who(Act.KEEP_OPERATORS, "Admin", admin)
        agrees = ledger.who(Act.APPROVE_RESET, "Second person", second)
        with ledger.keeping() as keeping:
            return add_operator(keeping, by, agrees, id_, name, roles)


def reset(folder: Path, admin: str | None, second: str | None, id_: str) -> str:
    """Take an operator's PIN away, by two; gives the one-time code."""
    from countertui.ledger.keep_operators import reset as reset_operator

    with opened(folder) as ledger:
        by = ledger.who(Act.KEEP_OPERATORS, "Admin", admin)
        agrees = ledger.who(Act.APPROVE_RESET, "Second person", second)
        with ledger.keeping() as keeping:
            return reset_operator(keeping, by, agrees, id_)


def change_roles(folder: Path, admin: str | None, second: str | None, id_: str, roles: tuple[Role, ...]) -> None:
    """Change what an operator may do, by two."""
    from countertui.ledger.keep_operators import change_roles as change

    with opened(folder) as ledger:
        by = ledger.who(Act.KEEP_OPERATORS, "Admin", admin)
        agrees = ledger.who(Act.APPROVE_RESET, "Second person", second)
        with ledger.keeping() as keeping:
            change(keeping, by, agrees, id_, roles)


def choose_pin(folder: Path, id_: str) -> str:
    """Choose one's own PIN by a one-time code or the present PIN; gives one's name."""
    from countertui.cli.asking import ask_new_secret, ask_secret
    from countertui.ledger.keep_operators import choose_pin as choose
    from countertui.ledger.sign_in import prove

    with opened(folder) as ledger:
        present = ask_secret("One-time code or present PIN")
        owner = prove(ledger.books, ledger.secrets.pin_pepper, id_, present, utc_now())
        pin = ask_new_secret("New PIN, 4 to 8 digits")
        with ledger.keeping() as keeping:
            choose(keeping, owner, pin, present)
    return owner.name


def leave(folder: Path, admin: str | None, id_: str, day: str) -> str | None:
    """Set an operator's last day; gives it."""
    from countertui.ledger.keep_operators import leave as set_last_day

    with opened(folder) as ledger:
        by = ledger.who(Act.KEEP_OPERATORS, "Admin", admin)
        with ledger.keeping() as keeping:
            return set_last_day(keeping, by, id_, day)


def remove(folder: Path, admin: str | None, id_: str) -> None:
    """Let an operator do nothing any more."""
    from countertui.ledger.keep_operators import remove as remove_operator

    with opened(folder) as ledger:
        by = ledger.who(Act.KEEP_OPERATORS, "Admin", admin)
        with ledger.keeping() as keeping:
            remove_operator(keeping, by, id_)


def rows(folder: Path, today: str) -> list[dict[str, Any]]:
    """Who works today, as `operator list` says it."""
    from countertui.domain.operators import REMOVED, proof_of
    from countertui.domain.text import person_key
    from countertui.ledger.books import open_books
    from countertui.ledger.sign_in import locked
    from countertui.ledger.staff import people_of

    books = open_books(folder)
    try:
        with books.reading() as connection:
            people, shut = people_of(connection), locked(connection)
    finally:
        books.close()
    return [
        {
            "id": id_,
            "name": person.name,
            "roles": [role.value for role in Role if role in person.roles],
            "locked": person_key(id_) in shut,
            "last_day": person.active_to,
            "code_until": proof_of(person.verifier).code_until,
        }
        for id_, person in sorted(people.items(), key=lambda item: item[1].name)
        if person.works_on(today) and person.verifier != REMOVED
    ]


def show_rights(folder: Path, *, as_json: bool) -> None:
    """Print the rights review as the ledger knows it."""
    from countertui.cli.rights import print_rights
    from countertui.ledger.books import next_version, open_books
    from countertui.ledger.rights_review import rights_list

    books = open_books(folder)
    try:
        with books.reading() as connection:
            found, reviews = rights_list(connection)
            version = next_version(connection) - 1
    finally:
        books.close()
    print_rights(version, found, reviews, as_json=as_json)


def sign_rights(folder: Path) -> None:
    """Sign the review off: a lead, an auditor or an admin is asked for."""
    from countertui.cli.rights import print_signed
    from countertui.ledger.rights_review import sign_review

    with opened(folder) as ledger:
        person = ledger.who(Act.REVIEW_RIGHTS, "Operator", None)
        with ledger.keeping() as keeping:
            data = sign_review(keeping.ground, person, keeping.id)
    print_signed(person.name, data)
