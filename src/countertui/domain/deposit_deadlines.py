"""Until when a day's money must be at the bank: by the city's own rows, with the working (counter-practice, rule 21).

A row says how long money may wait, and of how much money it says so. Money may wait as long as any row allows that
covers it: a row for small sums lets them wait longer than the rest, and more money never waits longer than less.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from countertui.domain.bank_days import WEEKDAYS, BankDays, day_words, read_spelled
from countertui.domain.dates import us_date
from countertui.domain.money import Cents, format_cents
from countertui.domain.words import number_of

_LAST_MINUTE = time(23, 59)


class Way(StrEnum):
    """How a row counts."""

    HOURS = "within_hours"
    DAYS = "within_days"
    WEEKLY = "weekly"
    MONTHLY = "month_end"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A row: n is hours, business days, or the weekday (Monday 0) of a weekly deposit; by is `HH:MM` of the last day.

    day_not_above: it covers a day's money (cents) that is not above it. on_hand_below: it covers money as long as all
    that lies undeposited is below it. None: all money. office: the one it is about; empty for the city. skips_closed:
    hours of days that the bank is closed do not count.
    """

    way: Way
    n: int = 0
    by: str = ""
    day_not_above: Cents | None = None
    on_hand_below: Cents | None = None
    office: str = ""
    skips_closed: bool = False
    ordinance: str = ""

    @property
    def covers_all(self) -> bool:
        """Whether it is about any sum."""
        return self.day_not_above is None and self.on_hand_below is None

    @property
    def words(self) -> str:
        """The row for a person: `within 24 hours`."""
        if self.way is Way.HOURS:
            return f"within {number_of(self.n, 'hour')}" + (" of days the bank is open" if self.skips_closed else "")
        if self.way is Way.DAYS:
            within = {0: "the same business day", 1: "the next business day"}
            said = within.get(self.n, f"within {number_of(self.n, 'business day')}")
        elif self.way is Way.WEEKLY:
            said = f"weekly, by {WEEKDAYS[self.n].capitalize()}"
        else:
            said = "by the month's last business day"
        return f"{said}, by {self.by}" if self.by else said


@dataclass(frozen=True, slots=True)
class DepositRules:
    """The rows in force, and the days the bank is closed: weekdays (Monday 0), and holidays (`bank_days.spelled`)."""

    deadlines: tuple[Deadline, ...] = ()
    closed: tuple[int, ...] = (5, 6)
    holidays: tuple[str, ...] = ()

    def of_office(self, office: str) -> tuple[Deadline, ...]:
        """The rows that one office goes by: its own, or else the city's."""
        own = tuple(row for row in self.deadlines if row.office == office)
        return own or tuple(row for row in self.deadlines if not row.office)

    @property
    def bank_days(self) -> BankDays:
        """The days on which money can be deposited."""
        return BankDays(frozenset(self.closed), frozenset(map(read_spelled, self.holidays)))


@dataclass(frozen=True, slots=True)
class Taking:
    """Money taken: for a business date, from when on (local; None: not known here), cents."""

    on: date
    at: datetime | None
    cents: int

    @property
    def since(self) -> datetime:
        """The moment that hours count from: where it is not known, the day's beginning, as none was before."""
        return self.at if self.at is not None else datetime.combine(self.on, time.min)


@dataclass(frozen=True, slots=True)
class Due:
    """The last moment (local) at which money must be at the bank, and how that was worked out, a line each.

    sums: what was taken when, as the working begins; grounds: the rows that count and what each comes to, no sums.
    """

    when: datetime
    sums: tuple[str, ...] = field(default=(), compare=False)
    grounds: tuple[str, ...] = field(default=(), compare=False)

    @property
    def working(self) -> tuple[str, ...]:
        """All of it: nothing for who may not see what should be there."""
        return self.sums + self.grounds

    @property
    def words(self) -> str:
        """For a person: `Tue 24 Nov, 10:15`; without the time where the whole day is left."""
        return _moment_words(self.when)


@dataclass(frozen=True, slots=True)
class Lateness:
    """How a deposit stands to its deadline: late (zero if in time), and whether it was made at all by then."""

    due: Due
    late: timedelta
    deposited: bool

    @property
    def stands(self) -> str:
        """How it stands while nothing is deposited, for a person: it says the same until the deadline has passed."""
        return f"overdue since {self.due.words}" if self.late else f"due by {self.due.words}"

    @property
    def words(self) -> str:
        """For a person: `in time`, `2 days 3 hours late`, `overdue since Tue 24 Nov, 10:15`."""
        if not self.late:
            return "in time" if self.deposited else self.stands
        if not self.deposited:
            return f"{self.stands}, {_span(self.late)}"
        return f"{_span(self.late)} late"


def due(
    rules: Sequence[Deadline], taken_on: date, taken_at: datetime | None, total_cents: int, holidays: BankDays
) -> Due | None:
    """Until when one day's money must be deposited if it is all there is; None where no row covers it.

    rules: those of its office (`DepositRules.of_office`).
    """
    return earliest(rules, (Taking(taken_on, taken_at, total_cents),), holidays)


def earliest(rules: Sequence[Deadline], takings: Iterable[Taking], holidays: BankDays) -> Due | None:
    """The first deadline of all money of an office that is in no deposit yet; None where none is, or no row covers it.

    What waited because little was on hand waits from the moment that it was more, but no longer than before.
    """
    days = _by_day(takings)
    on_hand = sum(day.cents for day in days)
    # A day that took nothing has nothing that could be late.
    taken = (day for day in days if day.cents > 0)
    found = [one for day in taken if (one := _of_day(rules, day, days, on_hand, holidays)) is not None]
    return min(found, key=lambda one: one.when, default=None)


def lateness(due_: Due, now: datetime, deposited_at: datetime | None = None) -> Lateness:
    """How late a deposit was, or still is where it is not made yet; all moments local."""
    until = deposited_at if deposited_at is not None else now
    # The due minute itself is in time, to its last second.
    late = until.replace(second=0, microsecond=0) - due_.when
    return Lateness(due_, max(late, timedelta()), deposited_at is not None)


def _by_day(takings: Iterable[Taking]) -> list[Taking]:
    """The takings of each business date as one, from its first moment on, by date."""
    days: dict[date, Taking] = {}
    for each in takings:
        before = days.get(each.on)
        if before is None:
            days[each.on] = each
        else:
            days[each.on] = Taking(each.on, min(before.since, each.since), before.cents + each.cents)
    return [days[day] for day in sorted(days)]


def _of_day(
    rules: Sequence[Deadline], day: Taking, days: Sequence[Taking], on_hand: int, holidays: BankDays
) -> Due | None:
    of_day = [row for row in rules if row.day_not_above is None or day.cents <= row.day_not_above]
    covering = [row for row in of_day if row.on_hand_below is None or on_hand < row.on_hand_below]
    sums = [f"Taken on {us_date(day.on.isoformat())}: {format_cents(day.cents)}."]
    if len(days) > 1:
        sums.append(f"On hand in all: {format_cents(on_hand)}.")
    found = _latest(covering, day, holidays, sums)
    let_wait = [row for row in of_day if row not in covering]
    if not let_wait:
        return found
    reached = max(_reached(days, row.on_hand_below or 0) for row in let_wait)
    since = Taking(max(day.on, reached[0]), max(day.since, reached[1]), day.cents)
    before, after = _latest(of_day, day, holidays, sums), _latest(covering, since, holidays, sums)
    if after is None or before is None:
        return after or before
    return replace(after, when=min(before.when, after.when))


def _reached(days: Sequence[Taking], limit: int) -> tuple[date, datetime]:
    """When all that was on hand came to a limit (cents)."""
    so_far = 0
    for day in days:
        so_far += day.cents
        if so_far >= limit:
            return day.on, day.since
    return days[0].on, days[0].since


def _latest(rows: Iterable[Deadline], taking: Taking, holidays: BankDays, sums: Iterable[str]) -> Due | None:
    found = [(row, _when(row, taking, holidays)) for row in rows]
    if not found:
        return None
    grounds = tuple(f"{_line(row)}: {_moment_words(when)}." for row, when in found)
    return Due(max(when for _, when in found), tuple(sums), grounds)


def _when(row: Deadline, taking: Taking, holidays: BankDays) -> datetime:
    """The last moment by one row."""
    if row.way is Way.HOURS:
        since = taking.since.replace(second=0, microsecond=0)
        return holidays.hours_after(since, row.n) if row.skips_closed else since + timedelta(hours=row.n)
    last = datetime.combine(_last_day(row, taking.on, holidays), _by(row))
    if last < taking.since and taking.since.date() == taking.on:  # that day's hour is past: as taken the day after
        last = datetime.combine(_last_day(row, taking.on + timedelta(days=1), holidays), _by(row))
    return last


def _last_day(row: Deadline, on: date, holidays: BankDays) -> date:
    if row.way is Way.DAYS:
        return holidays.after(on, row.n)
    return _weekly(on, row.n, holidays) if row.way is Way.WEEKLY else _month_end(on, holidays)


def _by(row: Deadline) -> time:
    return time.fromisoformat(row.by) if row.by else _LAST_MINUTE


def _weekly(on: date, weekday: int, holidays: BankDays) -> date:
    """The weekday's deposit that takes a day's money: on the last business day up to it."""
    named = on + timedelta(days=(weekday - on.weekday()) % 7)
    while (last := holidays.on_or_before(named)) < on:
        named += timedelta(days=7)
    return last


def _month_end(on: date, holidays: BankDays) -> date:
    of_next = (on.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = holidays.on_or_before(of_next - timedelta(days=1))
    return last if last >= on else _month_end(of_next, holidays)


def _line(row: Deadline) -> str:
    """A row in the working: what it covers, what it says, where that stands."""
    covers = ""
    if row.day_not_above is not None:
        covers = f"Not above {format_cents(row.day_not_above)} that day: "
    elif row.on_hand_below is not None:
        covers = f"Below {format_cents(row.on_hand_below)} on hand: "
    source = f" ({row.ordinance})" if row.ordinance else ""
    said = f"{covers}{row.words}{source}"
    return said[0].upper() + said[1:]


def _moment_words(when: datetime) -> str:
    at = "" if when.time() == _LAST_MINUTE else f", {when:%H:%M}"
    return f"{day_words(when.date())}{at}"


def _span(late: timedelta) -> str:
    """A span in its two largest parts: `2 days 3 hours`."""
    hours, minutes = divmod(late.seconds // 60, 60)
    parts = [(late.days, "day"), (hours, "hour"), (minutes, "minute")]
    said = [number_of(number, one) for number, one in parts if number]
    return " ".join(said[:2]) or "less than a minute"


def deposit_rules_from(data: Mapping[str, Any]) -> DepositRules:
    """Read the rules as they travel to terminals. Raises KeyError, TypeError or ValueError on anything else."""
    plain = DepositRules()
    holidays = tuple(map(str, data.get("holidays", ())))
    for day in holidays:
        read_spelled(day)
    return DepositRules(
        deadlines=tuple(
            Deadline(
                way=Way(row["way"]),
                n=int(row["n"]),
                by=str(row["by"]),
                day_not_above=_cents(row["day_not_above"]),
                on_hand_below=_cents(row["on_hand_below"]),
                office=str(row["office"]),
                skips_closed=bool(row["skips_closed"]),
                ordinance=str(row["ordinance"]),
            )
            for row in data.get("deadlines", ())
        ),
        closed=tuple(map(int, data.get("closed", plain.closed))),
        holidays=holidays,
    )


def _cents(value: object) -> Cents | None:
    return None if value is None else Cents(int(str(value)))
