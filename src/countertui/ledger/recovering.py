"""What is left of a dead terminal: the signed records of its store (dead_store.py) are taken in as recovered.

No passphrase is needed: the registered key verifies every record. Sealed batches go the usual way. The records after
them become batches that the ledger envelopes itself, one up to each seal and one after the last; each is held until
one person releases it and another posts it. Keys that the journal changed to are followed, each named under the one
before, whether the ledger heard of the change or not. A record that was altered there raises an alarm; `disk_journal`
says what is taken all the same. What was heard live past the end of an older disk is taken with them: it is signed, and
goes on from there, and nobody else has it any more.

First of all a restored ledger is given back the entries of its register that it lost and the disk has: it may not even
know the terminal without them. The terminal itself is not heard by that (after_restore.py): a disk may be an image of
one that is well and has followed the register further since.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, RowMapping, select

from countertui.domain.records import Kind
from countertui.ledger import tables
from countertui.ledger.alarms import (
    CHAIN,
    FORK,
    RECOVERED,
    ROLLBACK,
    keep_evidence,
    raise_alarm,
    stop_terminal,
    told_retired,
)
from countertui.ledger.answers import HELD, NEW, SAME
from countertui.ledger.books import Books
from countertui.ledger.dead_store import Left, StoreRefusedError
from countertui.ledger.disk_journal import Here, Proven, known_here, prove
from countertui.ledger.evidence import lost_of
from countertui.ledger.given_back import GivenBack, Verdict, take_from_disk
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import rotate_key
from countertui.ledger.key_changes import follow_keys, is_mark, key_after_custody
from countertui.ledger.live import witness_beyond
from countertui.ledger.recovered_batches import take_recovered
from countertui.ledger.registry import schedule
from countertui.sync.chain import genesis, record_hash, signed_message
from countertui.sync.ed25519 import checked_public_key, verify
from countertui.sync.live import record_lines
from countertui.sync.own_journal import KeyNamed
from countertui.sync.registry import TerminalKeys


@dataclass(frozen=True, slots=True)
class Recovered:
    """What came of it: batches that were sealed and are taken now, records after them, and how far the store went.

    `last_seq` is the last record of the store that is here now, `left_out` how many after it were not taken. `records`
    are those of the store and those heard live, `heard` the ones among them past the end of the store. `bad` is
    the first one that does not verify, None if all do: up to `last_seq` the ledger has it as it was signed.
    `batch_no` is the first recovered batch, None for none, and `last_batch_no` the last. `entries` are those of the
    register that came back with it, `register_fault` says in words why what it has of the register is not believed.
    """

    terminal: str
    epoch: int
    sealed: int
    records: int
    last_seq: int
    batch_no: int | None
    last_batch_no: int | None
    bad: int | None
    left_out: int
    heard: int = 0
    entries: int = 0
    register_fault: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became batches: how many records, the first and last batch, and how many are past the end of the store."""

    records: int = 0
    batch_no: int | None = None
    last_batch_no: int | None = None
    heard: int = 0


def recover(books: Books, key: Ed25519PrivateKey, left: Left, by: str, now: str) -> Recovered:
    """Take in what the ledger does not have yet; again, it changes nothing. `by` has signed in.

    Raises StoreRefusedError: another city's, not on the register, or another journal than the one here (a fork, which
    freezes the terminal and raises an alarm).
    """
    if left.ledger != books.ledger:
        raise StoreRefusedError(f"That store is of another city's ledger: {left.ledger}.", "Nothing was taken.")
    back = take_from_disk(books, key.public_key().public_bytes_raw(), left.entries, now)
    row = _terminal(books, left, back)
    sealed = 0
    with books.reading() as connection:
        evidence = lost_of(connection, left.terminal, left.epoch)
    for no, envelope in left.envelopes:
        if no > row["batch_no"] or sha256(envelope).hexdigest() in evidence:
            sealed += ingest(books, key, envelope, left.terminal, left.epoch, no, now).status in (NEW, SAME, HELD)
    forked, stopped = None, False
    with books.writing() as connection:
        row = row_of(connection, left)
        here = known_here(connection, row)
        keys = _keys(connection, left, row, here)
        proven = _proven(left, row, keys, here)
        forked = proven.forked
        if proven.bad is not None:
            _tell_altered(connection, left, proven.bad, here, by, now)
        if forked is not None:
            told = f"Record {forked} in its store is another than the one here: two journals under one key."
            stopped = stop_terminal(connection, books, key, FORK, left.terminal, left.epoch, forked, told, now)
            line = record_lines([left.records[forked - 1]])
            keep_evidence(connection, left.terminal, left.epoch, 0, line, told, now)
        else:
            _tell_older(connection, left, here, by, now)
            hashes = dict(enumerate(proven.hashes, start=1)) | here.hashes
            taken = take_rest(connection, books, key, left, row, here, hashes, by, now, last=len(proven.hashes))
            if proven.beyond is not None:
                seq, h = proven.beyond
                line = record_lines([left.records[seq - 1]])
                witness_beyond(connection, left.terminal, left.epoch, seq, h, line, now)
    if forked is not None:
        told = "The terminal is frozen" if stopped else told_retired().rstrip(".")
        raise StoreRefusedError(
            f"Record {forked} of that store is another than the one here.",
            f"{told}; nothing more of the store was taken.",
            "Keep the disk as it is: an alarm was raised.",
        )
    last_seq = len(proven.hashes)
    left_out = len(left.records) - last_seq
    return Recovered(
        left.terminal,
        left.epoch,
        sealed,
        taken.records,
        last_seq,
        taken.batch_no,
        taken.last_batch_no,
        proven.bad,
        left_out,
        taken.heard,
        back.taken,
        back.reason,
    )


def _keys(connection: Connection, left: Left, row: RowMapping, here: Here) -> TerminalKeys:
    """The register's keys, and those that the store's journal changed to since, each signed for by the one before."""
    keys = [KeyNamed(0, key, seq) for seq, key in schedule(connection, left.terminal, left.epoch)]

    def marks() -> Iterator[Mapping[str, Any]]:
        h = genesis(left.ledger, left.terminal, left.epoch, bytes.fromhex(row["first_key"]))
        for seq, (body, sig) in enumerate(left.records, start=1):
            own = record_hash(seq, h, body)
            h = here.hashes.get(seq, own)
            if seq < (keys[-1].from_seq or 1) or not (b'"key_rotate"' in body or b'"seal"' in body):
                continue
            # By the newest key of all that came so far: `follow_keys` adds to them as it goes.
            if verify(checked_public_key(keys[-1].public_key), sig, signed_message(own)):
                read = json.loads(body)
                if is_mark(read):
                    yield read

    follow_keys(connection, left.ledger, (left.terminal, left.epoch), keys, marks())
    return TerminalKeys("", tuple((key.from_seq or 1, key.public_key) for key in keys))


def _proven(left: Left, row: RowMapping, keys: TerminalKeys, here: Here) -> Proven:
    """What the store's journal proves, judged with the terminal's key of each record's number."""

    def is_signed(seq: int, h: bytes) -> bool:
        return verify(checked_public_key(keys.key_at(seq)), left.records[seq - 1][1], signed_message(h))

    named = left.ledger, left.terminal, left.epoch
    first_prev = genesis(*named, bytes.fromhex(row["first_key"]))
    return prove(left.records, left.hashes, first_prev, named, here, is_signed)


def _tell_altered(connection: Connection, left: Left, bad: int, here: Here, by: str, now: str) -> None:
    """Raise an alarm: a store in which a record was altered is evidence, whatever can be taken of it."""
    told = f"Record {bad} of its store, which {by} read, does not verify: it was altered or damaged there"
    kept = "it is here as it was signed" if bad <= here.last_seq or bad in here.live else "it is not here"
    raise_alarm(connection, CHAIN, left.terminal, left.epoch, bad, f"{told}; {kept}.", now)


def _tell_older(connection: Connection, left: Left, here: Here, by: str, now: str) -> None:
    """Raise an alarm over a store that ends before what was seen of its journal: an older disk was put back, or an old
    image was read. Nobody is frozen for an image: the terminal itself may be well."""
    last, seen = len(left.records), max(here.hashes, default=0)
    if last < seen:
        told = f"The store that {by} read ends at record {last}, and {seen} were seen: it is an older copy."
        raise_alarm(connection, ROLLBACK, left.terminal, left.epoch, last, told, now)


def take_rest(
    connection: Connection,
    books: Books,
    key: Ed25519PrivateKey,
    left: Left,
    row: RowMapping,
    here: Here,
    hashes: Mapping[int, bytes],
    by: str,
    now: str,
    *,
    last: int,
) -> Taken:
    """Take the records after the last batch as batches that the ledger envelopes: of the store up to record `last`, and
    what was heard live. What was heard is taken as it was heard: it is the same, but where it was altered on the disk.

    A batch ends at a seal, as its terminal's own does: so none is signed by two keys, and a terminal that comes back
    after all has the same batches.
    """
    first_seq, first_no, end = row["last_seq"] + 1, row["batch_no"] + 1, max(last, here.heard)
    if end < first_seq:
        return Taken()
    begin = first_seq
    records = [here.live[seq] if seq in here.live else left.records[seq - 1] for seq in range(first_seq, end + 1)]
    for seq, (body, _) in enumerate(records, start=first_seq):
        if seq == end or json.loads(body)["kind"] == Kind.SEAL:
            take_recovered(connection, books, key, row, records[begin - first_seq : seq + 1 - first_seq], by, now)
            begin, row = seq + 1, row_of(connection, left)
            _follow_change(connection, books, key, row, hashes, now)
    last_no, heard = int(row["batch_no"]), end - max(last, first_seq - 1)
    wait = f"batch {last_no} waits" if last_no == first_no else f"batches {first_no} to {last_no} wait"
    which = [f"{_numbers(first_seq, end - heard)} from its store"] if end - heard >= first_seq else []
    which += [f"{_numbers(end - heard + 1, end)}, which were heard live"] if heard > 0 else []
    told = f"{by} recovered {' and '.join(which)}: {wait} for release."
    raise_alarm(connection, RECOVERED, left.terminal, left.epoch, end, told, now)
    return Taken(end - first_seq + 1, first_no, last_no, max(heard, 0))


def _numbers(first: int, last: int) -> str:
    return f"records {first} to {last}" if first < last else f"record {first}"


def _follow_change(
    connection: Connection,
    books: Books,
    key: Ed25519PrivateKey,
    row: RowMapping,
    hashes: Mapping[int, bytes],
    now: str,
) -> None:
    """Put the key on the register that signs the next record, where the journal changed to it; a revoked terminal's
    register takes no key any more."""
    named = key_after_custody(connection, books.ledger, row)
    if named.seq == 0 or row["state"] == "revoked":
        return
    rotate_key(
        connection,
        books,
        key,
        row["code"],
        row["epoch"],
        from_seq=row["last_seq"] + 1,
        public_key=named.public_key,
        h=hashes[named.seq],
        now=now,
    )


def _terminal(books: Books, left: Left, back: GivenBack) -> RowMapping:
    """The terminal's row. Raises StoreRefusedError for one that is not on the register, whatever came back of it."""
    try:
        with books.reading() as connection:
            return row_of(connection, left)
    except StoreRefusedError as refused:
        if not back.reason:
            raise
        told = f"The entries of the register on that disk are no help: {back.reason}"
        press = "Keep the disk as it is."
        if back.verdict is Verdict.FORK:
            press += (
                " Two people can let its key in again, as this ledger once did: countertui ledger import --admit-again"
            )
        raise StoreRefusedError(f"{refused.happened} {told}", refused.safe, press) from None


def row_of(connection: Connection, left: Left) -> RowMapping:
    """The terminal's row, with the key that its journal began with."""
    table, key = tables.terminal, tables.terminal_key
    here = (table.c.code == left.terminal) & (table.c.epoch == left.epoch)
    joined = table.join(key, (key.c.terminal == table.c.code) & (key.c.epoch == table.c.epoch))
    query = select(table, key.c.public_key.label("first_key")).select_from(joined).where(here, key.c.from_seq == 1)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise StoreRefusedError(
            f"Terminal {left.terminal}, epoch {left.epoch}, is not on the register.", "No record was taken."
        )
    return row
