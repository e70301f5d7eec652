"""What reports ask of the books: rows as the driver has them, of an office, added up by period."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import Connection

from countertui.domain.report_period import By, period_of
from countertui.domain.report_table import Asked
from countertui.ledger.bulk import marked

Fetched = list[tuple[Any, ...]]


def fetched(connection: Connection, statement: str, parameters: Sequence[Any] = ()) -> Fetched:
    """All rows of a query as plain tuples; `?` marks its parameters."""
    result = connection.exec_driver_sql(marked(connection, statement), tuple(parameters))
    return cast(Fetched, cast(Any, result.cursor).fetchall())


def in_range(asked: Asked, alias: str, terminal: str = "terminal") -> tuple[str, list[str]]:
    """A condition on `alias`: business dates of the range, terminals of the office; and its parameters."""
    said, values = f"{alias}.biz_date BETWEEN ? AND ?", [asked.range.since, asked.range.until]
    if asked.office:
        said += f" AND {alias}.{terminal} IN (SELECT code FROM terminal WHERE office = ?)"  # noqa: S608 - names are this program's own
        values.append(asked.office)
    return said, values


def by_period(rows: Iterable[Sequence[Any]], keys: int, by: By | None) -> Fetched:
    """Rows of a day, `keys` values that name them, and sums: added up by period and keys, in their order.

    by None: the range as one; its period is left out.
    """
    names: dict[str, str] = {}
    found: dict[tuple[Any, ...], list[int]] = {}
    for day, *rest in rows:
        key: tuple[Any, ...] = tuple(rest[:keys])
        if by is not None:
            if day not in names:
                names[day] = period_of(day, by)
            key = (names[day], *key)
        sums = found.get(key)
        if sums is None:
            found[key] = list(rest[keys:])
        else:
            for n, value in enumerate(rest[keys:]):
                sums[n] += value
    return [(*key, *sums) for key, sums in sorted(found.items())]
