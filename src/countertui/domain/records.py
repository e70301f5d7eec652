"""What a record of the journal contains, kind by kind.

A record's body is one JSON object: the head (`Head`), what happened (`kind` and the people), and `data`, whose shape
belongs to the kind and is written down here as a TypedDict. Amounts are integer cents; dates ISO 8601; hashes
lower-case hex. `sync/` turns a body into canonical bytes; those bytes are what is signed, hashed, stored and sent, once
and for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

from countertui.domain.cash_rounding import ROUNDING_CODE
from countertui.domain.paper_books import PaperData, paper_data
from countertui.domain.personal import Salted, commitment
from countertui.domain.receipts import AccountLine, FeeLine, SettledLine, Settlement, kind_of
from countertui.domain.tenders import Tender

if TYPE_CHECKING:
    from countertui.domain.license_raised import RaisedData

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


class RefundMethod(StrEnum):
    """How a refund is paid: by an accounts-payable check, or in cash from the open drawer."""

    AP_CHECK = "ap_check"
    CASH = "cash"


class AllocationData(TypedDict):
    """Where a part of a line goes; charge None: a fee, or the account's credit."""

    charge: str | None
    head: str
    gl: str
    cents: int
    owed_after: int


class LineData(TypedDict):
    """One line of a receipt. `account` or `fee` is set, the other None; `reason` stands for an allocation by hand."""

    n: int
    account: str | None
    account_kind: str | None
    fee: str | None
    description: str
    quantity: int | None
    unit_cents: int | None
    cents: int
    owed_after: int | None
    reason: str | None
    allocations: list[AllocationData]


class TenderData(TypedDict):
    """One tender as handed over. Of a card: the id under which it was asked for, and what its slip says of it."""

    kind: str
    cents: int
    reference: str
    ask: NotRequired[str]
    brand: NotRequired[str]
    last4: NotRequired[str]


class PayData(TypedDict):
    """`pay`: money in = total + change. personal: commitments to routing and account numbers of checks, by field.

    paper: the paper receipt it was keyed in from; `paper_spoiled` has the same as its data, and why it was not used.
    approved: what the approver let be of the city's rules of tenders, in words. cash_back_cents: what of the change is
    more than the cash handed over, given for a check or a card. raised: the charges that this very payment raises on
    licenses, and takes back with it where it is taken back. postmarked: the day (ISO) of the postmark of what came by
    mail, where it was typed.
    """

    payor: str
    lines: list[LineData]
    tenders: list[TenderData]
    change_cents: int
    total_cents: int
    personal: NotRequired[dict[str, str]]
    cash_back_cents: NotRequired[int]
    paper: NotRequired[PaperData]
    remittance: NotRequired[str]
    approved: NotRequired[list[str]]
    raised: NotRequired[list[RaisedData]]
    postmarked: NotRequired[str]


class OriginalData(TypedDict):
    """The receipt a later record points at."""

    seq: int
    h: str
    id: str
    receipt_no: str


class RequestData(TypedDict):
    """`void_request`, `refund_request`: asked for, nothing taken back yet. method is None for a void."""

    original: OriginalData
    reason: str
    method: str | None
    total_cents: int


class VoidData(TypedDict):
    """`void`: the original's lines, tenders and change, all taken back inside its session.

    decision, here and below: the record of the ledger's desk that it carries out, if one did decide; carried_out_by:
    who was at the counter then, and handed out what is given back.
    """

    original: OriginalData
    request_seq: int | None
    reason: str
    lines: list[LineData]
    tenders: list[TenderData]
    change_cents: int
    total_cents: int
    cash_back_cents: NotRequired[int]
    decision: NotRequired[int]
    carried_out_by: NotRequired[str]


class RefundData(TypedDict):
    """`refund`: the original's lines taken back after its session closed; paid by method."""

    original: OriginalData
    request_seq: int
    reason: str
    method: str
    lines: list[LineData]
    total_cents: int
    decision: NotRequired[int]
    carried_out_by: NotRequired[str]


class RefusalData(TypedDict):
    """`void_refusal`, `refund_refusal`: a request answered with no; the receipt stands."""

    original: OriginalData
    request_seq: int
    reason: str
    decision: NotRequired[int]
    carried_out_by: NotRequired[str]


class EndorseAgainData(TypedDict):
    """`endorse_again`: a check of the original was endorsed once more, the copy-th time again, and why."""

    original: OriginalData
    check: str
    copy: int
    reason: str


class NoSaleData(TypedDict):
    """`no_sale`: the drawer opened without a sale, and why. Moves no money."""

    drawer: str
    reason: str


class CountData(TypedDict):
    """One tender kind: pieces and cents (for over/short: counted less expected)."""

    tender: str
    count: int
    cents: int


class OpenData(TypedDict):
    """`open`: the opening count; pieces are [denomination in cents, number]."""

    drawer: str
    fund_cents: int
    counted_cents: int
    pieces: list[list[int]]
    reason: str


class DrawerCountData(TypedDict):
    """`count`: a blind count, committed before the difference is shown; a recount is another record."""

    drawer: str
    pieces: list[list[int]]
    counted: list[CountData]


class OpenCardData(TypedDict):
    """A card charge that stands in no receipt and is not settled: the record that says so, and what was asked."""

    unknown_seq: int
    cents: int


class CloseData(TypedDict):
    """`close`: the session's first and last sequence numbers, what was counted, expected, and the difference.

    counts is how many counts were committed, first_over_short what the first of them showed: a recount hides neither.
    open_cards: card charges of the session that are not settled; none of them is in the expected figures.
    """

    drawer: str
    first_seq: int
    last_seq: int
    count_seq: int
    counted: list[CountData]
    expected: list[CountData]
    over_short: list[CountData]
    counts: int
    first_over_short: list[CountData]
    receipts: int
    reason: str
    open_requests: list[str]
    open_cards: NotRequired[list[OpenCardData]]


class SealData(TypedDict):
    """`seal`: the last record of its batch, and what the batch adds up to."""

    batch_no: int
    first_seq: int
    last_seq: int
    prev_head: str
    prev_batch_hash: str
    totals: dict[str, Any]


class LogAcceptedData(TypedDict):
    """The ledger's log was another than it was, and a person had it followed anew: what was seen of the old one."""

    size: int
    root: str
    reason: str


class BackupData(TypedDict):
    """`backup`: a copy was made, up to this very record; seq and h (hex) are those of the record before it."""

    seq: int
    h: str


class RestoreData(TypedDict):
    """`restore`: an epoch began where a copy of the one before ended, at record seq of hash h (hex).

    receipt_n is the last receipt number drawn by then; anchor_seq the last record that the old anchor saw, None if it
    is gone; paper_n the highest number seen on paper. Numbers go on at first_n: those between are on paper alone.
    """

    epoch: int
    seq: int
    h: str
    receipt_n: int
    anchor_seq: int | None
    paper_n: int
    first_n: int


class KeyRotateData(TypedDict):
    """`key_rotate`: the key that signs from the record after the next seal on, and its own signature that it agrees."""

    public_key: str
    proof: str


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


def pay_data(settlement: Settlement) -> PayData:
    """A settled cart as `pay` data."""
    data = PayData(
        payor=settlement.cart.payor,
        lines=[_line(n, settled, settlement.cart.id) for n, settled in enumerate(settlement.lines, start=1)],
        tenders=[_tender(tender) for tender in settlement.tenders],
        change_cents=settlement.change,
        total_cents=settlement.total,
    )
    if settlement.cash_back:
        data["cash_back_cents"] = settlement.cash_back
    if settlement.cart.paper is not None:
        data["paper"] = paper_data(settlement.cart.paper)
    if settlement.cart.remittance:
        data["remittance"] = settlement.cart.remittance
    if raised := [one.said(settlement.cart.id) for settled in settlement.lines for one in settled.raised]:
        data["raised"] = raised
    if settlement.cart.postmarked:
        data["postmarked"] = settlement.cart.postmarked
    return data


def _tender(tender: Tender) -> TenderData:
    data = TenderData(kind=tender.kind.value, cents=tender.cents, reference=tender.reference)
    if tender.ask:
        data["ask"] = tender.ask
    if tender.slip is not None:
        data["brand"], data["last4"] = tender.slip.brand, tender.slip.last4
    return data


def _line(n: int, settled: SettledLine, record: str) -> LineData:
    line = settled.line
    raised = {one.charge: one.said(record)["charge"] for one in settled.raised}
    is_rounding = isinstance(line, FeeLine) and line.code == ROUNDING_CODE
    return LineData(
        n=n,
        account=None if isinstance(line, FeeLine) else line.account,
        account_kind=kind_of(line) or None,
        fee=line.code if isinstance(line, FeeLine) else None,
        description=line.description if isinstance(line, FeeLine) else line.name,
        quantity=line.quantity if isinstance(line, FeeLine) and not is_rounding else None,
        unit_cents=line.unit_cents if isinstance(line, FeeLine) and not is_rounding else None,
        cents=line.amount,
        owed_after=settled.owed_after,
        reason=line.reason if isinstance(line, AccountLine) and line.by_hand else None,
        allocations=[
            AllocationData(
                charge=raised.get(part.charge, part.charge) if part.charge is not None else None,
                head=part.head,
                gl=part.gl,
                cents=part.cents,
                owed_after=part.owed_after,
            )
            for part in settled.allocations
        ],
    )
