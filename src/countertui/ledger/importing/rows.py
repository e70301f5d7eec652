"""From a row of the file to its kind's values; a row shifted by an unquoted comma is put right if there is one way."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from string import Formatter

from countertui.ledger.importing.cells import Cleaner, cleaner
from countertui.ledger.importing.faults import RowRefused
from countertui.ledger.importing.kinds import FIELDS, Field, Type
from countertui.ledger.importing.mapfile import ColumnMap, FieldMap, Mapping, positions

Value = str | int | None
Cells = dict[str, str]
_GAPS = re.compile(r"^[\s,]+|[\s,]+$|\s+(?=,)|,(?=\s*,)")


@dataclass(frozen=True, slots=True)
class Repair:
    """A row that a comma without quotes had shifted: which column got its text back, and the row before and after."""

    row: int
    column: str
    before: tuple[str, ...]
    after: tuple[str, ...]


class RowReader:
    """Reads rows by a mapping. `width`: how many cells a row must have. Raises MapRefusedError for a missing column."""

    def __init__(self, mapping: Mapping, header: list[str] | None) -> None:
        self.width = len(header) if header is not None else mapping.file.width or 0
        self._delimiter = mapping.file.delimiter
        at = positions(mapping, header)
        maps = {name: mapping.columns.get(name, ColumnMap()) for name in at}
        self._cleaners: list[tuple[str, int, Cleaner]] = [(name, at[name], cleaner(name, maps[name])) for name in at]
        self._commas = sorted(at[name] for name in at if maps[name].may_hold_comma)
        self._names = {place: name for name, place in at.items()}
        self._sources = [
            (field, _source(mapping.fields[field.name]))
            for field in FIELDS[mapping.kind]
            if field.name in mapping.fields
        ]
        fields = FIELDS[mapping.kind]
        self._unstated: dict[str, Value] = {each.name: "" if each.type is Type.TEXT else None for each in fields}
        self._stated = [
            each for each in fields if each.name in mapping.fields or each.required or each.like is not None
        ]

    def read(self, number: int, row: Sequence[str]) -> tuple[dict[str, Value], Repair | None]:
        """The row's values by field, and how it was repaired, if it was. Raises RowRefused."""
        cells, repair = self._cells(number, row)
        texts = {field.name: source(cells) for field, source in self._sources}
        values = self._unstated.copy()
        for field in self._stated:
            values[field.name] = _value(field, texts)
        return values, repair

    def _cells(self, number: int, row: Sequence[str]) -> tuple[Cells, Repair | None]:
        if len(row) < self.width:
            raise RowRefused(f"The row has {len(row)} cells; {self.width} are needed.")
        surplus = row[self.width :]
        if not any(cell.strip() for cell in surplus):
            try:
                return self._cleaned(row), None
            except RowRefused:
                if not surplus:
                    raise
        return self._repaired(number, row)

    def _cleaned(self, row: Sequence[str]) -> Cells:
        return {name: clean(row[place]) for name, place, clean in self._cleaners}

    def _repaired(self, number: int, row: Sequence[str]) -> tuple[Cells, Repair]:
        """Join neighbouring cells back together at the one place that makes every other cell right."""
        surplus = len(row) - self.width
        ways: list[tuple[Cells, Repair]] = []
        for place in self._commas:
            joined = self._delimiter.join(row[place : place + surplus + 1])
            after = (*row[:place], joined, *row[place + surplus + 1 :])
            try:
                cells = self._cleaned(after)
            except RowRefused as refused:
                if not refused.shown:
                    raise
                continue
            ways.append((cells, Repair(number, self._names[place], tuple(row), after)))
        if len(ways) == 1:
            return ways[0]
        told = f"The row has {len(row)} cells and should have {self.width}: a comma without quotes has shifted it"
        if ways:
            columns = " or ".join(repair.column for _, repair in ways)
            raise RowRefused(f"{told}, and it may belong into {columns}.")
        raise RowRefused(f"{told}, and joining cells at any one place does not make the others right.")


def _source(field: FieldMap) -> Callable[[Cells], str]:
    if field.constant is not None:
        constant = field.constant
        return lambda _: constant
    if field.column is not None:
        column = field.column
        return lambda cells: cells[column]
    parts = [(text, name) for text, name, _, _ in Formatter().parse(field.template or "")]

    def filled(cells: Cells) -> str:
        text = "".join(text + (cells[name] if name is not None else "") for text, name in parts)
        return _GAPS.sub("", " ".join(text.split()))

    return filled


def _value(field: Field, texts: dict[str, str]) -> Value:
    text = texts.get(field.name, "")
    if not text and field.like is not None:
        text = texts.get(field.like, "")
    if not text:
        if field.required:
            raise RowRefused(f"There is no {field.name} in it.")
        return "" if field.type is Type.TEXT else None
    if field.words and text not in field.words:
        raise RowRefused(f"{field.name} “{text}” is not one of: {', '.join(sorted(field.words))}.")
    if field.type is Type.CENTS:
        try:
            return int(text)
        except ValueError:
            raise RowRefused(f"{field.name} “{text}” is not cents: its column needs `money`.") from None
    if field.type is Type.NUMBER:
        if not re.fullmatch(r"[0-9]{1,6}", text):
            raise RowRefused(f"{field.name} “{text}” is not a whole number.")
        return int(text)
    if field.type is Type.DATE and not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        raise RowRefused(f"{field.name} “{text}” is not a date: its column needs `dates`.")
    return text
