"""Bags that went with a courier: written from their records, read for the log of bags."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any, NamedTuple

Db = sqlite3.Connection

_DROPS = """SELECT dropped.seq, bag, session.biz_date, drawer, cents FROM dropped JOIN session ON session.id = session
  WHERE NOT EXISTS (SELECT 1 FROM deposit_bag WHERE deposit_bag.terminal = ? AND deposit_bag.epoch = ?
    AND deposit_bag.session = dropped.session AND deposit_bag.bag = dropped.bag)
  ORDER BY dropped.seq DESC LIMIT ?"""


class DropRow(NamedTuple):
    """Cash dropped into the safe that no deposit made here contains; biz_date ISO."""

    seq: int
    bag: str
    biz_date: str
    drawer: str
    cents: int


def handed(db: Db, body: Mapping[str, Any], _h: bytes) -> None:
    """Project a `courier` record: each of its bags is with the courier."""
    rows = [(bag, body["seq"]) for bag in body["data"]["bags"]]
    db.executemany("INSERT INTO with_courier (bag, seq) VALUES (?, ?) ON CONFLICT (bag) DO NOTHING", rows)


def handed_over(db: Db, bag: str) -> dict[str, Any] | None:
    """The body of the record that a bag went with; None while it is here."""
    row = db.execute(
        "SELECT CAST(body AS TEXT) FROM journal WHERE seq = (SELECT seq FROM with_courier WHERE bag = ?)", (bag,)
    ).fetchone()
    return json.loads(row[0]) if row else None


def drops_not_deposited(db: Db, terminal: str, epoch: int, limit: int) -> list[DropRow]:
    """The last bags of cash in the safe that are in no deposit made here, newest first."""
    return [DropRow(*row) for row in db.execute(_DROPS, (terminal, epoch, limit)).fetchall()]
