"""What the close of a day is told from: records and batches the ledger has not answered for, bags, the day's checks."""

from __future__ import annotations

import json
import sqlite3
from typing import Any, NamedTuple

Db = sqlite3.Connection


class Unsent(NamedTuple):
    """Records and sealed batches: not sealed yet; sealed and not answered; held by the ledger (batch numbers)."""

    unsealed: int
    waiting_records: int
    waiting: int
    held: list[int]


def unsent(db: Db) -> Unsent:
    """What the ledger has not answered for, and what it holds. By the answers kept here; they were verified."""
    (unsealed,) = db.execute(
        "SELECT (SELECT COALESCE(MAX(seq), 0) FROM journal) - (SELECT COALESCE(MAX(last_seq), 0) FROM batch)"
    ).fetchone()
    records, batches = db.execute(
        "SELECT COALESCE(SUM(last_seq - first_seq + 1), 0), COUNT(*) FROM batch"
        " WHERE batch_no NOT IN (SELECT batch_no FROM sending WHERE state IN ('posted', 'received', 'held'))"
    ).fetchone()
    held = db.execute("SELECT batch_no FROM sending WHERE state = 'held' ORDER BY batch_no").fetchall()
    return Unsent(unsealed, records, batches, [row[0] for row in held])


def last_worked_date(db: Db) -> tuple[str, int]:
    """The last business date (ISO) a drawer was opened for here, and its first record; empty and 0 without any."""
    row = db.execute(
        "SELECT biz_date, MIN(open_seq) FROM session WHERE biz_date = (SELECT MAX(biz_date) FROM session)"
    ).fetchone()
    return (row[0], row[1]) if row[0] else ("", 0)


def last_checked(db: Db, after_seq: int) -> dict[str, Any] | None:
    """The body of the last day that was closed here after a record; None if none was."""
    row = db.execute(
        "SELECT CAST(body AS TEXT) FROM journal WHERE seq > ? AND kind = 'day_checked' ORDER BY seq DESC LIMIT 1",
        (after_seq,),
    ).fetchone()
    return json.loads(row[0]) if row else None


def kinds_after(db: Db, seq: int) -> list[str]:
    """The kinds of the records after one, oldest first."""
    return [row[0] for row in db.execute("SELECT kind FROM journal WHERE seq > ? ORDER BY seq", (seq,)).fetchall()]
