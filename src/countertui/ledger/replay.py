"""The books made again, from what came in: envelopes as kept in the inbox, the desk's records, the register's entries.

They begin empty: what imports set is set again from the rows kept beside their records, and everything is worked out
anew by the same rules, in the order in which it first came.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, RowMapping, insert, select
from sqlalchemy.exc import SQLAlchemyError

from countertui.domain.desk_records import DESK, DeskKind
from countertui.domain.records import Kind
from countertui.domain.refusal import Refused
from countertui.errors import CounterError
from countertui.ledger import (
    admin_resets,
    batch_states,
    corrections,
    deposits,
    erasing,
    imported,
    keep_operators,
    lead_worklist,
    license_desk,
    over_recovered,
    paper_books,
    payables_export,
    payment_files,
    periods,
    registry,
    requests,
    returned_checks,
    rights_review,
    tables,
    tie_out_signed,
)
from countertui.ledger.bank import booking, explaining, taking_in
from countertui.ledger.books import Books, init_books
from countertui.ledger.custody import MOST_REASONS, Place, check_next, take
from countertui.ledger.desk import EPOCH, Ground, Made, keep, open_desk
from countertui.ledger.key_changes import doubts_of_own, key_after_custody, key_in_custody
from countertui.ledger.recovered_batches import recovered_batch
from countertui.ledger.registry import REGISTER
from countertui.sync.batch import MAX_ENVELOPE, batch_hash, key_id, parse_batch
from countertui.sync.chain import record_hash, signed_message
from countertui.sync.dsse import BATCH, open_envelope, parse_envelope
from countertui.sync.ed25519 import checked_public_key, verify
from countertui.sync.faults import (
    EnvelopeRefusedError,
    MalformedBatchError,
    MalformedEnvelopeError,
    RegistryRefusedError,
)
from countertui.sync.registry_entries import Found, read_data, read_entry

CARRIED_OUT: Mapping[str, Callable[[Ground, Made], None]] = {
    DeskKind.DECISION: requests.carry_out,
    DeskKind.BATCH_RELEASE: batch_states.carry_out,
    DeskKind.BATCH_POST: batch_states.carry_out,
    DeskKind.BATCH_REJECT: batch_states.carry_out,
    DeskKind.BATCH_REOPEN: batch_states.carry_out,
    DeskKind.CORRECTION: corrections.carry_out,
    DeskKind.PERIOD_CLOSE: periods.carry_out,
    DeskKind.PERIOD_OPEN: periods.carry_out,
    DeskKind.DEPOSIT: deposits.carry_out,
    DeskKind.RETURNED_CHECK: returned_checks.carry_out,
    DeskKind.PAYMENT_FILE: payment_files.carry_out_file,
    DeskKind.REMITTANCE: payment_files.carry_out,
    DeskKind.ERASURE: erasing.carry_out,
    DeskKind.IMPORT: imported.carry_out,
    DeskKind.BOOK_ISSUE: paper_books.carry_out_issue,
    DeskKind.BOOK_CLOSE: paper_books.carry_out_close,
    DeskKind.PAYABLES_EXPORT: payables_export.carry_out,
    DeskKind.BANK_FILE: taking_in.carry_out_file,
    DeskKind.BANK_MATCH: booking.carry_out_match,
    DeskKind.BANK_UNMATCH: booking.carry_out_unmatch,
    DeskKind.BANK_EXPLAIN: explaining.carry_out,
    DeskKind.BANK_UNEXPLAIN: explaining.carry_out_undone,
    DeskKind.LEADS_FOUND: lead_worklist.carry_out_found,
    DeskKind.LEAD_STATUS: lead_worklist.carry_out_status,
    DeskKind.TIE_OUT: tie_out_signed.carry_out,
    DeskKind.ADMIN_RESET: admin_resets.carry_out,
    Kind.OPERATOR: keep_operators.carry_out,
    Kind.RIGHTS_REVIEW: rights_review.carry_out,
    Kind.LICENSE: license_desk.carry_out,
}
"""What each kind of the desk's records does to the books."""

_UNUSED_KEY = Ed25519PrivateKey.from_private_bytes(sha256(b"books that are only compared").digest())
"""Signs acks and checkpoints of the books made again: they are compared by what they say, and thrown away."""
Progress = Callable[[int], None]
DeskKeys = Sequence[tuple[int, bytes]]
"""The ledger's keys, oldest first, each with the first record of the desk that it signs."""


class ReplayStoppedError(Exception):
    """What came in can't be followed any further: something that the books rest on is gone or was altered."""


def replay(real: Connection, ledger: str, folder: Path, progress: Progress = lambda _: None) -> Books:
    """Make the books again in `folder`, an empty one; the caller closes them.

    `real` is a reading transaction of the ledger; `progress` is told how many things came in so far. Raises
    ReplayStoppedError; the books made so far are closed then.
    """
    books = init_books(folder, ledger, "")
    try:
        keys = _ledger_keys(real)
        turns = real.execute(select(tables.turn).order_by(tables.turn.c.n)).mappings().all()
        for expected, turn in enumerate(turns, start=1):
            if turn["n"] != expected:
                raise ReplayStoppedError(f"What came in as number {expected} is not noted any more.")
            with books.writing() as connection:
                _followed(real, Ground(connection, books, _UNUSED_KEY, turn["at"]), turn, keys)
            progress(expected)
    except BaseException:
        books.close()
        raise
    return books


def _followed(real: Connection, ground: Ground, turn: Mapping[Any, Any], keys: DeskKeys) -> None:
    """Take one thing again that came in. What fails on the way fails because something before it was not as then."""
    try:
        _again(real, ground, turn, keys)
    except (AssertionError, KeyError, CounterError, Refused, SQLAlchemyError) as fault:
        name = f"{turn['terminal']}/{turn['epoch']}, number {turn['no']}"
        why = fault.happened if isinstance(fault, CounterError | Refused) else f"{type(fault).__name__}."
        raise ReplayStoppedError(f"{name} can't be taken again as it was: {why}") from fault


def _again(real: Connection, ground: Ground, turn: Mapping[Any, Any], keys: DeskKeys) -> None:
    terminal = turn["terminal"]
    if terminal == REGISTER:
        table = tables.registry_entry
        envelope = real.execute(select(table.c.envelope).where(table.c.no == turn["no"])).scalar()
        if envelope is None:
            raise ReplayStoppedError(f"Entry {turn['no']} of the register is gone.")
        registry.replay(ground.connection, ground.books.ledger, turn["no"], bytes(envelope))
        found = read_data(read_entry(bytes(envelope))[0])
        if isinstance(found, Found) and found.rows is not None:
            _copy_rows(real, ground.connection, found.rows)
            imported.set_again(ground.connection, found.rows)
    elif terminal == DESK:
        _desk_again(real, ground, turn["no"], keys)
    else:
        _batch_again(real, ground, turn, keys)


def _batch_again(real: Connection, ground: Ground, turn: Mapping[Any, Any], keys: DeskKeys) -> None:
    """Take a batch again from its envelope: signature, chain and figures are checked as when it came."""
    terminal, epoch, no = turn["terminal"], turn["epoch"], turn["no"]
    name = f"Batch {no} of {terminal}/{epoch}"
    table, inbox = tables.batch, tables.inbox
    here = (table.c.terminal == terminal) & (table.c.epoch == epoch) & (table.c.no == no)
    kept = real.execute(
        select(inbox.c.bytes, inbox.c.sha256).join(table, table.c.sha256 == inbox.c.sha256).where(here)
    ).first()
    if kept is None:
        raise ReplayStoppedError(f"{name}: its envelope is gone.")
    envelope = bytes(kept.bytes)
    if sha256(envelope).hexdigest() != kept.sha256:
        raise ReplayStoppedError(f"{name}: its envelope was altered.")
    row = _terminal_row(ground.connection, terminal, epoch)
    try:
        parsed = parse_envelope(envelope, MAX_ENVELOPE)
        batch = parse_batch(parsed.payload)
        recovered = recovered_batch(parsed, [public for _, public in keys])
        if recovered:
            public_key = checked_public_key(key_after_custody(ground.connection, ground.books.ledger, row).public_key)
        else:
            # Not simply the newest: an entry of the register that came back may name one that signs later.
            signer = key_in_custody(ground.connection, ground.books.ledger, row, batch.first_seq)
            public_key = checked_public_key(signer)
        opened = recovered or open_envelope(parsed, BATCH, {key_id(terminal, epoch): public_key})
    except (EnvelopeRefusedError, MalformedEnvelopeError, MalformedBatchError) as fault:
        raise ReplayStoppedError(f"{name}: {fault.happened}") from fault
    before = None if recovered else over_recovered.recovered_batch_of(ground.connection, batch)
    if before is not None:
        over_recovered.set_aside(ground.connection, batch, before)
        row = _terminal_row(ground.connection, terminal, epoch)
    doubts_of = over_recovered.doubts_of_recovered if recovered else doubts_of_own
    checked = check_next(batch, row, public_key)
    if checked.faults:
        raise ReplayStoppedError(f"{name}: {checked.faults[0].detail}")
    status, _, reasons = take(
        ground.connection,
        ground.books,
        ground.key,
        Place(terminal, epoch, batch.batch_no, batch_hash(opened)),
        batch,
        checked.hashes,
        row,
        sha256=kept.sha256,
        now=ground.now,
        doubts=doubts_of(ground.connection, ground.books.ledger, batch, row),
    )
    if status != "posted":  # whoever posts it later reads it again
        kept_as = {
            "terminal": terminal,
            "epoch": epoch,
            "no": batch.batch_no,
            "received_at": ground.now,
            "verdict": status,
        }
        detail = "; ".join(reasons[:MOST_REASONS]).replace("\0", "\ufffd")
        ground.connection.execute(insert(inbox).values(sha256=kept.sha256, **kept_as, detail=detail, bytes=envelope))


def _terminal_row(connection: Connection, terminal: str, epoch: int) -> RowMapping:
    place = tables.terminal
    here = (place.c.code == terminal) & (place.c.epoch == epoch)
    row = connection.execute(select(place).where(here)).mappings().first()
    if row is None:
        raise ReplayStoppedError(f"The register knows no terminal {terminal}, epoch {epoch}.")
    return row


def _desk_again(real: Connection, ground: Ground, seq: int, keys: DeskKeys) -> None:
    """Put a record of the desk again, once its hash and its signature hold, and do what it says."""
    name = f"Record {seq} of the desk"
    record, signature, place = tables.record, tables.desk_signature, tables.terminal
    row = real.execute(
        select(record.c.body, record.c.h, signature.c.sig, signature.c.public_key)
        .join(signature, signature.c.seq == record.c.seq)
        .where((record.c.terminal == DESK) & (record.c.epoch == EPOCH) & (record.c.seq == seq))
    ).first()
    if row is None:
        raise ReplayStoppedError(f"{name} is gone.")
    if seq == 1:
        open_desk(ground.connection, ground.books.ledger, bytes.fromhex(row.public_key))
    here = (place.c.code == DESK) & (place.c.epoch == EPOCH)
    head = ground.connection.execute(select(place.c.head).where(here)).scalar_one()
    data, h = bytes(row.body), bytes(row.h)
    if record_hash(seq, bytes.fromhex(head), data) != h:
        raise ReplayStoppedError(f"{name} was altered: its hash is another.")
    if not _may_sign(ground, keys, bytes.fromhex(row.public_key), seq):
        raise ReplayStoppedError(f"{name} is signed with another key than the ledger's.")
    if not verify(checked_public_key(bytes.fromhex(row.public_key)), bytes(row.sig), signed_message(h)):
        raise ReplayStoppedError(f"{name}: its signature does not verify.")
    if json.loads(data).get("utc") != ground.now:
        raise ReplayStoppedError(f"{name}: it came in at another time than it says.")
    made = keep(ground.connection, data, h, bytes(row.sig), row.public_key, ground.now)
    if made.body["kind"] == DeskKind.IMPORT:
        _copy_rows(real, ground.connection, made.body["data"]["kept"])
    CARRIED_OUT[made.body["kind"]](ground, made)


def _copy_rows(real: Connection, fresh: Connection, kept: str) -> None:
    """What is kept of an import beside its record: the list, and each part."""
    table = tables.kept_rows
    for digest in dict.fromkeys((kept, *imported.parts_of(real, kept))):
        data = real.execute(select(table.c.bytes).where(table.c.sha256 == digest)).scalar()
        there = fresh.execute(select(table.c.sha256).where(table.c.sha256 == digest)).scalar()
        if data is not None and there is None:
            fresh.execute(insert(table).values(sha256=digest, bytes=bytes(data)))


def _may_sign(ground: Ground, keys: DeskKeys, public_key: bytes, seq: int) -> bool:
    """Whether the desk's record is signed by the key of its number.

    A restored ledger whose register came back has a newer key for numbers that an older one signed before they were
    lost: that key may sign them, once the register names it.
    """
    at = max((n for n, (first, _) in enumerate(keys) if first <= seq), default=0)
    if public_key == keys[at][1]:
        return True
    newer = [public for _, public in keys[at:]]
    return public_key in newer and public_key == registry.key_in_force(ground.connection)


def _ledger_keys(real: Connection) -> DeskKeys:
    try:
        return registry.desk_keys(real)
    except RegistryRefusedError as fault:
        raise ReplayStoppedError(fault.happened) from fault
