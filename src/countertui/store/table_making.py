"""Tables, indexes and triggers of store.db made, and made anew with their rows, as schema.sql says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from sqlite_utils import Database

from countertui.store.schema import statements_of

_MADE = re.compile(r"(?:--[^\n]*\n|\s)*CREATE TABLE (\w+)")
_INDEX_ON = re.compile(r"CREATE (?:UNIQUE )?INDEX \w+ ON (\w+)")


def remake_tables(db: Database, *tables: str, as_then: Mapping[str, str] = MappingProxyType({})) -> None:
    """Make tables anew with their rows and indexes, by `as_then` or as schema.sql says; one referred to comes last."""
    for table in tables:
        db.conn.execute(f"ALTER TABLE {table} RENAME TO {table}_before")
    for table in tables:
        if table in as_then:
            db.conn.execute(as_then[table])
        else:
            make_tables(db, table)
    for table in reversed(tables):
        columns = ", ".join(row[1] for row in db.conn.execute(f"PRAGMA table_info({table})").fetchall())
        db.conn.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}_before")  # noqa: S608
    for table in tables:
        db.conn.execute(f"DROP TABLE {table}_before")
    for statement in statements_of("store.db"):
        if (on := _INDEX_ON.match(statement)) and on[1] in tables:
            db.conn.execute(statement)


def make_tables(db: Database, *tables: str) -> None:
    """Make these tables as schema.sql says."""
    for statement in statements_of("store.db"):
        if table_of(statement) in tables:
            db.conn.execute(statement)


def table_of(statement: str) -> str | None:
    """The table that a statement makes; None for one that makes something else."""
    made = _MADE.match(statement)
    return made[1] if made else None


def make_what_begins(db: Database, *beginnings: str) -> None:
    """Make the indexes and triggers whose statements in schema.sql begin so."""
    for statement in statements_of("store.db"):
        if statement.startswith(beginnings):
            db.conn.execute(statement)
