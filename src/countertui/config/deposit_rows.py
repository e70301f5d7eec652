"""deposits.toml: until when money must be at the bank, and the days the bank is closed, as strict pydantic models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, time
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from countertui.config.problems import unknown
from countertui.config.rows import Code, Dollars, Office, Row, Switch, different
from countertui.domain.bank_days import WEEKDAYS, spelled
from countertui.domain.deposit_deadlines import Deadline, DepositRules, Way

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

_WAYS = "one of within_hours, next_business_day, within_days, weekly, month_end"
_PLACE = "deposits.toml, [[deadline]]"


def _to_the_minute(of_day: time) -> time:
    if of_day.second or of_day.microsecond or of_day.tzinfo is not None:
        raise ValueError("not to the minute")
    return of_day


class DeadlineRow(Row):
    """[[deadline]]: how long money may wait, all of it or sums that are small enough, in the city or one office."""

    within_hours: Annotated[int, Field(ge=1, le=744)] | None = Field(
        None, description="a whole number of hours from 1 to 744, or no such line"
    )
    next_business_day: Switch = False
    within_days: Annotated[int, Field(ge=0, le=31)] | None = Field(
        None, description="a whole number of business days from 0 (the same day) to 31, or no such line"
    )
    weekly: Weekday | None = Field(None, description='a weekday like "friday", in quotes, or no such line')
    month_end: Switch = False
    by: Annotated[time, AfterValidator(_to_the_minute)] | None = Field(
        None, description="a time of day like 15:00:00, without quotes, or no such line for the whole day"
    )
    closed_days_count: Switch = True
    day_not_above: Dollars | None = Field(None, description="dollars like 1000.00, or no such line for any sum")
    on_hand_below: Dollars | None = Field(None, description="dollars like 500.00, or no such line for any sum")
    office: Code | None = Field(None, description="the code of an office, or no such line for the city")

    @property
    def key(self) -> str:
        """Whom and which sums it is about."""
        about = self.office or "city"
        if self.day_not_above is not None:
            about += f" day_not_above {self.day_not_above}"
        return about if self.on_hand_below is None else f"{about} on_hand_below {self.on_hand_below}"

    @property
    def ways(self) -> list[tuple[Way, int]]:
        """What it says of how long; sound rows say one thing."""
        found = [(Way.HOURS, self.within_hours), (Way.DAYS, 1 if self.next_business_day else None)]
        found += [(Way.DAYS, self.within_days), (Way.MONTHLY, 0 if self.month_end else None)]
        found += [(Way.WEEKLY, None if self.weekly is None else WEEKDAYS.index(self.weekly))]
        return [(way, n) for way, n in found if n is not None]


class BankWeekRow(Row):
    """[[bank_week]]: the weekdays on which the bank takes no money."""

    closed: Annotated[
        tuple[Weekday, ...],
        AfterValidator(different),
        Field(strict=False, max_length=6, description='up to 6 different weekdays, like ["saturday", "sunday"]'),
    ]


class HolidaysRow(Row):
    """[[holidays]]: the days of one year on which the bank takes no money."""

    year: Annotated[int, Field(ge=2000, le=2199, description="a year like 2026")]
    days: Annotated[
        tuple[date, ...],
        Field(strict=False, max_length=60, description="up to 60 dates of that year like 2026-11-26, without quotes"),
    ]

    @property
    def key(self) -> str:
        """The year."""
        return str(self.year)


def deposit_rules(
    deadlines: Sequence[DeadlineRow], weeks: Sequence[BankWeekRow], holidays: Sequence[HolidaysRow]
) -> DepositRules:
    """The rules of rows that are in force on one day, and are sound."""
    plain = DepositRules()
    return DepositRules(
        deadlines=tuple(map(_deadline, deadlines)),
        closed=next((tuple(sorted(map(WEEKDAYS.index, row.closed))) for row in weeks), plain.closed),
        holidays=tuple(map(spelled, sorted({day for row in holidays for day in row.days}))),
    )


def deadline_faults(
    rows: Sequence[DeadlineRow], holidays: Sequence[HolidaysRow], offices: Sequence[Office]
) -> Iterator[str]:
    """What keeps rows in force from being rules: none or several ways in one, sums without a rule, days elsewhere."""
    codes = [office.code for office in offices]
    for row in rows:
        place = f"{_PLACE} {row.key}"
        if len(row.ways) != 1:
            yield f"{place}: it says {'nothing' if not row.ways else 'several things'} of how long. Allowed: {_WAYS}."
        elif row.by is not None and row.ways[0][0] is Way.HOURS:
            yield f"{place}, key by: hours end when they end. Allowed: no such line beside within_hours."
        if not row.closed_days_count and row.within_hours is None:
            yield f"{place}, key closed_days_count: business days leave them out. Allowed: beside within_hours."
        if row.day_not_above is not None and row.on_hand_below is not None:
            yield f"{place}: two sums. Allowed: one of day_not_above, on_hand_below."
        if row.office is not None and row.office not in codes:
            yield f"{place}, key office: {unknown('office in force with the code', row.office, codes)}"
    for office in dict.fromkeys(row.office for row in rows):
        of_office = [row for row in rows if row.office == office]
        if all(row.day_not_above is not None or row.on_hand_below is not None for row in of_office):
            about = office or "city"
            yield f"{_PLACE} {about}: no row is about larger sums. Allowed: small sums beside a row for all others."
    for year in holidays:
        if any(day.year != year.year for day in year.days):
            told = f"a day of another year. Allowed: days of {year.year}."
            yield f"deposits.toml, [[holidays]] {year.year}, key days: {told}"


def _deadline(row: DeadlineRow) -> Deadline:
    ((way, n),) = row.ways
    return Deadline(
        way=way,
        n=n,
        by=f"{row.by:%H:%M}" if row.by is not None else "",
        day_not_above=row.day_not_above,
        on_hand_below=row.on_hand_below,
        office=row.office or "",
        skips_closed=not row.closed_days_count,
        ordinance=row.ordinance,
    )
