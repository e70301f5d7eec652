"""The time a license is for: how much of it is left when a business starts, and how late or early a payment is."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from countertui.domain.money import Cents


class Part(StrEnum):
    """What a year is divided into where a fee is prorated; a part that has begun counts whole."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"

    @property
    def plural(self) -> str:
        """The word for several."""
        return "halves" if self is Part.HALF else f"{self.value}s"

    @property
    def months(self) -> int:
        """How many months long it is; 0 for a day."""
        return {"day": 0, "month": 1, "quarter": 3, "half": 6}[self.value]


@dataclass(frozen=True, slots=True)
class Term:
    """The days a license is for, both included. Raises ValueError where it ends before it begins."""

    begins: date
    ends: date

    def __post_init__(self) -> None:
        if self.ends < self.begins:
            raise ValueError(f"the term ends on {self.ends}, before it begins on {self.begins}")

    def parts(self, part: Part) -> int:
        """How many parts the whole term has; a last one that is cut short counts."""
        return self.parts_begun(self.ends, part)

    def parts_begun(self, day: date, part: Part) -> int:
        """How many parts of the term have begun on a day, that day's own with them; none before the term."""
        if day < self.begins:
            return 0
        until = min(day, self.ends)
        if part is Part.DAY:
            return (until - self.begins).days + 1
        return months_whole(self.begins, until) // part.months + 1


def add_months(day: date, months: int) -> date:
    """The same day so many months on; the last of a shorter month where it has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def months_whole(first: date, last: date) -> int:
    """How many whole months lie between two days, the second not before the first."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (add_months(first, months) > last)


def months_begun(due: date, day: date) -> int:
    """How many months after a due date have begun on a day: 1 on the day after it; 0 on it and before.

    What is due on the last of a month has its months end with the calendar's.
    """
    if day <= due:
        return 0
    end_of_month = due.day == monthrange(due.year, due.month)[1]
    months = 0
    until = due
    while until < day:
        months += 1
        until = add_months(due, months)
        if end_of_month:
            until = until.replace(day=monthrange(until.year, until.month)[1])
    return months


def shares(cents: Cents, parts: int) -> tuple[Cents, ...]:
    """A fee spread over so many parts of its term, in cents; the shares differ by a cent at most and add up to it."""
    ends = [cents * n // parts for n in range(parts + 1)]
    return tuple(Cents(end - start) for start, end in pairwise(ends))


def left_of(cents: Cents, term: Term, starts: date, part: Part) -> Cents:
    """What of a whole term's fee, in cents, is for the part that a day is in and those after it."""
    before = max(0, term.parts_begun(starts, part) - 1)
    return Cents(sum(shares(cents, term.parts(part))[before:]))
