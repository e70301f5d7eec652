"""Refunds of trust deposits that were asked for here, as store.db has them."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple


class TrustRequest(NamedTuple):
    """A request: the record that asked, the deposit, cents, its state, and the record that answered it."""

    seq: int
    account: str
    cents: int
    state: str
    end_seq: int | None


_REQUEST = "SELECT seq, account, cents, state, end_seq FROM trust_request"


def asked_back(db: sqlite3.Connection, account: str) -> int:
    """Cents of a deposit that were asked back and not answered yet."""
    query = "SELECT COALESCE(SUM(cents), 0) FROM trust_request WHERE account = ? AND state = 'asked'"
    return int(db.execute(query, (account,)).fetchone()[0])


def open_trust_requests(db: sqlite3.Connection) -> list[TrustRequest]:
    """Requests that nobody answered yet, oldest first."""
    return [TrustRequest(*row) for row in db.execute(f"{_REQUEST} WHERE state = 'asked' ORDER BY seq").fetchall()]


def trust_request(db: sqlite3.Connection, seq: int) -> TrustRequest | None:
    """A request by the record that asked."""
    row = db.execute(f"{_REQUEST} WHERE seq = ?", (seq,)).fetchone()
    return TrustRequest(*row) if row else None
