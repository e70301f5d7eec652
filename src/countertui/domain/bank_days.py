"""The days on which a city's bank takes money: not on the weekdays it is closed, and not on its holidays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""As `date.weekday` counts them, from 0."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = timedelta(days=1)
_LONGEST_CLOSED = 366
"""Days. A calendar that is closed for longer is none: every day counts then."""


@dataclass(frozen=True, slots=True)
class BankDays:
    """Weekdays (Monday 0) and dates on which the bank is closed."""

    closed: frozenset[int] = frozenset({5, 6})
    holidays: frozenset[date] = frozenset()

    def is_open(self, day: date) -> bool:
        """Whether money can be deposited on that day."""
        return day.weekday() not in self.closed and day not in self.holidays

    def on_or_after(self, day: date) -> date:
        """The first day from that one on that the bank is open."""
        return self._first(day, _DAY)

    def on_or_before(self, day: date) -> date:
        """The last day up to that one that the bank is open."""
        return self._first(day, -_DAY)

    def after(self, day: date, number: int) -> date:
        """The business day that many after a day; the day itself for 0, or the next one if it is closed."""
        if number == 0:
            return self.on_or_after(day)
        for _ in range(number):
            day = self.on_or_after(day + _DAY)
        return day

    def hours_after(self, moment: datetime, hours: int) -> datetime:
        """The moment (local) that many hours later, the hours of closed days not counted."""
        left = timedelta(hours=hours)
        while True:
            if not self.is_open(moment.date()):
                moment = max(moment, datetime.combine(self.on_or_after(moment.date()), time.min))
            of_day = datetime.combine(moment.date() + _DAY, time.min) - moment
            if left <= of_day:
                return moment + left
            left -= of_day
            moment += of_day

    def _first(self, day: date, step: timedelta) -> date:
        found = day
        for _ in range(_LONGEST_CLOSED):
            if self.is_open(found):
                return found
            found += step
        return day


def day_words(day: date) -> str:
    """A day as it is said of a deadline: `Tue 24 Nov`."""
    return f"{WEEKDAYS[day.weekday()][:3].capitalize()} {day.day} {_MONTHS[day.month - 1]}"


def spelled(day: date) -> str:
    """A day as the rules keep it: `2026-Nov-26`. Many dates in digits alone, one after the other, read like a card."""
    return f"{day.year:04d}-{_MONTHS[day.month - 1]}-{day.day:02d}"


def read_spelled(text: str) -> date:
    """The day that `spelled` wrote. Raises ValueError for any other text."""
    year, month, of_month = text.split("-")
    return date(int(year), _MONTHS.index(month) + 1, int(of_month))
