"""The ledger's books: one database, opened so that no commit that was acknowledged is ever lost.

Every PRAGMA's answer is read and asserted; WAL is not used (SQLite before 3.51.3 can lose committed writes in it).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, select, update
from sqlalchemy.exc import DBAPIError

from countertui.errors import EnvironmentFault, UsageError
from countertui.ledger import tables

SCHEMA = "2"
DATABASE = "ledger.db"
KEYS = "keys.json"
SNAPSHOTS = "snapshots"
REJECTS = "rejects"
DEMO = "DEMO"
"""A ledger id that begins so is a demo city's; real ledgers and terminals refuse it."""

_BUSY_MS = 120_000
_READING = "countertui_reading"


class BooksUnusableError(EnvironmentFault):
    """The ledger's database can't be opened in the mode that keeps every commit, or is none."""


class BooksExistError(UsageError):
    """There is a ledger in that folder already."""


class StateKey(StrEnum):
    """The keys of table ledger_state."""

    LEDGER = "ledger"
    SCHEMA = "schema"
    MADE_AT = "made_at"


@dataclass(frozen=True, slots=True)
class Books:
    """An open ledger: its id, its own folder (DIR/ledger), and the way to its database."""

    ledger: str
    folder: Path
    engine: Engine

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that has the write lock from its first statement; committed at the end, or wholly undone."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction for reading: it sees one state of the books, and waits for no writer."""
        with self.engine.connect().execution_options(**{_READING: True}) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_books(folder: Path) -> Books:
    """Open the ledger in `folder` (DIR/ledger). Raises BooksUnusableError where there is none."""
    path = folder / DATABASE
    if not path.is_file():
        raise BooksUnusableError(f"There is no ledger in {folder}.", "", "Make one: countertui ledger init.")
    engine = _engine(path)
    try:
        with engine.connect().execution_options(**{_READING: True}) as connection:
            rows = connection.execute(select(tables.state.c.key, tables.state.c.value)).all()
    except (DBAPIError, sqlite3.Error) as fault:
        engine.dispose()
        raise BooksUnusableError(f"{path.name} is no ledger's database: {type(fault).__name__}.") from fault
    found: dict[str, str] = dict(rows)
    if found.get(StateKey.SCHEMA) != SCHEMA:
        engine.dispose()
        raise BooksUnusableError(f"{path.name} was made by another version of this program.")
    return Books(found[StateKey.LEDGER], folder, engine)


def init_books(folder: Path, ledger_id: str, now: str) -> Books:
    """Make the empty books of a new ledger in `folder`, readable by their owner only, and open them.

    Raises BooksExistError if there are books already.
    """
    path = folder / DATABASE
    if path.exists():
        raise BooksExistError(f"{folder} has a ledger already.", "It is unchanged.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    engine = _engine(path)
    with engine.begin() as connection:
        tables.metadata.create_all(connection)
        connection.execute(
            insert(tables.state),
            [
                {"key": StateKey.LEDGER, "value": ledger_id},
                {"key": StateKey.SCHEMA, "value": SCHEMA},
                {"key": StateKey.MADE_AT, "value": now},
            ],
        )
        connection.execute(insert(tables.counter), [{"name": name, "value": 0} for name in ("entry", "error_item")])
    return Books(ledger_id, folder, engine)


def draw_numbers(connection: Connection, name: str, count: int) -> int:
    """Draw `count` running numbers in this transaction; returns the first."""
    last: int = connection.execute(
        update(tables.counter)
        .where(tables.counter.c.name == name)
        .values(value=tables.counter.c.value + count)
        .returning(tables.counter.c.value)
    ).scalar_one()
    return last - count + 1


def next_version(connection: Connection) -> int:
    """The version that the next snapshot will have."""
    newest = select(tables.snapshot.c.version).order_by(tables.snapshot.c.version.desc()).limit(1)
    return int(connection.execute(newest).scalar() or 0) + 1


def is_demo(ledger_id: str) -> bool:
    """Whether a ledger id names a demo city."""
    return ledger_id.startswith(DEMO)


def _engine(path: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"check_same_thread": False, "timeout": _BUSY_MS / 1000},
        max_overflow=-1,
        hide_parameters=True,  # they hold people's names, and an error's text may be kept
    )
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # transactions begin where _begin says so, not where the driver thinks fit
    for pragma, value, answer in (
        ("journal_mode", "TRUNCATE", "truncate"),
        ("synchronous", "EXTRA", 3),
        ("foreign_keys", "ON", 1),
        ("trusted_schema", "OFF", 0),
        ("cell_size_check", "ON", 1),
        ("mmap_size", "0", 0),
        ("cache_size", "-32768", -32768),
        ("busy_timeout", str(_BUSY_MS), _BUSY_MS),
    ):
        connection.execute(f"PRAGMA {pragma} = {value}")
        if (said := connection.execute(f"PRAGMA {pragma}").fetchone()) != (answer,):
            raise BooksUnusableError(f"SQLite answers {said} where {pragma} must be {value}.", "Nothing was written.")


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get(_READING)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
