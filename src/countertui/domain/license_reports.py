"""What a city asks of all its licenses together: how many month by month and class, and what falls due when. Pure.

In force is what the acts say, as far as it is paid by now: a renewal that was paid late counts from its term's first
day. Of what a list from elsewhere brought without saying how it stands nothing is counted but that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from countertui.domain.license_acts import (
    BUSINESS,
    DOCUMENTS,
    LICENSE_CLASS,
    OPEN,
    REVIEWS,
    STATUS,
    TRADE_NAME,
    LicenseAct,
)
from countertui.domain.license_file import License
from countertui.domain.license_states import State, Step
from countertui.domain.money import ZERO, Cents

_BEGINS = frozenset({Step.ISSUE, Step.REINSTATE, Step.CONFIRM})
_ENDS = frozenset({Step.SUSPEND, Step.REVOKE, Step.CLOSE, Step.DENY})
_RUNNING = frozenset({State.ISSUED, State.EXPIRED})
_WAITING = frozenset({State.SUBMITTED, State.IN_REVIEW, State.APPROVED, State.FEES_DUE})
_ENDED = frozenset({State.REVOKED, State.CLOSED, State.DENIED})


class Span(NamedTuple):
    """The days a license is or was in force, both included; None: nobody knows since when, or without end."""

    first: date | None
    last: date | None


class Month(NamedTuple):
    """A month of a year."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def ends(self) -> date:
        """Its last day."""
        return self.after(1).begins - timedelta(days=1)

    @property
    def begins(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    def after(self, months: int) -> Month:
        """The month so many later; earlier for a number below zero."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(year, month + 1)


def month_of(day: date) -> Month:
    """The month a day is in."""
    return Month(day.year, day.month)


def months(first: Month, last: Month) -> list[Month]:
    """All months from one to another, both included."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [first.after(n) for n in range(max(0, count))]


class Taken(NamedTuple):
    """What was taken for licenses of a class in a month (YYYY-MM), for charges of a head on a GL account, in cents."""

    month: str
    license_class: str
    head: str
    gl: str
    cents: int


@dataclass(slots=True)
class Counted:
    """Licenses of a class in a month: issued first in it, ended in it, in force at its end; how these stand at its end
    that do not state it."""

    issued: int = 0
    ended: int = 0
    in_force: int = 0
    not_stated: int = 0

    def __add__(self, other: Counted) -> Counted:
        return Counted(
            self.issued + other.issued,
            self.ended + other.ended,
            self.in_force + other.in_force,
            self.not_stated + other.not_stated,
        )


def spans(license_: License) -> list[Span]:
    """The days it is and was in force, oldest first."""
    found: list[Span] = []
    since: date | None = None
    running = False
    for act in license_.acts:
        if not act.carried_out:
            continue
        begins, day = _begins(act), _day(act.dated)
        if begins and not running:
            running, since = True, license_.issued_on if act.step is Step.FILE else day
        elif running and not begins and (act.step in _ENDS or OPEN in act.says.get(REVIEWS, {}).values()):
            running = False
            found.append(Span(since, day))
    if running and license_.state in _RUNNING:
        found.append(Span(since, license_.expires_on))
    return [span for span in found if span.first is None or span.last is None or span.first <= span.last]


def counts(licenses: Iterable[License], period: Sequence[Month]) -> dict[str, list[Counted]]:
    """By class, in the order of the classes' codes, the licenses of each month of the period."""
    found: dict[str, list[Counted]] = {}
    for license_ in licenses:
        of_class = found.setdefault(license_.says.get(LICENSE_CLASS, ""), [Counted() for _ in period])
        if period:
            _count(license_, period, of_class)
    return dict(sorted(found.items()))


def in_all(by_class: dict[str, list[Counted]], period: Sequence[Month]) -> list[Counted]:
    """All classes together, month by month."""
    nothing = [Counted() for _ in period]
    return [sum(of_month, Counted()) for of_month in zip(nothing, *by_class.values(), strict=True)]


def _count(license_: License, period: Sequence[Month], of_class: list[Counted]) -> None:
    there = spans(license_)
    not_stated = license_.state is State.NOT_STATED
    first = license_.issued_on or (there[0].first if there else None)
    if first is not None and (there or not_stated):
        _at(period, of_class, first, "issued")
    for span in there:
        if span.last is not None:
            _at(period, of_class, span.last, "ended")
    for month, counted in zip(period, of_class, strict=True):
        if any(_holds(span, month.ends) for span in there):
            counted.in_force += 1
        elif not_stated and (first is None or first <= month.ends):
            counted.not_stated += 1


def _at(period: Sequence[Month], of_class: list[Counted], day: date, what: str) -> None:
    place = (day.year - period[0].year) * 12 + day.month - period[0].month
    if 0 <= place < len(period):
        setattr(of_class[place], what, getattr(of_class[place], what) + 1)


def _holds(span: Span, day: date) -> bool:
    return (span.first is None or span.first <= day) and (span.last is None or day <= span.last)


class Falls(StrEnum):
    """What falls due."""

    EXPIRES = "expires"
    EXPIRED = "expired"
    FEE = "fee due"
    OVERDUE = "fee overdue"
    REVIEW = "review open"
    DOCUMENT = "document missing"


@dataclass(frozen=True, slots=True)
class Deadline:
    """What of a license falls due on a day, or waits since it; cents where money is owed."""

    day: date
    what: Falls
    number: str
    business: str
    license_class: str
    detail: str = ""
    cents: Cents = ZERO
    state: State = field(default=State.NOT_STATED)


def deadlines(licenses: Iterable[License], today: date, until: date) -> list[Deadline]:
    """What falls due up to a day, and what is late or waits by today, oldest first."""
    found = [each for license_ in licenses for each in _deadlines(license_, today)]
    return sorted(
        (each for each in found if each.day <= until), key=lambda each: (each.day, each.what, each.number, each.detail)
    )


def _deadlines(license_: License, today: date) -> Iterator[Deadline]:
    if license_.state in _ENDED:
        return
    says = license_.says
    who = license_.number, says.get(BUSINESS) or says.get(TRADE_NAME, ""), says.get(LICENSE_CLASS, "")
    if license_.state in _RUNNING and license_.expires_on is not None:
        what = Falls.EXPIRED if license_.expires_on < today else Falls.EXPIRES
        yield Deadline(license_.expires_on, what, *who, state=license_.state)
    for term in license_.terms:
        if term.unpaid:
            what = Falls.OVERDUE if term.due < today else Falls.FEE
            told = f"{term.begins} to {term.ends}"
            yield Deadline(term.due, what, *who, told, term.unpaid, license_.state)
    if license_.state in _WAITING:
        since = next((day for act in license_.acts if (day := _day(act.dated)) is not None), today)
        for name in license_.reviews:
            yield Deadline(since, Falls.REVIEW, *who, name, state=license_.state)
        for name, brought in says.get(DOCUMENTS, {}).items():
            if not brought:
                yield Deadline(since, Falls.DOCUMENT, *who, name, state=license_.state)


def _begins(act: LicenseAct) -> bool:
    listed = act.step is Step.FILE and act.says.get(STATUS) in _RUNNING
    return listed or act.step in _BEGINS


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
