"""Reading the checks that were said here to have come back unpaid, and the checks of receipts taken here."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

Db = sqlite3.Connection
_MOST_DIGITS = 12
"""Of a check's number as a reader gives it, zeros ahead."""


class CheckBack(NamedTuple):
    """A check that came back: its record and place in it, its number, the date."""

    seq: int
    n: int
    reference: str
    biz_date: str


def came_back(db: Db, receipt_no: str) -> list[tuple[str, int]]:
    """The checks of a receipt that were said here to have come back: number and cents, oldest first."""
    query = "SELECT reference, cents FROM came_back WHERE receipt_no = ? ORDER BY seq, n"
    return [(reference, cents) for reference, cents in db.execute(query, (receipt_no,)).fetchall()]


def days_back(db: Db, account: str, after_seq: int) -> list[str]:
    """The business dates (ISO) on which checks for an account came back by records after one."""
    query = "SELECT biz_date FROM came_back WHERE account = ? AND seq > ? ORDER BY seq, n"
    return [day for (day,) in db.execute(query, (account, after_seq)).fetchall()]


def checks_back(db: Db, account: str, after_seq: int) -> list[CheckBack]:
    """The checks for an account that came back by records after one, oldest first."""
    query = "SELECT seq, n, reference, biz_date FROM came_back WHERE account = ? AND seq > ? ORDER BY seq, n"
    return [CheckBack(*row) for row in db.execute(query, (account, after_seq)).fetchall()]


def checks_numbered(db: Db, reference: str) -> list[tuple[str, int]]:
    """The receipts taken here with a check of that number, however many zeros lead it, and the check's cents."""
    digits = reference.lstrip("0")
    ways = [reference, *(digits.zfill(width) for width in range(len(digits), _MOST_DIGITS + 1))]
    marks = ", ".join("?" * len(ways))
    query = (
        f"SELECT receipt_no, cents FROM tender WHERE reference <> '' AND reference IN ({marks}) AND kind = 'check'"  # noqa: S608 - marks alone
        " ORDER BY receipt_no, n"
    )
    return list(dict.fromkeys(db.execute(query, ways).fetchall()))
