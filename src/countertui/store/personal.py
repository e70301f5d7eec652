"""Personal values beside the journal, encrypted: kept with their record, delivered, erased. No key is known here."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from countertui.domain.personal import commitments
from countertui.store.connection import writing
from countertui.store.verify import Fault

Db = sqlite3.Connection


class Waiting(NamedTuple):
    """A value on its way to the ledger: its record's batch, the value as kept, and as it was sealed to the city."""

    batch_no: int
    seq: int
    field: str
    locked: bytes
    sealed: bytes | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of the values that the journal commits to: kept, erased, or not here (a restored store has none)."""

    kept: int
    erased: int
    not_here: int
    faults: tuple[Fault, ...]


def keep(db: Db, seq: int, field: str, locked: bytes, sealed: bytes | None, blind: str) -> None:
    """Keep a value, in its record's transaction; sealed: the same for the city alone, if its key is known."""
    db.execute(
        "INSERT INTO personal (seq, field, locked, sealed, blind, delivered) VALUES (?, ?, ?, ?, ?, 0)",
        (seq, field, locked, sealed, blind),
    )


def found_since(db: Db, since: int, blind: str) -> list[tuple[int, str]]:
    """Where the value with that keyed hash is kept, (record, field) each, in records from `since` on, oldest first."""
    return db.execute(
        "SELECT seq, field FROM personal WHERE seq >= ? AND blind = ? ORDER BY seq, field", (since, blind)
    ).fetchall()


def blind_at(db: Db, seq: int, field: str) -> str | None:
    """The keyed hash of the value at that place; None if there is none, or it was erased."""
    row = db.execute("SELECT blind FROM personal WHERE seq = ? AND field = ?", (seq, field)).fetchone()
    return row[0] if row else None


def undelivered(db: Db, most: int) -> list[Waiting]:
    """Values that the ledger lacks, of records in batches that it has, oldest first."""
    rows = db.execute(
        "SELECT batch.batch_no, personal.seq, field, locked, sealed FROM personal"
        " JOIN batch ON personal.seq BETWEEN first_seq AND last_seq JOIN sending ON sending.batch_no = batch.batch_no"
        " WHERE delivered = 0 AND locked IS NOT NULL AND ack IS NOT NULL ORDER BY personal.seq, field LIMIT ?",
        (most,),
    ).fetchall()
    return list(map(Waiting._make, rows))


def sealed_of(db: Db, batch_no: int) -> list[tuple[int, str, bytes]]:
    """Values of a batch that the ledger lacks, (record, field, sealed value) each, as a stick carries them."""
    return db.execute(
        "SELECT seq, field, sealed FROM personal JOIN batch ON seq BETWEEN first_seq AND last_seq"
        " WHERE batch_no = ? AND sealed IS NOT NULL ORDER BY seq, field",
        (batch_no,),
    ).fetchall()


def locked_at(db: Db, seq: int, field: str) -> bytes | None:
    """A value as it is kept; None if it is not here."""
    row = db.execute("SELECT locked FROM personal WHERE seq = ? AND field = ?", (seq, field)).fetchone()
    return row[0] if row else None


def mark_delivered(db: Db, values: Iterable[tuple[int, str]]) -> None:
    """Note that the ledger has these values, (record, field) each."""
    db.executemany("UPDATE personal SET delivered = 1, sealed = NULL WHERE seq = ? AND field = ?", values)


def erase(db: Db, values: Sequence[tuple[int, str]]) -> None:
    """Destroy these values, (record, field) each, and what the file and its rollback journal still hold of them."""
    (before,) = db.execute("PRAGMA secure_delete").fetchone()
    db.execute("PRAGMA secure_delete=ON")
    try:
        with writing(db):
            gone = "UPDATE personal SET locked = NULL, sealed = NULL, blind = NULL WHERE seq = ? AND field = ?"
            db.executemany(gone, values)
        # The rollback journal is kept between transactions, and holds the page as it was: this mode removes it.
        db.execute("PRAGMA journal_mode=DELETE").fetchone()
    finally:
        db.execute("PRAGMA journal_mode=PERSIST").fetchone()
        db.execute(f"PRAGMA secure_delete={int(before)}")


def still_here(db: Db, values: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    """Which of these values are kept here."""
    return [(seq, field) for seq, field in values if locked_at(db, seq, field) is not None]


def verify_personal(db: Db, check: Callable[[int, str, bytes, str], bool] | None = None) -> Standing:
    """Compare what is kept with what the journal commits to; `check` opens a value (record, field, kept, commitment).

    Without a key only their places are compared. A value that is not here is no fault: it may be erased, or lost.
    """
    try:
        rows = {(seq, field): locked for seq, field, locked in db.execute("SELECT seq, field, locked FROM personal")}
        kept = erased = not_here = 0
        faults: list[Fault] = []
        for seq, field, wanted in _committed(db):
            if (seq, field) not in rows:
                not_here += 1
                continue
            locked = rows.pop((seq, field))
            if locked is None:
                erased += 1
            elif check is not None and not check(seq, field, locked, wanted):
                faults.append(Fault("personal", seq, f"Record {seq}: {field} is kept otherwise than it was recorded."))
            else:
                kept += 1
        faults += [Fault("personal", seq, f"Record {seq} commits to no {field}, which is kept.") for seq, field in rows]
    except sqlite3.DatabaseError as error:
        return Standing(0, 0, 0, (Fault("file", None, f"The file is damaged: {error}."),))
    return Standing(kept, erased, not_here, tuple(faults))


def _committed(db: Db) -> Iterator[tuple[int, str, str]]:
    """Every record's commitments, as (record, field, commitment)."""
    for seq, body in db.execute("SELECT seq, body FROM journal ORDER BY seq"):
        if b'"personal":' in body:
            for field, wanted in commitments(json.loads(body)).items():
                yield seq, field, wanted
