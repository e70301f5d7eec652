"""Reading a drawer's batches of mail from the journal, and what was taken for one."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

_OF_KINDS = "SELECT CAST(body AS TEXT) FROM journal WHERE seq > ? AND kind IN (?, ?) ORDER BY seq"


def remittance_bodies(db: sqlite3.Connection, after_seq: int) -> list[dict[str, Any]]:
    """Batches opened and closed after a record, oldest first."""
    return _of_kinds(db, after_seq, "remittance_open", "remittance_close")


def payment_bodies(db: sqlite3.Connection, after_seq: int) -> list[dict[str, Any]]:
    """Payments and voids after a record, oldest first."""
    return _of_kinds(db, after_seq, "pay", "void")


def _of_kinds(db: sqlite3.Connection, after_seq: int, one: str, other: str) -> list[dict[str, Any]]:
    return [json.loads(text) for (text,) in db.execute(_OF_KINDS, (after_seq, one, other)).fetchall()]
