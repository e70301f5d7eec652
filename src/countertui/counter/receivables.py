"""Accounts receivable at the counter: customers' money that pays no invoice yet, and applying it to invoices.

So with what was paid too much for a license: it pays the next term's charges where somebody applies it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from countertui.counter.account_line import raised_on
from countertui.counter.accounts import account_here
from countertui.counter.balances import credit_of, open_charges
from countertui.counter.drafts import Form, forgetting
from countertui.counter.require_now import require_now
from countertui.counter.station import Session, Station
from countertui.counter.typed import LONGEST_REASON, checked_text
from countertui.domain.charges import CREDIT_HEAD, OpenCharge
from countertui.domain.money import Cents, format_cents
from countertui.domain.receivables import APPLIED_ON, AppliedRef, ApplyRefused, applied, spread_credit, taken_back
from countertui.domain.records import Fact, Kind
from countertui.domain.rights import Act
from countertui.store import money_here, session_rows
from countertui.store.reference_rows import AccountRow


@dataclass(frozen=True, slots=True)
class Receivable:
    """A customer's account: cents on it that pay nothing yet, and its open invoices, oldest first."""

    account: str
    name: str
    gl: str
    credit: Cents
    invoices: tuple[OpenCharge, ...]

    @property
    def owed(self) -> Cents:
        """What the open invoices come to, in cents, the credit not taken off."""
        return Cents(sum(charge.balance for charge in self.invoices))


def receivable(station: Station, db: sqlite3.Connection, number: str) -> Receivable:
    """A customer's or a license's account as it stands here. Raises ApplyRefused for what is neither."""
    row = account_here(station, db, number)
    if row is None or row.kind not in APPLIED_ON:
        raise ApplyRefused(f"{number[:24]} is no customer's account.", press="Choose one of those listed.")
    return _standing(station, db, row)


def receivable_of(station: Station, number: str) -> Receivable:
    """The same for a look-up. Raises ApplyRefused."""
    return receivable(station, station.reader, number)


def unapplied(station: Station) -> list[Receivable]:
    """Accounts whose money pays no invoice yet, in the order of names: by the snapshot, and by what was taken here."""
    rows = {row.number: row for kind in APPLIED_ON for row in station.reference.credits(kind)}
    for number in money_here.paid_accounts(station.reader, station.reference.snapshot().seq):
        row = account_here(station, station.reader, number)
        if row is not None and row.kind in APPLIED_ON:
            rows[number] = row
    found = (_standing(station, station.reader, row) for row in rows.values())
    return sorted((one for one in found if one.credit > 0), key=lambda one: (one.name, one.account))


def apply_credit(station: Station, session: Session, number: str, chosen: Sequence[str]) -> Cents:
    """Let an account's credit pay chosen invoices (charge ids), in that order, as far as it reaches; gives the cents.

    What being late adds to a license is raised by a payment alone, and before its credit is applied.
    Raises ApplyRefused, AllocationRefused, NotAllowed.
    """
    require_now(station, session.operator, Act.TAKE_MONEY)
    now = receivable(station, station.db, number)
    by_id = {charge.id: charge for charge in now.invoices}
    if any(id_ not in by_id for id_ in chosen):
        raise ApplyRefused("One of the invoices is not open any more.", press="Look at the account again.")
    parts = spread_credit(now.credit, [by_id[id_] for id_ in dict.fromkeys(chosen)])
    if chosen and not parts:
        raise ApplyRefused(f"{number} has no money that could be applied.", press="Take a payment for it instead.")
    data = applied(now.account, now.name, now.gl, now.credit, now.invoices, parts)

    def check() -> None:
        row = session_rows.session(station.db, session.id)
        if row is None or row.close_seq is not None:
            raise ApplyRefused("This drawer is closed.", press="Open a drawer first.")
        if receivable(station, station.db, number) != now:
            raise ApplyRefused(f"{number} changed meanwhile.", press="Look at the account again.")
        _require_nothing_late(station, now, session.biz_date)

    fact = Fact(
        id=station.ids(),
        kind=Kind.APPLY,
        operator=session.operator,
        session=session.id,
        biz_date=session.biz_date,
        data=data,
    )
    station.record(fact, forgetting(Form.APPLYING, now.account), check)
    return Cents(data["cents"])


@dataclass(frozen=True, slots=True)
class Applied:
    """Credit that was applied here and may be taken back: its record's id, the day, cents, and what it pays."""

    id: str
    biz_date: str
    cents: Cents
    charges: tuple[str, ...]


def last_applied(station: Station, number: str) -> Applied:
    """What was applied here last of an account's credit and stands. Raises ApplyRefused where there is none."""
    for _, _, body in money_here.applied_here(station.reader, number):
        data = body["data"]
        charges = tuple(part["charge"] for part in data["allocations"])
        return Applied(body["id"], body["biz_date"], Cents(data["cents"]), charges)
    raise ApplyRefused(
        f"No money of {number} was applied at this terminal that still is.",
        "Nothing was recorded.",
        "It is taken back where it was applied.",
    )


def unapply(station: Station, session: Session, number: str, id_: str, reason: str) -> Cents:
    """Take applied credit back: its invoices are owed again, its cents (given back) pay nothing yet.

    id_: of the record that applied it, here. Raises ApplyRefused, NotAllowed; TextTooLong, CardNumberRefused.
    """
    require_now(station, session.operator, Act.TAKE_MONEY)
    reason = checked_text(reason, "The reason", LONGEST_REASON)
    if not reason:
        raise ApplyRefused("A reason is needed.", press="Type why it is taken back.")
    seq, h, body = _applied(station, number, id_)
    data = taken_back(body["data"], AppliedRef(seq=seq, h=h, id=id_), reason)

    def check() -> None:
        row = session_rows.session(station.db, session.id)
        if row is None or row.close_seq is not None:
            raise ApplyRefused("This drawer is closed.", press="Open a drawer first.")
        _applied(station, number, id_)

    fact = Fact(
        id=station.ids(),
        kind=Kind.UNAPPLY,
        operator=session.operator,
        session=session.id,
        biz_date=session.biz_date,
        data=data,
    )
    station.record(fact, forgetting(Form.UNAPPLYING, number), check)
    return Cents(data["cents"])


def _applied(station: Station, number: str, id_: str) -> tuple[int, str, dict[str, Any]]:
    for seq, h, body in money_here.applied_here(station.db, number):
        if body["id"] == id_:
            return seq, h, body
    raise ApplyRefused("It was taken back before.", press="Look at the account again.")


def _require_nothing_late(station: Station, now: Receivable, day: str) -> None:
    """Raise ApplyRefused where a payment of that day (ISO) would add something for being late."""
    row = account_here(station, station.db, now.account)
    late = (
        [] if row is None else [one for one in raised_on(station, station.db, row, now.invoices, day) if one.cents > 0]
    )
    if late:
        more = format_cents(Cents(sum(one.cents for one in late)))
        raise ApplyRefused(
            f"{late[0].description}: {more} is due with it.", press=f"Take a payment of {more} first, then apply."
        )


def _standing(station: Station, db: sqlite3.Connection, row: AccountRow) -> Receivable:
    charges = open_charges(station, db, row.number, row.credit_gl)
    invoices = tuple(charge for charge in charges if charge.head != CREDIT_HEAD and charge.balance > 0)
    return Receivable(row.number, row.name, row.credit_gl, credit_of(charges), invoices)
