"""What an online terminal says between batches, and how the ledger answers: records as they are made, and heads.

A line of records is `{"body":{...},"sig":"..."}`: the very bytes that a batch will hold. A head is the terminal's word
where its journal ends, signed together with the end that the ledger was known to know (`known`): an old head repeated
proves nothing, as the ledger knows more since; a fresh one below `known` proves that the terminal's store went back.
The idea is that of a witness's cosigned checkpoint (C2SP tlog-witness). The answer is the ledger's, signed.
"""

from __future__ import annotations

import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Meta

from countertui.forms import Count, Form, Hex32, Hex64, Number, ValidationError, read_as, said_by
from countertui.sync.ack import LEDGER_KEY_ID, MAX_ACK
from countertui.sync.canonical import canonical, parse_strict
from countertui.sync.dsse import LIVE, open_envelope, parse_envelope, sign_envelope, to_bytes
from countertui.sync.faults import (
    AckRefusedError,
    EnvelopeRefusedError,
    MalformedBatchError,
    MalformedBytesError,
    MalformedEnvelopeError,
)

MAX_LIVE = 1 << 20
"""Records offered at once; bytes."""
MAX_HEAD = 4096

_BODY, _SIG, _END = b'{"body":', b',"sig":"', b'"}'
_SIG_LENGTH = 88  # base64 of 64 bytes
_TAIL = len(_SIG) + _SIG_LENGTH + len(_END)


@dataclass(frozen=True, slots=True)
class LiveRecord:
    """A record as offered: its bytes, its signature (64 bytes), and what it says, unverified."""

    body: bytes
    sig: bytes
    said: dict[str, Any]


class HeadSaid(Form, frozen=True, kw_only=True):
    """A terminal's word where its journal ends: record `seq` of hash `h`; `known` as above, `sig` 64 bytes in hex."""

    known: Count
    seq: Number
    h: Hex32
    sig: Hex64


class LiveAnswer(Form, frozen=True, kw_only=True):
    """What the ledger knows of a terminal.

    Records go on after `have_seq` of hash `have_h` (empty for none); `known_seq` is the highest that it heard of,
    `batch_no` the last batch in its custody; state is active, frozen or revoked.
    """

    v: Literal[1] = 1
    ledger: str
    terminal: str
    epoch: Number
    have_seq: Count
    have_h: Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")]
    known_seq: Count
    batch_no: Count
    state: str
    at: Annotated[str, Meta(max_length=40)]


def record_lines(records: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Records as (body, signature), a line each."""
    encode = binascii.b2a_base64
    return b"".join(_BODY + body + _SIG + encode(sig, newline=False) + _END + b"\n" for body, sig in records)


def read_lines(data: bytes) -> list[LiveRecord]:
    """The records in these lines; nothing is verified. Raises MalformedBatchError."""
    return [_read_line(n, line) for n, line in enumerate(data.splitlines(), start=1)]


def head_body(known: int, seq: int, h: bytes, sig: bytes) -> bytes:
    """A head as it is sent."""
    return canonical(said_by(HeadSaid(known=known, seq=seq, h=h.hex(), sig=sig.hex())))


def read_head(data: bytes) -> HeadSaid:
    """A head as it came; nothing is verified. Raises MalformedBatchError."""
    try:
        return read_as(HeadSaid, parse_strict(data))
    except (MalformedBytesError, ValidationError):
        raise MalformedBatchError("The head cannot be read.") from None


def signed_answer(answer: LiveAnswer, key: Ed25519PrivateKey) -> bytes:
    """The ledger's answer as an envelope."""
    return to_bytes(sign_envelope(LIVE, canonical(said_by(answer)), [(LEDGER_KEY_ID, key)]))


def open_answer(data: bytes, key: Ed25519PublicKey, *, ledger: str, terminal: str, epoch: int) -> LiveAnswer:
    """The answer in an envelope, once the ledger signed it and it is about this terminal. Raises AckRefusedError."""
    try:
        payload = open_envelope(parse_envelope(data, MAX_ACK), LIVE, {LEDGER_KEY_ID: key})
        answer = read_as(LiveAnswer, parse_strict(payload))
    except EnvelopeRefusedError as fault:
        raise AckRefusedError(fault.reason, f"The ledger's answer cannot be trusted. {fault.happened}") from fault
    except (MalformedEnvelopeError, MalformedBytesError, ValidationError):
        raise AckRefusedError("malformed", "The ledger's answer cannot be read.") from None
    if (answer.ledger, answer.terminal, answer.epoch) != (ledger, terminal, epoch):
        raise AckRefusedError("other-ledger", f"The answer is about {answer.terminal} of ledger {answer.ledger}.")
    return answer


def _read_line(n: int, line: bytes) -> LiveRecord:
    from countertui.sync.record_json import read_object

    body = line[len(_BODY) : -_TAIL]
    try:
        if not (line.startswith(_BODY) and line.endswith(_END) and line[-_TAIL:].startswith(_SIG)):
            raise MalformedBytesError("It has another form.")
        sig = binascii.a2b_base64(line[-_TAIL + len(_SIG) : -len(_END)], strict_mode=True)
        if len(sig) != 64:
            raise MalformedBytesError("Its signature has another length.")
        return LiveRecord(body, sig, read_object(body))
    except (MalformedBytesError, binascii.Error):
        raise MalformedBatchError(f"Record {n} of those offered cannot be read.") from None
