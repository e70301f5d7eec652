"""The ledger's books: one database, an SQLite file in the ledger's folder or one of PostgreSQL's, and ways into it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, insert, inspect, select, update
from sqlalchemy.exc import DBAPIError

from countertui.errors import UsageError
from countertui.ledger import tables
from countertui.ledger.engines import (
    BESIDE,
    READING,
    BooksUnusableError,
    postgres_engine,
    shown,
    sqlite_engine,
    without_row,
)
from countertui.ledger.migrations import HEAD, UnknownRevisionError, bring_up, mark_new, revision_of
from countertui.ledger.settings import LedgerSettings, read_settings, write_settings

DATABASE = "ledger.db"
KEYS = "keys.json"
SNAPSHOTS = "snapshots"
REJECTS = "rejects"


class BooksExistError(UsageError):
    """There is a ledger in that folder, or in that database, already."""


class StateKey(StrEnum):
    """The keys of table ledger_state."""

    LEDGER = "ledger"
    MADE_AT = "made_at"
    BACKED_UP_AT = "backed_up_at"
    RESTORED_OF = "restored_of"
    """Of what moment the backup is that this ledger was made again from, until it published a snapshot."""
    UNSEALED_SINCE = "unsealed_since"
    """The same until personal values were sealed anew: what came meanwhile was sealed for nobody."""


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
    def writing_beside(self) -> Iterator[Connection]:
        """One transaction that on PostgreSQL waits for no writer: for rows that nothing else is decided by."""
        with self.engine.connect().execution_options(**{BESIDE: True}) as connection, connection.begin():
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction for reading: it sees one state of the books, and waits for no writer."""
        options: dict[str, bool | str] = {READING: True}
        if self.engine.dialect.name == "postgresql":
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def reading_long(self) -> Iterator[Connection]:
        """The same for hours: SQLite's readers bar every writer, so there a private copy of the file is read.

        Writers wait only while it is copied; it lies where temporary files do, and is gone afterwards.
        """
        path = self.engine.url.database
        if self.engine.dialect.name != "sqlite" or path is None:
            with self.reading() as connection:
                yield connection
            return
        with TemporaryDirectory(prefix="countertui-copy-") as folder:
            copy = Path(folder) / DATABASE
            only_reading = f"{Path(path).absolute().as_uri()}?mode=ro"
            with (
                closing(sqlite3.connect(only_reading, uri=True, timeout=120)) as here,
                closing(sqlite3.connect(copy)) as there,
            ):
                here.backup(there)
            engine = sqlite_engine(copy)
            try:
                with engine.connect().execution_options(**{READING: True}) as connection, connection.begin():
                    yield connection
            finally:
                engine.dispose()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_books(folder: Path) -> Books:
    """Open the ledger in `folder` (DIR/ledger), where its ledger.toml says.

    Books of an earlier version are brought up to this one's tables first, wholly or not at all.
    Raises BooksUnusableError, DatabaseRefusedError, SettingsError.
    """
    database = read_settings(folder).database
    if database is None and not (folder / DATABASE).is_file():
        raise BooksUnusableError(f"There is no ledger in {folder}.", "", "Make one: countertui ledger init.")
    engine = _engine(folder, database)
    name = DATABASE if database is None else shown(database)
    try:
        with engine.connect().execution_options(**{READING: True}) as connection:
            rows = connection.execute(select(tables.state.c.key, tables.state.c.value)).all()
            revision = revision_of(connection)
        if revision != HEAD:
            _bring_up(engine, name, revision)
    except (DBAPIError, sqlite3.Error) as fault:
        engine.dispose()
        raise BooksUnusableError(f"{name} is no ledger's database: {_why(fault)}.") from fault
    except Exception:
        engine.dispose()
        raise
    found: dict[str, str] = dict(rows)
    return Books(found[StateKey.LEDGER], folder, engine)


def init_books(folder: Path, ledger_id: str, now: str, database: str | None = None) -> Books:
    """Make the empty books of a new ledger in `folder`, readable by their owner only, and open them.

    database: the address of an empty PostgreSQL database to keep them in; it is written to ledger.toml. Raises
    BooksExistError if there are books already, BooksUnusableError, DatabaseRefusedError.
    """
    path = folder / DATABASE
    if path.exists() or read_settings(folder).database is not None:
        raise BooksExistError(f"{folder} has a ledger already.", "It is unchanged.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if database is None:
        path.touch(mode=0o600)
    engine = _engine(folder, database)
    try:
        with engine.begin() as connection:
            if inspect(connection).has_table(tables.state.name):
                raise BooksExistError("That database has a ledger already.", "It is unchanged.")
            tables.metadata.create_all(connection)
            mark_new(connection)
            connection.execute(
                insert(tables.state),
                [
                    {"key": StateKey.LEDGER, "value": ledger_id},
                    {"key": StateKey.MADE_AT, "value": now},
                ],
            )
            drawn = ("entry", "error_item", "payable", "deposit")
            connection.execute(insert(tables.counter), [{"name": name, "value": 0} for name in drawn])
            if database is not None:
                write_settings(folder, LedgerSettings(database=database))
    except (BooksExistError, BooksUnusableError):
        engine.dispose()
        raise
    except DBAPIError as fault:
        engine.dispose()
        name = DATABASE if database is None else shown(database)
        raise BooksUnusableError(f"{name} can't be used: {_why(fault)}.", "No ledger was made.") from fault
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


def _engine(folder: Path, database: str | None) -> Engine:
    return sqlite_engine(folder / DATABASE) if database is None else postgres_engine(database)


def _bring_up(engine: Engine, name: str, revision: str | None) -> None:
    """Bring older books up in one transaction. Raises BooksUnusableError for what no step of ours leads on from."""
    if revision is None:
        raise BooksUnusableError(f"{name} was made by another version of this program.")
    try:
        with engine.begin() as connection:
            bring_up(connection)
    except UnknownRevisionError as fault:
        raise BooksUnusableError(
            f"{name} was made or changed by another version of this program.",
            "It is unchanged.",
            "Use the version that it was opened with last. Of a demo or training city: take another folder, --dir.",
        ) from fault


def _why(fault: Exception) -> str:
    """What a driver said, as far as it names neither a row nor a password."""
    if isinstance(fault, DBAPIError) and fault.orig is not None and hasattr(fault.orig, "diag"):
        return " ".join(without_row(fault.orig).split()).rstrip(".")
    return type(fault).__name__
