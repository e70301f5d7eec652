"""A terminal's reference.db as it takes snapshots, and everything that is in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, delete, insert, update

from countertui.domain.reference import TABLES
from countertui.ledger import tables
from countertui.ledger.books import Books, next_version
from countertui.ledger.publish import share_folder
from countertui.ledger.shares import note_removed
from countertui.store.reference_change import change_reference
from countertui.store.reference_load import build_reference
from countertui.store.rows_file import read_rows
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.offer import Offer
from countertui.sync.snapshot_stick import offer_from
from ledger.town import LEDGER, ledger_key

Row = Mapping[str, Any]


def offered(books: Books, version: int, path: Path | None = None, office: str = "") -> Offer:
    """A published snapshot; with the reference.db that it is to follow, as what changed since."""
    key = checked_public_key(ledger_key(books).public_key().public_bytes_raw())
    than, in_use = identity(path) if path is not None else (None, "")
    folder = share_folder(books, version, office)
    offer = offer_from(
        folder, key, ledger=LEDGER, terminal="T1", epoch=1, than=than, in_use=in_use, office=office or None
    )
    assert offer is not None
    return offer


def take(offer: Offer, path: Path) -> None:
    """Make or change the reference.db at path, in this process."""
    with TemporaryDirectory(dir=path.parent) as folder:
        files = list(offer.files(Path(folder)))
        if offer.base:
            change_reference(path, files, offer, offer.history_from)
        else:
            rows = ((file.table, read_rows(Path(file.path), file.table, len(TABLES[file.table]))) for file in files)
            build_reference(path, rows, offer)


def identity(path: Path) -> tuple[int, str]:
    """Version and hash of the snapshot that a reference.db is of."""
    connection = sqlite3.connect(path)
    found: tuple[int, str] = connection.execute("SELECT version, sha256 FROM snapshot").fetchone()
    connection.close()
    return found


def contents(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in an order of its own."""
    connection = sqlite3.connect(path)
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in names}
    connection.close()
    return found


def put(books: Books, table: str, *rows: Sequence[Any]) -> None:
    """Insert or change rows as an import does."""
    _write(books, table, rows, _put)


def take_out(books: Books, table: str, *keys: Sequence[Any]) -> None:
    """Delete rows as the city's folder does."""
    _write(books, table, keys, _take_out)


def _write(
    books: Books,
    table: str,
    rows: Sequence[Sequence[Any]],
    write: Callable[[Connection, str, Sequence[Any], int], None],
) -> None:
    with books.writing() as connection:
        version = next_version(connection)
        for row in rows:
            write(connection, table, row, version)


def _where(table: str, key: Sequence[Any]) -> list[Any]:
    of = tables.reference[table]
    return [of.c[column] == value for column, value in zip(tables.key_of(table), key, strict=True)]


def _put(connection: Connection, table: str, row: Sequence[Any], version: int) -> None:
    columns = TABLES[table]
    values = dict(zip(columns, row, strict=True)) | {"changed_in": version}
    key = [values[column] for column in tables.key_of(table)]
    of = tables.reference[table]
    if not connection.execute(update(of).where(*_where(table, key)).values(values)).rowcount:
        connection.execute(insert(of).values(values))


def _take_out(connection: Connection, table: str, key: Sequence[Any], version: int) -> None:
    if connection.execute(delete(tables.reference[table]).where(*_where(table, key))).rowcount:
        note_removed(connection, table, [key], version)
