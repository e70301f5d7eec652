"""Reference data put in by the row: what a demo city, or a test's town, begins with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy.exc import DBAPIError

from countertui.errors import UsageError
from countertui.ledger.imported import Bringing, may_be_brought

_TOLD_EVERY = 10_000


class LoadRefusedError(UsageError):
    """Rows that don't fit their table: a key twice, a missing value, another type."""


def load_reference(
    bringing: Bringing, table: str, rows: Iterable[Sequence[Any]], progress: Callable[[int], None] = lambda _: None
) -> int:
    """Bring in new rows (columns as in `domain.reference.TABLES`); returns how many.

    `progress` is told the number of rows so far. Raises LoadRefusedError, and the transaction is of no use any more.
    """
    if not may_be_brought(table):
        raise LoadRefusedError(f"{table} is not a table that rows are loaded into.")
    try:
        return bringing.add(table, _counted(map(tuple, rows), progress))
    except DBAPIError as fault:
        raise LoadRefusedError(f"Rows for {table} were not loaded: {fault.orig}.", "Nothing was kept.") from fault


def _counted(rows: Iterable[tuple[Any, ...]], progress: Callable[[int], None]) -> Iterator[tuple[Any, ...]]:
    number = 0
    for number, row in enumerate(rows, start=1):
        if number % _TOLD_EVERY == 0:
            progress(number)
        yield row
    progress(number)
