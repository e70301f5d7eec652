"""Why an account owes what it owes: every charge's working, with what was taken here and is not posted yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from countertui.counter.accounts import account_here
from countertui.counter.balances import open_charges
from countertui.counter.find import NotFound
from countertui.counter.station import Station
from countertui.domain.balances import movement_words
from countertui.domain.charge_working import Step, Working, working
from countertui.domain.charges import CREDIT_HEAD, OpenCharge
from countertui.domain.money import Cents
from countertui.domain.reference import AccountKind
from countertui.store import account_rows, license_rows, money_here
from countertui.store.money_here import RaisedRow
from countertui.store.reference_rows import AccountRow, ChargeRow
from countertui.store.store import read_body


@dataclass(frozen=True, slots=True)
class Explained:
    """An account's workings, oldest charge first; owed: what they add up to in cents, below zero a credit."""

    number: str
    name: str
    workings: tuple[Working, ...]
    owed: Cents


def explain(station: Station, number: str) -> Explained:
    """The working of everything that an account owes, of what was paid off here too. Raises NotFound."""
    row = account_here(station, station.reader, number)
    if row is None:
        raise NotFound(f"There is no account {number[:24]}.", press="Type a number, a name or an address.")
    published: defaultdict[str, list[Step]] = defaultdict(list)
    for step in station.reference.steps(row.number):
        published[step.charge].append(Step(step.dated, step.what, Cents(step.cents), step.ordinance, step.source))
    rows = station.reference.charges(row.number)
    billed = {charge.id: Cents(charge.amount_cents) for charge in rows}
    before = {charge.id: charge for charge in map(_as_open, rows)}
    now = {charge.id: charge for charge in open_charges(station, station.reader, row.number, row.credit_gl)}
    for raised in money_here.raised_here(station.reader, row.number, station.reference.snapshot().seq):
        if raised.charge not in before:
            billed[raised.charge] = Cents(raised.cents)
            now.setdefault(raised.charge, _paid_off(_as_raised(raised)))
    for charge, steps in _assessed(station, row).items():
        if charge not in before:
            published[charge] = steps
    here = _here(station, row.number, next((one.id for one in rows if one.head == CREDIT_HEAD), ""))
    found = [
        working(charge, billed.get(charge.id, Cents(0)), published[charge.id], here[charge.id])
        for charge in (*(now.get(id_) or _paid_off(one) for id_, one in before.items()), *_only_here(now, before))
        if charge.balance or here[charge.id]
    ]
    found.sort(key=lambda one: (one.charge.due, one.charge.id))
    return Explained(row.number, row.name, tuple(found), Cents(sum(one.charge.balance for one in found)))


def _here(station: Station, number: str, credit: str) -> defaultdict[str, list[Step]]:
    """What moved on each charge here since the snapshot, in the order of the records; credit: the credit's charge."""
    moved: defaultdict[str, list[Step]] = defaultdict(list)
    for seq, charge, cents in account_rows.moved_here(station.reader, number, station.reference.snapshot().seq):
        body = read_body(station.reader, seq)
        step = Step(body["biz_date"], movement_words(body), Cents(-cents), source=str(seq), here=True)
        moved[credit if charge is None else charge].append(step)
    return moved


def _only_here(now: Mapping[str, OpenCharge], before: Mapping[str, OpenCharge]) -> list[OpenCharge]:
    """What began here: charges raised, the credit that money taken made where there was none."""
    return [charge for id_, charge in now.items() if id_ not in before]


def _paid_off(charge: OpenCharge) -> OpenCharge:
    return replace(charge, balance=Cents(0))


def _assessed(station: Station, row: AccountRow) -> dict[str, list[Step]]:
    """How charges came about that acts on a license raised here since the snapshot."""
    if row.kind != AccountKind.LICENSE:
        return {}
    from countertui.domain.license_acts import working_in_cents  # few look at a license

    found: dict[str, list[Step]] = {}
    for body in license_rows.bodies_of(station.reader, row.number, station.reference.snapshot().seq):
        dated, term = body["biz_date"] or body["utc"][:10], body["data"]["term"]
        for one in term["charges"] if term is not None else ():
            lines = working_in_cents(one)
            found[one["id"]] = [Step(dated, text, Cents(cents), one["ordinance"]) for text, cents in lines]
    return found


def _as_raised(row: RaisedRow) -> OpenCharge:
    return OpenCharge(row.charge, row.head, date.fromisoformat(row.due), row.description, row.gl, Cents(row.cents))


def _as_open(row: ChargeRow) -> OpenCharge:
    due = date.fromisoformat(row.due)
    return OpenCharge(row.id, row.head, due, row.description, row.gl, Cents(row.balance_cents))
