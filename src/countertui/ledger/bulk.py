"""Many rows at once, past SQLAlchemy's per-row work: the one place where the two engines' drivers differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, cast

from sqlalchemy import Connection, Table

Row = Sequence[Any]
_CHUNK = 20_000
_READ_AHEAD = 2_000
_MOST_PARAMETERS = 500


def insert_many(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Insert rows, each a tuple in the order of `columns`; returns how many. Raises sqlalchemy's IntegrityError."""
    names = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join([_mark(connection)] * len(columns))
    statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'  # noqa: S608 - names are this program's own
    return run_many(connection, statement, rows)


def add_many(
    connection: Connection, table: Table, keys: Sequence[str], sums: Sequence[str], rows: Iterable[Row]
) -> int:
    """Add each row's `sums` to the row of the same `keys`, made where there is none. Rows are keys, then sums."""
    columns = [*keys, *sums]
    names = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join([_mark(connection)] * len(columns))
    on = ", ".join(f'"{key}"' for key in keys)
    added = ", ".join(f'"{column}" = "{table.name}"."{column}" + excluded."{column}"' for column in sums)
    statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({marks}) ON CONFLICT ({on}) DO UPDATE SET {added}'  # noqa: S608 - names are this program's
    return run_many(connection, statement, rows)


def run_many(connection: Connection, statement: str, rows: Iterable[Row]) -> int:
    """Run one statement for each row of parameters (`?` marks on SQLite); returns how many rows it touched."""
    touched = 0
    source = iter(rows)
    while chunk := list(islice(source, _CHUNK)):
        touched += connection.exec_driver_sql(marked(connection, statement), chunk).rowcount
    return touched


def known(connection: Connection, table: Table, column: str, wanted: Iterable[str]) -> set[str]:
    """Which of the wanted values stand in that column."""
    return set(looked_up(connection, table, column, column, wanted))


def looked_up(connection: Connection, table: Table, column: str, value: str, wanted: Iterable[str]) -> dict[str, str]:
    """For each wanted text that stands in `column`: the text in `value` of its row."""
    found: dict[str, str] = {}
    source = iter(wanted)
    while chunk := tuple(islice(source, _MOST_PARAMETERS)):
        marks = ", ".join("?" * len(chunk))
        statement = f'SELECT "{column}", "{value}" FROM "{table.name}" WHERE "{column}" IN ({marks})'  # noqa: S608 - as above
        found.update(stream(connection, statement, chunk))
    return found


def stream(connection: Connection, statement: str, parameters: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The rows of a query as plain tuples, a few thousand in memory at a time."""
    result = connection.execution_options(stream_results=True).exec_driver_sql(
        marked(connection, statement), parameters
    )
    cursor = cast(Any, result.cursor)
    while rows := cursor.fetchmany(_READ_AHEAD):
        yield from rows
    result.close()


def marked(connection: Connection, statement: str) -> str:
    """The statement with the driver's own mark for a parameter; no statement of ours holds a literal `?`."""
    mark = _mark(connection)
    return statement if mark == "?" else statement.replace("?", mark)


def _mark(connection: Connection) -> str:
    return "?" if connection.dialect.paramstyle == "qmark" else "%s"
