"""From records to what accounts owe and have paid: charges raised, money allocated, credit moved."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from countertui.domain.balances import charge_movements
from countertui.domain.records import Kind
from countertui.store.projection.by_kind import Body, ByKind

Raised = tuple[Any, ...]
"""Account, charge, head, due, description, GL account and cents of a charge that is raised."""
ALLOCATION = "INSERT INTO allocation (seq, n, account, charge, head, gl, cents) VALUES (?, ?, ?, ?, ?, ?, ?)"
_LICENSE = "INSERT INTO license_here (seq, license, step, drawn) VALUES (?, ?, ?, ?)"
_RAISE = """INSERT INTO charge_raised (seq, n, account, charge, head, due, description, gl, cents)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_STANDING = """SELECT account, charge, head, due, description, gl, SUM(cents) FROM charge_raised
  WHERE charge IN (SELECT charge FROM charge_raised WHERE seq = ?) GROUP BY charge HAVING SUM(cents) <> 0"""


def _license(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    """An act, and the charges of the term that it assesses."""
    data, seq = body["data"], body["seq"]
    drawn = int(data["license"].rpartition("-L")[2]) if data["step"] == "file" else 0
    connection.execute(_LICENSE, (seq, data["license"], data["step"], drawn))
    if (term := data["term"]) is not None:
        of_term = {"license": data["license"], "due": term["due"]}
        gone = ({**one, "cents": -one["cents"]} for one in term.get("withdraws", ()))
        raised = ({**of_term, **one, "charge": one["id"]} for one in (*term["charges"], *gone))
        raise_charges(connection, seq, map(raised_row, raised))


def move_credit(connection: sqlite3.Connection, body: Body, _h: bytes = b"") -> None:
    """What a record moves that no line of a receipt says: credit applied, a deposit given back."""
    moves = enumerate(charge_movements(body["kind"], body["data"]), start=1)
    rows = [(body["seq"], n, move.account, move.charge, move.head, move.gl, move.cents) for n, move in moves]
    connection.executemany(ALLOCATION, rows)


def allocate(connection: sqlite3.Connection, body: Body, sign: int) -> None:
    """Put what a receipt's lines pay onto its charges; sign -1 where it is taken back."""
    rows: list[tuple[Any, ...]] = []
    for line in body["data"]["lines"]:
        for part in line["allocations"]:
            rows.append(
                (
                    body["seq"],
                    len(rows) + 1,
                    line["account"],
                    part["charge"],
                    part["head"],
                    part["gl"],
                    sign * part["cents"],
                )
            )
    connection.executemany(ALLOCATION, rows)


def raise_charges(connection: sqlite3.Connection, seq: int, rows: Iterable[Raised]) -> None:
    """Keep the charges that a record raises."""
    connection.executemany(_RAISE, [(seq, n, *row) for n, row in enumerate(rows, start=1)])


def raised_row(one: Mapping[str, Any]) -> Raised:
    """One of them as a record says it."""
    return (one["license"], *(one[name] for name in ("charge", "head", "due", "description", "gl", "cents")))


def standing_of(connection: sqlite3.Connection, seq: int) -> list[Raised]:
    """What a record raised and still stands, the other way round: to be taken back."""
    return [(*row[:-1], -row[-1]) for row in connection.execute(_STANDING, (seq,)).fetchall()]


CHARGES: ByKind = {
    Kind.LICENSE: _license,
    Kind.APPLY: move_credit,
    Kind.UNAPPLY: move_credit,
}
