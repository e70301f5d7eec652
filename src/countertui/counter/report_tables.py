"""Reports as tables at a terminal: of its own journal, what the ledger's desk answers, and their files.

What an open drawer took is in none of its own: whoever counts it counts blind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta

from countertui.counter.ledger_answers import another_version
from countertui.counter.station import Run, Station
from countertui.domain.refusal import Refused
from countertui.domain.report_lines import Layout, laid_out
from countertui.domain.report_names import OF_TERMINAL
from countertui.domain.report_period import By, Range
from countertui.domain.report_table import Asked, Bars, Column, ColumnKind, Drill, Heading, Table
from countertui.forms import Cents, Count, Form, ValidationError, read_as
from countertui.store.report_tables import PARTS, TABLES

FOLDER = "reports"
ENDINGS = {"c": ".csv", "x": ".xlsx", "p": ".pdf"}
_BY_PERIODS = frozenset(named.name for named in OF_TERMINAL if named.by_periods)
_Word = Annotated[str, Meta(max_length=2000)]
_Row = list[_Word | Cents | None]


class ReportRefused(Refused):
    """There is no such report, or it can't be read or written."""


class _Said(Form, frozen=True, kw_only=True):
    name: _Word
    title: _Word
    since: _Word
    until: _Word
    by: _Word
    office: _Word
    key: list[_Word]
    columns: list[tuple[_Word, _Word, bool]]
    rows: list[_Row]
    left_out: Count
    totals: _Row | None
    notes: list[_Word]
    drill: tuple[_Word, list[Count]] | None
    bars: tuple[_Word, Count, Count] | None
    source: _Word


def own_table(station: Station, name: str, asked: Asked) -> Table:
    """A report of this terminal's own journal. Raises ReportRefused."""
    read = TABLES.get(name) or PARTS.get(name)
    if read is None:
        raise ReportRefused(f"There is no report {name} here.", "Nothing was read.")
    if name not in _BY_PERIODS and not asked.key:
        asked = replace(asked, by=None)
    place = station.place
    source = f"by {place.terminal}'s own journal, of closed drawers"
    heading = Heading(place.city, place.ledger, station.clock.local_text(), source)
    asked = replace(asked, year_from=station.rules.fiscal_year_begins)
    return replace(read(station.reader, asked), heading=heading)


def own_laid_out(station: Station, name: str, asked: Asked, width: int) -> tuple[Table, Layout]:
    """The same with its lines, none wider than that. Raises ReportRefused."""
    table = own_table(station, name, asked)
    return table, laid_out(table, width)


def answer_laid_out(station: Station, said: Mapping[str, Any], as_of: str, width: int) -> tuple[Table, Layout]:
    """What the ledger's desk answered to `report`, as of a local moment. Raises LedgerOffline for another form."""
    try:
        told = read_as(_Said, dict(said))
        heading = Heading(station.place.city, station.place.ledger, as_of, told.source)
        table = _table(told, heading, station.rules.fiscal_year_begins)
    except (ValidationError, ValueError):
        raise another_version() from None
    return table, laid_out(table, width)


def today(station: Station) -> str:
    """The local day, ISO 8601."""
    return station.clock.local_text()[:10]


def year_from(station: Station) -> int:
    """The month that the city's fiscal year begins with."""
    return station.rules.fiscal_year_begins


def write_report(station: Station, _run: Run, table: Table, ending: str) -> Path:
    """Write a report into the folder of reports beside the store, to a new file that its owner alone reads.

    A long PDF is several files, numbered as they follow; the first is given.

    An errand: it takes seconds for a long PDF. Raises ReportRefused, TooLongError, PdfError, EnvironmentFault.
    """
    from countertui.documents.report_files import as_file, parts_of

    if table.left_out:
        raise ReportRefused(
            f"This is not all of it: {table.left_out:,} rows more are at the ledger.",
            "Nothing was written.",
            "Ask for fewer days, or write it there: countertui report.",
        )
    try:
        now = datetime.fromtimestamp(station.clock.utc_ms() / 1000, UTC)
        made = [as_file(part, ending, now) for part in parts_of(table, ending)]
    except ImportError:
        raise ReportRefused(
            f"This counter can't write {ending} files: what writes them is not installed.",
            "Nothing was written.",
            "Press C for CSV, or P for PDF.",
        ) from None
    asked = table.asked
    name = "-".join(filter(None, (table.name, asked.range.since, asked.range.until, asked.by and asked.by.value)))
    first, *_ = [_written(station.store.path.parent / FOLDER, name, ending, data) for data in made]
    return first


def _table(told: _Said, heading: Heading, year_from: int) -> Table:
    columns = tuple(Column(name, ColumnKind(kind), for_programs) for name, kind, for_programs in told.columns)
    every = (*told.rows, *([told.totals] if told.totals is not None else []))
    places = (*(told.drill[1] if told.drill else ()), *(told.bars[1:] if told.bars else ()))
    if any(len(row) != len(columns) for row in every) or any(place >= len(columns) for place in places):
        raise ValueError("a row has other columns than the table")
    more = (f"The first {len(told.rows):,} rows; {told.left_out:,} more are at the ledger.",) if told.left_out else ()
    return Table(
        name=told.name,
        title=told.title,
        asked=Asked(
            *(Range(told.since, told.until), told.office, By(told.by) if told.by else None, tuple(told.key)),
            year_from=year_from,
        ),
        columns=columns,
        rows=told.rows,
        totals=told.totals,
        notes=(*more, *told.notes),
        drill=None if told.drill is None else Drill(told.drill[0], tuple(told.drill[1])),
        bars=None if told.bars is None else Bars(*told.bars),
        heading=heading,
        left_out=told.left_out,
    )


def _written(folder: Path, name: str, ending: str, data: bytes) -> Path:
    """A new file of that name, numbered where there is one. Raises ReportRefused where the disk refuses it."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        n, path = 1, folder / f"{name}{ending}"
        while path.exists():
            n += 1
            path = folder / f"{name}-{n}{ending}"
        with path.open("xb") as file:
            path.chmod(0o600)
            file.write(data)
    except OSError as fault:
        raise ReportRefused(f"The report can't be written: {fault.strerror}.", "Nothing else was changed.") from None
    return path
