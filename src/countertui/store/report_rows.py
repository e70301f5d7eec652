"""Rows of the terminal's reports."""

from __future__ import annotations

import json
import sqlite3
from itertools import pairwise
from typing import Any


def sessions(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """Each session and tender with what was expected and counted, in cents; open ones without."""
    rows = db.execute(
        "SELECT session.id, session.drawer, session.operator, session.biz_date, close_count.tender,"
        " close_count.expected_cents, close_count.counted_cents, close_count.counted_cents - close_count.expected_cents"
        " FROM session LEFT JOIN close_count ON close_count.session = session.id ORDER BY session.open_seq"
    ).fetchall()
    names = (
        "session",
        "drawer",
        "operator",
        "biz_date",
        "tender",
        "expected_cents",
        "counted_cents",
        "difference_cents",
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def gaps(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """Receipt numbers missing between the first and the last: none, but those left out where a copy was restored."""
    numbers = sorted(int(row[0].rpartition("-")[2]) for row in db.execute("SELECT receipt_no FROM receipt").fetchall())
    lost = [(body["receipt_n"], body["first_n"]) for body in _restored(db) if body["first_n"] != body["receipt_n"] + 1]
    inside = [(before, after) for before, after in pairwise(numbers) if after != before + 1]
    return [{"after": before, "before": after} for before, after in lost + inside]


def _restored(db: sqlite3.Connection) -> list[dict[str, Any]]:
    rows = db.execute("SELECT body FROM journal WHERE kind = 'restore' ORDER BY seq").fetchall()
    return [json.loads(row[0])["data"] for row in rows]
