"""Bringing a store.db to the present schema.sql, one step a version; each step commits together with its record.

A step that is released is never changed. Whoever changes a store.db statement of schema.sql adds a step, raises
STORE_VERSION and gives the steps before it their old statements; tests/store holds every earlier version to it.
"""

from __future__ import annotations

import re
import sqlite3

from sqlite_utils import Database, Migrations

from countertui.store.schema import statements_of

steps = Migrations("store.db")

_MADE = re.compile(r"(?:--[^\n]*\n|\s)*CREATE TABLE (\w+)")
_ADDED_LATER = frozenset({"own_key", "registry", "operator_leave", "log_seen", "draft"})
"""Tables of later steps: the first makes all others. Where a statement changes, the steps before need the old text."""
_CART_BEFORE_5 = """CREATE TABLE cart (
  id        TEXT PRIMARY KEY,
  operator  TEXT NOT NULL,
  state     TEXT NOT NULL CHECK (state IN ('open', 'parked', 'committing')),
  saved_utc TEXT NOT NULL,
  body      TEXT NOT NULL
) STRICT"""


@steps(name="1")
def _first(db: Database) -> None:
    """A new store."""
    for statement in statements_of("store.db"):
        table = _table_of(statement)
        if table == "cart":
            db.conn.execute(_CART_BEFORE_5)
        elif table not in _ADDED_LATER:
            db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version=1")


@steps(name="2")
def _keys(db: Database) -> None:
    """The terminal's own keys, of which so far there is one, and the ledger's register."""
    _make(db, "own_key", "registry")
    db.conn.execute("INSERT INTO own_key (seq, public_key, from_seq) SELECT 1, public_key, 1 FROM identity")
    db.conn.execute("PRAGMA user_version=2")


@steps(name="3")
def _last_days(db: Database) -> None:
    """Operators' last days, which no journal before says anything of."""
    _make(db, "operator_leave")
    db.conn.execute("PRAGMA user_version=3")


@steps(name="4")
def _log_seen(db: Database) -> None:
    """How far the ledger's log was seen and proven here: nowhere yet."""
    _make(db, "log_seen")
    db.conn.execute("PRAGMA user_version=4")


@steps(name="5")
def _drafts(db: Database) -> None:
    """Half-typed counts; and no cart is `committing` any more: a payment is there or it isn't."""
    _make(db, "draft")
    db.conn.execute("ALTER TABLE cart RENAME TO cart_before")
    _make(db, "cart")
    db.conn.execute(
        "INSERT INTO cart (id, operator, state, saved_utc, body)"
        " SELECT id, operator, iif(state = 'parked', 'parked', 'open'), saved_utc, body FROM cart_before"
    )
    db.conn.execute("DROP TABLE cart_before")
    db.conn.execute("PRAGMA user_version=5")


def _make(db: Database, *tables: str) -> None:
    """Make these tables as schema.sql says."""
    for statement in statements_of("store.db"):
        if _table_of(statement) in tables:
            db.conn.execute(statement)


def _table_of(statement: str) -> str | None:
    """The table that a statement makes; None for one that makes something else."""
    made = _MADE.match(statement)
    return made[1] if made else None


def migrate(connection: sqlite3.Connection) -> None:
    """Apply the steps the store lacks, oldest first. Raises sqlite3.Error; steps before the failed one stay applied."""
    steps.apply(Database(connection, recursive_triggers=False, execute_plugins=False))
