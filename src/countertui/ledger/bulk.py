"""Many rows at once, past SQLAlchemy's per-row work: the one place where the two engines' drivers differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count, islice
from typing import Any, cast

from sqlalchemy import BigInteger, Connection, LargeBinary, Table
from sqlalchemy.exc import DBAPIError

from countertui.ledger.engines import is_postgres, without_row

Row = Sequence[Any]
_CHUNK = 20_000
_READ_AHEAD = 2_000
_MOST_PARAMETERS = 500
_STREAMS = count(1)


def insert_many(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Insert rows, each a tuple in the order of `columns`; returns how many. Raises sqlalchemy's IntegrityError.

    On PostgreSQL by COPY: rows go as they are made, and are nowhere in memory all at once.
    """
    names = _names(columns)
    if is_postgres(connection):
        return _copy(connection, table, columns, rows)
    marks = ", ".join("?" * len(columns))
    return run_many(connection, f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows)  # noqa: S608 - names are this program's own


def add_many(
    connection: Connection, table: Table, keys: Sequence[str], sums: Sequence[str], rows: Iterable[Row]
) -> int:
    """Add each row's `sums` to the row of the same `keys`, made where there is none. Rows are keys, then sums."""
    columns = [*keys, *sums]
    marks = ", ".join("?" * len(columns))
    added = ", ".join(f'"{column}" = "{table.name}"."{column}" + excluded."{column}"' for column in sums)
    statement = f"""INSERT INTO "{table.name}" ({_names(columns)}) VALUES ({marks})
      ON CONFLICT ({_names(keys)}) DO UPDATE SET {added}"""  # noqa: S608 - names are this program's own
    return run_many(connection, statement, rows)


def run_many(connection: Connection, statement: str, rows: Iterable[Row]) -> int:
    """Run one statement for each row of parameters (`?` marks); returns how many rows it touched."""
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
    select = f'SELECT "{column}", "{value}" FROM "{table.name}" WHERE "{column}"'  # noqa: S608 - as above
    if is_postgres(connection):
        named = list(wanted)
        return _pairs(connection, f"{select} = ANY(?)", (named,)) if named else {}
    found: dict[str, str] = {}
    source = iter(wanted)
    while chunk := tuple(islice(source, _MOST_PARAMETERS)):
        found.update(_pairs(connection, f"{select} IN ({', '.join('?' * len(chunk))})", chunk))
    return found


def stream(connection: Connection, statement: str, parameters: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The rows of a query as plain tuples, a few thousand in memory at a time."""
    if is_postgres(connection):
        driver = cast(Any, connection.connection.driver_connection)
        # A cursor of the server's: the driver's own would take all rows at once.
        with driver.cursor(name=f"stream_{next(_STREAMS)}") as cursor:
            cursor.execute(marked(connection, statement), parameters)
            while rows := cursor.fetchmany(_READ_AHEAD):
                yield from rows
        return
    result = connection.exec_driver_sql(statement, parameters)
    cursor = cast(Any, result.cursor)
    while rows := cursor.fetchmany(_READ_AHEAD):
        yield from rows
    result.close()


def marked(connection: Connection, statement: str) -> str:
    """The statement with the driver's own mark for a parameter; no statement of ours holds a literal `?`."""
    return statement.replace("?", "%s") if is_postgres(connection) else statement


def _pairs(connection: Connection, statement: str, parameters: tuple[Any, ...]) -> dict[str, str]:
    result = connection.exec_driver_sql(marked(connection, statement), parameters)
    return dict(cast(Any, result.cursor).fetchall())


def _copy(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Row]) -> int:
    source = iter(rows)
    first = next(source, None)
    if first is None:
        return 0
    from psycopg import DataError, Error

    types = [_type_of(table, column) for column in columns]
    statement = f'COPY "{table.name}" ({_names(columns)}) FROM STDIN (FORMAT BINARY)'
    driver = cast(Any, connection.connection.driver_connection)
    try:
        with driver.cursor() as cursor:
            with cursor.copy(statement) as copy:
                copy.set_types(types)
                for row in chain((first,), source):
                    copy.write_row(row)
            return int(cursor.rowcount)
    except Error as fault:
        fault.args = (without_row(fault),)
        raise DBAPIError.instance(statement, None, fault, Error, hide_parameters=True) from fault
    except (TypeError, ValueError, OverflowError) as fault:
        # A value that has no form in its column; SQLite says the same of it.
        wrong = DataError(f"a value does not fit its column in {table.name}")
        raise DBAPIError.instance(statement, None, wrong, Error, hide_parameters=True) from fault


def _type_of(table: Table, column: str) -> str:
    kind = table.c[column].type
    if isinstance(kind, BigInteger):
        return "int8"
    return "bytea" if isinstance(kind, LargeBinary) else "text"


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
