"""The file of the newest snapshot, reference.db, open for reading: opened anew when another comes in its place."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from countertui.domain.reference import TABLES
from countertui.errors import EnvironmentFault
from countertui.store.connection import StoreUnusable, open_for_reading
from countertui.store.reference_format import reference_format
from countertui.store.reference_rows import SnapshotInfo
from countertui.store.search import BY_IDS, MOST_ROWS, Query, padded
from countertui.store.word_index import WordIndex

_CACHE_KIB = 192 * 1024
"""At most: all accounts of a million, whose rows in the order of numbers lie on other pages each."""
_MOST_KNOWN = 500
"""Answers kept in memory: what the carts in hand are made of, many times over."""
_UNREAD: Any = object()
Answer = TypeVar("Answer")


class ReferenceUnusable(EnvironmentFault):
    """There is no reference.db, or it is damaged or of another version of the program: build it anew."""


class ReferenceFile:
    """The file in use, read-only. Threads may share it: each look-up has the connection to itself."""

    def __init__(self, path: Path) -> None:
        """Open the file. Raises ReferenceUnusable if it must be built anew."""
        self.path = path
        self._lock = Lock()
        self._connection = _opened(path)
        self._words = WordIndex(self._connection)
        self.snapshot = _snapshot(self._connection)
        self._known: dict[tuple[str, str], Any] = {}

    def reopen(self) -> None:
        """Look things up in the file that is at the path now. Raises as opening does; the one in use then stays."""
        newer = _opened(self.path)
        with self._lock:
            self._connection, old = newer, self._connection
            self._words = WordIndex(newer)
            self.snapshot = _snapshot(newer)
            self._known = {}  # after the connection: what is asked of the old file goes into the old one's answers
        old.close()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def rows(self, sql: str, *values: str | int) -> list[tuple[Any, ...]]:
        """What a query gives."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def answered(self, query: Query) -> list[tuple[Any, ...]]:
        """What a query with named values gives."""
        with self._lock:
            return self._connection.execute(query.sql, query.values).fetchall()

    def of(self, table: str, column: str, value: str) -> list[dict[str, Any]]:
        """The rows of a table with a value, by column, in no order."""
        columns = TABLES[table]
        sql = f"SELECT {', '.join(columns)} FROM {table} WHERE {column} = ?"  # noqa: S608 - names are this program's own
        return [dict(zip(columns, row, strict=True)) for row in self.rows(sql, value)]

    def once(self, read: Callable[[str], Answer], key: str) -> Answer:
        """What the file in use says of a key, read once: a payment asks again what its cart was made from.

        The file never changes; another one is opened in its place, and its answers are its own.
        """
        known, asked = self._known, (read.__name__, key)
        answer: Answer = known.get(asked, _UNREAD)
        if answer is _UNREAD:
            answer = read(key)
            if len(known) >= _MOST_KNOWN:
                known.clear()
            known[asked] = answer
        return answer

    def holding(self, words: list[str], limit: int) -> list[tuple[Any, ...]]:
        """The accounts that have words beginning so, at most `limit`, in the order of names."""
        with self._lock:
            return self._by_ids(self._words.holding(words, limit))

    def nearly_holding(self, words: list[str], limit: int) -> list[tuple[Any, ...]]:
        """The same where one of the words may be misspelled."""
        with self._lock:
            return self._by_ids(self._words.nearly_holding(words, limit))

    def _by_ids(self, ids: list[int]) -> list[tuple[Any, ...]]:
        """The accounts of these ids, in their order; the caller has the lock."""
        rows: list[tuple[Any, ...]] = []
        for start in range(0, len(ids), MOST_ROWS):
            rows += self._connection.execute(BY_IDS, padded(ids[start : start + MOST_ROWS])).fetchall()
        return rows


def _snapshot(connection: sqlite3.Connection) -> SnapshotInfo:
    row = connection.execute("SELECT version, made_at, expires_at, sha256, epoch, seq FROM snapshot").fetchone()
    return SnapshotInfo(*row)


def _opened(path: Path) -> sqlite3.Connection:
    try:
        connection = open_for_reading(path)
    except StoreUnusable as fault:
        raise _unusable(fault.happened) from fault
    (form,) = connection.execute("PRAGMA user_version").fetchone()
    if form != reference_format():
        connection.close()
        raise _unusable(f"{path.name} was made by another version of the program.")
    connection.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
    # One read transaction for good: a file that is only ever replaced needs no locking and checking at each look-up.
    connection.execute("BEGIN")
    return connection


def _unusable(happened: str) -> ReferenceUnusable:
    return ReferenceUnusable(
        happened,
        "Everything taken is recorded elsewhere: this file is only for looking things up.",
        "Take the newest snapshot from the ledger.",
    )
