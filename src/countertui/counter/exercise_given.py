"""What an exercise's task names, as the training city stands when it is begun: bills, a lead, what is in the drawer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from countertui.counter.figures import figures_of
from countertui.counter.find import open_account, open_fee
from countertui.counter.paper_receipt import papers_here
from countertui.counter.station import Person, Session, Station
from countertui.domain.exercises import Bill, Done, Exercise, Given
from countertui.domain.money import Cents
from countertui.domain.receipts import FeeLine
from countertui.domain.records import Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Role
from countertui.domain.tenders import TenderKind
from countertui.domain.text import same_person
from countertui.store import journal_rows

_LOOKED_AT, _APART = 40, 200
"""Accounts looked at for bills to name, beginning at another one of the first so many from try to try."""


class ExerciseRefused(Refused):
    """The exercise can't be begun or scored as things stand."""


def given_now(station: Station, person: Person, session: Session | None, chosen: Exercise, number: int) -> Given:
    """What the task of try `number` names. Raises ExerciseRefused where the city has nothing left to name."""
    cash, others = _in_drawer(station, session)
    fee = (_fee_bill(station, chosen.fee),) if chosen.fee else ()
    return Given(
        number=number,
        lead=_lead(station, person),
        bills=(*_bills(station, chosen.bills, number), *fee),
        cash=cash,
        others=others,
        paper=papers_here(station).number,
        came_back=_check_taken(station) if chosen.names_a_check else None,
    )


def read_given(said: dict[str, Any]) -> Given:
    """What a kept try names: `dataclasses.asdict` of it, as JSON gives it back."""
    return Given(
        number=said["number"],
        lead=(said["lead"][0], said["lead"][1]),
        bills=tuple(Bill(**bill) for bill in said["bills"]),
        cash=Cents(said["cash"]),
        others=tuple((kind, pieces, cents) for kind, pieces, cents in said["others"]),
        paper=said["paper"],
        came_back=Bill(**said["came_back"]) if said["came_back"] is not None else None,
    )


def _bills(station: Station, wanted: int, number: int) -> Sequence[Bill]:
    """So many accounts that owe something and may be paid with anything; other ones from try to try."""
    offsets = (number * wanted % _APART, 0)  # far enough on, or from the beginning
    rows = chain.from_iterable(station.reference.owing_unflagged(offset, _LOOKED_AT) for offset in offsets)
    found: dict[str, Bill] = {}
    while len(found) < wanted and (row := next(rows, None)) is not None:
        line = open_account(station, row.number)
        if line.amount > 0:
            found[row.number] = Bill(row.number, row.name, line.amount)
    if len(found) < wanted:
        raise ExerciseRefused(
            "Too few accounts of this city still owe something.", "Nothing began.", "Make a new training city."
        )
    return tuple(found.values())


def _fee_bill(station: Station, typed: str) -> Bill:
    line = open_fee(station, typed)
    if not isinstance(line, FeeLine):
        raise ExerciseRefused(f"The fee of {typed} has no price here.", "Nothing began.", "Choose another exercise.")
    return Bill(line.code, line.description, line.amount)


def _check_taken(station: Station) -> Bill:
    """The last receipt of a closed drawer here that one check paid and that stands. Raises ExerciseRefused for none."""
    taken = Done(tuple(body for _, body in journal_rows.bodies_since(station.db, 1)))
    gone = {one["receipt_no"] for body in taken.of(Kind.CHECKS_RETURNED) for one in body["data"]["checks"]}
    closed = {body["session"] for body in taken.of(Kind.CLOSE)}
    for body in reversed(taken.standing):
        tender, *more = body["data"]["tenders"]
        there = body["session"] in closed and body["receipt_no"] not in gone
        if there and tender["kind"] == TenderKind.CHECK and not more:
            return Bill(body["receipt_no"], tender["reference"], Cents(tender["cents"]))
    raise ExerciseRefused(
        "No check of a closed drawer is here that could come back.",
        "Nothing began.",
        "Do “A bill by check” and “Close a drawer” first, as a cashier.",
    )


def _lead(station: Station, person: Person) -> tuple[str, str]:
    """Somebody else who approves, with the PIN that is shown at sign-on."""
    pins = dict(station.pins_shown)
    for one in station.reference.operators():
        if Role.LEAD in one.roles.split() and one.id in pins and not same_person(one.id, person.id):
            return one.id, pins[one.id]
    return "", ""


def _in_drawer(station: Station, session: Session | None) -> tuple[Cents, tuple[tuple[str, int, int], ...]]:
    if session is None:
        return Cents(0), ()
    expected = figures_of(station, session).expected()
    cash = expected.get(TenderKind.CASH)
    others = tuple((kind.value, one.count, one.cents) for kind, one in expected.items() if kind is not TenderKind.CASH)
    return (cash.cents if cash is not None else Cents(0)), others
