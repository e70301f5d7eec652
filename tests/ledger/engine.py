"""The engine under a test's books, and a town's ledger on it that is founded once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from countertui.ledger.books import Books, open_books
from countertui.ledger.settings import LedgerSettings, read_settings, write_settings
from ledger.town import founded
from postgres import Server

ENGINES = ("sqlite", "postgres")
only_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
only_postgres = pytest.mark.parametrize("engine", ["postgres"], indirect=True, scope="session")


class Engine:
    """SQLite, or a PostgreSQL server. `name` is one of ENGINES."""

    def __init__(self, name: str, server: Server | None) -> None:
        self.name = name
        self.server = server

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str | None]:
        """The address of a fresh database, gone afterwards; None on SQLite, whose database is a file."""
        if self.server is None:
            yield None
            return
        made = self.server.new_database(template)
        try:
            yield self.server.url(made)
        finally:
            self.server.drop(made)


class Town:
    """A town's ledger, kept to be copied: cheaper than founding one for each test.

    `prepare` does to the books, once, what every copy shall have.
    """

    def __init__(self, engine: Engine, folder: Path, prepare: Callable[[Books], object] = lambda _: None) -> None:
        self.engine = engine
        self.folder = folder
        self._database = "template0" if engine.server is None else engine.server.new_database()
        books = founded(folder, database=None if engine.server is None else engine.server.url(self._database))
        prepare(books)
        books.close()

    @contextmanager
    def copied(self, to: Path) -> Iterator[Books]:
        """A copy of the ledger in the folder `to`, open; its database is gone afterwards."""
        with self.engine.database(self._database) as database:
            shutil.copytree(self.folder, to)
            if database is not None:
                write_settings(to, LedgerSettings(database=database))
            books = open_books(to)
            try:
                yield books
            finally:
                books.close()


def is_postgres(books: Books) -> bool:
    return read_settings(books.folder).database is not None
