"""What an account owes now: the snapshot's balances less the money taken here since."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import date

from countertui.counter.station import Station
from countertui.domain.charges import CREDIT_HEAD, OpenCharge
from countertui.domain.money import Cents
from countertui.domain.receipts import AccountLine
from countertui.store import money_here


def open_charges(station: Station, db: sqlite3.Connection, account: str, credit_gl: str) -> tuple[OpenCharge, ...]:
    """An account's charges as they stand here, oldest first; money on account shows as a credit charge."""
    paid = money_here.paid_here(db, account, station.reference.snapshot().seq)
    charges = [
        OpenCharge(row.id, row.head, date.fromisoformat(row.due), row.description, row.gl, Cents(row.balance_cents))
        for row in station.reference.charges(account)
    ]
    standing = [replace(charge, balance=Cents(charge.balance - paid.get(charge.id, 0))) for charge in charges]
    on_account = paid.get(None, 0)
    if on_account:
        due = max((charge.due for charge in charges), default=date(2000, 1, 1))
        standing.append(OpenCharge("", CREDIT_HEAD, due, "Credit on account", credit_gl, Cents(-on_account)))
    return tuple(charge for charge in standing if charge.balance)


def unchanged(station: Station, db: sqlite3.Connection, line: AccountLine) -> bool:
    """Whether an account's charges are still what the line was made from."""
    return open_charges(station, db, line.account, line.credit_gl) == line.charges
