"""A city's licenses.toml: its classes, what an application asks, and what a license costs on any day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from countertui.config.conditions import ConditionError, condition
from countertui.config.dated_rows import Rows, in_force, parsed, rows_of
from countertui.config.license_faults import facts_of, faults
from countertui.config.license_rows import (
    ClassRow,
    LicenseFeeRow,
    QuestionRow,
    TimingFileRow,
    YearRow,
    license_schedule,
)
from countertui.config.problems import unknown
from countertui.config.rows import Row
from countertui.config.zoning_rows import StretchRow, ZoneRow, zones_of, zoning_faults
from countertui.domain.license_determination import Holds
from countertui.domain.license_schedule import Declared, LicenseSchedule
from countertui.errors import UsageError

LICENSES = "licenses.toml"
LICENSE_TABLES: Mapping[str, type[Row]] = {
    "class": ClassRow,
    "question": QuestionRow,
    "year": YearRow,
    "fee": LicenseFeeRow,
    "timing": TimingFileRow,
    "zone": ZoneRow,
    "stretch": StretchRow,
}


class LicensesRefused(UsageError):  # noqa: N818 - the file is refused
    """A licenses.toml that can't be used; `problems` names for each the table, row, key and what is allowed."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n  ".join(("The licenses can't be used:", *problems)), "Nothing was read from them.")


@dataclass(frozen=True, slots=True)
class LicenseFile:
    """The rows of a licenses.toml, of every day."""

    rows: Rows

    def on(self, day: date) -> LicenseSchedule:
        """What it says on a day."""
        return license_schedule(*_tables(self.rows, day), zones_of(*_zoning(self.rows, day)))

    def days_from(self, day: date) -> Sequence[date]:
        """The days, that one and later, on which rows begin or have ended, in order."""
        days = {each for model in LICENSE_TABLES.values() for row in self.rows[model] for each in _changes(row)}
        return sorted(each for each in days if each >= day)


def license_file(text: str, on: date) -> LicenseFile:
    """The text of a licenses.toml, sound on a day and later. Raises LicensesRefused, naming every problem found."""
    problems: list[str] = []
    rows = parsed(text.encode(), LICENSES, LICENSE_TABLES, problems)
    if not problems:
        problems = [*license_faults(rows, on)]
    if problems:
        raise LicensesRefused(problems)
    return LicenseFile(rows)


def license_warnings(text: str, on: date) -> list[str]:
    """What is no fault of a licenses.toml and must be known: that terms of the last two years raise nothing late, as no
    row of the calendar was in force on their first day, by which they are judged. Raises LicensesRefused.
    """
    rows = license_file(text, on).rows[TimingFileRow] if text else ()
    first = min((row.effective_from for row in rows), default=date.min)
    if first <= on - timedelta(days=_LOOKED_BACK):
        return []
    return [
        f"licenses.toml: what is paid late for a term that began before {first} raises nothing, as the first [[timing]]"
        " row begins then. Rows of the ordinance of before would."
    ]


_LOOKED_BACK = 731
"""Days: terms that began so long ago may still be unpaid."""


def licenses_on(text: str, on: date) -> LicenseSchedule:
    """What the text of a licenses.toml says on a day. Raises LicensesRefused, naming every problem found."""
    return license_file(text, on).on(on)


def holding(schedule: LicenseSchedule, declared: Declared) -> Holds:
    """Whether the condition of one of the schedule's rows holds for a business; one about what it was not asked, or
    did not answer, or not as it is asked now, does not.
    """
    facts = declared.facts()
    known = {name: kind for name, kind in facts_of(schedule.questions).items() if name in facts}

    def holds(when: str) -> bool:
        try:
            return condition(when, known)(facts)
        except ConditionError:
            return False

    return holds


def license_faults(rows: Rows, on: date) -> Iterator[str]:
    """What rows say of one another that is not so, on a day and on each later one that a row begins or ends."""
    days = {day for model in LICENSE_TABLES.values() for row in rows[model] for day in _changes(row) if day > on}
    told: set[str] = set()
    for day in (on, *sorted(days)):
        tables, zoning = _tables(rows, day), _zoning(rows, day)
        for fault in (*faults(*tables), *zoning_faults(*zoning), *_unknown_zones(tables[0], zoning[0])):
            if fault not in told:
                told.add(fault)
                yield fault if day == on else f"{fault} So from {day} on."


def _changes(row: Row) -> Iterator[date]:
    yield row.effective_from
    if row.effective_to is not None:
        yield date.fromordinal(row.effective_to.toordinal() + 1)


def _tables(
    rows: Rows, on: date
) -> tuple[
    tuple[ClassRow, ...],
    tuple[QuestionRow, ...],
    tuple[YearRow, ...],
    tuple[LicenseFeeRow, ...],
    tuple[TimingFileRow, ...],
]:
    today = {model: in_force(rows[model], on) for model in LICENSE_TABLES.values()}
    return (
        rows_of(today, ClassRow),
        rows_of(today, QuestionRow),
        rows_of(today, YearRow),
        rows_of(today, LicenseFeeRow),
        rows_of(today, TimingFileRow),
    )


def _zoning(rows: Rows, on: date) -> tuple[tuple[ZoneRow, ...], tuple[StretchRow, ...]]:
    today: Rows = {model: in_force(rows[model], on) for model in (ZoneRow, StretchRow)}
    return rows_of(today, ZoneRow), rows_of(today, StretchRow)


def _unknown_zones(classes: Sequence[ClassRow], zones: Sequence[ZoneRow]) -> Iterator[str]:
    codes = [row.code for row in zones]
    for row in classes:
        for code in row.zones:
            if code not in codes:
                yield f"licenses.toml, [[class]] {row.code}, key zones: {unknown('zone', code, codes)}"
