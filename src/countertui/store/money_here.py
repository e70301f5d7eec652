"""What was paid here on accounts, put on their credit and raised on them, read from store.db."""

from __future__ import annotations

import json
import sqlite3
from typing import Any, NamedTuple

from countertui.domain.records import Kind

Db = sqlite3.Connection


def applied_here(db: Db, account: str) -> list[tuple[int, str, dict[str, Any]]]:
    """What was applied here of an account's credit and still is: number, hash (hex) and body, newest first."""
    query = (
        "SELECT seq, hex(h), body FROM journal WHERE kind IN (?, ?)"
        " AND seq IN (SELECT seq FROM allocation WHERE account = ?) ORDER BY seq DESC"
    )
    rows = db.execute(query, (Kind.APPLY, Kind.UNAPPLY, account)).fetchall()
    found = [(seq, h.lower(), json.loads(body)) for seq, h, body in rows]
    gone = {body["data"]["original"]["id"] for _, _, body in found if body["kind"] == Kind.UNAPPLY}
    return [one for one in found if one[2]["kind"] == Kind.APPLY and one[2]["id"] not in gone]


class RaisedRow(NamedTuple):
    """A charge raised here: its id, head, day (ISO) it is due, description, GL account, cents that stand; seq: of the
    record that raised it first.
    """

    charge: str
    head: str
    due: str
    description: str
    gl: str
    cents: int
    seq: int


def paid_here(db: Db, account: str, after_seq: int) -> dict[str | None, int]:
    """Cents taken here for an account after a record, per charge (None: onto its credit), less what was raised."""
    query = (
        "SELECT charge, SUM(cents) FROM (SELECT charge, cents FROM allocation WHERE account = ? AND seq > ?"
        " UNION ALL SELECT charge, -cents FROM charge_raised WHERE account = ? AND seq > ?) GROUP BY charge"
    )
    return dict(db.execute(query, (account, after_seq, account, after_seq)).fetchall())


def received_here(db: Db, account: str, after_seq: int) -> int:
    """Cents taken here for an account after a record, whatever was raised on it."""
    query = "SELECT COALESCE(SUM(cents), 0) FROM allocation WHERE account = ? AND seq > ?"
    return int(db.execute(query, (account, after_seq)).fetchone()[0])


def raised_here(db: Db, account: str, after_seq: int) -> list[RaisedRow]:
    """The charges that were raised on an account here after a record, each once, in the order they were; cents are
    what stands of them.
    """
    query = (
        "SELECT charge, head, due, description, gl, SUM(cents), MIN(seq) FROM charge_raised"
        " WHERE account = ? AND seq > ? GROUP BY charge ORDER BY MIN(seq), MIN(n)"
    )
    return list(map(RaisedRow._make, db.execute(query, (account, after_seq)).fetchall()))


def put_on_credit_here(db: Db, account: str, after_seq: int) -> list[tuple[int, int]]:
    """Each record here after one that moved money on an account's credit, and cents, oldest first."""
    return db.execute(
        "SELECT seq, SUM(cents) FROM allocation WHERE account = ? AND seq > ? AND charge IS NULL GROUP BY seq"
        " ORDER BY seq",
        (account, after_seq),
    ).fetchall()


def paid_accounts(db: Db, after_seq: int) -> dict[str, int]:
    """Cents taken here after a record, less what was raised, for every account that has any."""
    rows = db.execute(
        "SELECT account, SUM(cents) FROM (SELECT account, cents FROM allocation WHERE seq > ? AND account IS NOT NULL"
        " UNION ALL SELECT account, -cents FROM charge_raised WHERE seq > ?) GROUP BY account",
        (after_seq, after_seq),
    ).fetchall()
    return dict(rows)


def paid_sums(db: Db, accounts: list[str], after_seq: int) -> dict[str, int]:
    """Cents taken here after a record, less what was raised, for each of the accounts that has any."""
    if not accounts:
        return {}
    marks = ", ".join("?" * len(accounts))
    query = (
        f"SELECT account, SUM(cents) FROM (SELECT account, cents FROM allocation WHERE account IN ({marks}) AND seq > ?"  # noqa: S608 - marks alone
        f" UNION ALL SELECT account, -cents FROM charge_raised WHERE account IN ({marks}) AND seq > ?)"
        " GROUP BY account"
    )
    return dict(db.execute(query, (*accounts, after_seq, *accounts, after_seq)).fetchall())
