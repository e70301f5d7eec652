"""A city's licenses as data: its classes, what an application asks, and which rows of fees are for which class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from countertui.domain.license_determination import Determination, Holds, as_paid, determine
from countertui.domain.license_fees import FeeRow
from countertui.domain.license_terms import Term, add_months
from countertui.domain.license_timing import Payment, TimingRow
from countertui.domain.zoning import Judged, Zones, judged


class Answer(StrEnum):
    """What a question is answered with."""

    MONEY = "money"
    COUNT = "count"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class Question:
    """What businesses of some classes (none named: of all) are asked; fees know the answer by the code."""

    code: str
    words: str
    answer: Answer
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LicenseClass:
    """A class of business: what people call it, which NAICS codes begin it, what must be passed and brought.

    zones: the codes of those it may be in, of a city that says so.
    """

    code: str
    name: str
    synonyms: tuple[str, ...] = ()
    naics: tuple[str, ...] = ()
    reviews: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    at_home: bool = True
    zones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LicenseYear:
    """The year of some classes (none named: of all others): from a month and day, or from the day each one begins.

    due_days: how many days after its first day a term's fee is due.
    """

    classes: tuple[str, ...]
    begins: tuple[int, int] | None
    due_days: int = 0

    def term(self, day: date) -> Term:
        """The term that a day lies in; where licenses have years of their own, the one that begins on it."""
        if self.begins is None:
            return Term(day, date.fromordinal(add_months(day, 12).toordinal() - 1))
        month, first = self.begins
        begins = date(day.year, month, first)
        if begins > day:
            begins = date(day.year - 1, month, first)
        return Term(begins, date.fromordinal(date(begins.year + 1, month, first).toordinal() - 1))

    def due(self, term: Term) -> date:
        """When a term's fee is due."""
        return date.fromordinal(term.begins.toordinal() + self.due_days)


@dataclass(frozen=True, slots=True)
class ForClasses:
    """A row of fees or of the calendar and the classes it is for; none named: for all."""

    row: FeeRow | TimingRow
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Declared:
    """What a business declares: its class, the day it is there from, its answers by question.

    Answers in hundredths (cents of money; hundredths of a count), or yes and no. renewal: whether it is licensed
    already: what is charged once, as for an application, has a condition that says so.
    """

    license_class: str
    starts: date
    answers: Mapping[str, int | bool]
    renewal: bool = False

    def facts(self) -> dict[str, Decimal | bool | str]:
        """What conditions are judged by: answers in dollars and whole counts, the class, whether it is a renewal."""
        told = {
            code: value if isinstance(value, bool) else Decimal(value) / 100 for code, value in self.answers.items()
        }
        return {**told, "license_class": self.license_class, "renewal": self.renewal}

    def quantities(self) -> dict[str, int]:
        """The answers that are counted."""
        return {code: value for code, value in self.answers.items() if not isinstance(value, bool)}


@dataclass(frozen=True, slots=True)
class LicenseSchedule:
    """A city's license rows in force on one day, in the order they are charged."""

    classes: tuple[LicenseClass, ...]
    questions: tuple[Question, ...]
    years: tuple[LicenseYear, ...]
    fees: tuple[ForClasses, ...]
    timing: tuple[ForClasses, ...]
    zones: Zones = field(default_factory=Zones)

    def year_of(self, license_class: str) -> LicenseYear:
        """The year of a class. Raises KeyError where the city has none for it."""
        named = [year for year in self.years if license_class in year.classes]
        others = [year for year in self.years if not year.classes]
        for year in (*named, *others):
            return year
        raise KeyError(license_class)

    def first_term(self, license_class: str, starts: date, today: date) -> Term:
        """The term that a business applies for: the one its start lies in, or today's where that is over.

        Raises KeyError where the city has no year for the class.
        """
        year = self.year_of(license_class)
        term = year.term(starts)
        return term if term.ends >= today else year.term(today)

    def first_due(self, license_class: str, term: Term, starts: date, today: date) -> date:
        """When the first fee is due: as the year has it, but neither before the start nor before it is charged."""
        return max(self.year_of(license_class).due(term), starts, today)

    def asked_of(self, license_class: str) -> tuple[Question, ...]:
        """The questions that a business of a class is asked."""
        return tuple(question for question in self.questions if _is_for(question.classes, license_class))

    def judged(self, license_class: LicenseClass | None, premises: str, *, at_home: bool | None) -> Judged:
        """What a place is to a class, by the city's zones; at_home: whether it is run from a home, None: not stated.

        Of a class that may be at homes a place where homes may have a business is refused only once it is none.
        """
        if license_class is None:
            return Judged()
        may_be_home = license_class.at_home and at_home is not False
        return judged(self.zones, license_class.code, license_class.zones, premises, may_be_home=may_be_home)

    def determine(self, declared: Declared, term: Term, holds: Holds) -> Determination:
        """What the term costs that business."""
        rows = [row for row in _of(self.fees, declared.license_class) if isinstance(row, FeeRow)]
        return determine(rows, declared.quantities(), term, declared.starts, holds)

    def as_paid(self, fee: Determination, declared: Declared, payment: Payment, holds: Holds) -> Determination:
        """That fee with what the calendar adds and takes off."""
        return as_paid(fee, self.timing_of(declared.license_class), payment, holds)

    def timing_of(self, license_class: str) -> list[TimingRow]:
        """The rows of the calendar for a class."""
        return [row for row in _of(self.timing, license_class) if isinstance(row, TimingRow)]


def _is_for(classes: Sequence[str], license_class: str) -> bool:
    return not classes or license_class in classes


def _of(rows: Sequence[ForClasses], license_class: str) -> list[FeeRow | TimingRow]:
    return [row.row for row in rows if _is_for(row.classes, license_class)]
