"""A batch offered to the ledger: its raw bytes are kept first, then judged, then posted, then answered by a signed ack.

Protocol ctp/1 (reference/journal-and-sync.md, section 8). Custody is never refused to a chain-valid batch; what is
wrong with its figures holds it, what can't be posted of it goes to suspense.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, RowMapping, select

from countertui.ledger import tables
from countertui.ledger.after_restore import RegisterWaitsError
from countertui.ledger.alarms import CHAIN, LOG, raise_alarm
from countertui.ledger.answers import GAP, HELD, MALFORMED, NEW, NOT_KNOWN, NOT_NOW, SAME, TOO_LARGE, Answer, said
from countertui.ledger.books import Books
from countertui.ledger.custody import MOST_REASONS, Place, check_next, signed_now, take
from countertui.ledger.inbox import Offer, judged, keep, set_verdict
from countertui.ledger.kept_apart import (
    Case,
    hold_fork,
    hold_other_content,
    hold_other_key,
    hold_outside,
    recovered_before,
    stopped,
)
from countertui.ledger.key_changes import (
    doubts_of_own,
    key_in_custody,
    keys_heard_of,
    opened_by,
    take_key_change,
)
from countertui.ledger.live import first_difference, forget_sealed
from countertui.ledger.over_recovered import recovered_batch_of, set_aside
from countertui.ledger.registry import key_at, schedule
from countertui.ledger.tree import LogBrokenError
from countertui.sync.batch import MAX_ENVELOPE, Batch, CheckedBatch, batch_hash, key_id, parse_batch
from countertui.sync.canonical import canonical
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.faults import EnvelopeRefusedError, MalformedBatchError, MalformedEnvelopeError

_LOG = logging.getLogger(__name__)


def ingest(
    books: Books, key: Ed25519PrivateKey, envelope: bytes, terminal: str, epoch: int, no: int, now: str
) -> Answer:
    """Take a batch in. Idempotent: the same bytes get the same ack. `now` is ISO 8601 UTC.

    201 posted, 200 the same again, 202 held (ack says why), 409 an earlier batch is missing, 401 no such key, 413 too
    large, 422 malformed, 503 where the ledger's own log is damaged, or where it was restored and the batch changes the
    register, which waits for its terminals (after_restore.py). All but 413 are kept in the inbox, as they came.
    """
    if len(envelope) > MAX_ENVELOPE:
        return said(TOO_LARGE, f"A batch has at most {MAX_ENVELOPE:,} bytes; this one has {len(envelope):,}.")
    with _collector_at_rest():
        try:
            return _taken_in(books, key, envelope, terminal, epoch, no, now)
        except LogBrokenError as fault:
            _LOG.critical("%s Nothing is taken until a person has looked: countertui ledger fsck.", fault.happened)
            offer = Offer(terminal, epoch, no, sha256(envelope).hexdigest(), now)
            with books.writing() as connection:
                raise_alarm(connection, LOG, "", 0, None, fault.happened, now)
            return judged(books, offer, said(NOT_NOW, fault.happened), "log")
        except RegisterWaitsError as fault:
            offer = Offer(terminal, epoch, no, sha256(envelope).hexdigest(), now)
            return judged(books, offer, said(NOT_NOW, fault.happened), "waits")


def _taken_in(
    books: Books, key: Ed25519PrivateKey, envelope: bytes, terminal: str, epoch: int, no: int, now: str
) -> Answer:
    offer = Offer(terminal, epoch, no, sha256(envelope).hexdigest(), now)
    keep(books, offer, envelope)
    with books.reading() as connection:
        row = _terminal(connection, offer)
        keys = schedule(connection, terminal, epoch)
    if row is None or not keys:
        return judged(books, offer, said(NOT_KNOWN, "This terminal's key is not known here."), "unknown")
    try:
        payload, signer = _opened(books, envelope, row, [public_key for _, public_key in reversed(keys)])
        batch = parse_batch(payload)
    except EnvelopeRefusedError as fault:
        status = MALFORMED if fault.reason == "wrong-type" else NOT_KNOWN
        return judged(books, offer, said(status, fault.happened), fault.reason)
    except (MalformedEnvelopeError, MalformedBatchError) as fault:
        return judged(books, offer, said(MALFORMED, fault.happened), "malformed")
    if (batch.ledger, batch.terminal, batch.epoch, batch.batch_no) != (books.ledger, terminal, epoch, no):
        text = f"This is batch {batch.batch_no} of terminal {batch.terminal} for ledger {batch.ledger}."
        return judged(books, offer, said(MALFORMED, text), "elsewhere")
    hash_ = batch_hash(payload)
    # The long part, every signature, is done outside the transaction where it can be.
    public_key = checked_public_key(signer)
    checked = check_next(batch, row, public_key) if no == row["batch_no"] + 1 else None
    with books.writing() as connection:
        now_row = _known_terminal(connection, offer)
        case = Case(connection, books, key, offer, batch, hash_)
        answer = _without_posting(case, now_row, signer)
        if answer is not None:
            return answer
        if checked is None:  # the batch before it came in between, or its records were recovered before
            now_row = _known_terminal(connection, offer)
            checked = check_next(batch, now_row, public_key)
        if checked.faults:
            why = [fault.detail for fault in checked.faults]
            told = f"Batch {no} does not follow what is here: {why[0]}"
            raise_alarm(connection, CHAIN, terminal, epoch, batch.first_seq, told, now)
            return hold_outside(case, "chain", why)
        other = first_difference(connection, terminal, epoch, batch.first_seq, checked.hashes)
        if other is not None:
            told = f"Record {other} is another than the one that was seen: two journals under one key."
            return hold_fork(case, told, other)
        return _into_custody(case, checked, now_row)


def newest_ack(books: Books, key: Ed25519PrivateKey, terminal: str, epoch: int, no: int) -> bytes | None:
    """The answer to a batch as it stands now, by the key in force; None if the batch is not in custody."""
    table = tables.batch
    here = (table.c.terminal == terminal) & (table.c.epoch == epoch) & (table.c.no == no)
    with books.reading() as connection:
        ack = connection.execute(select(table.c.ack).where(here)).scalar()
    return None if ack is None else signed_now(bytes(ack), key)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """A batch is hundreds of thousands of small objects, none in a cycle: to look through them again and again for
    garbage is a sixth of the time it takes. Who comes second while it rests leaves waking it to the first."""
    was_awake = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_awake:
            gc.enable()


def _opened(books: Books, envelope: bytes, row: RowMapping, keys: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The payload, and which key signed it: one on the register (newest first), or one that the journal here names."""
    keyid = key_id(row["code"], row["epoch"])
    try:
        return opened_by(envelope, keyid, keys)
    except EnvelopeRefusedError:
        with books.reading() as connection:
            heard = keys_heard_of(connection, books.ledger, row)
        if not heard:
            raise
        return opened_by(envelope, keyid, heard)


def _without_posting(case: Case, row: RowMapping, signer: bytes) -> Answer | None:
    """The answer where the batch's numbers alone decide: the same again, a fork, a gap, a frozen or revoked key."""
    connection, books, offer, batch = case.connection, case.books, case.offer, case.batch
    table = tables.batch
    there = connection.execute(
        select(table.c.batch_hash, table.c.ack).where(
            table.c.terminal == offer.terminal, table.c.epoch == offer.epoch, table.c.no == offer.no
        )
    ).first()
    if there is not None and there.batch_hash == case.hash_:
        set_verdict(connection, offer, "same", "")
        return Answer(SAME, signed_now(bytes(there.ack), case.key))
    on_register = signer in (public_key for _, public_key in schedule(connection, offer.terminal, offer.epoch))
    if on_register and signer != key_at(connection, offer.terminal, offer.epoch, batch.first_seq):
        return hold_other_key(case, "one that was retired")
    if there is not None:
        before = recovered_batch_of(connection, batch)
        if before is None:
            return hold_other_content(case, signer, row)
        if not _is_believed(row, batch) or not set_aside(connection, batch, before):
            return hold_outside(case, "recovered", [recovered_before(batch, before)])
    apart = stopped(row, batch)
    if apart is not None:
        return hold_outside(case, *apart)
    if offer.no > row["batch_no"] + 1:
        set_verdict(connection, offer, "gap", "")
        return Answer(GAP, canonical({"have_no": row["batch_no"], "head": row["head"]}))
    if signer != key_in_custody(connection, books.ledger, row, batch.first_seq):
        return hold_other_key(case, "no record before them changed to it")
    return None


def _into_custody(case: Case, checked: CheckedBatch, row: RowMapping) -> Answer:
    """Take a chain-valid batch into custody, and note in the inbox what became of it."""
    connection, books, offer, batch = case.connection, case.books, case.offer, case.batch
    place = Place(offer.terminal, offer.epoch, offer.no, case.hash_)
    status, ack, reasons = take(
        connection,
        books,
        case.key,
        place,
        batch,
        checked.hashes,
        row,
        sha256=offer.sha256,
        now=offer.now,
        doubts=doubts_of_own(connection, books.ledger, batch, row),
    )
    take_key_change(connection, books, case.key, batch, checked.hashes, row, offer.now)
    forget_sealed(connection, offer.terminal, offer.epoch, batch.last_seq)
    set_verdict(connection, offer, status, "; ".join(reasons[:MOST_REASONS]))
    return Answer(NEW if status == "posted" else HELD, ack)


def _is_believed(row: RowMapping, batch: Batch) -> bool:
    """Whether what the terminal signed in this batch counts as ever: it is not frozen, nor revoked before its end."""
    return bool(row["state"] == "active" or (row["state"] == "revoked" and batch.last_seq <= row["revoked_after"]))


def _known_terminal(connection: Connection, offer: Offer) -> RowMapping:
    row = _terminal(connection, offer)
    if row is None:
        raise AssertionError("terminals are never taken off the register")
    return row


def _terminal(connection: Connection, offer: Offer) -> RowMapping | None:
    table = tables.terminal
    query = select(table).where(table.c.code == offer.terminal, table.c.epoch == offer.epoch)
    return connection.execute(query).mappings().first()
