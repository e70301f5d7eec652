"""Where a correction's money goes: a place said by two people, as shares of charges, credits and GL accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from countertui.domain.balances import Movement, charge_movements, paid_by_accounts
from countertui.domain.charges import CREDIT_HEAD, OpenCharge, allocate
from countertui.domain.city import CityRules
from countertui.domain.desk_records import DeskKind, ShareData
from countertui.domain.money import Cents
from countertui.domain.records import Kind
from countertui.ledger import tables
from countertui.ledger.charted import chart_for
from countertui.ledger.paper_keyed import TWICE
from countertui.ledger.periods import CLOSED_PERIOD
from countertui.ledger.stored import StoredRecord, what_stands
from countertui.ledger.taken_back import refused

RECEIPTS = (Kind.PAY, DeskKind.REMITTANCE)


@dataclass(frozen=True, slots=True)
class ToGl:
    """To a GL account, whatever it was for."""

    account: str


@dataclass(frozen=True, slots=True)
class ToCharge:
    """To one charge."""

    charge: str


@dataclass(frozen=True, slots=True)
class ToAccount:
    """To what an account owes, in the city's order; what is left becomes its credit."""

    number: str


@dataclass(frozen=True, slots=True)
class AsRecorded:
    """To where the record itself says: it waits only because its month is closed, or its paper number came twice."""


Target = ToGl | ToCharge | ToAccount | AsRecorded


def spread(connection: Connection, rules: CityRules, number: str, cents: int) -> list[ShareData]:
    """Cents (more than 0) over what an account owes, in the city's order, the rest to its credit.

    Raises CorrectionRefusedError for an account that is not known.
    """
    account, charge = tables.reference["account"].c, tables.reference["charge"].c
    credit_gl = connection.execute(select(account.credit_gl).where(account.number == number)).scalar()
    if credit_gl is None:
        raise refused(f"Account {number} is not known here.")
    columns = (charge.id, charge.head, charge.due, charge.description, charge.gl, charge.balance_cents)
    rows = connection.execute(select(*columns).where(charge.account == number).order_by(charge.id))
    owed = [
        OpenCharge(id_, head, date.fromisoformat(due), text, gl, Cents(balance))
        for id_, head, due, text, gl, balance in rows
    ]
    return [
        share_of(number, part.charge, part.head, part.gl, part.cents)
        for part in allocate(Cents(cents), owed, rules.order, credit_gl)
    ]


def target_shares(
    connection: Connection, rules: CityRules, target: Target, cents: int, about: StoredRecord
) -> list[ShareData]:
    """Cents credited (negative: debited) to a target, as shares."""
    if isinstance(target, ToGl):
        return [share_of(None, None, "gl", target.account, cents)]
    if isinstance(target, ToCharge):
        c = tables.reference["charge"].c
        row = connection.execute(select(c.account, c.head, c.gl).where(c.id == target.charge)).first()
        if row is None:
            raise refused(f"Charge {target.charge} is not known here.")
        charge = None if row.head == CREDIT_HEAD else target.charge
        account = row.account if cents > 0 else _paid_by(connection, about, target.charge) or row.account
        return [share_of(account, charge, row.head, row.gl, cents)]
    if isinstance(target, ToAccount):
        if cents <= 0:
            raise refused("Money that went out belongs to a GL account or a charge, not to what an account owes.")
        return spread(connection, rules, target.number, cents)
    # The charges were paid when it was posted and only the general ledger waits, unless it was held back whole.
    held = _waits_as(connection, about, TWICE)
    if not held and not _waits_as(connection, about, CLOSED_PERIOD):
        raise refused("It waits for another reason than a closed month or a paper number: say where it belongs.")
    movements = list(charge_movements(about.body["kind"], about.body["data"]))
    if held:
        _require_there(connection, rules, movements)
    parts = [
        share_of(part.account if held else None, part.charge if held else None, part.head, part.gl, part.cents)
        for part in movements
    ]
    if sum(part["cents"] for part in parts) != cents:
        raise refused("What waits is not the whole of what the record says: say where it belongs.")
    return parts


def _require_there(connection: Connection, rules: CityRules, movements: Sequence[Movement]) -> None:
    """Raises CorrectionRefusedError where a receipt names a charge or an account that is not known here."""
    chart = chart_for(connection, rules, movements)
    for account, charge, *_ in movements:
        if charge is not None and chart.charges.get(charge) != account:
            raise refused(f"Charge {charge} is not on account {account} here: say where the money belongs.")
        if charge is None and account is not None and account not in chart.accounts:
            raise refused(f"Account {account} is not known here: say where the money belongs.")


def _waits_as(connection: Connection, about: StoredRecord, reason: str) -> bool:
    """Whether a record's money waited in suspense for that reason."""
    c, body = tables.error_item.c, about.body
    here = (c.terminal == body["terminal"]) & (c.epoch == body["epoch"]) & (c.seq == body["seq"])
    return connection.execute(select(c.id).where(here, c.reason == reason)).first() is not None


def _paid_by(connection: Connection, about: StoredRecord, charge: str) -> str | None:
    """Whose receipt paid most on a charge, which may have become another account's since; None if none did."""
    if about.body["kind"] not in RECEIPTS:
        return None
    paid = {
        by: cents for (to, by), cents in paid_by_accounts(what_stands(connection, about).moves).items() if to == charge
    }
    return max(sorted(paid), key=paid.__getitem__, default=None)


def share_of(account: str | None, charge: str | None, head: str, gl: str, cents: int) -> ShareData:
    """One share: cents credited (negative: debited) to a charge, a credit (charge None) or a GL account alone."""
    return ShareData(account=account, charge=charge, head=head, gl=gl, cents=cents)
