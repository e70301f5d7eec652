"""Many rows at once, past SQLAlchemy's per-row work: the one place where the two engines' drivers differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count, islice
from typing import Any, cast

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, Table
from sqlalchemy.exc import DBAPIError

from countertui.ledger.engines import is_postgres, without_row

Row = Sequence[Any]
_CHUNK = 20_000
_COPIED = 5_000
_READ_AHEAD = 2_000
_MOST_PARAMETERS = 500
_STREAMS = count(1)


def insert_many(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Insert rows, each a tuple in the order of `columns`; returns how many. Raises sqlalchemy's IntegrityError.

    On PostgreSQL by COPY, a few thousand at a time, as on SQLite.
    """
    names = _names(columns)
    if is_postgres(connection):
        return _copy(connection, table, columns, rows)
    marks = ", ".join("?" * len(columns))
    return run_many(connection, f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows)  # noqa: S608 - names are this program's own


def add_many(
    connection: Connection, table: Table, keys: Sequence[str], sums: Sequence[str], rows: Iterable[Row]
) -> int:
    """Add each row's `sums` to the row of the same `keys`, made where there is none. Rows are keys, then sums.

    No two rows have the same keys.
    """
    columns = [*keys, *sums]
    added = ", ".join(f'"{column}" = "{table.name}"."{column}" + excluded."{column}"' for column in sums)
    statement = f"""INSERT INTO "{table.name}" ({_names(columns)}) {{rows}}
      ON CONFLICT ({_names(keys)}) DO UPDATE SET {added}"""
    return put_many(connection, statement, [table.c[column] for column in columns], rows)


def put_many(connection: Connection, statement: str, columns: Sequence[Column[Any]], rows: Iterable[Row]) -> int:
    """Run an INSERT with `{rows}` where its rows go, each a tuple in the order of `columns`; returns how many.

    On PostgreSQL as one statement: where it says ON CONFLICT, no two rows may have the same key.
    """
    if not is_postgres(connection):
        return run_many(connection, statement.format(rows=f"VALUES ({', '.join('?' * len(columns))})"), rows)
    selected = f"SELECT * FROM {_unnested(columns)}"  # noqa: S608 - types alone
    return _run_at_once(connection, statement.format(rows=selected), rows)


def add_to_many(connection: Connection, table: Table, key: str, added: str, put: str, rows: Iterable[Row]) -> int:
    """To the row of each `key`, add to one column and put into another. Rows are key, cents to add, value to put.

    No two rows have the same key; one that is not there is passed over. Returns how many rows were changed.
    """
    columns = [table.c[name] for name in (key, added, put)]
    if is_postgres(connection):
        statement = f"""UPDATE "{table.name}" AS kept SET "{added}" = kept."{added}" + given.added, "{put}" = given.put
          FROM {_unnested(columns)} AS given (key, added, put) WHERE kept."{key}" = given.key"""  # noqa: S608 - as above
        return _run_at_once(connection, statement, rows)
    statement = f'UPDATE "{table.name}" SET "{added}" = "{added}" + ?2, "{put}" = ?3 WHERE "{key}" = ?1'  # noqa: S608 - as above
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
    from psycopg import DataError, Error

    types = [_type_of(table.c[column]) for column in columns]
    statement = f'COPY "{table.name}" ({_names(columns)}) FROM STDIN (FORMAT BINARY)'
    driver = cast(Any, connection.connection.driver_connection)
    copied = 0
    source = iter(rows)
    # Taken from their source first: who makes them may ask the same connection meanwhile.
    while chunk := list(islice(source, _COPIED)):
        try:
            with driver.cursor() as cursor, cursor.copy(statement) as copy:
                copy.set_types(types)
                for row in chunk:
                    copy.write_row(row)
        except Error as fault:
            fault.args = (without_row(fault),)
            raise DBAPIError.instance(statement, None, fault, Error, hide_parameters=True) from fault
        except (TypeError, ValueError, OverflowError) as fault:
            # A value that has no form in its column; SQLite says the same of it.
            wrong = DataError(f"a value does not fit its column in {table.name}")
            raise DBAPIError.instance(statement, None, wrong, Error, hide_parameters=True) from fault
        copied += len(chunk)
    return copied


def _run_at_once(connection: Connection, statement: str, rows: Iterable[Row]) -> int:
    """Run one statement with all rows as its parameters, an array a column."""
    arrays = tuple(list(column) for column in zip(*rows, strict=True))
    return connection.exec_driver_sql(marked(connection, statement), arrays).rowcount if arrays else 0


def _unnested(columns: Sequence[Column[Any]]) -> str:
    return f"unnest({', '.join(f'?::{_type_of(column)}[]' for column in columns)})"


def _type_of(column: Column[Any]) -> str:
    kind = column.type
    if isinstance(kind, BigInteger):
        return "int8"
    return "bytea" if isinstance(kind, LargeBinary) else "text"


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
