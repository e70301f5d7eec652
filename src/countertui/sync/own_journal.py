"""Checking a terminal's own journal: which of its keys signs which record, each key named under the one before."""

from __future__ import annotations

import bisect
import json
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from countertui.sync.ed25519 import checked_public_key
from countertui.sync.keyslots import Identity
from countertui.sync.recorder import rotation_fault, verify_record

Check = Callable[[int, bytes, bytes, bytes, bytes], str | None]
"""Names what is wrong with a record (seq, prev, body, h, sig) by itself: "chain", "signature", or None."""


class KeyNamed(NamedTuple):
    """A key (raw 32 bytes), the record that names it, and the first record it signs (None: not yet)."""

    seq: int
    public_key: bytes
    from_seq: int | None


class StoredRecord(NamedTuple):
    """A record's row: hash before it, canonical body, hash, signature."""

    prev: bytes
    body: bytes
    h: bytes
    sig: bytes


def checker(keys: Sequence[KeyNamed]) -> Check:
    """A check of records by the key whose turn it was. `keys` begins with the one of record 1."""
    signing = [key for key in keys if key.from_seq is not None]
    begins = [key.from_seq or 0 for key in signing]
    usable = [checked_public_key(key.public_key) for key in signing]

    def check(seq: int, prev: bytes, body: bytes, h: bytes, sig: bytes) -> str | None:
        return verify_record(usable[max(bisect.bisect_right(begins, seq) - 1, 0)], seq, prev, body, h, sig)

    return check


def faults_of_keys(
    identity: Identity, keys: Sequence[KeyNamed], record: Callable[[int], StoredRecord | None]
) -> Iterator[tuple[int, str]]:
    """What is wrong with the keys the journal names, as (record, words): each must be named under the one before.

    The last must be the key file's, which makes the others this terminal's. `record` gives a record by its number.
    """
    check = checker(keys)
    for before, key in pairwise(keys):
        row = record(key.seq)
        if row is None or check(key.seq, *row) is not None:
            yield key.seq, f"Record {key.seq}, which names a key, is not there or was not signed by the key before."
            continue
        body = json.loads(row.body)
        if body["kind"] != "key_rotate" or body["data"].get("public_key") != key.public_key.hex():
            yield key.seq, f"Record {key.seq} does not name the key that signs after it."
            continue
        fault = rotation_fault(identity.ledger, identity.terminal, identity.epoch, before.public_key, body["data"])
        if fault is not None:
            yield key.seq, f"Record {key.seq}: {fault}"
    in_force = [key for key in keys if key.from_seq is not None][-1]
    if in_force.public_key not in (identity.public_key, identity.next_public_key):
        yield in_force.seq, "The key that signs here is not the one in the key file."
