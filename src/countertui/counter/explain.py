"""Why an account owes what it owes: every charge's working, with what was taken here and is not posted yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from countertui.counter.account_line import account_line
from countertui.counter.accounts import account_here
from countertui.counter.balances import open_charges
from countertui.counter.find import NotFound
from countertui.counter.station import Station
from countertui.counter.today import fee_date
from countertui.domain.balances import movement_words
from countertui.domain.charge_working import Step, Working, working
from countertui.domain.charges import CREDIT_HEAD, OpenCharge
from countertui.domain.dates import us_date
from countertui.domain.money import Cents
from countertui.domain.records import Kind
from countertui.domain.reference import AccountKind
from countertui.store import account_rows, license_rows, money_here
from countertui.store.money_here import RaisedRow
from countertui.store.reference_rows import AccountRow, ChargeRow
from countertui.store.store import read_body

_RAISING = frozenset({Kind.PAY, Kind.LICENSE})
"""Records that raise a charge, whose lines are how it was billed; any other that is beside one took it back."""


@dataclass(frozen=True, slots=True)
class Explained:
    """An account's workings, oldest charge first; owed: what they add up to in cents, below zero a credit.

    if_paid: what paying it today raises besides, none of it owed before.
    """

    number: str
    name: str
    workings: tuple[Working, ...]
    owed: Cents
    if_paid: tuple[Working, ...] = ()


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
    assessed, withdrawn = _assessed(station, row)
    for charge, steps in (*assessed.items(), *_raised_by_payments(station, row.number).items()):
        if charge not in before:
            published[charge] = steps
    here = _here(station, row.number, next((one.id for one in rows if one.head == CREDIT_HEAD), ""))
    for charge, gone in withdrawn:
        here[charge].append(gone)
    found = [
        working(charge, billed.get(charge.id, Cents(0)), published[charge.id], here[charge.id])
        for charge in (*(now.get(id_) or _paid_off(one) for id_, one in before.items()), *_only_here(now, before))
        if charge.balance or here[charge.id]
    ]
    found.sort(key=lambda one: (one.charge.due, one.charge.id))
    owed = Cents(sum(one.charge.balance for one in found))
    return Explained(row.number, row.name, tuple(found), owed, _if_paid(station, row))


def _here(station: Station, number: str, credit: str) -> defaultdict[str, list[Step]]:
    """What moved on each charge here since the snapshot, in the order of the records; credit: the credit's charge."""
    moved: defaultdict[str, list[Step]] = defaultdict(list)
    since = station.reference.snapshot().seq
    for seq, raised, cents in account_rows.raised_in(station.reader, number, since):
        body = read_body(station.reader, seq)
        if body["kind"] not in _RAISING:
            words = f"Taken back: {movement_words(body)}"
            moved[raised].append(Step(body["biz_date"], words, Cents(cents), source=str(seq), here=True))
    for seq, charge, cents in account_rows.moved_here(station.reader, number, since):
        body = read_body(station.reader, seq)
        step = Step(body["biz_date"], movement_words(body), Cents(-cents), source=str(seq), here=True)
        moved[credit if charge is None else charge].append(step)
    for steps in moved.values():
        steps.sort(key=lambda step: int(step.source))
    return moved


def _raised_by_payments(station: Station, number: str) -> dict[str, list[Step]]:
    """What payments here raised themselves since the snapshot, line by line as it was worked out, by charge."""
    found: dict[str, list[Step]] = {}
    for seq, charge, _ in account_rows.raised_in(station.reader, number, station.reference.snapshot().seq):
        body = read_body(station.reader, seq)
        for one in body["data"].get("raised", ()):
            if one["charge"] == charge:
                found[charge] = _worked_out(body["biz_date"], one, here=True)
    return found


def _worked_out(dated: str, one: Mapping[str, Any], *, here: bool) -> list[Step]:
    """The lines of a charge that a payment raises; one: RaisedData."""
    from countertui.domain.license_term_charges import working_in_cents

    return [Step(dated, what, Cents(part), one["ordinance"], here=here) for what, part in working_in_cents(one)]


def _if_paid(station: Station, row: AccountRow) -> tuple[Working, ...]:
    """What paying the account today would raise."""
    day = fee_date(station, station.reader)
    line = account_line(station, station.reader, row, day)
    return (
        *_without_rows(station, row, day),
        *(
            Working(
                replace(one.as_open(), description=f"If paid {us_date(day)}: {one.description}"),
                tuple(_worked_out(day, one.said(""), here=False)),
            )
            for one in line.raised
        ),
    )


def _without_rows(station: Station, row: AccountRow, day: str) -> list[Working]:
    """What is late on a license and raises nothing, and why."""
    if row.kind != AccountKind.LICENSE:
        return []
    from countertui.counter.late_without_rows import late_without_rows  # with it comes pydantic

    told = []
    for term in late_without_rows(station, station.reader, row.number, date.fromisoformat(day)):
        words = f"If paid {us_date(day)}: nothing is added for being late"
        charge = OpenCharge("", "penalty", term.due, words, "", Cents(0))
        why = f"the city had no row for it on {us_date(term.begins.isoformat())}, the term's first day"
        told.append(Working(charge, (Step("", why, Cents(0), ""),)))
    return told


def _only_here(now: Mapping[str, OpenCharge], before: Mapping[str, OpenCharge]) -> list[OpenCharge]:
    """What began here: charges raised, the credit that money taken made where there was none."""
    return [charge for id_, charge in now.items() if id_ not in before]


def _paid_off(charge: OpenCharge) -> OpenCharge:
    return replace(charge, balance=Cents(0))


def _assessed(station: Station, row: AccountRow) -> tuple[dict[str, list[Step]], list[tuple[str, Step]]]:
    """How charges came about that acts on a license raised here since the snapshot, and what they withdrew."""
    if row.kind != AccountKind.LICENSE:
        return {}, []
    from countertui.domain.license_term_charges import WITHDRAWN, working_in_cents

    raised: dict[str, list[Step]] = {}
    gone: list[tuple[str, Step]] = []
    for body in license_rows.bodies_of(station.reader, row.number, station.reference.snapshot().seq):
        dated, term = body["biz_date"] or body["utc"][:10], body["data"]["term"] or {}
        for one in term.get("charges", ()):
            lines = working_in_cents(one)
            raised[one["id"]] = [Step(dated, text, Cents(cents), one["ordinance"]) for text, cents in lines]
        for one in term.get("withdraws", ()):
            step = Step(dated, WITHDRAWN, Cents(-one["cents"]), source=str(body["seq"]), here=True)
            gone.append((one["id"], step))
    return raised, gone


def _as_raised(row: RaisedRow) -> OpenCharge:
    return OpenCharge(row.charge, row.head, date.fromisoformat(row.due), row.description, row.gl, Cents(row.cents))


def _as_open(row: ChargeRow) -> OpenCharge:
    due = date.fromisoformat(row.due)
    return OpenCharge(row.id, row.head, due, row.description, row.gl, Cents(row.balance_cents))
