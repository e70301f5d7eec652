"""Building reference.db from a snapshot's verified rows, beside the one in use, and putting it in its place."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from countertui.domain.reference import TABLES
from countertui.errors import AnswerNo
from countertui.store.reference_format import reference_format
from countertui.store.schema import statements_of
from countertui.store.word_index import WordCollector, write_words
from countertui.store.words import house_key, indexed_words, number_key, payor_key, phone_key

_TOLD_EVERY = 10_000
FULL_SPEED = (
    # Nothing here outlives a crash: the file only gets its name once it is whole and synced.
    "PRAGMA journal_mode=OFF",
    "PRAGMA synchronous=OFF",
    "PRAGMA locking_mode=EXCLUSIVE",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-131072",
)
_COLUMNS_HERE = {
    "account": ("id", *TABLES["account"], "due_cents", "number_key", "house_key", "phone_key"),
    "receipt_history": (*TABLES["receipt_history"], "payor_key"),
    "known_as": (*TABLES["known_as"], "number_key"),
}
"""Columns of the tables that hold more here than a snapshot does."""
_KEYS_HERE = {
    "receipt_history": (TABLES["receipt_history"].index("payor"), payor_key),
    "known_as": (TABLES["known_as"].index("number"), number_key),
}
"""Which column of a table people search by, and what becomes of it."""


TakeOver = Callable[[sqlite3.Connection, dict[str, int]], bool]
"""Puts accounts that another process made where they go, with what is due; whether there were any."""


class SnapshotIdentity(Protocol):
    """Which snapshot this is; epoch and seq: the last record of this terminal that its balances include."""

    version: int
    made_at: str
    expires_at: str
    sha256: str
    epoch: int
    seq: int


class ReferenceRefused(AnswerNo):
    """The snapshot's rows don't make a reference.db."""


def build_reference(
    path: Path,
    tables: Iterable[tuple[str, Iterable[Sequence[Any]]]],
    snapshot: SnapshotIdentity,
    progress: Callable[[str, int], None] = lambda _table, _rows: None,
    take_over: TakeOver | None = None,
) -> None:
    """Make reference.db at path out of verified rows, columns as in `domain.reference.TABLES`.

    A table's rows are read as soon as it comes, but accounts after charges, for they keep their sum. Account rows come
    sorted by name; their order is the order results are shown in. progress is told how many accounts have their
    `account_words`. A file at path stays as it was until the new one is whole and synced. Raises ReferenceRefused, and
    whatever reading the rows raises; the old file then stays.
    """
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    try:
        connection = sqlite3.connect(new, isolation_level=None)
        try:
            _fill(connection, tables, snapshot, progress, take_over)
        finally:
            connection.close()
        put_in_place(new, path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def identity_of(snapshot: SnapshotIdentity) -> tuple[int, str, str, str, int, int]:
    """The row of table `snapshot`, but for its key."""
    return snapshot.version, snapshot.made_at, snapshot.expires_at, snapshot.sha256, snapshot.epoch, snapshot.seq


def put_in_place(new: Path, path: Path) -> None:
    """Give a whole file the name of the one it replaces, so that either is there after a power cut."""
    _sync(new)
    new.replace(path)
    _sync(path.parent)


def _fill(
    connection: sqlite3.Connection,
    tables: Iterable[tuple[str, Iterable[Sequence[Any]]]],
    snapshot: SnapshotIdentity,
    progress: Callable[[str, int], None],
    take_over: TakeOver | None,
) -> None:
    for pragma in FULL_SPEED:
        connection.execute(pragma).fetchall()
    connection.execute(f"PRAGMA user_version={reference_format()}")
    creates = statements_of("reference.db")
    indexes = [statement for statement in creates if "INDEX" in statement.split("(", 1)[0]]
    connection.execute("BEGIN")
    for statement in creates:
        if statement not in indexes:
            connection.execute(statement)
    connection.execute("INSERT INTO snapshot VALUES (1, ?, ?, ?, ?, ?, ?)", identity_of(snapshot))
    due: dict[str, int] = {}
    there: set[str] = set()
    for table, rows in _charges_first(tables):
        if table == "charge":
            _insert(connection, table, _summed(rows, due))
        elif table == "account":
            with refusing(table):
                if take_over is None or not take_over(connection, due):
                    insert_accounts(connection, rows, due, progress)
        else:
            _insert(connection, table, rows)
        there.add(table)
        for statement in indexes:
            if f" ON {table} " in statement:
                with refusing(table):
                    connection.execute(statement)
    if missing := TABLES.keys() - there:
        raise unusable(min(missing), "it is missing")
    connection.execute("COMMIT")


def insert_accounts(
    connection: sqlite3.Connection,
    rows: Iterable[Sequence[Any]],
    due: dict[str, int],
    progress: Callable[[str, int], None],
) -> None:
    """Put account rows and the index of their words where they go; due is cents by account number."""
    words = WordCollector()
    _insert(connection, "account", _with_keys(rows, due, words, progress))
    write_words(connection, words)


def _charges_first(
    tables: Iterable[tuple[str, Iterable[Sequence[Any]]]],
) -> Iterator[tuple[str, Iterable[Sequence[Any]]]]:
    accounts: tuple[str, Iterable[Sequence[Any]]] | None = None
    charges = False
    for table, rows in tables:
        if table == "account" and not charges:
            accounts = table, rows
            continue
        yield table, rows
        if table == "charge":
            charges = True
            if accounts is not None:
                yield accounts
    if not charges:
        raise unusable("charge", "it is missing")


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[Sequence[Any]]) -> None:
    with refusing(table):
        put_rows(connection, table, rows)


def put_rows(connection: sqlite3.Connection, table: str, rows: Iterable[Sequence[Any]], verb: str = "INSERT") -> None:
    """Put a snapshot's rows of a table, with what people find them by; accounts come with it already."""
    columns = _COLUMNS_HERE.get(table, TABLES[table])
    if table in _KEYS_HERE:
        at, key_of = _KEYS_HERE[table]
        rows = ((*row, key_of(row[at])) for row in rows)
    values = ", ".join("?" * len(columns))
    connection.executemany(f"{verb} INTO {table} ({', '.join(columns)}) VALUES ({values})", rows)


@contextmanager
def refusing(table: str) -> Iterator[None]:
    """Say of what a table's rows break that the snapshot can't be used. Raises ReferenceRefused."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError) as fault:
        raise unusable(table, str(fault)) from fault


def unusable(table: str, why: str) -> ReferenceRefused:
    """What to say of a table that can't be taken, and why."""
    return ReferenceRefused(
        f"The snapshot's table {table} can't be used: {why}.",
        "The one in use stays.",
        "Have the ledger publish a new one.",
    )


def _summed(charges: Iterable[Sequence[Any]], due: dict[str, int]) -> Iterator[Sequence[Any]]:
    """The charges as they come, each balance added to its account's sum in due (cents)."""
    account, balance, width = (*map(TABLES["charge"].index, ("account", "balance_cents")), len(TABLES["charge"]))
    for row in charges:
        if len(row) != width or type(row[balance]) is not int:
            raise unusable("charge", "a row has another form")
        key = row[account]
        due[key] = due.get(key, 0) + row[balance]
        yield row


def _with_keys(
    accounts: Iterable[Sequence[Any]], due: dict[str, int], words: WordCollector, progress: Callable[[str, int], None]
) -> Iterator[Sequence[Any]]:
    """The accounts with id, what is due (cents) and the keys people find them by; their words go into words."""
    width = len(TABLES["account"])
    number, name, address, phone = map(TABLES["account"].index, ("number", "name", "address", "phone"))
    id_ = 0
    for id_, row in enumerate(accounts, start=1):
        if not len(row) == width == sum(type(value) is str for value in row):
            raise unusable("account", "a row has another form")
        words.add(id_, indexed_words(f"{row[name]} {row[address]}"))
        keys = number_key(row[number]), house_key(row[address]), phone_key(row[phone])
        yield (id_, *row, due.get(row[number], 0), *keys)
        if id_ % _TOLD_EVERY == 0:
            progress("account_words", id_)
    progress("account_words", id_)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
