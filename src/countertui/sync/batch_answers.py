"""What the ledger answers to a batch: its signed ack by one of its keys, or why it did not take it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from countertui.errors import CounterError
from countertui.ports.exchange import Answer
from countertui.sync.ack import Ack, open_ack
from countertui.sync.canonical import parse_strict
from countertui.sync.faults import (
    AckRefusedError,
    BatchNotTakenError,
    LedgerGapError,
    LedgerUnreachableError,
    MalformedBytesError,
)
from countertui.sync.transport import Reply

_Said = TypeVar("_Said")


def answer_in(
    ack: bytes, keys: Sequence[Ed25519PublicKey], place: tuple[str, str, int], batch_no: int, batch_hash: str
) -> Answer:
    """The answer in an ack's envelope, by the first of these keys that signed it. place: ledger, terminal, epoch.

    Raises AckRefusedError.
    """
    ledger, terminal, epoch = place

    def by(key: Ed25519PublicKey) -> Ack:
        return open_ack(
            ack, key, ledger=ledger, terminal=terminal, epoch=epoch, batch_no=batch_no, batch_hash=batch_hash
        )

    opened = first_good([partial(by, key) for key in keys])
    return Answer(
        opened.status,
        opened.posted_cents,
        opened.difference_cents,
        tuple(opened.reasons),
        ack,
        opened.checkpoint or "",
        (opened.extends.size, tuple(opened.extends.proof)) if opened.extends else None,
    )


def first_good(ways: Sequence[Callable[[], _Said]]) -> _Said:
    """What the first key makes of it that signed it; what is wrong with it by the first key, if none did."""
    refused: AckRefusedError | None = None
    for way in ways:
        try:
            return way()
        except AckRefusedError as fault:
            if fault.reason not in ("bad-signature", "log-note"):
                raise
            refused = refused or fault
    raise refused or AssertionError("there is always a key in force")


def why_not_taken(batch_no: int, reply: Reply) -> CounterError:
    """What to raise of a reply that is no answer: a gap, a refusal, or a ledger that can't."""
    if reply.status == 409:
        return _gap(batch_no, reply)
    if 400 <= reply.status < 500:
        return _not_taken(batch_no, reply)
    return LedgerUnreachableError(
        f"The ledger has a fault of its own ({reply.status}).",
        f"Batch {batch_no} is safe here and stays unsent.",
        "Go on working; sending is tried again by itself.",
    )


def _gap(batch_no: int, reply: Reply) -> CounterError:
    said = _said(reply)
    have_no = said.get("have_no")
    if type(have_no) is not int or have_no < 0:
        return LedgerUnreachableError(
            f"The ledger's answer to batch {batch_no} cannot be read.", "It stays unsent here."
        )
    return LedgerGapError(have_no, f"The ledger has batches up to {have_no}; batch {have_no + 1} comes first.")


def _not_taken(batch_no: int, reply: Reply) -> BatchNotTakenError:
    reason = _said(reply).get("reason")
    why = f": {reason[:300]}" if type(reason) is str else ""
    return BatchNotTakenError(
        f"The ledger did not take batch {batch_no} ({reply.status}){why}.",
        "The batch is safe here and stays unsent.",
        "Call a technician; the ledger's log says more.",
    )


def _said(reply: Reply) -> dict[str, Any]:
    try:
        said = parse_strict(reply.body)
    except MalformedBytesError:
        return {}
    return said if type(said) is dict else {}
