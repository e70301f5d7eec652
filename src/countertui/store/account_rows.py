"""Reading what this terminal recorded of accounts: notes and changes typed here, money moved here."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple


class SaidRow(NamedTuple):
    """A note, or another address or telephone number; what: note, address, phone; was: empty for a note."""

    seq: int
    account: str
    what: str
    was: str
    said: str
    operator: str
    dated: str


_SAID = "SELECT seq, account, what, was, said, operator, dated FROM account_said"


def said_of(db: sqlite3.Connection, account: str, after_seq: int) -> list[SaidRow]:
    """What was typed here of an account after a record, in order."""
    rows = db.execute(f"{_SAID} WHERE account = ? AND seq > ? ORDER BY seq", (account, after_seq)).fetchall()
    return list(map(SaidRow._make, rows))


def changes_after(db: sqlite3.Connection, after_seq: int) -> list[SaidRow]:
    """The addresses and telephone numbers typed here after a record, of all accounts, in order."""
    rows = db.execute(
        f"{_SAID} INDEXED BY account_changed WHERE what <> 'note' AND seq > ? ORDER BY seq", (after_seq,)
    ).fetchall()
    return list(map(SaidRow._make, rows))


def raised_in(db: sqlite3.Connection, account: str, after_seq: int) -> list[tuple[int, str, int]]:
    """Record, charge and cents that records after one raised themselves on an account (negative: took back)."""
    return db.execute(
        "SELECT seq, charge, SUM(cents) FROM charge_raised WHERE account = ? AND seq > ? GROUP BY seq, charge"
        " ORDER BY seq, MIN(n)",
        (account, after_seq),
    ).fetchall()


def moved_here(db: sqlite3.Connection, account: str, after_seq: int) -> list[tuple[int, str | None, int]]:
    """Record, charge (None: the credit) and cents paid (negative: taken back) for an account after a record."""
    return db.execute(
        "SELECT seq, charge, SUM(cents) FROM allocation WHERE account = ? AND seq > ?"
        " GROUP BY seq, charge ORDER BY seq, charge",
        (account, after_seq),
    ).fetchall()
