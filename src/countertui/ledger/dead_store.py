"""What a dead terminal's disk holds: its store is read as far as it can be, and nothing of it is judged here."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from countertui.errors import AnswerNo, UsageError
from countertui.ledger.disk_journal import MISSING
from countertui.sync.faults import MalformedBytesError
from countertui.sync.record_json import read_object

STORE = "store.db"
_MOST_MISSING = 1000
"""Records that may be gone from a store one after the other: past more of them nothing is looked for."""


class StoreRefusedError(AnswerNo):
    """A store that can't be read, or is not one of this city's terminals'."""


@dataclass(frozen=True, slots=True)
class Left:
    """What a store holds: whose it is, batches sealed as (number, envelope), records as (body, signature) from 1.

    `hashes` are those that the store keeps of the records, in the same order; b"" for none. `entries` are those of the
    register of keys that the terminal followed, as (number, envelope).
    """

    ledger: str
    terminal: str
    epoch: int
    envelopes: tuple[tuple[int, bytes], ...]
    records: tuple[tuple[bytes, bytes], ...]
    hashes: tuple[bytes, ...] = ()
    entries: tuple[tuple[int, bytes], ...] = ()


def read_store(path: Path) -> Left:
    """Read a store.db, or the one in a folder (a disk image, mounted or copied); the files are left as they are.

    An entry that was cut off half-way is taken back in a copy. Rows are read as far as a damaged file lets them be.
    Raises UsageError if none is there, StoreRefusedError.
    """
    found = sorted(path.rglob(STORE)) if path.is_dir() else [path]
    if len(found) != 1 or not found[0].is_file():
        raise UsageError(f"There are {len(found)} files {STORE} in {path}.", "Nothing was taken.", "Name one of them.")
    with TemporaryDirectory(prefix="countertui-recover-") as folder:
        copy = Path(folder) / STORE
        for source in (found[0], found[0].with_name(STORE + "-journal"), found[0].with_name(STORE + "-wal")):
            if source.is_file():
                shutil.copyfile(source, copy.with_name(copy.name + source.name.removeprefix(found[0].name)))
        try:
            with closing(sqlite3.connect(copy)) as db:
                return _left(db)
        except (sqlite3.Error, MalformedBytesError, KeyError, TypeError) as fault:
            raise StoreRefusedError(
                "That file can't be read as a terminal's store.",
                "It is unchanged.",
                "Name a terminal's folder or its store.db; an image of a whole disk is mounted first, read-only.",
            ) from fault


def _left(db: sqlite3.Connection) -> Left:
    envelopes = _read(db, "SELECT batch_no, envelope FROM sending ORDER BY batch_no")
    entries = _read(db, "SELECT no, envelope FROM registry ORDER BY no")
    records: list[tuple[bytes, bytes]] = []
    for seq, body, sig in _read(db, "SELECT seq, body, sig FROM journal ORDER BY seq"):
        if type(seq) is not int or not 0 <= seq - len(records) - 1 <= _MOST_MISSING:
            break
        records += [MISSING] * (seq - len(records) - 1)
        records.append((body, sig) if type(body) is bytes and type(sig) is bytes else MISSING)
    stored = dict(_read(db, "SELECT seq, h FROM journal ORDER BY seq"))
    hashes = [stored.get(seq) for seq in range(1, len(records) + 1)] if stored else []
    first = read_object(records[0][0]) if records else {}
    ledger, terminal, epoch = first["ledger"], first["terminal"], first["epoch"]
    if type(ledger) is not str or type(terminal) is not str or type(epoch) is not int:
        raise MalformedBytesError("Its first record names no terminal.")
    kept = tuple(h if type(h) is bytes else b"" for h in hashes)
    return Left(ledger, terminal, epoch, _sound(envelopes), tuple(records), kept, _sound(entries))


def _sound(rows: list[Any]) -> tuple[tuple[int, bytes], ...]:
    """The rows that are a number and bytes."""
    return tuple((no, data) for no, data in rows if type(no) is int and no > 0 and type(data) is bytes)


def _read(db: sqlite3.Connection, query: str) -> list[Any]:
    """The rows, as far as they can be read: what comes before a damaged page counts."""
    rows = []
    try:
        for row in db.execute(query):
            rows.append(row)
    except sqlite3.DatabaseError:
        return rows
    return rows
