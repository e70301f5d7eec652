"""What a stick carries away from here: sealed batches, whole, with the personal values that the ledger lacks."""

from __future__ import annotations

import sqlite3

from countertui.domain.office import SealedBatch
from countertui.store import working
from countertui.store.personal import sealed_of


def to_carry(db: sqlite3.Connection, after: int | None = None) -> list[SealedBatch]:
    """The batches that the ledger answered nothing for, oldest first; or all after that number, answered or not."""
    rows = working.waiting(db) if after is None else [row for row in working.sendings(db) if row.batch_no > after]
    return [SealedBatch(row.batch_no, row.envelope, sealed_of(db, row.batch_no)) for row in rows]
