"""A batch kept out of the chain of batches: in the inbox, with a signed ack, and told where people must look."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, RowMapping

from countertui.ledger.alarms import CHAIN, FORK, raise_alarm, stop_terminal
from countertui.ledger.answers import HELD, Answer
from countertui.ledger.books import Books
from countertui.ledger.custody import MOST_REASONS, Place, signed_ack, signed_now
from countertui.ledger.evidence import naming
from countertui.ledger.inbox import Offer, answered_before, set_verdict
from countertui.sync.batch import Batch, check_batch
from countertui.sync.ed25519 import checked_public_key


@dataclass(frozen=True, slots=True)
class Case:
    """A batch that was opened, before the ledger in one transaction; hash_ is its content's, `key` the ledger's."""

    connection: Connection
    books: Books
    key: Ed25519PrivateKey
    offer: Offer
    batch: Batch
    hash_: str


def stopped(row: RowMapping, batch: Batch) -> tuple[str, list[str]] | None:
    """Under what verdict, and why, a batch is kept apart for its terminal's state alone; None if it is not."""
    if row["state"] == "frozen":
        return "frozen", ["This terminal is frozen: two journals under one key were seen."]
    if row["revoked_after"] is not None and batch.first_seq > row["revoked_after"]:
        after = f"nothing that it signed after record {row['revoked_after']} counts."
        return "revoked", [f"This terminal's key is revoked: {after}"]
    return None


def recovered_before(batch: Batch, before: Batch) -> str:
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


def hold_other_content(case: Case, signer: bytes, row: RowMapping) -> Answer:
    """A fork only if its records are signed too; and only the key in force speaks for the terminal as it is now.

    A retired key may be in anybody's hands: what it signs is kept and told, and stops nobody's work.
    """
    batch = case.batch
    checked = check_batch(
        batch,
        checked_public_key(signer),
        expected_prev=bytes.fromhex(batch.prev_head),
        expected_first_seq=batch.first_seq,
        expected_batch_no=batch.batch_no,
        expected_prev_batch_hash=batch.prev_batch_hash,
    )
    told = f"Batch {case.offer.no} is here already with other content"
    if checked.faults:
        why = f"{told}, and does not hold in itself: {checked.faults[0].detail}"
        raise_alarm(case.connection, CHAIN, case.offer.terminal, case.offer.epoch, batch.first_seq, why, case.offer.now)
        return hold_outside(case, "chain", [why])
    if signer.hex() != row["public_key"]:
        why = f"{told}: two journals under a key that was retired since."
        raise_alarm(case.connection, FORK, case.offer.terminal, case.offer.epoch, batch.first_seq, why, case.offer.now)
        return hold_outside(case, "fork", [why])
    why = f"{told}: two journals under one key."
    return hold_fork(case, why, batch.first_seq)


def hold_fork(case: Case, why: str, seq: int) -> Answer:
    """Freeze the terminal, raise an alarm, and keep the batch apart."""
    told = naming(why, case.offer.sha256)
    stop_terminal(
        case.connection, case.books, case.key, FORK, case.offer.terminal, case.offer.epoch, seq, told, case.offer.now
    )
    return hold_outside(case, "fork", [why])


def hold_other_key(case: Case, which: str) -> Answer:
    """Raise an alarm, and keep the batch apart: its records are not signed by the key whose turn it is."""
    why = [f"Its envelope is signed with another key than its records are to be: {which}."]
    raise_alarm(case.connection, CHAIN, case.offer.terminal, case.offer.epoch, None, why[0], case.offer.now)
    return hold_outside(case, "chain", why)


def hold_outside(case: Case, verdict: str, reasons: list[str]) -> Answer:
    """Keep a batch out of the chain of batches, in the inbox; the same bytes get the same ack."""
    before = answered_before(case.connection, case.offer, verdict)
    if before is not None:
        return Answer(HELD, signed_now(before, case.key))
    place = Place(case.offer.terminal, case.offer.epoch, case.offer.no, case.hash_)
    ack = signed_ack(case.books, case.key, place, "held", reasons, case.offer.now)
    set_verdict(case.connection, case.offer, verdict, "; ".join(reasons[:MOST_REASONS]), ack)
    return Answer(HELD, ack)
