"""Bringing a store.db to the present schema.sql, one step a version; each step commits together with its record.

A step that is released is never changed. Whoever changes a store.db statement of schema.sql adds a step, raises
STORE_VERSION and gives the steps before it their old statements; tests/store holds every earlier version to it.
"""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database, Migrations

from countertui.store.schema import statements_of

steps = Migrations("store.db")


@steps(name="1")
def _first(db: Database) -> None:
    """A new store."""
    for statement in statements_of("store.db"):
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version=1")


def migrate(connection: sqlite3.Connection) -> None:
    """Apply the steps the store lacks, oldest first. Raises sqlite3.Error; steps before the failed one stay applied."""
    steps.apply(Database(connection, recursive_triggers=False, execute_plugins=False))
