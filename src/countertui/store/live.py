"""What the ledger is told between batches: the journal's newest records."""

from __future__ import annotations

import sqlite3

_MOST_BYTES = 512 * 1024


def records_after(db: sqlite3.Connection, seq: int, most: int) -> list[tuple[bytes, bytes]]:
    """At most so many records after `seq`, as (body, signature), verbatim; fewer where they are long."""
    rows = db.execute("SELECT body, sig FROM journal WHERE seq > ? ORDER BY seq LIMIT ?", (seq, most)).fetchall()
    kept: list[tuple[bytes, bytes]] = []
    size = 0
    for body, sig in rows:
        size += len(body)
        if kept and size > _MOST_BYTES:
            break
        kept.append((body, sig))
    return kept


def hash_at(db: sqlite3.Connection, seq: int) -> bytes | None:
    """The hash of a record; None if it isn't here."""
    row = db.execute("SELECT h FROM journal WHERE seq = ?", (seq,)).fetchone()
    return bytes(row[0]) if row else None
