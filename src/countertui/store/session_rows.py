"""Drawer sessions read from store.db: which there are, and what each should have in its drawer."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any, NamedTuple

from countertui.domain.drawers import Expected
from countertui.domain.money import Cents
from countertui.domain.records import Kind
from countertui.domain.tenders import TenderKind

Db = sqlite3.Connection


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A drawer session as stored."""

    id: str
    drawer: str
    operator: str
    biz_date: str
    fund_cents: int
    opening_cents: int
    open_seq: int
    close_seq: int | None
    closed_by: str | None


_SESSION = (
    "SELECT id, drawer, operator, biz_date, fund_cents, opening_cents, open_seq, close_seq, closed_by FROM session"
)


def session(db: Db, id_: str) -> SessionRow | None:
    """A session by id."""
    row = db.execute(f"{_SESSION} WHERE id = ?", (id_,)).fetchone()
    return SessionRow(*row) if row else None


def open_sessions(db: Db) -> list[SessionRow]:
    """The sessions that are open, in the order they were opened."""
    rows = db.execute(f"{_SESSION} WHERE close_seq IS NULL ORDER BY open_seq").fetchall()
    return [SessionRow(*row) for row in rows]


def latest_sessions(db: Db, limit: int) -> list[SessionRow]:
    """The last sessions, newest first."""
    return [SessionRow(*row) for row in db.execute(f"{_SESSION} ORDER BY open_seq DESC LIMIT ?", (limit,)).fetchall()]


class DroppedRow(NamedTuple):
    """A bag of cash that went from a session's drawer to the safe."""

    seq: int
    bag: str
    cents: int


def drops_of(db: Db, session_id: str) -> list[DroppedRow]:
    """A session's drops, oldest first."""
    query = "SELECT seq, bag, cents FROM dropped WHERE session = ? ORDER BY seq"
    return [DroppedRow(*row) for row in db.execute(query, (session_id,)).fetchall()]


def bag_used(db: Db, bag: str) -> bool:
    """Whether a bag of that number was dropped here before."""
    return db.execute("SELECT 1 FROM dropped WHERE bag = ?", (bag,)).fetchone() is not None


def no_sales(db: Db, session: SessionRow) -> list[dict[str, Any]]:
    """The bodies of a session's records of its drawer opened without a sale, oldest first."""
    return bodies_of_kind(db, session, Kind.NO_SALE)


def bodies_of_kind(db: Db, session: SessionRow, kind: Kind) -> list[dict[str, Any]]:
    """The bodies of a session's records of a kind, oldest first."""
    query = "SELECT body FROM journal WHERE seq > ? AND seq < COALESCE(?, 9e18) AND kind = ? ORDER BY seq"
    rows = db.execute(query, (session.open_seq, session.close_seq, kind.value)).fetchall()
    return [body for body in (json.loads(row[0]) for row in rows) if body["session"] == session.id]


def expected(db: Db, session_id: str) -> dict[TenderKind, Expected]:
    """What should be in the drawer per tender kind, fund included; pieces of paper for all but cash."""
    rows = db.execute(
        "SELECT tender, SUM(count), SUM(cents) FROM drawer_move WHERE session = ? GROUP BY tender", (session_id,)
    ).fetchall()
    result = {}
    for tender, count, cents in rows:
        kind = TenderKind(tender)
        result[kind] = Expected(kind, 0 if kind is TenderKind.CASH else count, Cents(cents))
    return result


def expected_parts(db: Db, session_id: str) -> dict[TenderKind, dict[str, int]]:
    """What the expected figures are made of: cents per tender kind and fund, tender, change, void and refund."""
    rows = db.execute(
        "SELECT tender, what, SUM(cents) FROM drawer_move WHERE session = ? GROUP BY tender, what", (session_id,)
    ).fetchall()
    parts: dict[TenderKind, dict[str, int]] = {}
    for tender, what, cents in rows:
        parts.setdefault(TenderKind(tender), {})[what] = cents
    return parts


def drawer_moves(db: Db, session_id: str) -> dict[tuple[int, str, str], tuple[int, int]]:
    """Pieces and cents by (seq, tender, what) of a session, as the derived table has them."""
    rows = db.execute(
        "SELECT seq, tender, what, count, cents FROM drawer_move WHERE session = ?", (session_id,)
    ).fetchall()
    return {(seq, tender, what): (count, cents) for seq, tender, what, count, cents in rows}
