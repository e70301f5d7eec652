"""Tables for people who go on in a spreadsheet: CSV (RFC 4180) and XLSX, the latter with charts of its columns.

Text that a spreadsheet would take for a formula is text (OWASP, CSV injection). The same tables and day give the same
bytes. Imported late: it brings xlsxwriter.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from countertui.domain.report_table import Column, ColumnKind, Row, Value

_FORMULA = frozenset("=+-@\t\r\n")
_WIDEST, _NARROWEST = 60, 8


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of a table: what its title is, which column names the bars, and which are drawn, by their places."""

    title: str
    named: int
    drawn: tuple[int, ...]
    lines: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: its name, its columns and rows, the charts beside it; below them a row of totals, and notes."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    charts: tuple[Chart, ...] = ()
    totals: Row | None = None
    notes: tuple[str, ...] = ()


def text_of(value: str) -> str:
    """A text for a cell of CSV: what a spreadsheet would take for a formula is marked as text."""
    return f"'{value}" if value[:1] in _FORMULA else value


def dollars(cents: int) -> str:
    """Cents as a number in dollars, without commas."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"


def as_csv(table: Table) -> Iterator[str]:
    """A table as CSV, line by line."""
    yield _line(column.name for column in table.columns)
    kinds = [column.kind for column in table.columns]
    for row in table.rows:
        yield _line(map(_cell, kinds, row))
    if table.totals is not None:
        yield _line(map(_cell, kinds, table.totals))
    rest = [""] * (len(kinds) - 1)
    for note in table.notes:
        yield _line([text_of(note), *rest])


def as_xlsx(tables: Sequence[Table], made: datetime) -> bytes:
    """Tables as a workbook, a sheet each; made: the day that it says it was created."""
    import xlsxwriter

    written = io.BytesIO()
    # Texts that look like formulas, links or numbers are texts: nothing is made of them.
    as_they_are = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(written, {"in_memory": True, **as_they_are})
    book.set_properties({"created": made.replace(tzinfo=None)})
    for table in tables:
        _write(book, table)
    book.close()
    return written.getvalue()


def _line(values: Iterable[object]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(values)
    return buffer.getvalue()


def _cell(kind: ColumnKind, value: Value) -> object:
    if isinstance(value, str):
        return text_of(value)
    return dollars(value) if kind in _IN_HUNDREDTHS and value is not None else value


def _write(book: Any, table: Table) -> None:
    sheet = book.add_worksheet(table.name)
    bold = book.add_format({"bold": True})
    formats = {kind: book.add_format({"num_format": each}) for kind, each in _FORMATS.items()}
    in_bold = {kind: book.add_format({"num_format": each, "bold": True}) for kind, each in _FORMATS.items()}
    sheet.freeze_panes(1, 0)
    # Printed, it is as wide as a page on its side, and every page has its headings.
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.name, bold)
        sheet.set_column(place, place, min(_WIDEST, max(_NARROWEST, _widest(table, place) + 2)))
    below = [] if table.totals is None else [table.totals]
    last = len(table.rows) + len(below)
    for n, row in enumerate(chain(table.rows, below), start=1):
        for place, (column, value) in enumerate(zip(table.columns, row, strict=True)):
            is_total = bool(below) and n == last
            if isinstance(value, str):
                sheet.write_string(n, place, value, bold if is_total else None)
            elif value is not None:
                number = Decimal(value) / 100 if column.kind in _IN_HUNDREDTHS else value
                sheet.write_number(n, place, number, (in_bold if is_total else formats).get(column.kind))
    for n, note in enumerate(table.notes, start=last + 2):
        sheet.write_string(n, 0, note)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
        for n, chart in enumerate(table.charts):
            _draw(book, sheet, table, chart, n)


def _draw(book: Any, sheet: Any, table: Table, chart: Chart, n: int) -> None:
    drawn = book.add_chart({"type": "line" if chart.lines else "column"})
    last = len(table.rows)
    for place in chart.drawn:
        drawn.add_series(
            {
                "name": [table.name, 0, place],
                "categories": [table.name, 1, chart.named, last, chart.named],
                "values": [table.name, 1, place, last, place],
            }
        )
    drawn.set_title({"name": chart.title})
    drawn.set_size({"width": 720, "height": 320})
    sheet.insert_chart(1 + n * 17, len(table.columns) + 1, drawn, {"description": chart.title})


_FORMATS = {ColumnKind.CENTS: "#,##0.00;[Red]-#,##0.00", ColumnKind.COUNT: "#,##0", ColumnKind.RATE: '0.00"%"'}
_IN_HUNDREDTHS = frozenset({ColumnKind.CENTS, ColumnKind.RATE})


def _widest(table: Table, place: int) -> int:
    """How many letters the widest cell of a column has; a number that does not fit would be shown as #####."""
    kind = table.columns[place].kind
    rows = chain(table.rows, [] if table.totals is None else [table.totals])
    return max(len(table.columns[place].name), *(len(_shown(kind, row[place])) for row in rows), 0)


def _shown(kind: ColumnKind, value: Value) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    whole = f"{value // 100:,}.00" if kind in _IN_HUNDREDTHS else f"{value:,}"
    return f"{whole}%" if kind is ColumnKind.RATE else whole
