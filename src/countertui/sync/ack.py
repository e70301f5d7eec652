"""The ledger's signed answer to a batch: the only thing that lets a batch be called sent."""

from __future__ import annotations

from typing import Annotated, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Meta, field

from countertui.forms import Cents, Count, Form, Hex32, Number, ValidationError, read_as, said_by
from countertui.sync.canonical import canonical, parse_strict
from countertui.sync.dsse import ACK, open_envelope, parse_envelope
from countertui.sync.faults import AckRefusedError, EnvelopeRefusedError, MalformedBytesError, MalformedEnvelopeError
from countertui.sync.merkle import MAX_PROOF
from countertui.sync.notes import MAX_NOTE

LEDGER_KEY_ID = "ledger"
"""The keyid of the ledger's own key, to look it up by."""
MAX_ACK = 256 * 1024

Status = Literal["posted", "received", "held"]


class Extends(Form, frozen=True, kw_only=True):
    """The proof that the checkpoint's log begins with the one of `size` entries; hashes in base64 (RFC 6962)."""

    size: Number
    proof: Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=MAX_PROOF)]


class Ack(Form, frozen=True, kw_only=True):
    """What the ledger did with a batch; amounts in cents.

    posted: in the books. received: in custody, posting waits. held: in custody, and `reasons` say why it is not posted.
    `difference_cents` is the ledger's total less the batch's; `leaf_index` the place of the batch's first record in the
    ledger's log, `checkpoint` that log's signed note with the batch in it, `extends` leads to it from the checkpoint in
    the ack of the terminal's batch before.
    """

    v: Literal[1] = 1
    ledger: str
    terminal: str
    epoch: Number
    batch_no: Number
    batch_hash: Hex32
    status: Status
    reasons: Annotated[list[Annotated[str, Meta(max_length=1000)]], Meta(max_length=1000)] = field(default_factory=list)
    difference_cents: Cents = 0
    posted_cents: Cents = 0
    received_at: Annotated[str, Meta(max_length=40)]
    leaf_index: Count | None = None
    checkpoint: Annotated[str, Meta(max_length=MAX_NOTE)] | None = None
    extends: Extends | None = None


def ack_payload(
    *,
    ledger: str,
    terminal: str,
    epoch: int,
    batch_no: int,
    batch_hash: str,
    status: Status,
    received_at: str,
    reasons: list[str] | None = None,
    difference_cents: int = 0,
    posted_cents: int = 0,
    leaf_index: int | None = None,
    checkpoint: str | None = None,
    extends: Extends | None = None,
) -> bytes:
    """The bytes of an ack, to be sealed as an envelope of type ACK. `received_at` is ISO 8601 UTC."""
    ack = Ack(
        ledger=ledger,
        terminal=terminal,
        epoch=epoch,
        batch_no=batch_no,
        batch_hash=batch_hash,
        status=status,
        reasons=reasons or [],
        difference_cents=difference_cents,
        posted_cents=posted_cents,
        received_at=received_at,
        leaf_index=leaf_index,
        checkpoint=checkpoint,
        extends=extends,
    )
    return canonical(said_by(ack))


def open_ack(
    data: bytes,
    ledger_key: Ed25519PublicKey,
    *,
    ledger: str,
    terminal: str,
    epoch: int,
    batch_no: int,
    batch_hash: str,
) -> Ack:
    """The ack in an envelope, once the ledger's pinned key signed it and it answers exactly this batch.

    Raises AckRefusedError with reason malformed, wrong-type, unknown-key, bad-signature, other-ledger, other-batch or
    other-content.
    """
    try:
        payload = open_envelope(parse_envelope(data, MAX_ACK), ACK, {LEDGER_KEY_ID: ledger_key})
        ack = read_as(Ack, parse_strict(payload))
    except EnvelopeRefusedError as fault:
        raise AckRefusedError(fault.reason, f"The ledger's answer cannot be trusted. {fault.happened}") from fault
    except (MalformedEnvelopeError, MalformedBytesError) as fault:
        raise AckRefusedError("malformed", f"The ledger's answer cannot be read. {fault.happened}") from fault
    except ValidationError:
        raise AckRefusedError("malformed", "The ledger's answer has another form than an answer's.") from None
    if ack.ledger != ledger:
        raise AckRefusedError("other-ledger", f"The answer is of ledger {ack.ledger}, not {ledger}.")
    if (ack.terminal, ack.epoch, ack.batch_no) != (terminal, epoch, batch_no):
        raise AckRefusedError("other-batch", f"The answer is about {ack.terminal} batch {ack.batch_no}.")
    if ack.batch_hash != batch_hash:
        raise AckRefusedError("other-content", "The answer is about a batch of other content than the one here.")
    return ack
