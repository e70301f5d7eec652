"""The ledger's error items, read strictly: the worklist, one item with its record, what a correction would do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countertui.counter.ledger_answers import Said, answer_as
from countertui.counter.station import Station
from countertui.forms import Cents, Count, Form, Number


class Item(Form, frozen=True, kw_only=True):
    """An error item, in plain words; cents that wait in suspense (credited: positive)."""

    id: Number
    terminal: Said
    epoch: Number
    seq: Count
    reason: Said
    detail: Said
    cents: Cents
    state: Said
    made_at: Said
    office: Said
    words: Said
    corrected_seq: Count | None = None


class Items(Form, frozen=True, kw_only=True):
    """Open items from the oldest on; more: there are others after them."""

    items: list[Item]
    open: Count
    suspense_cents: Cents
    more: bool


class GlPart(Form, frozen=True, kw_only=True):
    """One line of an entry: cents, a debit is positive."""

    fund: Said
    account: Said
    name: Said
    cents: Cents


class RecordLine(Form, frozen=True, kw_only=True):
    """One line of a receipt, as its record says."""

    account: Said | None
    fee: Said | None
    description: Said | None
    cents: Cents | None


class RecordTender(Form, frozen=True, kw_only=True):
    """One tender of a receipt, as its record says."""

    kind: Said | None
    cents: Cents | None


class RecordSaid(Form, frozen=True, kw_only=True):
    """What a record says, as far as it says any of it."""

    kind: Said | None
    operator: Said | None
    approver: Said | None
    utc: Said | None
    biz_date: Said | None
    receipt_no: Said | None
    session: Said | None
    payor: Said | None
    total_cents: Cents | None
    lines: list[RecordLine]
    tenders: list[RecordTender]
    h: Said
    entry: Count | None


class Correction(Form, frozen=True, kw_only=True):
    """A correction that was made, by whom and why."""

    seq: Number
    at: Said
    reason: Said
    by: Said
    second: Said | None


class ItemPage(Form, frozen=True, kw_only=True):
    """One item with its record, what it posted, and what can be done."""

    item: Item
    helps: Said
    ways: list[str]
    people: list[str]
    is_mine: bool
    record: RecordSaid | None
    lines: list[GlPart]
    corrections: list[Correction]


class Share(Form, frozen=True, kw_only=True):
    """Cents taken (negative) or given, and what the charge owes before and after."""

    account: Said | None
    charge: Said | None
    head: Said
    gl: Said
    cents: Cents
    description: Said
    owed_before: Cents | None
    owed_after: Cents | None


class RaisedRow(Form, frozen=True, kw_only=True):
    """A row of the calendar that is off on a license's term: what stands, what the city's rows give, what is done."""

    license: Said
    begins: Said
    description: Said
    stands_cents: Cents
    given_cents: Cents
    day: Said
    withdrawn_cents: Cents
    raised_cents: Cents


class Working(Form, frozen=True, kw_only=True):
    """What a correction would do, step by step; dated: its business date (ISO)."""

    cents: Cents
    together: list[Number]
    raised: list[RaisedRow]
    dated: Said
    shares: list[Share]
    lines: list[GlPart]


def read_items(_station: Station, said: Mapping[str, Any]) -> Items:
    """The answer to `error-items`. Raises LedgerOffline for what can't be read; so do the others."""
    return answer_as(Items, said)


def read_item(_station: Station, said: Mapping[str, Any]) -> ItemPage:
    """The answer to `error-item`."""
    return answer_as(ItemPage, said)


def read_working(_station: Station, said: Mapping[str, Any]) -> Working:
    """The answer to `error-item.proposal`."""
    return answer_as(Working, said)
