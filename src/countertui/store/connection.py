"""Opening SQLite files as the store needs them: every PRAGMA's answer is read and asserted.

A PRAGMA whose answer nobody reads can fail silently and leave the file in another mode.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from countertui.errors import EnvironmentFault
from countertui.store.schema import STORE_VERSION

BUSY_MS = 5_000
CACHE_KIB = 32 * 1024
"""A day's envelope is megabytes: what doesn't fit is written before the COMMIT, and waits for the disk."""
JOURNAL_KEPT_BYTES = 1024 * 1024
"""Of the rollback journal, which stays between transactions: ten payments' worth, not a whole day's seal."""
MODES: tuple[tuple[str, str, object], ...] = (
    ("journal_mode", "PERSIST", "persist"),
    ("journal_size_limit", str(JOURNAL_KEPT_BYTES), JOURNAL_KEPT_BYTES),
    ("synchronous", "EXTRA", 3),
    ("foreign_keys", "ON", 1),
    ("trusted_schema", "OFF", 0),
    ("cell_size_check", "ON", 1),
    ("mmap_size", "0", 0),
    ("busy_timeout", str(BUSY_MS), BUSY_MS),
    ("cache_size", str(-CACHE_KIB), -CACHE_KIB),
)
"""How store.db is written: each PRAGMA, what it is set to, and what it must answer then."""


class StoreUnusable(EnvironmentFault):
    """The store's file can't be opened in the mode that keeps every commit."""


def open_store(path: Path) -> sqlite3.Connection:
    """Open store.db for writing; a new one is made, an older one brought to schema.sql. Raises StoreUnusable."""
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    except sqlite3.Error as error:
        raise damaged(path, error) from error
    try:
        for pragma, value, expected in MODES:
            _set(connection, pragma, value, expected)
        _bring_up_to_date(connection)
    except sqlite3.Error as error:
        connection.close()
        raise damaged(path, error) from error
    except StoreUnusable:
        connection.close()
        raise
    return connection


def hold_open(connection: sqlite3.Connection) -> sqlite3.Cursor:
    """Read without an end, for as long as the cursor lives: nobody else can write the file meanwhile.

    SQLite then keeps its rollback journal open between transactions; opening it again would sync its folder, which a
    file that was there before doesn't need: one wait for the disk less a payment.
    """
    return connection.execute("SELECT name FROM sqlite_master")


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Open an SQLite file read-only; readers fetch all, for they block the writer. Raises StoreUnusable."""
    if not path.exists():
        raise StoreUnusable(f"{path.name} is not there.", press="Open the counter once, or name the right folder.")
    uri = f"{path.resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    try:
        _set(connection, "query_only", "ON", 1)
        _set(connection, "busy_timeout", str(BUSY_MS), BUSY_MS)
        # The first look at the file itself: it meets damage, and a journal that only a writer may roll back.
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        connection.close()
        if _code(error) == sqlite3.SQLITE_READONLY_ROLLBACK:
            raise StoreUnusable(
                f"{path.name} holds an entry that was cut off half-way.",
                safe="Everything recorded before it is safe; the half entry counts for nothing.",
                press="Open the counter once: it takes the half entry back. Then look again.",
            ) from error
        raise damaged(path, error) from error
    return connection


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """The store's one kind of transaction: BEGIN IMMEDIATE, then COMMIT, or ROLLBACK if anything is raised."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        roll_back(connection)
        raise


def roll_back(connection: sqlite3.Connection) -> None:
    """End an open transaction without a trace; after some errors SQLite has done so already."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def is_busy(error: sqlite3.Error) -> bool:
    """Whether a statement only failed because another connection held the file for too long."""
    return _code(error) & 0xFF == sqlite3.SQLITE_BUSY


def _code(error: sqlite3.Error) -> int:
    """SQLite's own (extended) result code; 0 for an error that isn't SQLite's."""
    return int(getattr(error, "sqlite_errorcode", 0))


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > STORE_VERSION:
        raise StoreUnusable(
            f"The store was made by a newer version of the program (form {version}; this one knows {STORE_VERSION}).",
            safe="Nothing was changed.",
            press="Install the newer version again.",
        )
    if version < STORE_VERSION:
        # Here only: sqlite-utils takes a tenth of a second to import, and nearly every start finds the store as it is.
        from countertui.store.migrations import migrate

        migrate(connection)


def damaged(path: Path, error: sqlite3.Error) -> StoreUnusable:
    """The error of a file that SQLite can't read, in words."""
    return StoreUnusable(
        f"{path.name} can't be opened: {error}.",
        safe="Nothing was changed.",
        press="Keep the machine as it is and call a technician; don't delete anything.",
    )


def _set(connection: sqlite3.Connection, pragma: str, value: str, expected: object) -> None:
    connection.execute(f"PRAGMA {pragma}={value}")
    row = connection.execute(f"PRAGMA {pragma}").fetchone()
    if row is None or row[0] != expected:
        raise StoreUnusable(
            f"The store can't run with {pragma}={value} (it answered {row[0] if row else 'nothing'}).",
            safe="Nothing was changed.",
            press="Check the disk: the store must lie on a local file system.",
        )
