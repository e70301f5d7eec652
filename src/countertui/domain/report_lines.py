"""A report as lines of a fixed width: its columns as wide as they need be, long texts broken, no number ever cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from countertui.domain.paper import width_of, wrapped
from countertui.domain.report_table import Column, ColumnKind, Row, Table, Value, shown
from countertui.domain.signed_bars import signed_bars

WIDTH = 80
_NARROWEST = 5
_WORDS = frozenset({ColumnKind.TEXT, ColumnKind.DATE})
_MOST_BARS = 60


@dataclass(frozen=True, slots=True)
class Layout:
    """A report's lines: what stands above its columns, their headings, each row's lines, the totals, what follows."""

    told: list[str]
    headings: list[str]
    rows: list[list[str]]
    totals: list[str]
    notes: list[str]
    bars: list[str]


def laid_out(table: Table, width: int = WIDTH) -> Layout:
    """The lines of a report, none wider than `width` unless its numbers alone are."""
    columns = [table.columns[n] for n in table.shown]
    rows = [_texts(columns, _picked(table, row)) for row in table.rows]
    totals = None if table.totals is None else _texts(columns, _picked(table, table.totals))
    widths, gap = _widths(columns, [*rows, *([totals] if totals is not None else [])], width)
    headings = list(_lines(columns, [column.name for column in columns], widths, gap))
    return Layout(
        told=[line for text in table.told() for line in wrapped(text, width)],
        headings=headings,
        rows=[list(_lines(columns, row, widths, gap)) for row in rows],
        totals=[] if totals is None else list(_lines(columns, totals, widths, gap)),
        notes=[line for note in table.notes for line in wrapped(note, width)],
        bars=bars_of(table, width),
    )


def text_lines(table: Table, width: int = WIDTH) -> list[str]:
    """The whole report, line by line."""
    found = laid_out(table, width)
    across = max((width_of(line) for line in (*found.headings, *found.totals)), default=0)
    rule = ["-" * min(width, max(across, 1))]
    rows = [line for row in found.rows for line in row] or ["none"]
    sums = [*rule, *found.totals] if found.totals and table.rows else []
    chart = ["", *found.bars] if found.bars else []
    notes = ["", *found.notes] if found.notes else []
    return [*found.told, "", *found.headings, *rule, *rows, *sums, *chart, *notes]


def bars_of(table: Table, width: int) -> list[str]:
    """The chart of a report that has one: a title, then a bar a row, with its sign and number beside it."""
    if table.bars is None or not table.rows:
        return []
    chart = table.bars
    kind = table.columns[chart.drawn].kind
    rows = table.rows[-_MOST_BARS:]
    drawn = [(str(row[chart.named]), value if isinstance(value := row[chart.drawn], int) else 0) for row in rows]
    return [chart.title, *signed_bars(drawn, width, lambda value: shown(kind, value))]


def _picked(table: Table, row: Row) -> list[Value]:
    return [row[n] for n in table.shown]


def _texts(columns: Sequence[Column], row: Iterable[Value]) -> list[str]:
    return [shown(column.kind, value) for column, value in zip(columns, row, strict=True)]


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> tuple[list[int], int]:
    """How wide each column is, and how far apart; texts give way, the widest first, numbers never do."""
    widths = [max(map(width_of, column.name.split()), default=1) for column in columns]
    for row in rows:
        for n, text in enumerate(row):
            if len(text) > widths[n] or not text.isascii():
                widths[n] = max(widths[n], width_of(text))
    whole = [max(wide, width_of(column.name)) for wide, column in zip(widths, columns, strict=True)]
    for each in (whole, widths):
        if sum(each) + 2 * (len(each) - 1) <= width:
            return each, 2
    gap = 1
    room = width - gap * (len(widths) - 1)
    yielding = [n for n, column in enumerate(columns) if column.kind is ColumnKind.TEXT]
    while sum(widths) > room and yielding:
        widest = max(yielding, key=lambda n: widths[n])
        if widths[widest] <= _NARROWEST:
            break
        widths[widest] -= 1
    return widths, gap


def _lines(columns: Sequence[Column], texts: Sequence[str], widths: Sequence[int], gap: int) -> Iterator[str]:
    """A row as lines: texts to the left, broken where they are too long; numbers to the right."""
    cells = [
        [text] if width_of(text) <= wide else wrapped(text, wide) for text, wide in zip(texts, widths, strict=True)
    ]
    for n in range(max(map(len, cells), default=0)):
        parts = []
        for column, cell, wide in zip(columns, cells, widths, strict=True):
            text = cell[n] if n < len(cell) else ""
            spare = " " * (wide - width_of(text))
            parts.append(text + spare if column.kind in _WORDS else spare + text)
        yield (" " * gap).join(parts).rstrip()
