"""A cart line for an account: what it owes, and what paying it on that day raises on a license by the calendar."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from countertui.counter.accounts import account_here
from countertui.counter.balances import open_charges
from countertui.domain.charges import OpenCharge, total_owed
from countertui.domain.receipts import AccountLine
from countertui.domain.reference import AccountKind

if TYPE_CHECKING:
    from countertui.counter.station import Station
    from countertui.domain.license_raised import Raised
    from countertui.store.reference_rows import AccountRow


def account_line(
    station: Station, db: sqlite3.Connection, row: AccountRow, day: str, postmarked: str = ""
) -> AccountLine:
    """A cart line for all that an account owes, with what a payment of that day (ISO) raises on it.

    postmarked: the day (ISO) of a payment by mail. Raises LicensesRefused where the city's rows can't be used.
    """
    charges = open_charges(station, db, row.number, row.credit_gl)
    raised = raised_on(station, db, row, charges, day, postmarked)
    line = AccountLine(row.number, row.kind, row.name, charges, total_owed(charges), row.credit_gl, raised=raised)
    return replace(line, amount=line.owed) if raised else line


def is_like(line: AccountLine, fresh: AccountLine) -> bool:
    """Whether a line was made from the same account, charges and rows as another, whatever it pays of them."""
    return replace(line, amount=fresh.amount, by_hand=(), reason="", on_account=False) == fresh


def is_unchanged(station: Station, db: sqlite3.Connection, line: AccountLine, day: str, postmarked: str) -> bool:
    """Whether an account, its charges and what a payment raises on it are still what the line was made from."""
    row = account_here(station, db, line.account)
    return row is not None and is_like(line, account_line(station, db, row, day, postmarked))


def raised_on(
    station: Station,
    db: sqlite3.Connection,
    row: AccountRow,
    charges: Sequence[OpenCharge],
    day: str,
    postmarked: str = "",
) -> tuple[Raised, ...]:
    """What a payment of that day (ISO) raises on an account with these open charges: nothing on what is no license.

    postmarked: the day (ISO) of a payment by mail. Raises LicensesRefused where the city's rows can't be used.
    """
    if row.kind != AccountKind.LICENSE or not charges:
        return ()
    from countertui.config.licenses import holding  # with it comes pydantic, which no first paint needs
    from countertui.counter.license_schedule import schedule_on
    from countertui.counter.licenses import license_here
    from countertui.domain.license_raised import declared_for, due_terms, raised_by
    from countertui.domain.license_timing import Payment

    on = date.fromisoformat(day)
    license_ = license_here(station, db, row.number, on)
    if license_ is None or not license_.terms:
        return ()
    unpaid = {one["id"]: 0 for term in license_.terms for one in term.charges}
    unpaid |= {charge.id: charge.balance for charge in charges}
    found: list[Raised] = []
    for term in due_terms(license_, unpaid, _standing(station, db, row.number, unpaid)):
        schedule, declared = schedule_on(station, term.begins), declared_for(license_, term)
        payment = Payment(term.due, on, date.fromisoformat(postmarked) if postmarked else None)
        found += raised_by(term, schedule, declared, payment, holding(schedule, declared))
    return tuple(found)


def _standing(
    station: Station, db: sqlite3.Connection, number: str, unpaid: dict[str, int]
) -> dict[str, tuple[int, int]]:
    """Of each charge of the account, cents that stand and cents unpaid, by the snapshot and by records here since."""
    from countertui.store import money_here

    standing = {charge.id: charge.amount_cents for charge in station.reference.charges(number)}
    for raised in money_here.raised_here(db, number, station.reference.snapshot().seq):
        standing[raised.charge] = standing.get(raised.charge, 0) + raised.cents
    return {charge: (cents, unpaid.get(charge, 0)) for charge, cents in standing.items()}
