"""A report as one table, whoever reads it: on screen, as text, CSV, XLSX or PDF, from the ledger or a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from countertui.domain.demo import mark_of
from countertui.domain.money import format_cents
from countertui.domain.report_period import By, Range, told

Value = str | int | None
Row = Sequence[Value]


class ColumnKind(StrEnum):
    """What a column holds: text, a day (ISO 8601), a whole number, cents, or basis points that are read as percent."""

    TEXT = "text"
    DATE = "date"
    COUNT = "count"
    CENTS = "cents"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, what it holds, and whether it is read by programs alone: in CSV, XLSX and JSON."""

    name: str
    kind: ColumnKind = ColumnKind.TEXT
    for_programs: bool = False


@dataclass(frozen=True, slots=True)
class Drill:
    """What a row leads to: a report's name, and the places of the row's values that say which part of it."""

    report: str
    key: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of the rows: its title, the place of the values that name the bars, and that of what is drawn."""

    title: str
    named: int
    drawn: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is asked for: which days, of which office (empty: all), of which key of a row it was drilled from.

    by: the periods that its sums are told by, where it has sums; None: the range as one.
    year_from: the month that the city's fiscal year begins with, 1 to 12.
    """

    range: Range
    office: str = ""
    by: By | None = None
    key: tuple[str, ...] = ()
    year_from: int = 1

    @property
    def days(self) -> str:
        """The range and the periods as a title has them: FY 2027: Jul 2026-Jun 2027, by quarter."""
        return f"{told(self.range, self.by, self.year_from)}{f', by {self.by.value}' if self.by else ''}"


@dataclass(frozen=True, slots=True)
class Heading:
    """Whose report it is, and of when: as_of is a local moment (ISO 8601), up to which everything heard is in it."""

    city: str = ""
    ledger: str = ""
    as_of: str = ""
    source: str = ""
    """Whose word it is: the ledger's books, or one terminal's journal."""


@dataclass(frozen=True, slots=True)
class Table:
    """A report. totals: a row of sums, None where there are none to add up; notes: what a reader has to know of it."""

    name: str
    title: str
    asked: Asked
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    totals: Row | None = None
    notes: tuple[str, ...] = ()
    drill: Drill | None = None
    bars: Bars | None = None
    heading: Heading = Heading()
    left_out: int = 0
    """Rows that are not here, as they are too many for where it came from; its totals are of all."""

    @property
    def mark(self) -> str:
        """What no reader may overlook: of a demo or a training city nothing is real."""
        return mark_of(self.heading.ledger)

    @property
    def shown(self) -> tuple[int, ...]:
        """The places of the columns that people read."""
        return tuple(n for n, column in enumerate(self.columns) if not column.for_programs)

    def told(self) -> list[str]:
        """What stands above the table, line by line."""
        asked, heading = self.asked, self.heading
        mark = [f"{self.mark} - NOT REAL"] if self.mark else []
        where = ", ".join(part for part in (heading.city, f"office {asked.office}" if asked.office else "") if part)
        as_of = f"As of {heading.as_of[:16].replace('T', ' ')}" if heading.as_of else ""
        source = f"{as_of}, {heading.source}" if as_of and heading.source else as_of or heading.source
        return [*mark, self.title, *filter(None, (where, asked.days, source))]


def key_of(table: Table, row: Row) -> tuple[str, ...]:
    """What a row leads to, as the next report is asked for it; empty where it leads nowhere."""
    return () if table.drill is None else tuple(str(row[place]) for place in table.drill.key)


def shown(kind: ColumnKind, value: Value) -> str:
    """A value as people read it: 1,234.56 for cents, 1,234, 1.25%; nothing where it is not known."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if kind is ColumnKind.CENTS:
        return format_cents(value)
    return percent(value) if kind is ColumnKind.RATE else f"{value:,}"


def percent(points: int) -> str:
    """Basis points as percent with two decimals: 125 is 1.25%."""
    whole, rest = divmod(abs(points), 100)
    return f"{'-' if points < 0 else ''}{whole}.{rest:02d}%"


def rate(part: int, whole: int) -> int | None:
    """How much of a whole a part is, in basis points, rounded half up; None of nothing."""
    return (part * 20_000 + whole) // (2 * whole) if whole > 0 else None


def summed(columns: Sequence[Column], rows: Sequence[Row], first: str = "Total") -> Row | None:
    """The row of totals: counts and cents that people read added up; None where there are none. Rates don't add up."""
    added = [column.kind in _ADDED and not column.for_programs for column in columns]
    if not any(added):
        return None
    found: list[Value] = [
        sum(row[n] for row in rows if isinstance(row[n], int)) if is_added else ""  # type: ignore[misc]
        for n, is_added in enumerate(added)
    ]
    if not added[0]:
        found[0] = first
    return found


_ADDED = frozenset({ColumnKind.COUNT, ColumnKind.CENTS})
