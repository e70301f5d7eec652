"""The batches that the ledger has in custody, read strictly from its answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countertui.counter.ledger_answers import Said, answer_as
from countertui.counter.station import Station
from countertui.forms import Cents, Count, Form, Number


class TenderSums(Form, frozen=True, kw_only=True):
    """Pieces and cents of one tender."""

    count: int
    cents: Cents


class BatchRow(Form, frozen=True, kw_only=True):
    """A batch in custody; tenders as its terminal sealed them; steps: what can be done with one in its state."""

    terminal: Said
    epoch: Number
    no: Number
    office: Said
    state: Said
    first_seq: Count
    last_seq: Count
    receipts: Count
    net_cents: Cents | None
    error_items: Count
    received_at: Said
    released_by: Said | None
    posted_by: Said | None
    reasons: list[Said]
    tenders: dict[str, TenderSums]
    comes_first: Count
    steps: list[str]


class Batches(Form, frozen=True, kw_only=True):
    """Some batches; how many there are of each state."""

    batches: list[BatchRow]
    states: dict[str, Count]
    more: bool


class BatchStep(Form, frozen=True, kw_only=True):
    """What somebody did with a batch."""

    step: Said
    at: Said
    reason: Said
    seq: Number
    by: Said
    second: Said


class BatchReceipt(Form, frozen=True, kw_only=True):
    """A receipt, void or refund of a batch, as its record says; what is given back is negative."""

    seq: Count
    kind: Said
    receipt_no: Said
    biz_date: Said
    operator: Said
    payor: Said
    cents: Cents


class BatchPage(Form, frozen=True, kw_only=True):
    """One batch; may: the steps that who looks could take."""

    batch: BatchRow
    people: list[str]
    history: list[BatchStep]
    receipts: list[BatchReceipt]
    more: bool
    may: list[str]


def read_batches(_station: Station, said: Mapping[str, Any]) -> Batches:
    """The answer to `batches`."""
    return answer_as(Batches, said)


def read_batch(_station: Station, said: Mapping[str, Any]) -> BatchPage:
    """The answer to `batch`."""
    return answer_as(BatchPage, said)
