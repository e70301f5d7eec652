"""Rows of the city's files: parsed from TOML, none overlapping another of its key, and those in force on a day."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import TypeVar

from pydantic import ValidationError

from countertui.config.problems import of_row, unknown
from countertui.config.rows import Row

Rows = dict[type[Row], tuple[Row, ...]]
AnyRow = TypeVar("AnyRow", bound=Row)


def parsed(content: bytes, name: str, tables: Mapping[str, type[Row]], problems: list[str]) -> Rows:
    """The rows of one file's tables; what is wrong is added to problems."""
    try:
        data = tomllib.loads(content.decode(), parse_float=Decimal)
    except UnicodeDecodeError:
        problems.append(f"{name}: the file is not text in UTF-8.")
        return {}
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{name}: this is not TOML: {error}.")
        return {}
    problems.extend(f"{name}: {unknown('table', table, tables)}" for table in data if table not in tables)
    rows: Rows = {}
    for table, model in tables.items():
        rows[model] = tuple(_rows(name, table, model, data.get(table, []), problems))
        problems.extend(_overlaps(f"{name}, [[{table}]]", rows[model]))
    return rows


def _rows(name: str, table: str, model: type[Row], found: object, problems: list[str]) -> Iterator[Row]:
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        problems.append(f"{name}, {table}: each row begins with the line [[{table}]], in double brackets.")
        return
    for n, row in enumerate(found, start=1):
        try:
            yield model.model_validate(row)
        except ValidationError as error:
            problems.extend(of_row(f"{name}, [[{table}]] row {n}", model, error))


def _overlaps(place: str, rows: Sequence[Row]) -> Iterator[str]:
    for key in dict.fromkeys(row.key for row in rows):
        named = f"{place} {key}".rstrip()
        same = sorted((row for row in rows if row.key == key), key=lambda row: row.effective_from)
        for row in same:
            if row.effective_to is not None and row.effective_to < row.effective_from:
                yield f"{named}: effective_to {row.effective_to} lies before effective_from {row.effective_from}."
        for row, following in pairwise(same):
            if following.effective_from <= (row.effective_to or row.effective_from):
                yield f"{named}: two rows are in force on {following.effective_from}. Allowed: one on any day."


def in_force(rows: Sequence[AnyRow], on: date) -> tuple[AnyRow, ...]:
    """The rows in force on a day: of each key the one that began last, unless it has ended."""
    latest: dict[str, AnyRow] = {}
    for row in sorted(rows, key=lambda row: row.effective_from):
        if row.effective_from <= on:
            latest[row.key] = row
    return tuple(row for row in rows if row is latest.get(row.key) and on <= (row.effective_to or on))


def rows_of(rows: Rows, model: type[AnyRow]) -> tuple[AnyRow, ...]:
    """The rows of one table."""
    return tuple(row for row in rows[model] if isinstance(row, model))
