"""The ledger's answers about receipts, read strictly: those of drawers, and one with all that is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from countertui.counter.ledger_answers import Said, another_version, answer_as
from countertui.counter.ledger_desk import LedgerOffline, moment
from countertui.counter.paper import facts_of
from countertui.counter.station import Station
from countertui.documents.receipt import receipt_document
from countertui.documents.text import as_text
from countertui.domain.dates import us_date_said
from countertui.domain.desk_records import DeskKind
from countertui.domain.money import format_cents
from countertui.domain.records import Kind
from countertui.domain.tenders import TenderKind
from countertui.forms import Cents, Count, Form, Hex32, Number, ValidationError, read_as

_ON_PAPER = "as on the paper itself"
_UNDONE = {"void": "void", "refund": "refunded", "returned_check": "returned"}
_PAYMENTS = frozenset({Kind.PAY.value, DeskKind.REMITTANCE.value})
UNDONE_WORDS = {"void": "VOID", "refund": "REFUNDED", "returned_check": "CHECK BACK"}
"""How a receipt was taken back, in a list."""


class _Row(Form, frozen=True, kw_only=True):
    terminal: Said
    epoch: Number
    seq: Number
    id: Said
    kind: Said
    receipt_no: Said
    at: Said
    payor: Said
    tenders: list[Said]
    cents: Cents
    state: Said
    undone: Said


class _Page(Form, frozen=True, kw_only=True):
    rows: list[_Row]
    next: tuple[Count, Count] | None


class _Line(Form, frozen=True, kw_only=True):
    fund: Said
    account: Said
    name: Said
    cents: Cents


class _Batch(Form, frozen=True, kw_only=True):
    no: Number
    received_at: Said


class _Record(Form, frozen=True, kw_only=True):
    body: dict[str, Any]
    h: Hex32
    state: Said
    batch: _Batch | None
    entry: Number | None
    lines: list[_Line]
    undone: Said
    corrections: list[Number]
    office: Said
    address: Said
    drawer: Said
    operator_name: Said


@dataclass(frozen=True, slots=True)
class LedgerReceipt:
    """A receipt, or a record that took one back (cents below zero); `at` is local date and time.

    `state` is posted, live (told by its terminal and not sealed or not sent), or that of its batch in custody.
    """

    terminal: str
    epoch: int
    seq: int
    kind: str
    receipt_no: str
    at: str
    payor: str
    tenders: str
    cents: int
    state: str


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """Receipts, and where to go on: how many sessions are done and the last record; None if that is all."""

    rows: tuple[LedgerReceipt, ...]
    next: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class RecordSeen:
    """A record as lines of text: the receipt as printed (empty for another record), then what is known of it.

    is_payment: whether it is a posted payment, whose money stands somewhere.
    """

    title: str
    lines: tuple[str, ...]
    is_payment: bool = False


def read_receipts(station: Station, said: Mapping[str, Any]) -> ReceiptPage:
    """What the ledger's answer says. Raises LedgerOffline for one of another form."""
    page = answer_as(_Page, said)
    rows = tuple(
        LedgerReceipt(
            *(row.terminal, row.epoch, row.seq, row.kind, row.receipt_no, _moment(station, row.at), row.payor),
            " + ".join(_label(kind) for kind in row.tenders),
            row.cents,
            UNDONE_WORDS.get(row.undone, row.undone) or row.state,
        )
        for row in page.rows
    )
    return ReceiptPage(rows, page.next)


def read_record(station: Station, said: Mapping[str, Any]) -> RecordSeen:
    """The same of a record. Raises LedgerOffline."""
    try:
        record = read_as(_Record, said)
        return _seen(station, record)
    except (ValidationError, KeyError, TypeError, AttributeError, ValueError):
        raise another_version() from None


def _seen(station: Station, record: _Record) -> RecordSeen:
    body = record.body
    number = str(body.get("receipt_no") or "")
    name = f"Receipt {number}" if number else f"Record {body['seq']}: {str(body['kind']).replace('_', ' ')}"
    paper = _paper_or_why(station, record) if body["kind"] == Kind.PAY else []
    lines = (*paper, *([""] if paper else []), *_facts(station, record), *_posted(record.lines))
    is_payment = body["kind"] in _PAYMENTS and record.entry is not None
    return RecordSeen(name, lines, is_payment and record.undone in ("", "returned_check"))


def _paper_or_why(station: Station, record: _Record) -> Sequence[str]:
    """The receipt as printed; of one that is not posted, which may say anything, that it can't be shown so."""
    try:
        return _paper(station, record)
    except (KeyError, TypeError, AttributeError, ValueError):
        if record.state == "posted":
            raise
        return ["What this record says is no receipt that could be printed: its batch is held for people."]


def _paper(station: Station, record: _Record) -> Sequence[str]:
    facts = facts_of(
        station,
        record.body,
        bytes.fromhex(record.h),
        (record.office, record.address),
        drawer=record.drawer,
        operator_name=record.operator_name,
        state=_UNDONE.get(record.undone, "taken"),
        claim=_ON_PAPER,
    )
    return as_text(receipt_document(facts))


def _facts(station: Station, record: _Record) -> list[str]:
    """Where the record is, its hash, its batch, and who stands in it."""
    body = record.body
    who = f"{record.operator_name} ({body['operator']})"
    approver = f", with {body['approver']}" if body.get("approver") else ""
    taken_back = f" It was taken back: {record.undone.replace('_', ' ')}." if record.undone else ""
    lines = [
        f"Record {body['seq']} of {body['terminal']}/{body['epoch']}, {record.state}.{taken_back}",
        f"By {who}{approver}, {_moment(station, body['utc'])}",
    ]
    if body.get("biz_date"):
        lines.append(f"Business date {us_date_said(str(body['biz_date']))}, session {body.get('session') or 'none'}")
    lines.append(f"Hash {record.h}")
    if record.batch is not None:
        lines.append(f"Batch {record.batch.no}, received {moment(station, record.batch.received_at)}")
    if record.corrections:
        numbers = ", ".join(map(str, record.corrections))
        lines.append(f"Corrected at the ledger's desk by record {numbers}")
    lines.append(
        f"Entry {record.entry}" if record.entry is not None else "Nothing is posted of it in the general ledger"
    )
    return lines


def _moment(station: Station, said: str) -> str:
    """When a record says that it was made; as it stands where that is no time, as one held for people may say."""
    try:
        return moment(station, said)
    except LedgerOffline:
        return said


def _posted(lines: Sequence[_Line]) -> list[str]:
    """The lines of the entry: debits as they are, credits with a minus."""
    return [f"  {each.account:<12} {each.name[:30]:<30} {format_cents(each.cents):>14}" for each in lines]


def _label(kind: str) -> str:
    try:
        return TenderKind(kind).label
    except ValueError:
        return kind
