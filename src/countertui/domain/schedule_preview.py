"""What a change of the city's license rows does to every license, before it takes effect.

Each license that is renewed is computed for the first term that begins on the day of the change or after it: by the
rows in force on that term's first day as they are now, and as they would be. What a license does not state is never
made up: without an answer that its class is asked for there is no fee, unless one is assumed for all that lack it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple, Protocol

from countertui.domain.license_determination import Determination, Holds
from countertui.domain.license_schedule import Declared, LicenseSchedule
from countertui.domain.license_terms import Term
from countertui.domain.license_timing import Payment
from countertui.domain.money import ZERO, Cents

Holding = Callable[[LicenseSchedule, Declared], Holds]
Answers = Mapping[str, int | bool]
LATE = 31
"""So many days late is looked at besides: most schedules have begun to charge for it by then."""


class Schedules(Protocol):
    """A city's license rows of every day."""

    def on(self, day: date) -> LicenseSchedule:
        """Those in force on a day."""

    def days_from(self, day: date) -> Sequence[date]:
        """The days, that one and later, on which rows begin or have ended."""


@dataclass(frozen=True, slots=True)
class Held:
    """A license as it would be renewed: its class, its answers, and the first day after what it is paid for."""

    number: str
    business: str
    license_class: str
    answers: Answers = field(default_factory=dict)
    next_begins: date | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one license; old and new in cents, None where `why` says what is lacking.

    old_late, new_late: the same with what the calendar adds to a payment so many days late. assumed: the questions that
    were answered by assumption.
    """

    held: Held
    begins: date | None = None
    old: Cents | None = None
    new: Cents | None = None
    why: str = ""
    assumed: tuple[str, ...] = ()
    old_late: Cents = ZERO
    new_late: Cents = ZERO

    @property
    def difference(self) -> Cents:
        """What it pays more, in cents; below zero: less."""
        return ZERO if self.old is None or self.new is None else Cents(self.new - self.old)


@dataclass(frozen=True, slots=True)
class ClassChange:
    """What becomes of a class: its licenses, how many of them were computed, pay more, pay less; cents in all.

    old_late, new_late: cents in all if each pays so many days late.
    """

    code: str
    licenses: int
    computed: int
    more: int
    less: int
    old: Cents
    new: Cents
    old_late: Cents = ZERO
    new_late: Cents = ZERO

    @property
    def difference(self) -> Cents:
        """What the class pays more, in cents; below zero: less."""
        return Cents(self.new - self.old)


@dataclass(frozen=True, slots=True)
class Preview:
    """The day of the change, each license, and each class, by its code; late: how many days late is looked at, too."""

    day: date
    changes: tuple[Change, ...]
    classes: tuple[ClassChange, ...]
    late: int

    @property
    def total(self) -> ClassChange:
        """All classes in one."""
        return _in_all("", self.changes)


def first_change(old: Schedules, new: Schedules, today: date) -> date | None:
    """The first day from today on when the rows differ and the new ones are in force; None where they never do."""
    days = sorted({today, *old.days_from(today), *new.days_from(today)})
    return next((day for day in days if new.on(day).classes and old.on(day) != new.on(day)), None)


def preview(
    licenses: Iterable[Held],
    old: Schedules,
    new: Schedules,
    day: date,
    holding: Holding,
    assumed: Answers | None = None,
    late: int = LATE,
) -> Preview:
    """What the new rows do to licenses from a day on, paid in time and so many days late.

    assumed: answers for licenses that do not state theirs.
    """
    before, after = _Fees(old, day, holding, late), _Fees(new, day, holding, late)
    changes = tuple(_change(held, before, after, assumed or {}) for held in licenses)
    by_class: dict[str, list[Change]] = {}
    for change in changes:
        by_class.setdefault(change.held.license_class, []).append(change)
    return Preview(day, changes, tuple(_in_all(code, by_class[code]) for code in sorted(by_class)), late)


def _in_all(code: str, changes: Sequence[Change]) -> ClassChange:
    computed = [change for change in changes if change.old is not None and change.new is not None]
    return ClassChange(
        code,
        len(changes),
        len(computed),
        sum(change.difference > 0 for change in computed),
        sum(change.difference < 0 for change in computed),
        Cents(sum(change.old or 0 for change in computed)),
        Cents(sum(change.new or 0 for change in computed)),
        Cents(sum(change.old_late for change in computed)),
        Cents(sum(change.new_late for change in computed)),
    )


def _change(held: Held, before: _Fees, after: _Fees, assumed: Answers) -> Change:
    if not held.license_class:
        return Change(held, why="no class is stated")
    asked = [*before.asked(held.license_class), *after.asked(held.license_class)]
    added = {code: assumed[code] for code in dict.fromkeys(asked) if code not in held.answers and code in assumed}
    answers = {**held.answers, **added}
    if lacking := [code for code in dict.fromkeys(asked) if code not in answers]:
        return Change(held, why=f"not stated: {', '.join(lacking)}")
    was, will = before.fee(held, answers), after.fee(held, answers)
    for fee, which in ((was, "old"), (will, "new")):
        if fee is None:
            return Change(held, why=f"class {held.license_class} is not in the {which} schedule")
    if was is None or will is None:
        raise AssertionError("both were looked at")
    sums = was.fee.total, will.fee.total
    return Change(held, will.term.begins, *sums, "", tuple(added), was.late, will.late)


class _Fee(NamedTuple):
    """A term, what it costs, and what it comes to in cents if it is paid late."""

    term: Term
    fee: Determination
    late: Cents


class _Fees:
    """Fees by one city's rows from a day on; licenses that say the same are computed once."""

    def __init__(self, schedules: Schedules, day: date, holding: Holding, late: int) -> None:
        self._schedules, self._day, self._holding, self._late = schedules, day, holding, late
        self._of_day: dict[date, LicenseSchedule] = {}
        self._known: dict[tuple[str, date | None, tuple[tuple[str, int | bool], ...]], _Fee] = {}
        self._codes = {each.code for each in self._on(day).classes}

    def asked(self, license_class: str) -> tuple[str, ...]:
        """The codes of what a class is asked on the day."""
        return tuple(question.code for question in self._on(self._day).asked_of(license_class))

    def fee(self, held: Held, answers: Answers) -> _Fee | None:
        """The next term and what it costs, in time and late; None for a class that there is not."""
        if held.license_class not in self._codes:
            return None
        own = self._on(self._day).year_of(held.license_class).begins is None
        key = held.license_class, held.next_begins if own else None, tuple(sorted(answers.items()))
        if key not in self._known:
            term = self._term(held)
            schedule = self._on(term.begins)
            declared = Declared(held.license_class, term.begins, answers, renewal=True)
            holds = self._holding(schedule, declared)
            fee = schedule.determine(declared, term, holds)
            due = schedule.year_of(held.license_class).due(term)
            paid = Payment(due, due + timedelta(days=self._late))
            self._known[key] = _Fee(term, fee, schedule.as_paid(fee, declared, paid, holds).total)
        return self._known[key]

    def _term(self, held: Held) -> Term:
        """The first term that begins on the day or after it."""
        year = self._on(self._day).year_of(held.license_class)
        if year.begins is None:
            begins = held.next_begins or self._day
            while begins < self._day:
                begins = year.term(begins).ends + timedelta(days=1)
            return year.term(begins)
        term = year.term(self._day)
        return term if term.begins == self._day else year.term(term.ends + timedelta(days=1))

    def _on(self, day: date) -> LicenseSchedule:
        if day not in self._of_day:
            self._of_day[day] = self._schedules.on(day)
        return self._of_day[day]
