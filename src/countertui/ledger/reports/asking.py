"""What reports ask of the books: rows as the driver has them, of days and an office."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import msgspec
from sqlalchemy import Connection

from countertui.domain.reference import CityKey
from countertui.domain.report_period import By
from countertui.domain.report_table import Asked
from countertui.errors import AnswerNo
from countertui.ledger.bulk import marked

Fetched = list[tuple[Any, ...]]


class _Rules(msgspec.Struct):
    """What reports ask of the city's rules; all of them take longer to read than a report."""

    fiscal_year_begins: int = 1


_RULES = msgspec.json.Decoder(_Rules)
_MOST_DIGITS = 18
OF_OFFICE = "(SELECT code, epoch FROM terminal WHERE office = ?)"
"""Terminals and epochs of an office."""


class UnknownReportError(AnswerNo):
    """There is no such report, or it is of a part that nobody named."""


def whole_number(said: str) -> int:
    """A number of a key. Raises UnknownReportError."""
    if not (said.isascii() and said.isdecimal() and len(said) <= _MOST_DIGITS):
        raise UnknownReportError(f"{said[:20]} is no number of a row.", "Nothing was read.")
    return int(said)


def session_named(asked: Asked) -> tuple[str, int, str]:
    """Terminal, epoch and id of the session that a key names. Raises UnknownReportError."""
    if len(asked.key) != 3:
        raise UnknownReportError("A session is named by its terminal, epoch and id.", "Nothing was read.")
    terminal, epoch, session = asked.key
    return terminal, whole_number(epoch), session


def fetched(connection: Connection, statement: str, parameters: Sequence[Any] = ()) -> Fetched:
    """All rows of a query as plain tuples; `?` marks its parameters."""
    result = connection.exec_driver_sql(marked(connection, statement), tuple(parameters))
    return cast(Fetched, cast(Any, result.cursor).fetchall())


def in_range(asked: Asked, alias: str) -> tuple[str, list[str]]:
    """A condition on `alias`: business dates of the range, terminals of the office; and its parameters.

    A terminal is of the office that it was let in for: moved to another, it goes on there under another epoch.
    """
    said, values = f"{alias}.biz_date BETWEEN ? AND ?", [asked.range.since, asked.range.until]
    if asked.office:
        said += f" AND ({alias}.terminal, {alias}.epoch) IN {OF_OFFICE}"
        values.append(asked.office)
    return said, values


def day_in(asked: Asked, alias: str) -> str:
    """An expression for a day of the period that a row of `alias` lies in: rows are added up by it before they come."""
    if asked.by is None:
        return "''"
    if asked.by in (By.DAY, By.WEEK):
        return f"{alias}.biz_date"
    is_calendar_year = asked.by is By.YEAR and asked.year_from == 1
    return f"substr({alias}.biz_date, 1, {_YEAR if is_calendar_year else _MONTH}"


def city_of(connection: Connection) -> tuple[str, int]:
    """The city's name, and the month that its fiscal year begins with."""
    keys = [CityKey.NAME.value, CityKey.RULES.value]
    said: dict[str, str] = dict(fetched(connection, "SELECT key, value FROM city WHERE key IN (?, ?)", keys))
    return said.get(keys[0], ""), _RULES.decode(said.get(keys[1], "{}")).fiscal_year_begins


def grouped(asked: Asked, keys: int) -> str:
    """The places of `day_in` and the keys behind it, to group by: without periods of the keys alone."""
    return ", ".join(str(place) for place in range(1 if asked.by is not None else 2, keys + 2))


_MONTH, _YEAR = "7) || '-01'", "4) || '-01-01'"
