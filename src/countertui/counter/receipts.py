"""Receipts of this terminal: listed, shown as printed, printed again as DUPLICATE n."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from countertui.counter.give_back import give_back
from countertui.counter.paper import receipt_facts
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Station
from countertui.counter.today import today
from countertui.documents.again import first_may_exist
from countertui.documents.receipt import receipt_document
from countertui.documents.text import as_text
from countertui.domain.card_guard import refuse_card_numbers
from countertui.domain.desk_records import CarriedBy, Verdict
from countertui.domain.documents import MOST_COPIES, Document, to_json
from countertui.domain.record_data import OriginalData
from countertui.domain.records import Fact, Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act
from countertui.store import operators, print_jobs, receipt_rows, session_rows
from countertui.store.receipt_rows import ReceiptRecord
from countertui.store.reference_rows import Decision
from countertui.store.store import Recorded, RecordMissing, read_body

_ALREADY = {
    "void_requested": "A void of receipt {} is asked for already.",
    "void": "Receipt {} is already void.",
    "refund_requested": "A refund of receipt {} is asked for already.",
    "refunded": "Receipt {} is already refunded.",
    "returned": "A check of receipt {} came back unpaid.",
}


_STANDING = ("taken", "void_requested", "refund_requested")


class ReprintRefused(Refused):
    """The receipt is not printed again."""


class ReceiptUnknown(Refused):
    """There is no such receipt at this terminal."""


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A receipt as listed: total in cents; state as in table receipt.

    `refund` is the method of a refund asked for or paid, ap_check or cash, else empty. `gives` says what a void gives
    back, tender by tender.
    """

    receipt_no: str
    time: str
    biz_date: str
    payor: str
    total_cents: int
    tenders: str
    state: str
    operator: str
    copies: int
    session: str
    refund: str = ""
    gives: str = ""


def receipts(station: Station, text: str = "", session_id: str | None = None, limit: int = 50) -> list[ReceiptRow]:
    """Receipts, newest first, of all or one session, or those that fit the text."""
    found = receipt_rows.receipts(station.reader, text, session_id, limit)
    return [_row(station, station.reader, record) for record in found]


def open_requests(station: Station) -> list[ReceiptRow]:
    """Receipts with a void or refund asked for and answered neither here nor at the ledger, oldest first."""
    asked = receipt_rows.requested(station.reader)
    return rows_of(station, station.reader, [record for record in asked if decision_on(station, record) is None])


def rows_of(station: Station, db: sqlite3.Connection, records: Sequence[ReceiptRecord]) -> list[ReceiptRow]:
    """Receipts as listed."""
    return [_row(station, db, record) for record in records]


def receipt_text(station: Station, receipt_no: str) -> list[str]:
    """The receipt as lines of text, as it was printed, with its present state. Raises ReceiptUnknown."""
    return as_text(_document(station, station.reader, find_receipt(station.reader, receipt_no), 0))


def reprint(station: Station, person: Person, receipt_no: str, instead_of: int | None = None, device: str = "") -> int:
    """Print a receipt again, recorded and marked DUPLICATE n; gives n.

    instead_of: the uncertain print job that it settles. device: the printer's name, empty for this terminal's own.

    Raises ReceiptUnknown, ReprintRefused, NotAllowed.
    """
    require_now(station, person.id, Act.REPRINT)
    record = find_receipt(station.db, receipt_no)
    copy = record.copies + 1
    if copy > MOST_COPIES:
        raise ReprintRefused(
            f"Receipt {record.receipt_no} was printed again {MOST_COPIES} times already.",
            press="Show it on the screen instead.",
        )

    def with_paper(db: sqlite3.Connection, recorded: Recorded) -> None:
        document = _document(station, db, record, copy)
        if instead_of is not None:
            _settle(db, instead_of)
            document = first_may_exist(document)
        print_jobs.queue_print(
            db, recorded.seq, record.receipt_no, "receipt", copy, to_json(document), device, instead_of
        )

    fact = Fact(
        id=station.ids(),
        kind=Kind.REPRINT,
        operator=person.id,
        session=record.session,
        biz_date=record.biz_date,
        data={"original": original(record), "copy": copy},
    )
    station.record(fact, with_paper)
    return copy


def _settle(db: sqlite3.Connection, job: int) -> None:
    found = print_jobs.print_job(db, job)
    if found is None or found.state != "uncertain":
        raise ReprintRefused("Somebody decided on this paper already.", "Nothing was printed.", "F10, P shows it.")
    print_jobs.set_state(db, job, "settled", "printed again")


def find_receipt(db: sqlite3.Connection, receipt_no: str) -> ReceiptRecord:
    """A receipt as stored. Raises ReceiptUnknown, CardNumberRefused."""
    record = receipt_rows.receipt(db, receipt_no.strip().upper())
    if record is None:
        refuse_card_numbers(receipt_no, "The receipt number")
        raise ReceiptUnknown(
            f"There is no receipt {receipt_no[:24]} at this terminal.", press="Choose one from the list."
        )
    return record


def already(receipt_no: str, state: str) -> str:
    """What a person is told who would undo a receipt that is undone, or about to be."""
    return _ALREADY[state].format(receipt_no)


def original(record: ReceiptRecord) -> OriginalData:
    """How a later record points at a receipt."""
    return OriginalData(seq=record.seq, h=record.h, id=record.id, receipt_no=record.receipt_no)


def _document(station: Station, db: sqlite3.Connection, record: ReceiptRecord, copy: int) -> Document:
    session = session_rows.session(db, record.session)
    name = operator_name(station, db, record.operator)
    facts = receipt_facts(
        station,
        read_body(db, record.seq),
        bytes.fromhex(record.h),
        drawer=session.drawer if session else "",
        operator_name=name,
        state=state_of(station, record),
    )
    return receipt_document(facts, copy=copy)


def operator_name(station: Station, db: sqlite3.Connection, operator: str) -> str:
    """An operator's name, or the id where the snapshot no longer knows it."""
    here = operators.operators(db, station.reference, today(station, db))
    return next((row.name for row in here if row.id == operator), operator)


def decision_on(station: Station, record: ReceiptRecord) -> Decision | None:
    """What was decided at the ledger on a receipt's open request, as the snapshot says; None if nothing was."""
    if record.request_seq is None or not record.state.endswith("_requested"):
        return None
    return station.reference.decision(station.place.terminal, station.place.epoch, record.request_seq)


def state_of(station: Station, record: ReceiptRecord) -> str:
    """How a receipt stands: where the ledger refunded it by AP check, or took a check of it back, no record here says
    so."""
    if record.state in _STANDING and station.reference.checks_back(record.receipt_no):
        return "returned"
    decision = decision_on(station, record)
    done = decision is not None and (decision.verdict, decision.carried_by) == (Verdict.APPROVE, CarriedBy.LEDGER)
    return "refunded" if done else record.state


def _row(station: Station, db: sqlite3.Connection, record: ReceiptRecord) -> ReceiptRow:
    try:
        body = read_body(db, record.seq)
        time, gives = station.clock.local_of(body["utc"])[11:], give_back(body["data"])
    except RecordMissing:
        # A cut tail is the halted store's to tell; the list still shows what was there.
        time, gives = "lost", ""
    tenders = " + ".join(kind.label for kind in receipt_rows.tender_kinds(db, record.receipt_no))
    return ReceiptRow(
        record.receipt_no,
        time,
        record.biz_date,
        record.payor,
        record.total_cents,
        tenders,
        state_of(station, record),
        record.operator,
        record.copies,
        record.session,
        _refund_method(db, record),
        gives,
    )


def _refund_method(db: sqlite3.Connection, record: ReceiptRecord) -> str:
    """How a refund asked for or paid is paid, by its own record."""
    seq = {"refund_requested": record.request_seq, "refunded": record.end_seq}.get(record.state)
    try:
        return str(read_body(db, seq)["data"]["method"]) if seq is not None else ""
    except RecordMissing:
        return ""
