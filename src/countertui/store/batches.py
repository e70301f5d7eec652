"""Reading what is sealed, and the records to seal."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import NamedTuple

NO_BATCH = "0" * 64


@dataclass(frozen=True, slots=True)
class LastBatch:
    """The last batch sealed: its number, its seal record's sequence number and hash, and the batch's hash in hex."""

    batch_no: int
    last_seq: int
    head: bytes | None
    batch_hash: str


def last_batch(db: sqlite3.Connection) -> LastBatch:
    """The last batch, or number 0 before the first. Raises KeyError if its envelope is gone."""
    row = db.execute(
        "SELECT batch.batch_no, batch.last_seq, journal.h FROM batch JOIN journal ON journal.seq = batch.last_seq"
        " ORDER BY batch.batch_no DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return LastBatch(0, 0, None, NO_BATCH)
    kept = db.execute("SELECT batch_hash FROM sending WHERE batch_no = ?", (row[0],)).fetchone()
    if kept is None:
        raise KeyError(f"the envelope of batch {row[0]} is gone")
    return LastBatch(row[0], row[1], row[2], kept[0])


def last_seal(db: sqlite3.Connection) -> int:
    """The sequence number of the last seal record, 0 before the first."""
    (seq,) = db.execute("SELECT COALESCE(MAX(last_seq), 0) FROM batch").fetchone()
    return int(seq)


class AckedSeal(NamedTuple):
    """A batch with an answer of the ledger, not yet verified, and the record that sealed it."""

    batch_no: int
    batch_hash: str
    ack: bytes
    seq: int
    prev: bytes
    body: bytes
    h: bytes
    sig: bytes


def acked_seals(db: sqlite3.Connection) -> list[AckedSeal]:
    """The batches called posted or received, newest first, at most a few: the newest nearly always verifies."""
    rows = db.execute(
        "SELECT sending.batch_no, batch_hash, ack, journal.seq, prev, body, h, sig FROM sending"
        " JOIN batch ON batch.batch_no = sending.batch_no JOIN journal ON journal.seq = batch.last_seq"
        " WHERE state IN ('posted', 'received') AND ack IS NOT NULL ORDER BY sending.batch_no DESC LIMIT 5"
    ).fetchall()
    return list(map(AckedSeal._make, rows))


def without_envelope(db: sqlite3.Connection) -> list[tuple[int, int, int]]:
    """Sealed batches whose envelope is gone, as (batch_no, first_seq, last_seq), oldest first."""
    return db.execute(
        "SELECT batch_no, first_seq, last_seq FROM batch WHERE batch_no NOT IN (SELECT batch_no FROM sending)"
        " ORDER BY batch_no"
    ).fetchall()


def records_between(db: sqlite3.Connection, first_seq: int, last_seq: int) -> list[tuple[bytes, bytes]]:
    """Records as (body, signature), verbatim, in sequence."""
    return db.execute(
        "SELECT body, sig FROM journal WHERE seq BETWEEN ? AND ? ORDER BY seq", (first_seq, last_seq)
    ).fetchall()


def is_acked(db: sqlite3.Connection, seal_seq: int) -> bool:
    """Whether the ledger has the batch that this record seals, by an answer that was verified as it came."""
    return (
        db.execute(
            "SELECT 1 FROM batch JOIN sending ON sending.batch_no = batch.batch_no"
            " WHERE batch.last_seq = ? AND sending.ack IS NOT NULL",
            (seal_seq,),
        ).fetchone()
        is not None
    )
