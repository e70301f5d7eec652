"""What was asked of the card terminal and stands in no record yet, and the charges that records say nobody knows of."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import NamedTuple

Db = sqlite3.Connection


@dataclass(frozen=True, slots=True)
class CardAskRow:
    """A sum asked of the card terminal, in cents, for a cart; asked_at is local date and time."""

    id: str
    cart: str
    session: str
    operator: str
    cents: int
    asked_at: str


class CardUnknownRow(NamedTuple):
    """A charge of which nobody knew: its record's number and id, cents, and what became of it."""

    seq: int
    id: str
    cart: str
    session: str
    cents: int
    state: str
    end_seq: int | None


_ASK = "SELECT id, cart, session, operator, cents, asked_at FROM card_ask"
_UNKNOWN = "SELECT seq, id, cart, session, cents, state, end_seq FROM card_unknown"


def save_ask(db: Db, row: CardAskRow) -> None:
    """Write what is about to be asked, new or with another sum."""
    db.execute(
        "INSERT INTO card_ask (id, cart, session, operator, cents, asked_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET cents = excluded.cents, asked_at = excluded.asked_at",
        (row.id, row.cart, row.session, row.operator, row.cents, row.asked_at),
    )


def ask(db: Db, id_: str) -> CardAskRow | None:
    """What was asked, by its id."""
    row = db.execute(f"{_ASK} WHERE id = ?", (id_,)).fetchone()
    return CardAskRow(*row) if row else None


def asks(db: Db) -> list[CardAskRow]:
    """All that was asked and stands in no record, oldest first."""
    return [CardAskRow(*row) for row in db.execute(f"{_ASK} ORDER BY id").fetchall()]


def drop_ask(db: Db, id_: str) -> None:
    """Forget what was asked: it was not charged, or a record says what became of it."""
    db.execute("DELETE FROM card_ask WHERE id = ?", (id_,))


def unknown(db: Db, id_: str) -> CardUnknownRow | None:
    """A charge of which nobody knew, by its id."""
    row = db.execute(f"{_UNKNOWN} WHERE id = ?", (id_,)).fetchone()
    return CardUnknownRow(*row) if row else None


def unsettled(db: Db) -> list[CardUnknownRow]:
    """The charges that are not settled, and those that were made and stand in no receipt, oldest first."""
    rows = db.execute(f"{_UNKNOWN} WHERE state IN ('unknown', 'charged') ORDER BY seq").fetchall()
    return [CardUnknownRow(*row) for row in rows]


def count_unsettled(db: Db) -> int:
    """How many these are."""
    (count,) = db.execute("SELECT COUNT(*) FROM card_unknown WHERE state IN ('unknown', 'charged')").fetchone()
    return int(count)
