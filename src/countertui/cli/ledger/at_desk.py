"""A ledger opened for people at its desk: they sign in, and each act is one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from countertui.cli.extras import require_extras
from countertui.cli.ledger.now import utc_now
from countertui.cli.places import books_folder

if TYPE_CHECKING:
    from countertui.domain.rights import Act
    from countertui.ledger.books import Books
    from countertui.ledger.desk import Ground
    from countertui.sync.keyslots import Secrets


@dataclass(frozen=True, slots=True)
class AtDesk:
    """An open ledger and its secrets."""

    books: Books
    secrets: Secrets

    def sign_in(self, act: Act, prompt: str = "Operator") -> str:
        """The id of somebody who signed in for that act."""
        from countertui.cli.ledger.asking_who import who

        return who(self.books, self.secrets, act, prompt).id

    @contextmanager
    def ground(self) -> Iterator[Ground]:
        """One transaction, in which one thing is done."""
        from countertui.ledger.desk import Ground

        with self.books.writing() as connection:
            yield Ground(connection, self.books, self.secrets.terminal_key, utc_now())


@contextmanager
def at_desk(dir: Path | None) -> Iterator[AtDesk]:  # noqa: A002
    """The ledger in a folder, opened with its secrets; the opener's passphrase is asked for."""
    require_extras("ledger")
    from countertui.cli.asking import passphrase_for
    from countertui.ledger.books import open_books
    from countertui.ledger.keys import open_secrets
    from countertui.ledger.own_rotation import require_in_force

    folder = books_folder(dir)
    books = open_books(folder)
    try:
        secrets = open_secrets(folder, passphrase_for(folder))
        require_in_force(books, secrets)
        yield AtDesk(books, secrets)
    finally:
        books.close()


@contextmanager
def reading(dir: Path | None) -> Iterator[Books]:  # noqa: A002
    """The ledger in a folder, opened to be read: no passphrase is needed."""
    require_extras("ledger")
    from countertui.ledger.books import open_books

    books = open_books(books_folder(dir))
    try:
        yield books
    finally:
        books.close()


def new_id() -> str:
    """A new record's id."""
    from countertui.machine import uuid7

    return uuid7()


def business_date(typed: str | None) -> str:
    """The date typed, ISO 8601, or today's. Raises UsageError for what is no date."""
    from datetime import date

    from countertui.errors import UsageError
    from countertui.machine import SystemClock

    if typed is None:
        return SystemClock().local_text()[:10]
    try:
        return date.fromisoformat(typed).isoformat()
    except ValueError:
        raise UsageError(f"{typed[:20]} is no date.", "Nothing was changed.", "Type it like 2026-11-23.") from None
