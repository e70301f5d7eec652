"""From records of checks that came back to what is owed again."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from countertui.domain.balances import Movement
from countertui.domain.desk_records import ShareData
from countertui.domain.records import Kind
from countertui.domain.returned_checks import (
    FEE_HEAD,
    fee_charge_of,
    given_charge,
    given_in_cash,
    paid_all,
    shares_back,
)
from countertui.store.projection.by_kind import Body, ByKind
from countertui.store.projection.charges import ALLOCATION, Raised, raise_charges, standing_of
from countertui.store.projection.receipts import receipt_state

_CAME_BACK = """INSERT INTO came_back (seq, n, receipt_no, reference, account, biz_date, cents, fee_cents)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_PAID = "SELECT account, charge, gl, head, cents FROM allocation WHERE seq = ? ORDER BY n"
_PAID_AND_GIVEN = """SELECT total_cents, MAX(0, change_cents - COALESCE((SELECT SUM(cents) FROM tender
  WHERE tender.receipt_no = receipt.receipt_no AND kind = 'cash'), 0)) FROM receipt WHERE receipt_no = ?"""
_CARRIED_NO_MORE = """UPDATE deposit_carried SET found_seq = ?
  WHERE receipt_no = ? AND reference = ? AND tender = 'check' AND found_seq IS NULL"""
"""A check that a deposit lacked, and whose payment is taken back, is looked for no more."""
_BACK_BEFORE = "SELECT cents FROM came_back WHERE receipt_no = ? ORDER BY seq, n"


def _checks_returned(connection: sqlite3.Connection, body: Body, _h: bytes) -> None:
    """What each check paid is owed again, and its fee; of another terminal's receipt only the fee is known here."""
    rows: list[tuple[Any, ...]] = []
    lowered: list[Raised] = []
    for n, one in enumerate(body["data"]["checks"]):
        if one["original"] is not None:
            shares = _shares_back(connection, one)
            rows += [
                (share["account"], share["charge"], share["head"], share["gl"], share["cents"]) for share in shares
            ]
            lowered += _lowered_by(connection, one, shares)
            receipt_state(connection, one, "returned", None, body["seq"])
        fee = fee_charge_of(body["terminal"], body["epoch"], body["seq"], n)
        for charge, cents in ((fee, one["fee_cents"]), (given_charge(fee), one.get("given_cents", 0))):
            if cents:
                rows.append((one["account"], charge, FEE_HEAD, one["fee_gl"], -cents))
        row = (one["receipt_no"], one["reference"], one["account"], body["biz_date"], one["cents"], one["fee_cents"])
        connection.execute(_CAME_BACK, (body["seq"], n, *row))
        connection.execute(_CARRIED_NO_MORE, (body["seq"], one["receipt_no"], one["reference"]))
    connection.executemany(ALLOCATION, [(body["seq"], n, *row) for n, row in enumerate(rows, start=1)])
    raise_charges(connection, body["seq"], lowered)


def _lowered_by(connection: sqlite3.Connection, one: Mapping[str, Any], shares: list[ShareData]) -> list[Raised]:
    """What a receipt raised and takes back with a check: all once nothing of it stands, its discounts at once."""
    standing = standing_of(connection, one["original"]["seq"])
    if not standing:
        return []
    before = sum(cents for (cents,) in connection.execute(_BACK_BEFORE, (one["receipt_no"],)).fetchall())
    movements = [Movement(*row) for row in connection.execute(_PAID, (one["original"]["seq"],)).fetchall()]
    whole = paid_all(movements, _paid_and_given(connection, one["receipt_no"]), before + one["cents"])
    lost = {share["charge"] for share in shares if share["cents"] > 0}
    return [row for row in standing if whole or row[1] in lost]


def _shares_back(connection: sqlite3.Connection, one: Mapping[str, Any]) -> list[ShareData]:
    """What a check paid of a receipt taken here, less what other checks of it took back before."""
    movements = [Movement(*row) for row in connection.execute(_PAID, (one["original"]["seq"],)).fetchall()]
    data = _paid_and_given(connection, one["receipt_no"])
    before = sum(cents for (cents,) in connection.execute(_BACK_BEFORE, (one["receipt_no"],)).fetchall())
    gone = shares_back(movements, before - given_in_cash(data, before, 0))
    return shares_back(movements, one["cents"] - given_in_cash(data, one["cents"], before), gone)


def _paid_and_given(connection: sqlite3.Connection, receipt_no: str) -> dict[str, int]:
    """What a receipt taken here paid, and the cash it gave back beyond the cash handed over, named as in its record."""
    (total, given), *_ = connection.execute(_PAID_AND_GIVEN, (receipt_no,)).fetchall()
    return {"total_cents": total, "cash_back_cents": given}


RETURNED_CHECKS: ByKind = {
    Kind.CHECKS_RETURNED: _checks_returned,
}
