"""The two engines under the books, each opened so that no commit that was acknowledged is ever lost.

What a server or a file answers to a setting is read and asserted. SQLite: no WAL (before 3.51.3 it can lose committed
writes in it). PostgreSQL: fsync, full_page_writes and synchronous_commit must be on, and the text UTF-8.
Whoever writes has the books to itself on both: SQLite by BEGIN IMMEDIATE, PostgreSQL by an advisory lock that the
transaction takes first. So nothing that was read is changed by another before it is written, and nothing has to be
tried again.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError

from countertui.errors import EnvironmentFault, UsageError

READING = "countertui_reading"
BESIDE = "countertui_beside"
"""Execution options of a connection: it only reads; it writes beside others, only what nobody else decides by."""

_BUSY_MS = 120_000
_WRITERS = 0x434F554E544552
"""The advisory lock of those who write, in each database its own."""
_ASKED = "SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('server_encoding')"


class BooksUnusableError(EnvironmentFault):
    """The ledger's database can't be opened in the mode that keeps every commit, or is none."""


class DatabaseRefusedError(UsageError):
    """What was given as the address of a database is none that the ledger can use."""


def sqlite_engine(path: Path) -> Engine:
    """An engine on an SQLite file."""
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"check_same_thread": False, "timeout": _BUSY_MS / 1000},
        max_overflow=-1,
        hide_parameters=True,  # they hold people's names, and an error's text may be kept
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def postgres_engine(database: str) -> Engine:
    """An engine on a PostgreSQL database, `postgresql://user@host:port/name`. Raises DatabaseRefusedError."""
    engine = create_engine(
        _address(database),
        connect_args={
            "application_name": "countertui ledger",
            "options": f"-c lock_timeout={_BUSY_MS} -c synchronous_commit=on -c client_encoding=UTF8 -c timezone=UTC",
        },
        # Said with each BEGIN: under a stricter default of the server's, the statement that waits for the lock would
        # already have taken its snapshot, and what the writer before committed would fail every write after it.
        isolation_level="READ COMMITTED",
        max_overflow=-1,
        pool_pre_ping=True,  # a server that was restarted is no error of the next request
        hide_parameters=True,
    )
    event.listen(engine, "connect", _set_up_postgres)
    event.listen(engine, "begin", _begin_postgres)
    event.listen(engine, "handle_error", _without_row)
    return engine


def shown(database: str) -> str:
    """A database's address without its password."""
    return _address(database).render_as_string(hide_password=True).replace("+psycopg", "", 1)


def is_postgres(connection: Connection) -> bool:
    """Whether these books are in PostgreSQL."""
    return connection.dialect.name == "postgresql"


def without_row(fault: BaseException) -> str:
    """What the database said, without what it shows of the row: that holds people's names."""
    primary = getattr(getattr(fault, "diag", None), "message_primary", None)
    return str(primary) if primary else str(fault).partition("\nDETAIL")[0].partition("\nCONTEXT")[0]


def _address(database: str) -> URL:
    # The text itself is in no message: a password may be in it.
    try:
        url = make_url(database)
    except ArgumentError as fault:
        raise _refused() from fault
    if url.drivername not in ("postgresql", "postgres", "postgresql+psycopg") or not url.database:
        raise _refused()
    return url.set(drivername="postgresql+psycopg")


def _refused() -> DatabaseRefusedError:
    return DatabaseRefusedError(
        "That is no address of a PostgreSQL database.",
        "Nothing was changed.",
        "Give one like postgresql://ledger@db.example/ledger, the password in ~/.pgpass.",
    )


def _set_up_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # transactions begin where _begin_sqlite says so, not where the driver thinks fit
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


def _set_up_postgres(connection: Any, _: Any) -> None:
    fsync, pages, encoding = connection.execute(_ASKED).fetchone()
    connection.rollback()
    if (fsync, pages, encoding) != ("on", "on", "UTF8"):
        raise BooksUnusableError(
            f"PostgreSQL has fsync {fsync}, full_page_writes {pages}, encoding {encoding}: it could lose what it said"
            " it keeps.",
            "Nothing was written.",
            "Set both on, and make the database with encoding UTF8.",
        )


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get(READING)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _begin_postgres(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get(READING) and not options.get(BESIDE):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")


def _without_row(context: ExceptionContext) -> None:
    said = without_row(context.original_exception)
    context.original_exception.args = (said,)
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (f"({type(context.original_exception).__name__}) {said}",)
