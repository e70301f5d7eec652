"""What became of a drawer after a session of it was closed: who opened it next, and whether it was handed over."""

from __future__ import annotations

import sqlite3

from countertui.domain.records import Kind
from countertui.store import session_rows
from countertui.store.session_rows import SessionRow

Db = sqlite3.Connection


def opened_next(db: Db, closed: SessionRow) -> SessionRow | None:
    """The session that was opened in the same drawer after a closed one; None while nobody did."""
    query = "SELECT id FROM session WHERE drawer = ? AND open_seq > ? ORDER BY open_seq LIMIT 1"
    row = db.execute(query, (closed.drawer, closed.close_seq)).fetchone()
    return None if row is None else session_rows.session(db, row[0])


def is_handed_over(db: Db, opened: SessionRow) -> bool:
    """Whether a hand-over is on record with which a session began."""
    return bool(session_rows.bodies_of_kind(db, opened, Kind.HAND_OVER))
