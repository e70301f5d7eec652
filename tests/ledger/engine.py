"""The engine under a test's books, and a town's ledger on it that is founded once and copied for each test."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from countertui.ledger.books import Books, open_books
from countertui.ledger.settings import LedgerSettings, read_settings, write_settings
from ledger.town import founded
from postgres import Server

ENGINES = ("sqlite", "postgres")
WHOLLY_ON_BOTH = frozenset(
    {
        *("test_posting.py", "test_ingest.py", "test_overpaid.py", "test_batch_states.py"),
        *("test_engines.py", "test_isolation.py", "test_connections.py", "test_two_terminals.py", "test_reserving.py"),
        *("test_crossed_money.py", "test_license_conflicts.py", "test_trust_conservation.py", "test_shares.py"),
        *("test_migrations.py", "test_books.py", "test_backup.py", "test_importing.py", "test_kept_rows.py"),
        *("test_deltas.py", "test_publish.py", "test_taken.py", "test_sums.py", "test_day.py", "test_drill.py"),
        *("test_reports.py", "test_large.py", "test_nonsense.py", "test_export.py", "test_tree.py", "test_rejected.py"),
        *("test_license_list.py", "test_lead_worklist.py", "test_vanished_charges.py"),
    }
)
"""Modules whose every test runs on both: posting, what happens at once, locks, migrations, SQL of an engine's own."""
_ONE_IN = 8
only_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
only_postgres = pytest.mark.parametrize("engine", ["postgres"], indirect=True, scope="session")


def left_for_the_sweep(items: Iterable[pytest.Item]) -> set[pytest.Item]:
    """The tests on PostgreSQL that `make test` leaves to `make test-engines`.

    Of a module that is not of `WHOLLY_ON_BOTH`, PostgreSQL gets the first test and every eighth after it, and whatever
    is about it alone; all run on SQLite. With ENGINES=all none is left.
    """
    if os.environ.get("ENGINES") == "all":
        return set()
    left, seen = set(), Counter[Path]()
    for item in items:
        if not isinstance(item, pytest.Function) or not _on_postgres_too(item):
            continue
        if seen[item.path] % _ONE_IN and item.path.name not in WHOLLY_ON_BOTH:
            left.add(item)
        seen[item.path] += 1
    return left


def _on_postgres_too(item: pytest.Function) -> bool:
    """Whether this is the second run of a test, that on PostgreSQL."""
    asked = [marked.args[0] for marked in item.iter_markers("parametrize")]
    return "engine" not in asked and hasattr(item, "callspec") and item.callspec.params.get("engine") == "postgres"


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
