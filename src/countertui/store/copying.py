"""Copying a store by SQLite's own means, which copy a file that is being written as it is at one moment."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from countertui.store.anchor import Tip
from countertui.store.connection import StoreUnusable, open_for_reading


@dataclass(frozen=True, slots=True)
class LastGood:
    """Where a copied journal ends: whose it is, its last record and hash (hex), the last receipt number drawn."""

    ledger: str
    terminal: str
    epoch: int
    seq: int
    h: str
    receipt_n: int


def copy_store(db: sqlite3.Connection, to: Path) -> None:
    """Copy the whole of an open store into a new file, and wait until the disk has it. Raises sqlite3.Error."""
    os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(to, isolation_level=None)) as copy:
        db.backup(copy)
    fd = os.open(to, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def last_good(path: Path) -> LastGood:
    """Where the journal in a store.db ends. Raises StoreUnusable, also for one without record 1."""
    with closing(open_for_reading(path)) as db:
        who = db.execute("SELECT ledger, terminal, epoch FROM identity").fetchone()
        end = db.execute("SELECT seq, h FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
        drawn = db.execute("SELECT receipt_n FROM counter").fetchone()
    if who is None or end is None or drawn is None:
        raise StoreUnusable("That store has no journal yet.", "Nothing was made.")
    ledger, terminal, epoch = who
    return LastGood(ledger, terminal, epoch, end[0], end[1].hex(), drawn[0])


def highest_receipt(good: LastGood, anchored: Tip | None, paper: int) -> int:
    """The highest receipt number that may have been drawn: by the copy, the anchor, or a paper receipt.

    Each record that the anchor saw after the copy may have drawn one.
    """
    after = anchored.seq - good.seq if anchored is not None else 0
    return max(good.receipt_n + max(after, 0), paper)
