"""The ledger's register of keys as this terminal has followed it: signed entries, in order. They prove themselves."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence


def entries(db: sqlite3.Connection) -> list[bytes]:
    """Every entry kept, from the first."""
    return [row[0] for row in db.execute("SELECT envelope FROM registry ORDER BY no").fetchall()]


def keep(db: sqlite3.Connection, envelopes: Sequence[bytes]) -> None:
    """Add entries that follow those kept."""
    (last,) = db.execute("SELECT COALESCE(MAX(no), 0) FROM registry").fetchone()
    db.executemany("INSERT INTO registry (no, envelope) VALUES (?, ?)", enumerate(envelopes, start=last + 1))


def replace(db: sqlite3.Connection, envelopes: Sequence[bytes]) -> None:
    """Keep these entries, from the first, and no others."""
    db.execute("DELETE FROM registry")
    keep(db, envelopes)
