"""What paying a license on a day adds to it and takes off, by the city's rows of the calendar: as charges of their own.

The payment itself raises them, in its own record, and what takes the payment back takes them back with it; the next
payment has them worked out anew, as of its day. A percentage is of the fee as it was assessed, whatever part of it was
paid before: a license is paid when all of its term is. What stands of earlier payments is taken off, so that nothing
is raised twice; what was raised is not lowered by a later day, but a discount is lost where what it was given for is
unpaid again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

from countertui.domain.charges import OpenCharge
from countertui.domain.license_act_soundness import MOST_STEPS, is_day, is_exact
from countertui.domain.license_acts import ANSWERS, LICENSE_CLASS, STARTS
from countertui.domain.license_determination import LICENSE_HEAD, Determination, Holds, Line
from countertui.domain.license_fees import FeeRow, Worked
from countertui.domain.license_file import License
from countertui.domain.license_schedule import Declared, LicenseSchedule
from countertui.domain.license_term_charges import code_of_charge, raised_row
from countertui.domain.license_timing import Payment, TimingRow
from countertui.domain.money import LARGEST, Cents

MOST_RAISED = 1_000
"""So many charges one record raises at most: a receipt has 60 lines, a term a few rows of the calendar."""
_MARK = "/"


class RaisedData(TypedDict):
    """One charge that a `pay` record raises; cents below zero for a discount. working: [text, cents as decimal text].

    begins: the first day (ISO) of the license's term that it is for; due: the day (ISO) that the term was due; code:
    the row of the city's schedule.
    """

    charge: str
    license: str
    begins: str
    due: str
    code: str
    head: str
    gl: str
    description: str
    cents: int
    ordinance: str
    working: list[list[str]]


@dataclass(frozen=True, slots=True)
class TermCharge:
    """A charge of a term as it was assessed: the city's row, the charge's id, cents; unpaid: what is left of it."""

    code: str
    charge: str
    cents: Cents
    unpaid: Cents


@dataclass(frozen=True, slots=True)
class DueTerm:
    """A term of a license as a payment finds it. raised: cents by row that stand, raised by payments before.

    left: ids of charges raised before that are not paid off.
    """

    license: str
    begins: date
    due: date
    charges: tuple[TermCharge, ...]
    raised: Mapping[str, Cents]
    left: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether anything of what was assessed is unpaid: only then does the calendar go on."""
        return any(charge.unpaid > 0 for charge in self.charges)


@dataclass(frozen=True, slots=True)
class Raised:
    """A charge that a payment is about to raise, in cents; below zero for a discount, which holds only where the
    payment pays off every charge of `whole`.
    """

    license: str
    begins: date
    due: date
    code: str
    head: str
    gl: str
    description: str
    cents: Cents
    ordinance: str
    working: tuple[Worked, ...]
    whole: tuple[str, ...] = ()

    @property
    def charge(self) -> str:
        """Its id as long as no record has raised it."""
        return raised_charge(self.license, self.begins.isoformat(), self.code)

    @property
    def is_discount(self) -> bool:
        """Whether it takes off."""
        return self.cents < 0

    def as_open(self) -> OpenCharge:
        """It as an open charge of the account."""
        return OpenCharge(self.charge, self.head, self.due, self.description, self.gl, self.cents)

    def said(self, record: str) -> RaisedData:
        """What the record of that id says of it."""
        return RaisedData(
            charge=raised_charge(self.license, self.begins.isoformat(), self.code, record),
            license=self.license,
            begins=self.begins.isoformat(),
            due=self.due.isoformat(),
            code=self.code,
            head=self.head,
            gl=self.gl,
            description=self.description,
            cents=self.cents,
            ordinance=self.ordinance,
            working=[[step.text, f"{step.cents:f}"] for step in self.working],
        )


def raised_charge(number: str, begins: str, code: str, record: str = "") -> str:
    """The id of what a record raises on a license for a term (its first day, ISO) by a row: one for each record."""
    return _MARK.join(filter(None, (number, begins, code, record)))


def is_raised_by(charge: object, record: str) -> bool:
    """Whether a charge's id says that the record of that id raised it."""
    return type(charge) is str and charge.endswith(_MARK + record) and charge.count(_MARK) >= 3


def raised_before(charges: Iterable[tuple[str, Cents]], number: str, begins: str) -> dict[str, Cents]:
    """Cents by row that stand on a term, of charges given as id and amount."""
    sums: dict[str, Cents] = {}
    for charge, cents in charges:
        if (code := raised_row(charge, number, begins)) is not None:
            sums[code] = Cents(sums.get(code, 0) + cents)
    return sums


def raised_by(
    term: DueTerm, schedule: LicenseSchedule, declared: Declared, payment: Payment, holds: Holds
) -> tuple[Raised, ...]:
    """What a payment raises on a term, in the order of the city's rows; none where nothing of it is unpaid."""
    if not term.is_open:
        return ()
    passed = {row.row.code for row in schedule.fees if getattr(row.row, "passed_through", False)}
    assessed = Determination(
        tuple(Line(one.code, "", "", "", "", one.cents, (), one.code in passed) for one in term.charges)
    )
    lines = schedule.as_paid(assessed, declared, payment, holds).lines[len(assessed.lines) :]
    found = [*_more(term, lines), *_lost(term, lines, schedule)]
    late = [one.charge for one in found if not one.is_discount]
    whole = (*(one.charge for one in term.charges if one.unpaid > 0), *term.left, *late)
    return tuple(replace(one, whole=whole) if one.is_discount else one for one in found)


def _more(term: DueTerm, lines: Iterable[Line]) -> Iterator[Raised]:
    """What each row comes to, less what stands of it already."""
    for line in lines:
        before = term.raised.get(line.code, Cents(0))
        more = line.cents - before
        if more and (more < 0) == (line.cents < 0):
            working = (*line.working, Worked("raised before", Decimal(-before))) if before else line.working
            yield _raised(term, line, Cents(more), working)


def _lost(term: DueTerm, lines: Iterable[Line], schedule: LicenseSchedule) -> Iterator[Raised]:
    """The discounts that stand on a term of which something is unpaid again, on a day that gives none any more."""
    given = {line.code for line in lines}
    rows = {each.row.code: each.row for each in schedule.timing}
    for code, before in term.raised.items():
        if before < 0 and code not in given and code in rows:
            working = (Worked("not all that it was given for stands paid", Decimal(-before)),)
            yield _raised(term, rows[code], Cents(-before), working)


def _raised(term: DueTerm, row: Line | FeeRow | TimingRow, cents: Cents, working: tuple[Worked, ...]) -> Raised:
    return Raised(
        license=term.license,
        begins=term.begins,
        due=term.due,
        code=row.code,
        head=LICENSE_HEAD if isinstance(row, FeeRow) else row.head,
        gl=row.gl,
        description=row.description,
        cents=cents,
        ordinance=row.ordinance,
        working=working,
    )


def due_terms(
    license_: License, unpaid: Mapping[str, int], raised: Mapping[str, tuple[int, int]]
) -> tuple[DueTerm, ...]:
    """The terms of a license as a payment finds them.

    unpaid: cents still owed by charge id; of a charge that is not named all is unpaid. raised: of each charge that
    records raised on the license, the cents that stand and those unpaid.
    """
    amounts = [(charge, Cents(cents)) for charge, (cents, _) in raised.items()]
    terms = []
    for term in license_.terms:
        begins = term.begins.isoformat()
        charges = tuple(
            TermCharge(
                code_of_charge(one["id"]),
                one["id"],
                Cents(one["cents"]),
                Cents(unpaid.get(one["id"], one["cents"])),
            )
            for one in term.charges
        )
        left = tuple(
            charge
            for charge, (_, open_) in raised.items()
            if open_ > 0 and raised_row(charge, license_.number, begins) is not None
        )
        before = raised_before(amounts, license_.number, begins)
        terms.append(DueTerm(license_.number, term.begins, term.due, charges, before, left))
    return tuple(terms)


def declared_for(license_: License, term: DueTerm) -> Declared:
    """What the business declared, as the rows of the calendar ask for it."""
    says = license_.says
    starts = date.fromisoformat(says[STARTS]) if says.get(STARTS) else term.begins
    renewal = any(one.renews for one in license_.terms if one.begins == term.begins)
    return Declared(says.get(LICENSE_CLASS, ""), starts, says.get(ANSWERS, {}), renewal=renewal)


_TEXTS = ("charge", "license", "begins", "due", "code", "head", "gl", "description", "ordinance")


def is_sound(raised: object, record: object) -> bool:
    """Whether a record of that id says at all what it raises: who signs a record may sign anything."""
    if type(raised) is not list or not 0 < len(raised) <= MOST_RAISED or type(record) is not str or not record:
        return False
    if not all(_is_one(one, record) for one in raised):
        return False
    return len({one["charge"] for one in raised}) == len(raised)


def discounts_of(raised: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The charges of a record's `raised` that take off, with their cents."""
    return {one["charge"]: one["cents"] for one in raised if one["cents"] < 0}


def _is_one(one: object, record: str) -> bool:
    if not isinstance(one, dict) or one.keys() != RaisedData.__annotations__.keys():
        return False
    if any(type(one[name]) is not str for name in _TEXTS) or type(one["cents"]) is not int:
        return False
    if not one["cents"] or abs(one["cents"]) > LARGEST or not _is_working(one["working"], one["cents"]):
        return False
    if not (is_day(one["begins"]) and is_day(one["due"])):
        return False
    named = one["license"] and one["code"] and _MARK not in one["code"]
    return bool(named and one["charge"] == raised_charge(one["license"], one["begins"], one["code"], record))


def _is_working(working: object, cents: int) -> bool:
    if type(working) is not list or not 0 < len(working) <= MOST_STEPS:
        return False
    if not all(type(step) is list and len(step) == 2 and all(type(part) is str for part in step) for step in working):
        return False
    return all(is_exact(exact) for _, exact in working) and sum(Decimal(exact) for _, exact in working) == cents
