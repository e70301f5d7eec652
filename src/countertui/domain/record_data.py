"""What a terminal's records contain besides `pay`, kind by kind, where the kind's rules have no module of their own.

Amounts are integer cents; dates ISO 8601; hashes lower-case hex.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NotRequired, TypedDict

from countertui.domain.pay_record import LineData, TenderData


class RefundMethod(StrEnum):
    """How a refund is paid: by an accounts-payable check, or in cash from the open drawer."""

    AP_CHECK = "ap_check"
    CASH = "cash"


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
