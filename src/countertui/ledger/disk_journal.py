"""What the journal on a terminal's disk proves, record by record, beside what the ledger has of it.

A record is signed over its hash, and that hash covers its number, its bytes and the record before it. So an altered or
missing one neither ends the chain where the ledger has it as it was signed, nor hides what comes after: a later record
is proven by the hash that the store keeps of the one before it, and may prove that there is another journal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, select

from countertui.ledger import tables
from countertui.sync.batch import MAX_ENVELOPE, parse_batch
from countertui.sync.chain import record_hash
from countertui.sync.dsse import parse_envelope
from countertui.sync.faults import MalformedBytesError
from countertui.sync.record_json import read_object

MISSING = (b"", b"")
"""Stands for a record whose row is gone from a store, or is none."""


@dataclass(frozen=True, slots=True)
class Here:
    """What the ledger has of a terminal's journal: hashes by number, and (body, signature) of what it heard live."""

    last_seq: int
    hashes: dict[int, bytes]
    live: dict[int, tuple[bytes, bytes]]

    @property
    def heard(self) -> int:
        """The last record that is here as it was signed: in custody, or heard live after that without a gap."""
        seq = self.last_seq
        while seq + 1 in self.live:
            seq += 1
        return seq


@dataclass(frozen=True, slots=True)
class Proven:
    """What a store's journal proves.

    `hashes` are those of records 1 to the last that can be taken, as they were signed; `bad` is the first record that
    does not verify, None if all do; `forked` the first that is signed and another than the one here, or follows
    another; `beyond` the last one after all that can be taken that is signed all the same, with its hash.
    """

    hashes: list[bytes]
    bad: int | None
    forked: int | None
    beyond: tuple[int, bytes] | None


def known_here(connection: Connection, row: RowMapping) -> Here:
    """What is in custody, posted or not, and what was witnessed. `row` is of table terminal."""
    terminal, epoch = row["code"], row["epoch"]
    hashes: dict[int, bytes] = {}
    table = tables.record
    here = (table.c.terminal == terminal) & (table.c.epoch == epoch)
    hashes |= {seq: bytes(h) for seq, h in connection.execute(select(table.c.seq, table.c.h).where(here))}
    batch, inbox = tables.batch.c, tables.inbox.c
    there = (batch.terminal == terminal) & (batch.epoch == epoch) & (batch.no > 0) & (batch.state != "posted")
    waiting = select(inbox.bytes).join(tables.batch, batch.sha256 == inbox.sha256).where(there)
    for envelope in connection.execute(waiting).scalars():
        kept = parse_batch(parse_envelope(bytes(envelope), MAX_ENVELOPE).payload)
        h = bytes.fromhex(kept.prev_head)
        for seq, (body, _) in enumerate(kept.records, start=kept.first_seq):
            hashes[seq] = h = record_hash(seq, h, body)
    if row["last_seq"]:
        hashes[row["last_seq"]] = bytes.fromhex(row["head"])
    witnessed, heard = tables.witnessed.c, tables.provisional.c
    said = select(witnessed.seq, witnessed.h).where(witnessed.terminal == terminal, witnessed.epoch == epoch)
    hashes |= {seq: bytes(h) for seq, h in connection.execute(said)}
    live = {}
    columns = select(heard.seq, heard.h, heard.body, heard.sig)
    for each in connection.execute(columns.where(heard.terminal == terminal, heard.epoch == epoch)):
        hashes[each.seq], live[each.seq] = bytes(each.h), (bytes(each.body), bytes(each.sig))
    return Here(row["last_seq"], hashes, live)


def prove(
    records: Sequence[tuple[bytes, bytes]],
    stored: Sequence[bytes],
    first_prev: bytes,
    named: tuple[str, str, int],
    here: Here,
    is_signed: Callable[[int, bytes], bool],
) -> Proven:
    """Judge a store's records (body, signature), from 1 on, up to the first that proves another journal.

    `stored` are the hashes the store keeps of them, believed only as far as a signature covers them; `first_prev` the
    hash before record 1; `named` the ledger, terminal and epoch; `is_signed` tells whether the store's signature of
    that record is the terminal's for that hash. Records in custody were verified as they came.
    """
    hashes: list[bytes] = []
    bad, beyond, whole = None, None, True
    before: bytes | None = first_prev
    for seq, (body, _) in enumerate(records, start=1):
        known = here.hashes.get(seq)
        h = record_hash(seq, before, body) if before is not None else None
        if h is not None and h != known and not is_signed(seq, h):
            h = None
        if h is None:
            kept = stored[seq - 2] if 1 < seq <= len(stored) + 1 else b""
            h = _apart(seq, body, kept, named) if kept != before else None
            if h is not None and not is_signed(seq, h):
                h = None
            if h is not None and before is not None:
                return Proven(hashes, bad, seq, None)
        if h is not None and known is not None and h != known:
            return Proven(hashes, bad, seq, None)
        if h is None:
            bad = bad or seq
        # What the ledger has as it was signed is not lost with the copy of it on this disk.
        before = known if known is not None else h
        whole = whole and before is not None and (h is not None or seq <= here.last_seq or seq in here.live)
        if whole and before is not None:
            hashes.append(before)
        elif h is not None:
            beyond = seq, h
    return Proven(hashes, bad, None, beyond)


def _apart(seq: int, body: bytes, prev: bytes, named: tuple[str, str, int]) -> bytes | None:
    """The hash of a record after the one of which the store keeps that hash; None if it names another place."""
    try:
        said = read_object(body)
    except MalformedBytesError:
        return None
    if tuple(said.get(name) for name in ("ledger", "terminal", "epoch")) != named or said.get("seq") != seq:
        return None
    return record_hash(seq, prev, body) if prev else None
