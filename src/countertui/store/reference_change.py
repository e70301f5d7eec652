"""A newer reference.db out of the one in use and what changed since: made beside it and put in its place.

Mostly charges, receipts and operators change: then the file is copied and the copy changed, which at a million
accounts takes seconds. Where an account comes, goes, or has another name or address, the order of names is another, and
with it every account's id and the sets of ids of all words: then the file is built anew, out of the rows of the one in
use and the changes.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import merge
from pathlib import Path
from typing import Any

from countertui.domain.reference import TABLES
from countertui.ports.snapshots import RowsFile
from countertui.store.reference_load import (
    SnapshotIdentity,
    build_reference,
    put_in_place,
    put_rows,
    refusing,
    unusable,
)
from countertui.store.rows_file import read_rows
from countertui.store.words import phone_key

_KEYED = ("charge", "receipt_history", "known_as")
"""Rows as they come, found by account: which one a key names is for a scan to find."""
_PLACED_BY = tuple(map(TABLES["account"].index, ("number", "name", "address")))


def change_reference(
    path: Path,
    changes: Iterable[RowsFile],
    snapshot: SnapshotIdentity,
    history_from: str,
    progress: Callable[[str, int], None] = lambda _table, _rows: None,
) -> None:
    """Bring the reference.db at path to a newer snapshot; it stays as it was until the new one is whole and synced.

    history_from: no receipt of before that day (ISO) stays. Raises ReferenceRefused if the changes don't lead to the
    rows that the newer snapshot has; the old file then stays.
    """
    told = {change.table: change for change in changes}
    if missing := TABLES.keys() - told.keys():
        raise unusable(min(missing), "it is missing")
    if _moves_names(path, told["account"]) or told["charge"].whole:
        tables = ((name, _merged(path, change, history_from)) for name, change in told.items())
        build_reference(path, _counted(tables, told), snapshot, progress)
    else:
        _change_copy(path, told, snapshot, history_from, progress)


def _change_copy(
    path: Path,
    told: dict[str, RowsFile],
    snapshot: SnapshotIdentity,
    history_from: str,
    progress: Callable[[str, int], None],
) -> None:
    new = path.with_name(f"{path.name}.new")
    try:
        shutil.copyfile(path, new)
        connection = sqlite3.connect(new, isolation_level=None)
        try:
            for pragma in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "temp_store=MEMORY"):
                connection.execute(f"PRAGMA {pragma}").fetchall()
            # A personal value that is taken back shall not stay in a free page; not every build does so by itself.
            connection.execute("PRAGMA secure_delete=ON").fetchall()
            connection.execute("BEGIN")
            for name, change in told.items():
                with refusing(name):
                    _change(connection, change)
                progress(name, change.rows)
            connection.execute("DELETE FROM receipt_history WHERE biz_date < ?", (history_from,))
            for name, change in told.items():
                (rows,) = connection.execute(f"SELECT count(*) FROM {name}").fetchone()  # noqa: S608 - names are this program's own
                _require(name, rows, change.rows)
            connection.execute(
                "UPDATE snapshot SET version = ?, made_at = ?, expires_at = ?, sha256 = ?, epoch = ?, seq = ?",
                (
                    snapshot.version,
                    snapshot.made_at,
                    snapshot.expires_at,
                    snapshot.sha256,
                    snapshot.epoch,
                    snapshot.seq,
                ),
            )
            connection.execute("COMMIT")
        finally:
            connection.close()
        put_in_place(new, path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _change(connection: sqlite3.Connection, change: RowsFile) -> None:
    name = change.table
    if change.whole:
        connection.execute(f"DELETE FROM {name}")  # noqa: S608 - as above
        put_rows(connection, name, _rows_of(change))
    elif name == "account":
        _change_accounts(connection, change)
    elif name in _KEYED:
        _change_keyed(connection, change)
    else:
        where = " AND ".join(f"{key} = ?" for key in change.keys)
        connection.executemany(f"DELETE FROM {name} WHERE {where}", _keys_gone(change))  # noqa: S608 - as above
        put_rows(connection, name, _rows_of(change), "INSERT OR REPLACE")


def _change_accounts(connection: sqlite3.Connection, change: RowsFile) -> None:
    """Whatever isn't name or address: what accounts are found by stays, but for the telephone number."""
    columns = TABLES["account"]
    phone, number = columns.index("phone"), columns.index("number")
    assigned = ", ".join(f"{column} = ?" for column in columns)
    connection.executemany(
        f"UPDATE account SET {assigned}, phone_key = ? WHERE number = ?",  # noqa: S608 - as above
        ((*row, phone_key(row[phone]), row[number]) for row in _rows_of(change)),
    )


def _change_keyed(connection: sqlite3.Connection, change: RowsFile) -> None:
    name, columns = change.table, TABLES[change.table]
    keys = ", ".join(change.keys)
    places = [columns.index(key) for key in change.keys]
    marks = ", ".join("?" * len(places))
    connection.execute(f"CREATE TEMP TABLE changed ({keys}, PRIMARY KEY ({keys})) WITHOUT ROWID")
    put = f"INSERT OR IGNORE INTO changed VALUES ({marks})"  # noqa: S608 - as above
    connection.executemany(put, _keys_gone(change))
    connection.executemany(put, (tuple(row[place] for place in places) for row in _rows_of(change)))
    deleted = connection.execute(f"DELETE FROM {name} WHERE ({keys}) IN (SELECT {keys} FROM changed) RETURNING account")  # noqa: S608 - as above
    accounts = {account for (account,) in deleted.fetchall()}
    put_rows(connection, name, _rows_of(change))
    connection.execute("DROP TABLE changed")
    if name == "charge":
        account = columns.index("account")
        accounts |= {row[account] for row in _rows_of(change)}
        connection.executemany(
            "UPDATE account SET due_cents = (SELECT coalesce(sum(balance_cents), 0) FROM charge WHERE account = number)"
            " WHERE number = ?",
            ((number,) for number in accounts),
        )


def _moves_names(path: Path, change: RowsFile) -> bool:
    """Whether an account comes, goes, or has another name or address."""
    if change.whole or change.gone:
        return True
    connection = _reading(path)
    try:
        for row in _rows_of(change):
            number, name, address = (row[place] for place in _PLACED_BY)
            now = connection.execute("SELECT name, address FROM account WHERE number = ?", (number,)).fetchone()
            if now != (name, address):
                return True
    finally:
        connection.close()
    return False


def _merged(path: Path, change: RowsFile, history_from: str) -> Iterator[Sequence[Any]]:
    """All rows of a table as they are after the change; accounts in the order of names."""
    if change.whole:
        yield from _rows_of(change)
        return
    name, columns = change.table, TABLES[change.table]
    places = [columns.index(key) for key in change.keys]
    rows = list(_rows_of(change))
    other = {tuple(key) for key in _keys_gone(change)} | {tuple(row[place] for place in places) for row in rows}
    connection = _reading(path)
    try:
        order = "ORDER BY id" if name == "account" else ""
        there = connection.execute(f"SELECT {', '.join(columns)} FROM {name} {order}")  # noqa: S608 - as above
        kept: Iterable[Sequence[Any]] = (row for row in there if tuple(row[place] for place in places) not in other)
        if name == "account":
            kept = merge(kept, sorted(rows, key=_by_name), key=_by_name)
        else:
            if name == "receipt_history":
                day = columns.index("biz_date")
                kept = (row for row in kept if row[day] >= history_from)
            yield from rows
        yield from kept
    finally:
        connection.close()


def _by_name(row: Sequence[Any]) -> tuple[str, str]:
    number, name, _ = _PLACED_BY
    return row[name], row[number]


def _counted(
    tables: Iterable[tuple[str, Iterator[Sequence[Any]]]], told: dict[str, RowsFile]
) -> Iterator[tuple[str, Iterator[Sequence[Any]]]]:
    for name, rows in tables:
        yield name, _as_many(name, rows, told[name].rows)


def _as_many(name: str, rows: Iterator[Sequence[Any]], wanted: int) -> Iterator[Sequence[Any]]:
    given = 0
    for row in rows:
        given += 1
        yield row
    _require(name, given, wanted)


def _require(name: str, rows: int, wanted: int) -> None:
    if rows != wanted:
        raise unusable(name, f"after the changes it has {rows:,} rows, not {wanted:,}")


def _rows_of(change: RowsFile) -> Iterator[Sequence[Any]]:
    return read_rows(Path(change.path), change.table, len(TABLES[change.table]))


def _keys_gone(change: RowsFile) -> Iterator[Sequence[Any]]:
    return read_rows(Path(change.gone), change.table, len(change.keys)) if change.gone else iter(())


def _reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
