"""A terminal that was given up comes back: its own batch holds the records that were recovered from its store.

They are the same records, by their hashes and signatures, and the terminal's own seal says more than who read its disk.
So the recovered batch, as long as nobody posted it, is set aside, and the terminal's own is taken in its place, posted
once. What was set aside stays in the books under its number with a minus, as its records stay in the log.
"""

from __future__ import annotations

import json

from sqlalchemy import Connection, RowMapping, select, update

from countertui.domain.batch_totals import batch_totals
from countertui.domain.records import Kind
from countertui.ledger import tables
from countertui.ledger.amounts import NOT_SEALED
from countertui.ledger.key_changes import doubts_about_keys
from countertui.ledger.registry import key_at
from countertui.sync.batch import MAX_ENVELOPE, Batch, check_batch, parse_batch
from countertui.sync.dsse import RECOVERED, parse_envelope
from countertui.sync.ed25519 import checked_public_key

DOUBT = "It was recovered from its terminal's store, without its passphrase."
"""Why a recovered batch is held."""
STOPPED = "Its terminal was frozen when it was recovered."
"""Another, so that who releases it looks at why first."""
SET_ASIDE = "superseded"
"""The state of a recovered batch whose terminal brought its own."""


def doubts_of_recovered(connection: Connection, ledger: str, batch: Batch, row: RowMapping) -> list[str]:
    """Why a recovered batch waits for two people: what they have to know of its terminal and its key.

    `row` is of table terminal, before the batch.
    """
    stopped = [STOPPED] if row["state"] == "frozen" else []
    return [DOUBT, *stopped, *doubts_about_keys(connection, ledger, batch, row)]


def recovered_batch_of(connection: Connection, batch: Batch) -> Batch | None:
    """The recovered batch in a batch's place that has the same records, as far as both go; None if there is none."""
    table, inbox = tables.batch, tables.inbox
    here = (table.c.terminal == batch.terminal) & (table.c.epoch == batch.epoch) & (table.c.no == batch.batch_no)
    kept = connection.execute(select(inbox.c.bytes).join(table, table.c.sha256 == inbox.c.sha256).where(here)).scalar()
    if kept is None:
        return None
    envelope = parse_envelope(bytes(kept), MAX_ENVELOPE)
    if envelope.payload_type != RECOVERED:
        return None
    before = parse_batch(envelope.payload)
    common = min(len(batch.records), len(before.records))
    same = before.first_seq == batch.first_seq and list(batch.records[:common]) == list(before.records[:common])
    return before if same else None


def set_aside(connection: Connection, batch: Batch, before: Batch) -> bool:
    """Set the recovered batch `before` aside for the terminal's own; whether that could be done.

    Not where it was posted, released or rejected, where its figures were wrong, where another came after it, where it
    has more records than the terminal's own, and where that does not follow what was there before both. Personal values
    of its records, which are the same, stay as they are: kept, awaited, or erased.
    """
    table, place, turn = tables.batch, tables.terminal, tables.turn
    here = (table.c.terminal == batch.terminal) & (table.c.epoch == batch.epoch) & (table.c.no == batch.batch_no)
    terminal = (place.c.code == batch.terminal) & (place.c.epoch == batch.epoch)
    row = connection.execute(select(table.c.state, table.c.reasons).where(here)).one()
    last = connection.execute(select(place.c.batch_no).where(terminal)).scalar_one()
    if row.state != "held" or not {*json.loads(row.reasons)} <= {DOUBT, STOPPED, NOT_SEALED} or last != batch.batch_no:
        return False
    if before.last_seq > batch.last_seq or not _follows(connection, batch, before):
        return False
    connection.execute(update(table).where(here).values(no=-batch.batch_no, state=SET_ASIDE))
    came = (turn.c.terminal == batch.terminal) & (turn.c.epoch == batch.epoch) & (turn.c.no == batch.batch_no)
    connection.execute(update(turn).where(came).values(no=-batch.batch_no))
    values = {
        "batch_no": batch.batch_no - 1,
        "batch_hash": before.prev_batch_hash,
        "last_seq": before.first_seq - 1,
        "head": before.prev_head,
    }
    totals = batch_totals(before.bodies, seals=0)
    sums = {"cum_net": totals["cum_net"] - totals["net"], "cum_abs": totals["cum_abs"] - totals["abs"]}
    connection.execute(update(place).where(terminal).values(**values, **sums))
    numbers = [body["receipt_no"] for body in before.bodies if body["kind"] == Kind.PAY]
    if numbers:
        first = int(numbers[0].rpartition("-")[2])
        connection.execute(update(place).where(terminal).values(last_receipt=first - 1 or None))
    return True


def _follows(connection: Connection, batch: Batch, before: Batch) -> bool:
    """Whether every record is signed and follows what was in custody before the recovered batch."""
    public_key = key_at(connection, batch.terminal, batch.epoch, batch.first_seq) or b""
    checked = check_batch(
        batch,
        checked_public_key(public_key),
        expected_prev=bytes.fromhex(before.prev_head),
        expected_first_seq=before.first_seq,
        expected_batch_no=before.batch_no,
        expected_prev_batch_hash=before.prev_batch_hash,
    )
    return not checked.faults
