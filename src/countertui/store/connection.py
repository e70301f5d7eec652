"""Opening SQLite files as the store needs them: every PRAGMA's answer is read and asserted.

A PRAGMA whose answer nobody reads can fail silently and leave the file in another mode.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from countertui.errors import EnvironmentFault
from countertui.store.schema import statements_of

BUSY_MS = 5_000


class StoreUnusable(EnvironmentFault):
    """The store's file can't be opened in the mode that keeps every commit."""


def open_store(path: Path) -> sqlite3.Connection:
    """Open store.db for writing, made from schema.sql if it is new. Raises StoreUnusable."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    try:
        _set(connection, "journal_mode", "TRUNCATE", "truncate")
        _set(connection, "synchronous", "EXTRA", 3)
        _set(connection, "foreign_keys", "ON", 1)
        _set(connection, "trusted_schema", "OFF", 0)
        _set(connection, "cell_size_check", "ON", 1)
        _set(connection, "mmap_size", "0", 0)
        _set(connection, "busy_timeout", str(BUSY_MS), BUSY_MS)
    except (sqlite3.Error, StoreUnusable):
        connection.close()
        raise
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
        with writing(connection):
            for statement in statements_of("store.db"):
                connection.execute(statement)
    return connection


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Open an SQLite file read-only; readers fetch all, for they block the writer. Raises StoreUnusable."""
    if not path.exists():
        raise StoreUnusable(f"{path.name} is not there.", press="Open the counter once, or name the right folder.")
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
    _set(connection, "query_only", "ON", 1)
    _set(connection, "busy_timeout", str(BUSY_MS), BUSY_MS)
    return connection


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """The store's one kind of transaction: BEGIN IMMEDIATE, then COMMIT, or ROLLBACK if anything is raised."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _set(connection: sqlite3.Connection, pragma: str, value: str, expected: object) -> None:
    connection.execute(f"PRAGMA {pragma}={value}")
    row = connection.execute(f"PRAGMA {pragma}").fetchone()
    if row is None or row[0] != expected:
        raise StoreUnusable(
            f"The store can't run with {pragma}={value} (it answered {row[0] if row else 'nothing'}).",
            safe="Nothing was changed.",
            press="Check the disk: the store must lie on a local file system.",
        )
