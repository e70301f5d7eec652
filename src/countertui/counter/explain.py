"""Why an account owes what it owes: every charge's working, with what was taken here and is not posted yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from countertui.counter.balances import open_charges
from countertui.counter.find import NotFound
from countertui.counter.station import Station
from countertui.domain.balances import movement_words
from countertui.domain.charge_working import Step, Working, working
from countertui.domain.charges import CREDIT_HEAD, OpenCharge
from countertui.domain.money import Cents
from countertui.store import account_rows
from countertui.store.reference_rows import ChargeRow
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
    row = station.reference.account(number)
    if row is None:
        raise NotFound(f"There is no account {number[:24]}.", press="Type a number, a name or an address.")
    published: defaultdict[str, list[Step]] = defaultdict(list)
    for step in station.reference.steps(row.number):
        published[step.charge].append(Step(step.dated, step.what, Cents(step.cents), step.ordinance, step.source))
    rows = station.reference.charges(row.number)
    billed = {charge.id: Cents(charge.amount_cents) for charge in rows}
    before = {charge.id: charge for charge in map(_as_open, rows)}
    now = {charge.id: charge for charge in open_charges(station, station.reader, row.number, row.credit_gl)}
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
    """The credit that money taken here made, where there was none."""
    return [charge for id_, charge in now.items() if id_ not in before]


def _paid_off(charge: OpenCharge) -> OpenCharge:
    return replace(charge, balance=Cents(0))


def _as_open(row: ChargeRow) -> OpenCharge:
    due = date.fromisoformat(row.due)
    return OpenCharge(row.id, row.head, due, row.description, row.gl, Cents(row.balance_cents))
