"""A batch offered to the ledger: its raw bytes are kept first, then judged, then posted, then answered by a signed ack.

Protocol ctp/1 (reference/journal-and-sync.md, section 8). Custody is never refused to a chain-valid batch; what is
wrong with its figures holds it, what can't be posted of it goes to suspense.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, RowMapping, select, update

from countertui.ledger import tables
from countertui.ledger.after_restore import RegisterWaitsError
from countertui.ledger.alarms import CHAIN, FORK, LOG, raise_alarm, stop_terminal
from countertui.ledger.books import Books
from countertui.ledger.bulk import run_many
from countertui.ledger.custody import MOST_REASONS, Place, check_next, signed_ack, signed_now, take
from countertui.ledger.evidence import naming
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
from countertui.sync.batch import (
    MAX_ENVELOPE,
    Batch,
    CheckedBatch,
    batch_hash,
    check_batch,
    key_id,
    parse_batch,
)
from countertui.sync.canonical import canonical
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.faults import EnvelopeRefusedError, MalformedBatchError, MalformedEnvelopeError

NEW, SAME, HELD, GAP = 201, 200, 202, 409
NOT_KNOWN, TOO_LARGE, MALFORMED = 401, 413, 422
NOT_NOW = 503
_LOG = logging.getLogger(__name__)
_KEEP = """INSERT INTO "inbox" ("sha256", "terminal", "epoch", "no", "received_at", "verdict", "detail", "bytes")
  VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT ("sha256") DO NOTHING"""
_AGAIN = """INSERT INTO "offered_again" ("sha256", "verdict", "at", "detail", "ack") VALUES (?, ?, ?, ?, ?)
  ON CONFLICT ("sha256", "verdict") DO NOTHING"""
_SETTLED = ("posted", "received", "held")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the ledger answers: an HTTP status, and an ack's envelope (200, 201, 202) or a JSON object."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class _Offer:
    """A batch as offered: what its address says, and its bytes."""

    terminal: str
    epoch: int
    no: int
    sha256: str
    now: str


def ingest(
    books: Books, key: Ed25519PrivateKey, envelope: bytes, terminal: str, epoch: int, no: int, now: str
) -> Answer:
    """Take a batch in. Idempotent: the same bytes get the same ack. `now` is ISO 8601 UTC.

    201 posted, 200 the same again, 202 held (ack says why), 409 an earlier batch is missing, 401 no such key, 413 too
    large, 422 malformed, 503 where the ledger's own log is damaged, or where it was restored and the batch changes the
    register, which waits for its terminals (after_restore.py). All but 413 are kept in the inbox, as they came.
    """
    if len(envelope) > MAX_ENVELOPE:
        return _said(TOO_LARGE, f"A batch has at most {MAX_ENVELOPE:,} bytes; this one has {len(envelope):,}.")
    with _collector_at_rest():
        try:
            return _taken_in(books, key, envelope, terminal, epoch, no, now)
        except LogBrokenError as fault:
            _LOG.critical("%s Nothing is taken until a person has looked: countertui ledger fsck.", fault.happened)
            offer = _Offer(terminal, epoch, no, sha256(envelope).hexdigest(), now)
            with books.writing() as connection:
                raise_alarm(connection, LOG, "", 0, None, fault.happened, now)
            return _judged(books, offer, _said(NOT_NOW, fault.happened), "log")
        except RegisterWaitsError as fault:
            offer = _Offer(terminal, epoch, no, sha256(envelope).hexdigest(), now)
            return _judged(books, offer, _said(NOT_NOW, fault.happened), "waits")


def _taken_in(
    books: Books, key: Ed25519PrivateKey, envelope: bytes, terminal: str, epoch: int, no: int, now: str
) -> Answer:
    offer = _Offer(terminal, epoch, no, sha256(envelope).hexdigest(), now)
    _keep(books, offer, envelope)
    with books.reading() as connection:
        row = _terminal(connection, offer)
        keys = schedule(connection, terminal, epoch)
    if row is None or not keys:
        return _judged(books, offer, _said(NOT_KNOWN, "This terminal's key is not known here."), "unknown")
    try:
        payload, signer = _opened(books, envelope, row, [public_key for _, public_key in reversed(keys)])
        batch = parse_batch(payload)
    except EnvelopeRefusedError as fault:
        status = MALFORMED if fault.reason == "wrong-type" else NOT_KNOWN
        return _judged(books, offer, _said(status, fault.happened), fault.reason)
    except (MalformedEnvelopeError, MalformedBatchError) as fault:
        return _judged(books, offer, _said(MALFORMED, fault.happened), "malformed")
    if (batch.ledger, batch.terminal, batch.epoch, batch.batch_no) != (books.ledger, terminal, epoch, no):
        text = f"This is batch {batch.batch_no} of terminal {batch.terminal} for ledger {batch.ledger}."
        return _judged(books, offer, _said(MALFORMED, text), "elsewhere")
    hash_ = batch_hash(payload)
    # The long part, every signature, is done outside the transaction where it can be.
    public_key = checked_public_key(signer)
    checked = check_next(batch, row, public_key) if no == row["batch_no"] + 1 else None
    with books.writing() as connection:
        now_row = _known_terminal(connection, offer)
        answer = _without_posting(connection, books, key, offer, batch, hash_, now_row, signer)
        if answer is not None:
            return answer
        if checked is None:  # the batch before it came in between, or its records were recovered before
            now_row = _known_terminal(connection, offer)
            checked = check_next(batch, now_row, public_key)
        if checked.faults:
            why = [fault.detail for fault in checked.faults]
            told = f"Batch {no} does not follow what is here: {why[0]}"
            raise_alarm(connection, CHAIN, terminal, epoch, batch.first_seq, told, now)
            return _hold_outside(connection, books, key, offer, hash_, "chain", why)
        other = first_difference(connection, terminal, epoch, batch.first_seq, checked.hashes)
        if other is not None:
            told = f"Record {other} is another than the one that was seen: two journals under one key."
            return _hold_fork(connection, books, key, offer, hash_, told, other)
        return _into_custody(connection, books, key, offer, batch, hash_, checked, now_row)


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


def _without_posting(
    connection: Connection,
    books: Books,
    key: Ed25519PrivateKey,
    offer: _Offer,
    batch: Batch,
    hash_: str,
    row: RowMapping,
    signer: bytes,
) -> Answer | None:
    """The answer where the batch's numbers alone decide: the same again, a fork, a gap, a frozen or revoked key."""
    table = tables.batch
    there = connection.execute(
        select(table.c.batch_hash, table.c.ack).where(
            table.c.terminal == offer.terminal, table.c.epoch == offer.epoch, table.c.no == offer.no
        )
    ).first()
    if there is not None and there.batch_hash == hash_:
        _set_verdict(connection, offer, "same", "")
        return Answer(SAME, signed_now(bytes(there.ack), key))
    on_register = signer in (public_key for _, public_key in schedule(connection, offer.terminal, offer.epoch))
    if on_register and signer != key_at(connection, offer.terminal, offer.epoch, batch.first_seq):
        return _hold_other_key(connection, books, key, offer, hash_, "one that was retired")
    if there is not None:
        before = recovered_batch_of(connection, batch)
        if before is None:
            return _other_content(connection, books, key, offer, batch, hash_, signer, row)
        if not _is_believed(row, batch) or not set_aside(connection, batch, before):
            return _hold_outside(connection, books, key, offer, hash_, "recovered", [_recovered_before(batch, before)])
    stopped = _stopped(row, batch)
    if stopped is not None:
        return _hold_outside(connection, books, key, offer, hash_, *stopped)
    if offer.no > row["batch_no"] + 1:
        _set_verdict(connection, offer, "gap", "")
        return Answer(GAP, canonical({"have_no": row["batch_no"], "head": row["head"]}))
    if signer != key_in_custody(connection, books.ledger, row, batch.first_seq):
        return _hold_other_key(connection, books, key, offer, hash_, "no record before them changed to it")
    return None


def _other_content(
    connection: Connection,
    books: Books,
    key: Ed25519PrivateKey,
    offer: _Offer,
    batch: Batch,
    hash_: str,
    signer: bytes,
    row: RowMapping,
) -> Answer:
    """A fork only if its records are signed too; and only the key in force speaks for the terminal as it is now.

    A retired key may be in anybody's hands: what it signs is kept and told, and stops nobody's work.
    """
    checked = check_batch(
        batch,
        checked_public_key(signer),
        expected_prev=bytes.fromhex(batch.prev_head),
        expected_first_seq=batch.first_seq,
        expected_batch_no=batch.batch_no,
        expected_prev_batch_hash=batch.prev_batch_hash,
    )
    told = f"Batch {offer.no} is here already with other content"
    if checked.faults:
        why = f"{told}, and does not hold in itself: {checked.faults[0].detail}"
        raise_alarm(connection, CHAIN, offer.terminal, offer.epoch, batch.first_seq, why, offer.now)
        return _hold_outside(connection, books, key, offer, hash_, "chain", [why])
    if signer.hex() != row["public_key"]:
        why = f"{told}: two journals under a key that was retired since."
        raise_alarm(connection, FORK, offer.terminal, offer.epoch, batch.first_seq, why, offer.now)
        return _hold_outside(connection, books, key, offer, hash_, "fork", [why])
    why = f"{told}: two journals under one key."
    return _hold_fork(connection, books, key, offer, hash_, why, batch.first_seq)


def _into_custody(
    connection: Connection,
    books: Books,
    key: Ed25519PrivateKey,
    offer: _Offer,
    batch: Batch,
    hash_: str,
    checked: CheckedBatch,
    row: RowMapping,
) -> Answer:
    """Take a chain-valid batch into custody, and note in the inbox what became of it."""
    place = Place(offer.terminal, offer.epoch, offer.no, hash_)
    status, ack, reasons = take(
        connection,
        books,
        key,
        place,
        batch,
        checked.hashes,
        row,
        sha256=offer.sha256,
        now=offer.now,
        doubts=doubts_of_own(connection, books.ledger, batch, row),
    )
    take_key_change(connection, books, key, batch, checked.hashes, row, offer.now)
    forget_sealed(connection, offer.terminal, offer.epoch, batch.last_seq)
    _set_verdict(connection, offer, status, "; ".join(reasons[:MOST_REASONS]))
    return Answer(NEW if status == "posted" else HELD, ack)


def _keep(books: Books, offer: _Offer, envelope: bytes) -> None:
    """The raw bytes, in their own commit; the same bytes are kept once."""
    row = (offer.sha256, offer.terminal, offer.epoch, offer.no, offer.now, "kept", "", envelope)
    with books.writing_beside() as connection:
        run_many(connection, _KEEP, [row])


def _stopped(row: RowMapping, batch: Batch) -> tuple[str, list[str]] | None:
    """Under what verdict, and why, a batch is kept apart for its terminal's state alone; None if it is not."""
    if row["state"] == "frozen":
        return "frozen", ["This terminal is frozen: two journals under one key were seen."]
    if row["revoked_after"] is not None and batch.first_seq > row["revoked_after"]:
        after = f"nothing that it signed after record {row['revoked_after']} counts."
        return "revoked", [f"This terminal's key is revoked: {after}"]
    return None


def _is_believed(row: RowMapping, batch: Batch) -> bool:
    """Whether what the terminal signed in this batch counts as ever: it is not frozen, nor revoked before its end."""
    return bool(row["state"] == "active" or (row["state"] == "revoked" and batch.last_seq <= row["revoked_after"]))


def _recovered_before(batch: Batch, before: Batch) -> str:
    """What to say of a batch whose records were recovered from its terminal's store, and went their way."""
    more = batch.last_seq - before.last_seq
    if more <= 0:
        return (
            "Its records are here, recovered from its store; none of them is missing. Give"
            " the terminal a new epoch: ledger revoke, ledger admit, and restore."
        )
    return (
        f"Its records up to {before.last_seq} are here, recovered from its store; {more} after them are not. Read its"
        " store again: countertui ledger import. Then give it a new epoch: ledger revoke, ledger admit, and restore."
    )


def _hold_fork(
    connection: Connection, books: Books, key: Ed25519PrivateKey, offer: _Offer, hash_: str, why: str, seq: int
) -> Answer:
    """Freeze the terminal, raise an alarm, and keep the batch apart."""
    told = naming(why, offer.sha256)
    stop_terminal(connection, books, key, FORK, offer.terminal, offer.epoch, seq, told, offer.now)
    return _hold_outside(connection, books, key, offer, hash_, "fork", [why])


def _hold_other_key(
    connection: Connection, books: Books, key: Ed25519PrivateKey, offer: _Offer, hash_: str, which: str
) -> Answer:
    """Raise an alarm, and keep the batch apart: its records are not signed by the key whose turn it is."""
    why = [f"Its envelope is signed with another key than its records are to be: {which}."]
    raise_alarm(connection, CHAIN, offer.terminal, offer.epoch, None, why[0], offer.now)
    return _hold_outside(connection, books, key, offer, hash_, "chain", why)


def _hold_outside(
    connection: Connection,
    books: Books,
    key: Ed25519PrivateKey,
    offer: _Offer,
    hash_: str,
    verdict: str,
    reasons: list[str],
) -> Answer:
    """Keep a batch out of the chain of batches, in the inbox; the same bytes get the same ack."""
    before = _answered_before(connection, offer, verdict)
    if before is not None:
        return Answer(HELD, signed_now(before, key))
    place = Place(offer.terminal, offer.epoch, offer.no, hash_)
    ack = signed_ack(books, key, place, "held", reasons, offer.now)
    _set_verdict(connection, offer, verdict, "; ".join(reasons[:MOST_REASONS]), ack)
    return Answer(HELD, ack)


def _answered_before(connection: Connection, offer: _Offer, verdict: str) -> bytes | None:
    """The ack by which these bytes were answered with this verdict before; None if they were not."""
    for table in (tables.inbox, tables.offered_again):
        here = (table.c.sha256 == offer.sha256) & (table.c.verdict == verdict)
        if ack := connection.execute(select(table.c.ack).where(here)).scalar():
            return bytes(ack)
    return None


def _known_terminal(connection: Connection, offer: _Offer) -> RowMapping:
    row = _terminal(connection, offer)
    if row is None:
        raise AssertionError("terminals are never taken off the register")
    return row


def _terminal(connection: Connection, offer: _Offer) -> RowMapping | None:
    table = tables.terminal
    query = select(table).where(table.c.code == offer.terminal, table.c.epoch == offer.epoch)
    return connection.execute(query).mappings().first()


def _set_verdict(connection: Connection, offer: _Offer, verdict: str, detail: str, ack: bytes | None = None) -> None:
    """Note what became of the kept bytes; what was once taken into custody stays so, however it is offered again.

    The first verdict that was answered by a signed ack stands until the bytes are let in: what was said of them when
    they were offered again stands in a table of its own.
    """
    table = tables.inbox
    here = table.c.sha256 == offer.sha256
    row = connection.execute(select(table.c.verdict, table.c.ack).where(here)).one()
    if row.verdict in _SETTLED:
        return
    # What a terminal says may stand in it; a zero character is no text to PostgreSQL.
    values: dict[str, Any] = {"verdict": verdict, "detail": detail.replace("\0", "\ufffd")}
    if row.ack is None or verdict in _SETTLED:
        connection.execute(update(table).where(here).values(**values, **({} if ack is None else {"ack": ack})))
    elif row.verdict != verdict:
        again = (offer.sha256, verdict, offer.now, values["detail"], ack)
        run_many(connection, _AGAIN, [again])


def _judged(books: Books, offer: _Offer, answer: Answer, verdict: str) -> Answer:
    with books.writing() as connection:
        _set_verdict(connection, offer, verdict, answer.body.decode())
    return answer


def _said(status: int, text: str) -> Answer:
    return Answer(status, canonical({"reason": text}))
