"""The days of a report, and the periods that its sums are told by.

Quarters and years are those of the city's fiscal year, which begins with the month `year_from` (1 to 12, January the
calendar's) and is called by the year it ends in: from July, FY 2027 is July 2026 to June 2027.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from countertui.domain.refusal import Refused

_MOST_DAYS = 366 * 30
_YEARS = range(1900, 3000)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class By(StrEnum):
    """Daily, weekly (from Monday, ISO 8601), monthly, quarterly, annual."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Range:
    """Business dates from `since` to `until`, both of them included; ISO 8601."""

    since: str
    until: str

    def __str__(self) -> str:
        return self.since if self.since == self.until else f"{self.since} to {self.until}"


_MONTHS_OF = {By.MONTH: 1, By.QUARTER: 3, By.YEAR: 12}


class NoRange(Refused):
    """What was asked for is no range of days."""


def range_of(since: str, until: str) -> Range:
    """The days from one to another. Raises NoRange for what is no date, or backwards, or longer than 30 years."""
    first, last = _date(since), _date(until)
    if not timedelta(0) <= last - first < timedelta(days=_MOST_DAYS):
        raise NoRange(f"{first} to {last} is no range of days.", "Nothing was read.", "Type the earlier day first.")
    return Range(first.isoformat(), last.isoformat())


def begins(day: str, by: By, year_from: int = 1) -> str:
    """The first day of the period that a day lies in, ISO 8601."""
    if by is By.DAY:
        return day
    if by is By.WEEK:
        found = date.fromisoformat(day)
        return (found - timedelta(days=found.weekday())).isoformat()
    months = _MONTHS_OF[by]
    at = int(day[:4]) * 12 + int(day[5:7]) - 1
    return _first_of(at - (at - (year_from - 1)) % months)


def name_of(first: str, by: By, year_from: int = 1) -> str:
    """What the period is called that begins on that day: 2026-11-23, 2026-11, 2026-Q4, 2026; a week by its Monday.

    Of a fiscal year that is not the calendar's: FY2027-Q2, FY2027.
    """
    if by in {By.DAY, By.WEEK}:
        return first
    if by is By.MONTH:
        return first[:7]
    year, quarter = _year_and_quarter(first, year_from)
    called = f"{'FY' if year_from > 1 else ''}{year}"
    return f"{called}-Q{quarter}" if by is By.QUARTER else called


def period_of(day: str, by: By, year_from: int = 1) -> str:
    """What the period of a day is called."""
    return name_of(begins(day, by, year_from), by, year_from)


def told(days: Range, by: By | None, year_from: int = 1) -> str:
    """A range as a title has it: FY 2027, quarter 2: Oct-Dec 2026, where it is one or sums are told by such periods."""
    for period in (By.QUARTER, By.YEAR):
        whole = range_of_period(days.since, period, year_from)
        if days == whole or (by is period and whole.since == days.since and days.until < whole.until):
            year, quarter = _year_and_quarter(whole.since, year_from)
            called = f"FY {year}" if year_from > 1 else f"{year}"
            if period is By.QUARTER:
                called += f", quarter {quarter}"
            return f"{called}: {_months(days) if days == whole else days}"
    return str(days)


def heading_of(by: By) -> str:
    """The heading of a column of such periods."""
    return "week from" if by is By.WEEK else by.value


def range_of_period(day: str, by: By, year_from: int = 1) -> Range:
    """The whole period that a day lies in, from its first to its last day."""
    first = begins(day, by, year_from)
    return Range(first, (date.fromisoformat(_after(first, by)) - timedelta(days=1)).isoformat())


def part_of(days: Range, day: str, by: By, year_from: int = 1) -> Range:
    """What a range has of the period that a day lies in. Raises NoRange where that is no date, or not in the range."""
    at = _date(day).isoformat()
    if not days.since <= at <= days.until:
        raise NoRange(f"{at} is not in {days}.", "Nothing was read.", "Ask for days that it is one of.")
    period = range_of_period(at, by, year_from)
    return Range(max(days.since, period.since), min(days.until, period.until))


def moved(day: str, by: By, steps: int, year_from: int = 1) -> str:
    """The first day of the period so many before or after the one that a day lies in."""
    first = begins(day, by, year_from)
    for _ in range(abs(steps)):
        if steps > 0:
            first = _after(first, by)
        else:
            first = begins((date.fromisoformat(first) - timedelta(days=1)).isoformat(), by, year_from)
    return first


def periods(days: Range, by: By, year_from: int = 1) -> Iterator[str]:
    """The names of the periods of a range, in their order."""
    first = begins(days.since, by, year_from)
    while first <= days.until:
        yield name_of(first, by, year_from)
        first = _after(first, by)


def months_of(days: Range) -> Iterator[str]:
    """The first days of the months of a range, in their order."""
    first = begins(days.since, By.MONTH)
    while first <= days.until:
        yield first
        first = _after(first, By.MONTH)


def by_period(rows: Iterable[Sequence[Any]], keys: int, by: By | None, year_from: int = 1) -> list[tuple[Any, ...]]:
    """Rows of a day, `keys` values that name them, and sums: added up by period and keys, in their order.

    by None: the range as one; its period is left out.
    """
    names: dict[str, str] = {}
    found: dict[tuple[Any, ...], list[int]] = {}
    for day, *rest in rows:
        key: tuple[Any, ...] = tuple(rest[:keys])
        if by is not None:
            if day not in names:
                names[day] = period_of(day, by, year_from)
            key = (names[day], *key)
        sums = found.get(key)
        if sums is None:
            found[key] = list(rest[keys:])
        else:
            for n, value in enumerate(rest[keys:]):
                sums[n] += value
    return [(*key, *sums) for key, sums in sorted(found.items())]


def _after(first: str, by: By) -> str:
    """The first day of the next period."""
    day = date.fromisoformat(first)
    if by is By.DAY:
        return (day + timedelta(days=1)).isoformat()
    if by is By.WEEK:
        return (day + timedelta(days=7)).isoformat()
    return _first_of(day.year * 12 + day.month - 1 + _MONTHS_OF[by])


def _first_of(month: int) -> str:
    """The first day of a month, counted from that of the year 0."""
    return f"{month // 12:04}-{month % 12 + 1:02}-01"


def _year_and_quarter(first: str, year_from: int) -> tuple[int, int]:
    """The fiscal year that a period's first day lies in, by the year it ends in, and the quarter, from 1 to 4."""
    year, month = int(first[:4]), int(first[5:7])
    return year + (1 < year_from <= month), (month - year_from) % 12 // 3 + 1


def _months(days: Range) -> str:
    """From the first to the last month: Oct-Dec 2026, Jul 2026-Jun 2027."""
    first, last = (_MONTHS[int(day[5:7]) - 1] for day in (days.since, days.until))
    year, last_year = days.since[:4], days.until[:4]
    return f"{first}-{last} {year}" if year == last_year else f"{first} {year}-{last} {last_year}"


def _date(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if found.year not in _YEARS:
        raise NoRange(f"{text[:20]} is no date.", "Nothing was read.", "Type it like 2026-11-23.")
    return found
