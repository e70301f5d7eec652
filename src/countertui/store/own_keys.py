"""The keys this terminal signs with, one after another, as its own journal names them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from countertui.store.connection import StoreUnusable


@dataclass(frozen=True, slots=True)
class OwnKey:
    """A key (raw 32 bytes), the record that names it, and the first record it signs.

    from_seq is None until the seal after it is made.
    """

    seq: int
    public_key: bytes
    from_seq: int | None


def own_keys(db: sqlite3.Connection) -> list[OwnKey]:
    """Every key, oldest first; none for a journal without record 1. Raises StoreUnusable, also for an older store."""
    try:
        rows = db.execute("SELECT seq, public_key, from_seq FROM own_key ORDER BY seq").fetchall()
        return [OwnKey(seq, bytes.fromhex(public_key), from_seq) for seq, public_key, from_seq in rows]
    except ValueError as error:
        raise StoreUnusable(
            "The table of this terminal's own keys is spoilt.",
            safe="The journal itself is as it is.",
            press="Call a technician; `countertui verify` says what else is wrong.",
        ) from error
    except sqlite3.OperationalError as error:
        raise StoreUnusable(
            "The store is of an earlier version's form.",
            safe="Nothing was changed.",
            press="Open the counter once: it brings the store up to date. Then look again.",
        ) from error


def key_in_force(keys: list[OwnKey]) -> OwnKey:
    """The key that signs the next record."""
    return next(key for key in reversed(keys) if key.from_seq is not None)
