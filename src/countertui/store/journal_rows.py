"""The journal's records read one after the other, and what is known of its end."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from countertui.store.store import read_body

Db = sqlite3.Connection

_decode = json.JSONDecoder().raw_decode


def bodies_since(db: Db, seq: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Seq and parsed body of each record from one on, by the bytes that were signed. Raises ValueError for no JSON.

    One at a time: thousands kept together would be gone through by the garbage collector again and again.
    """
    rows = db.execute("SELECT seq, CAST(body AS TEXT) FROM journal WHERE seq >= ? ORDER BY seq", (seq,)).fetchall()
    for found, text in rows:
        body, end = _decode(text)
        if end != len(text):
            raise ValueError(f"record {found} is not one JSON object")
        yield found, body


def last_utc(db: Db) -> str:
    """The latest time any record says, ISO; empty before the first."""
    row = db.execute("SELECT last_utc FROM counter").fetchone()
    return str(row[0]) if row else ""


def clock_changes(db: Db) -> list[dict[str, int]]:
    """What was recorded of the clock after the last drawer was opened, in milliseconds."""
    rows = db.execute(
        "SELECT seq FROM journal WHERE seq > (SELECT COALESCE(MAX(open_seq), 0) FROM session)"
        " AND kind = 'clock_change' ORDER BY seq"
    ).fetchall()
    return [read_body(db, seq)["data"] for (seq,) in rows]


def snapshot_applied(db: Db) -> int:
    """The version of the snapshot last recorded as in use, 0 for none."""
    row = db.execute("SELECT snapshot FROM counter").fetchone()
    return int(row[0]) if row else 0


def last_seq(db: Db) -> int:
    """The sequence number of the last record, 0 before the first."""
    (seq,) = db.execute("SELECT COALESCE(MAX(seq), 0) FROM journal").fetchone()
    return int(seq)
