"""Reference data put in by the row: how a city's accounts, charges and fees first come into the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from countertui.domain.reference import TABLES
from countertui.errors import UsageError
from countertui.ledger.books import Books, next_version
from countertui.ledger.bulk import insert_many
from countertui.ledger.past import keep_paid_before, keep_past
from countertui.ledger.tables import key_of, reference

_TOLD_EVERY = 10_000
_AT_ONCE = 5_000


class LoadRefusedError(UsageError):
    """Rows that don't fit their table: a key twice, a missing value, another type."""


def load_reference(
    books: Books, table: str, rows: Iterable[Sequence[Any]], progress: Callable[[int], None] = lambda _: None
) -> int:
    """Insert rows (columns as in `domain.reference.TABLES`) in one transaction; returns how many.

    `progress` is told the number of rows so far. Terminals are not loaded but registered. Raises LoadRefusedError, and
    nothing of it was kept.
    """
    if table == "terminal" or table not in TABLES:
        raise LoadRefusedError(f"{table} is not a table that rows are loaded into.")
    with books.writing() as connection:
        version = next_version(connection)
        noted = _noted(connection, table, rows)
        try:
            return insert_many(
                connection,
                reference[table],
                (*TABLES[table], "changed_in"),
                _counted(((*row, version) for row in noted), progress),
            )
        except DBAPIError as fault:
            raise LoadRefusedError(f"Rows for {table} were not loaded: {fault.orig}.", "Nothing was kept.") from fault


def _noted(connection: Connection, table: str, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """The rows, and on the way what the books must remember of them to be recomputed."""
    columns = TABLES[table]
    places = [columns.index(key) for key in key_of(table)]
    source = iter(rows)
    while chunk := list(islice(source, _AT_ONCE)):
        keep_past(connection, table, ((tuple(row[place] for place in places), None) for row in chunk))
        if table == "charge":
            keep_paid_before(connection, chunk)
        yield from chunk


def _counted(rows: Iterable[tuple[Any, ...]], progress: Callable[[int], None]) -> Iterator[tuple[Any, ...]]:
    number = 0
    for number, row in enumerate(rows, start=1):
        if number % _TOLD_EVERY == 0:
            progress(number)
        yield row
    progress(number)
