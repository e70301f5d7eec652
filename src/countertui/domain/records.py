"""What a record of the journal contains, kind by kind.

A record's body is one JSON object: the head (`Head`), what happened (`kind` and the people), and `data`, whose shape
belongs to the kind and is written down as a TypedDict (`pay_record`, `record_data`, or where the kind's rules are).
Amounts are integer cents; dates ISO 8601; hashes lower-case hex. `sync/` turns a body into canonical bytes; those bytes
are what is signed, hashed, stored and sent, once and for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from countertui.domain.personal import Salted, commitment

VERSION = 1


class Kind(StrEnum):
    """What a record says happened."""

    START = "start"
    LOGIN = "login"
    LOGOUT = "logout"
    PIN_FAIL = "pin_fail"
    PIN_LOCK = "pin_lock"
    UNLOCK = "unlock"
    OPERATOR = "operator"
    SNAPSHOT_APPLIED = "snapshot_applied"
    CLOCK_CHANGE = "clock_change"
    OPEN = "open"
    PAY = "pay"
    PAPER_SPOILED = "paper_spoiled"
    REMITTANCE_OPEN = "remittance_open"
    REMITTANCE_CLOSE = "remittance_close"
    ACCOUNT_NOTE = "account_note"
    ACCOUNT_CHANGE = "account_change"
    VOID_REQUEST = "void_request"
    VOID = "void"
    VOID_REFUSAL = "void_refusal"
    REFUND_REQUEST = "refund_request"
    REFUND = "refund"
    REFUND_REFUSAL = "refund_refusal"
    CHECKS_RETURNED = "checks_returned"
    REPRINT = "reprint"
    ENDORSE_AGAIN = "endorse_again"
    NO_SALE = "no_sale"
    DROP = "drop"
    SURPRISE_COUNT = "surprise_count"
    FUND_REQUEST = "fund_request"
    FUND_CHANGE = "fund_change"
    DAY_CHECKED = "day_checked"
    HAND_OVER = "hand_over"
    DEPOSIT_COUNT = "deposit_count"
    DEPOSIT = "deposit"
    DEPOSIT_FINAL = "deposit_final"
    DEPOSIT_TAKEN_BACK = "deposit_taken_back"
    DEPOSIT_ITEM_LOST = "deposit_item_lost"
    DEPOSIT_COPY = "deposit_copy"
    COURIER = "courier"
    CARD_UNKNOWN = "card_unknown"
    CARD_SETTLED = "card_settled"
    REVEAL = "reveal"
    COUNT = "count"
    CLOSE = "close"
    SEAL = "seal"
    KEY_ROTATE = "key_rotate"
    TRUST_REFUND_REQUEST = "trust_refund_request"
    TRUST_REFUND = "trust_refund"
    TRUST_REFUND_REFUSAL = "trust_refund_refusal"
    APPLY = "apply"
    LICENSE = "license"
    UNAPPLY = "unapply"
    RIGHTS_REVIEW = "rights_review"
    LOG_ACCEPTED = "log_accepted"
    BACKUP = "backup"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Head:
    """What every record says about where, when and by whose reference data it was made."""

    ledger: str
    terminal: str
    epoch: int
    seq: int
    utc: str
    mono_ms: int
    boot_id: str
    snapshot: int
    cum_net: int
    cum_abs: int
    clock: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened, before it becomes a record.

    kind is a `Kind`, at the ledger's own desk a `DeskKind`. net_cents: what it adds to (or takes from) the money taken
    here. personal: values by field, of which the record holds commitments alone.
    """

    id: str
    kind: StrEnum
    operator: str
    data: Mapping[str, Any]
    approver: str | None = None
    session: str | None = None
    biz_date: str | None = None
    net_cents: int = 0
    draws_receipt_no: bool = False
    personal: Mapping[str, Salted] = field(default_factory=dict)


def body(head: Head, fact: Fact, receipt_no: str | None) -> dict[str, Any]:
    """The body of a record, ready to be made canonical."""
    data = dict(fact.data)
    if fact.personal:
        data["personal"] = {name: commitment(name, salted) for name, salted in fact.personal.items()}
    return {
        "v": VERSION,
        "ledger": head.ledger,
        "terminal": head.terminal,
        "epoch": head.epoch,
        "seq": head.seq,
        "id": fact.id,
        "kind": fact.kind.value,
        "biz_date": fact.biz_date,
        "session": fact.session,
        "utc": head.utc,
        "mono_ms": head.mono_ms,
        "boot_id": head.boot_id,
        "clock": dict(head.clock),
        "snapshot": head.snapshot,
        "operator": fact.operator,
        "approver": fact.approver,
        "receipt_no": receipt_no,
        "cum_net": head.cum_net,
        "cum_abs": head.cum_abs,
        "data": data,
    }
