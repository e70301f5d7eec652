"""What the ledger says of an office's drawers to one of its terminals, signed: read strictly, believed from its key."""

from __future__ import annotations

from typing import Annotated, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Meta

from countertui.domain.office_said import OfficeSaid, as_json, said_of
from countertui.forms import Cents, Count, Form, Number, ValidationError, read_as, said_by
from countertui.sync.ack import LEDGER_KEY_ID
from countertui.sync.canonical import canonical, parse_strict
from countertui.sync.dsse import OFFICE, open_envelope, parse_envelope, sign_envelope, to_bytes
from countertui.sync.faults import (
    AckRefusedError,
    EnvelopeRefusedError,
    MalformedBytesError,
    MalformedEnvelopeError,
)

MAX_OFFICE = 4 * 1024 * 1024
"""An answer's bytes."""
_Text = Annotated[str, Meta(max_length=200)]
_Date = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]


class _Paper(Form, frozen=True, kw_only=True):
    receipt_no: _Text
    n: Number
    tender: Literal["check", "money_order"]
    reference: _Text
    cents: Cents


class _Drop(Form, frozen=True, kw_only=True):
    bag: _Text
    cents: Cents
    seq: Number


class _Count(Form, frozen=True, kw_only=True):
    tender: Literal["cash", "check", "card", "money_order"]
    count: Annotated[int, Meta(gt=-(2**53), lt=2**53)]
    cents: Cents


class _Session(Form, frozen=True, kw_only=True):
    id: _Text
    drawer: _Text
    operator: _Text
    biz_date: _Date
    opening_cents: Cents | None
    open_seq: Number | None
    close_seq: Number | None
    batch_no: Number | None
    people: list[_Text]
    receipts: Count
    papers: list[_Paper]
    drops: list[_Drop]
    counted: list[_Count]
    over_short: list[_Count]
    through: Number


class _Deposit(Form, frozen=True, kw_only=True):
    seq: Number
    slip_no: _Text
    bag: _Text
    sessions: list[tuple[_Text, Number, _Text]]
    safe_bags: list[tuple[_Text, Number, _Text, _Text]]


class _Terminal(Form, frozen=True, kw_only=True):
    code: _Text
    epoch: Number
    through: Count
    heard_at: _Text
    dates: list[_Date]
    sessions: list[_Session]
    deposits: list[_Deposit]
    posted: Count | None
    error_items: Count | None


class _Answer(Form, frozen=True, kw_only=True):
    v: Literal[1] = 1
    ledger: _Text
    terminal: _Text
    epoch: Number
    office: _Text
    at: _Text
    terminals: list[_Terminal]
    by_desk: list[_Deposit]


def signed_office(said: OfficeSaid, ledger: str, terminal: str, epoch: int, key: Ed25519PrivateKey) -> bytes:
    """The ledger's answer to a terminal, as an envelope. Raises ValidationError, CanonicalError."""
    content = {"v": 1, "ledger": ledger, "terminal": terminal, "epoch": epoch, **as_json(said)}
    payload = canonical(said_by(read_as(_Answer, content)))
    return to_bytes(sign_envelope(OFFICE, payload, [(LEDGER_KEY_ID, key)]))


def open_office(data: bytes, key: Ed25519PublicKey, *, ledger: str, terminal: str, epoch: int) -> OfficeSaid:
    """The answer in an envelope, once the ledger signed it for this terminal. Raises AckRefusedError."""
    try:
        payload = open_envelope(parse_envelope(data, MAX_OFFICE), OFFICE, {LEDGER_KEY_ID: key})
        answer = read_as(_Answer, parse_strict(payload))
    except EnvelopeRefusedError as fault:
        raise AckRefusedError(fault.reason, f"The ledger's answer cannot be trusted. {fault.happened}") from fault
    except (MalformedEnvelopeError, MalformedBytesError, ValidationError):
        raise AckRefusedError("malformed", "The ledger's answer cannot be read.") from None
    if (answer.ledger, answer.terminal, answer.epoch) != (ledger, terminal, epoch):
        raise AckRefusedError("other-ledger", f"The answer is for {answer.terminal} of ledger {answer.ledger}.")
    return said_of(said_by(answer))
