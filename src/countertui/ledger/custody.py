"""A chain-valid batch into custody: judged, posted if it may be, and answered by a signed ack.

Custody is never refused to it; what is wrong with its figures holds it, what can't be posted of it goes to suspense.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, RowMapping, insert, update
from sqlalchemy.exc import IntegrityError

from countertui.domain.batch_totals import batch_totals
from countertui.ledger import tables
from countertui.ledger.amounts import faults_of_records, faults_of_seal, last_receipt_of
from countertui.ledger.books import Books
from countertui.ledger.charted import NoRulesError, rules_of
from countertui.ledger.into_log import into_log
from countertui.ledger.personal import await_values
from countertui.ledger.post_batch import ChargeGoneError, post_batch
from countertui.ledger.turns import take_turn
from countertui.sync.ack import LEDGER_KEY_ID, MAX_ACK, Status, ack_payload
from countertui.sync.batch import Batch, CheckedBatch, check_batch
from countertui.sync.dsse import ACK, open_envelope, parse_envelope, sign_envelope, to_bytes
from countertui.sync.faults import EnvelopeRefusedError

MOST_REASONS = 100
_NOTHING: dict[str, Any] = {"receipts": 0, "net": 0}


@dataclass(frozen=True, slots=True)
class Place:
    """Which batch of which terminal it is, and the hash of its content."""

    terminal: str
    epoch: int
    no: int
    batch_hash: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What a batch's records add up to, if they are sound, and what is wrong with its figures."""

    true: dict[str, Any]
    sound: bool
    reasons: list[str] = field(default_factory=list)


def judge(batch: Batch, row: RowMapping) -> Judged:
    """Add a batch up again, after what `row` (of table terminal) says was taken before it."""
    reasons = faults_of_records(batch, row["cum_net"], row["cum_abs"], row["last_receipt"])
    if reasons:
        return Judged(_NOTHING, False, reasons)
    true = batch_totals(batch.bodies, seals=0)
    return Judged(true, True, faults_of_seal(batch, true))


def check_next(batch: Batch, row: RowMapping, public_key: Ed25519PublicKey) -> CheckedBatch:
    """Whether a batch is whole, and goes on where `row` (of table terminal) says that its terminal's journal ends."""
    return check_batch(
        batch,
        public_key,
        expected_prev=bytes.fromhex(row["head"]),
        expected_first_seq=row["last_seq"] + 1,
        expected_batch_no=row["batch_no"] + 1,
        expected_prev_batch_hash=row["batch_hash"],
    )


def take(
    connection: Connection,
    books: Books,
    key: Ed25519PrivateKey,
    place: Place,
    batch: Batch,
    hashes: Sequence[bytes],
    row: RowMapping,
    *,
    sha256: str,
    now: str,
    doubts: Sequence[str] = (),
) -> tuple[Status, bytes, list[str]]:
    """Take a chain-valid batch, post it if its figures are true and nothing before it waits, and sign the ack.

    `doubts` are reasons to hold it that lie outside its figures: they are about the key it is signed with.
    A city whose batches people release and post has it wait as received. Returns status, ack, reasons.
    """
    judged = judge(batch, row)
    status, reasons, items = _settled(connection, batch, hashes, row, [*doubts, *judged.reasons], now)
    claimed = batch.totals.get("net")
    difference = judged.true["net"] - claimed if type(claimed) is int else 0
    posted = judged.true["net"] if status == "posted" else 0
    in_log = into_log(connection, key, books.ledger, (place.terminal, place.epoch, place.no), hashes, now)
    ack = signed_ack(
        books,
        key,
        place,
        status,
        reasons,
        now,
        difference_cents=difference,
        posted_cents=posted,
        leaf_index=in_log.first_leaf,
        checkpoint=in_log.checkpoint,
        extends=in_log.extends,
    )
    connection.execute(
        insert(tables.batch).values(
            terminal=place.terminal,
            epoch=place.epoch,
            no=place.no,
            batch_hash=place.batch_hash,
            sha256=sha256,
            first_seq=batch.first_seq,
            last_seq=batch.last_seq,
            head=batch.head,
            first_leaf=in_log.first_leaf,
            state=status,
            reasons=json.dumps(reasons[:MOST_REASONS]),
            receipts=judged.true["receipts"],
            net_cents=judged.true["net"],
            error_items=items,
            received_at=now,
            ack=ack,
        )
    )
    await_values(connection, batch)
    set_terminal(connection, place, _stands_after(place, batch, judged, row, status, now))
    take_turn(connection, place.terminal, place.epoch, place.no, now)
    return status, ack, reasons


def post_whole(connection: Connection, batch: Batch, hashes: Sequence[bytes], now: str) -> tuple[int, list[str]]:
    """Post a batch or leave no trace of the try: the number of error items, or why it can't be posted."""
    posting = connection.begin_nested()
    try:
        items = post_batch(connection, batch, hashes, now)
        posting.commit()
    except NoRulesError:
        posting.rollback()
        return 0, ["The ledger has no rules of its city yet."]
    except ChargeGoneError as fault:
        posting.rollback()
        return 0, [fault.happened]
    except IntegrityError:
        posting.rollback()
        return 0, ["A record of it is in the books already, under another number."]
    return items, []


def by_people(connection: Connection) -> bool:
    """Whether this city's batches wait for one person to release them and another to post them."""
    try:
        return rules_of(connection).batches_by_people
    except NoRulesError:
        return False


def set_terminal(connection: Connection, place: Place, values: dict[str, Any]) -> None:
    """Move how far a terminal's journal was taken and posted."""
    table = tables.terminal
    here = (table.c.code == place.terminal) & (table.c.epoch == place.epoch)
    connection.execute(update(table).where(here).values(**values))


def signed_ack(
    books: Books,
    key: Ed25519PrivateKey,
    place: Place,
    status: Status,
    reasons: Sequence[str],
    received_at: str,
    **more: Any,
) -> bytes:
    """The ledger's signed answer to a batch, as an envelope; `more` are fields of `sync.ack.Ack`."""
    payload = ack_payload(
        ledger=books.ledger,
        terminal=place.terminal,
        epoch=place.epoch,
        batch_no=place.no,
        batch_hash=place.batch_hash,
        status=status,
        received_at=received_at,
        reasons=[reason[:1000] for reason in reasons[:MOST_REASONS]],
        **more,
    )
    return to_bytes(sign_envelope(ACK, payload, [(LEDGER_KEY_ID, key)]))


def signed_now(ack: bytes, key: Ed25519PrivateKey) -> bytes:
    """An ack that was given before, signed anew where the ledger's key was changed since: it says the same."""
    kept = parse_envelope(ack, MAX_ACK)
    try:
        open_envelope(kept, ACK, {LEDGER_KEY_ID: key.public_key()})
    except EnvelopeRefusedError:
        return to_bytes(sign_envelope(ACK, kept.payload, [(LEDGER_KEY_ID, key)]))
    return ack


def _settled(
    connection: Connection, batch: Batch, hashes: Sequence[bytes], row: RowMapping, reasons: list[str], now: str
) -> tuple[Status, list[str], int]:
    """Post a batch that nothing holds back, if it is its turn: its state, why it is not posted, its error items."""
    if reasons:
        return "held", reasons, 0
    if row["posted_no"] != row["batch_no"]:
        return "received", [f"An earlier batch waits to be posted: batch {row['posted_no'] + 1}."], 0
    if by_people(connection):
        return "received", [], 0
    items, reasons = post_whole(connection, batch, hashes, now)
    return "held" if reasons else "posted", reasons, items


def _stands_after(
    place: Place, batch: Batch, judged: Judged, row: RowMapping, status: Status, now: str
) -> dict[str, Any]:
    """How far the terminal's journal is taken and posted once this batch is in."""
    taken: dict[str, Any] = {
        "batch_no": batch.batch_no,
        "batch_hash": place.batch_hash,
        "last_seq": batch.last_seq,
        "head": batch.head,
        "heard_at": now,
    }
    if judged.sound:
        taken |= {"cum_net": judged.true["cum_net"], "cum_abs": judged.true["cum_abs"]}
        taken |= {"last_receipt": last_receipt_of(batch) or row["last_receipt"]}
    if status == "posted":
        taken |= {"posted_no": batch.batch_no, "posted_seq": batch.last_seq}
    return taken
