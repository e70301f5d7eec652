"""Undoing a receipt inside its open session: asked for by one, approved by another, or left as requested."""

from __future__ import annotations

import sqlite3
from typing import Any

from countertui.counter.drafts import Form, forgetting
from countertui.counter.receipts import already, decision_on, find_receipt, original, state_of
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Station
from countertui.counter.trust import require_still_held
from countertui.counter.typed import LONGEST_REASON, checked_text
from countertui.domain.record_data import RefusalData, RequestData, VoidData
from countertui.domain.records import Fact, Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, require_second_person, took_part
from countertui.store import session_rows
from countertui.store.receipt_rows import ReceiptRecord
from countertui.store.store import read_body


class VoidRefused(Refused):
    """The receipt can't be voided; it stands as it is."""


def void_now(station: Station, asker: Person, approver: Person, receipt_no: str, reason: str) -> None:
    """Void a receipt of an open session with a second person there. Raises VoidRefused, NotAllowed, ReceiptUnknown."""
    record = _voidable(station, receipt_no)
    reason = checked_reason(reason)
    require_now(station, asker.id, Act.ASK)
    require_now(station, approver.id, Act.APPROVE)
    require_second_person(approver.id, (asker.id, *took_part(read_body(station.db, record.seq))))
    require_still_held(station, record.seq)
    fact = void_of(station, record, operator=asker.id, approver=approver.id, reason=reason, request_seq=None)
    station.record(fact, forgetting(Form.VOID, receipt_no))


def ask_void(station: Station, asker: Person, receipt_no: str, reason: str) -> None:
    """Record that a void is asked for; the money stays in the expected figures until somebody decides."""
    record = _voidable(station, receipt_no)
    require_now(station, asker.id, Act.ASK)
    station.record(
        Fact(
            id=station.ids(),
            kind=Kind.VOID_REQUEST,
            operator=asker.id,
            session=record.session,
            biz_date=record.biz_date,
            data=RequestData(
                original=original(record),
                reason=checked_reason(reason),
                method=None,
                total_cents=record.total_cents,
            ),
        ),
        forgetting(Form.VOID, receipt_no),
    )


def approve_void(station: Station, approver: Person, record: ReceiptRecord) -> None:
    """Approve a requested void while the session is open. Raises VoidRefused, NotAllowed."""
    request = request_of(station.db, record)
    require_now(station, approver.id, Act.APPROVE)
    require_second_person(approver.id, took_part(request, read_body(station.db, record.seq)))
    _require_open_session(station, record)
    require_still_held(station, record.seq)
    station.record(
        void_of(
            station,
            record,
            operator=request["operator"],
            approver=approver.id,
            reason=request["data"]["reason"],
            request_seq=record.request_seq,
        ),
    )


def refuse_request(station: Station, approver: Person, receipt_no: str, reason: str) -> None:
    """Answer a void or refund request with no: the receipt stands. Raises VoidRefused, NotAllowed."""
    record = find_receipt(station.db, receipt_no)
    require_undecided(station, record)
    request = request_of(station.db, record)
    require_now(station, approver.id, Act.APPROVE)
    require_second_person(approver.id, took_part(request, read_body(station.db, record.seq)))
    refusal = refusal_of(station, record, operator=approver.id, reason=checked_reason(reason))
    station.record(refusal, forgetting(Form.REFUSAL, receipt_no))


def checked_reason(reason: str) -> str:
    """A reason as typed. Raises VoidRefused if empty, else what `checked_text` does."""
    typed = checked_text(reason, "The reason", LONGEST_REASON)
    if not typed:
        raise VoidRefused("A reason is needed.", press="Type why, or pick one.")
    return typed


def require_undecided(station: Station, record: ReceiptRecord) -> None:
    """Raise VoidRefused if a lead decided at the ledger on what is asked for: it is carried out, not decided again."""
    decision = decision_on(station, record)
    if decision is not None:
        raise VoidRefused(
            f"{decision.decided_by} decided on receipt {record.receipt_no} at the ledger: {decision.verdict}.",
            press="Menu, Requests, C carries out what is left to do.",
        )


def require_not_returned(station: Station, record: ReceiptRecord) -> None:
    """Raise VoidRefused if a check of the receipt came back, as the ledger knows: its money is not given back too."""
    if state_of(station, record) == "returned":
        raise VoidRefused(already(record.receipt_no, "returned"), press="R refuses the request.")


def request_of(db: sqlite3.Connection, record: ReceiptRecord) -> dict[str, Any]:
    """The record that asked for a void or refund. Raises VoidRefused if none is open."""
    if record.request_seq is None or record.state not in ("void_requested", "refund_requested"):
        raise VoidRefused(f"Nothing is asked for on receipt {record.receipt_no}.", press="F3 shows how it stands.")
    return read_body(db, record.request_seq)


def void_of(
    station: Station, record: ReceiptRecord, *, operator: str, approver: str, reason: str, request_seq: int | None
) -> Fact:
    """The fact that takes back all that a receipt says: its lines, its tenders and its change."""
    taken = read_body(station.db, record.seq)["data"]
    data = VoidData(
        original=original(record),
        request_seq=request_seq,
        reason=reason,
        lines=taken["lines"],
        tenders=taken["tenders"],
        change_cents=taken["change_cents"],
        total_cents=taken["total_cents"],
    )
    if "cash_back_cents" in taken:
        data["cash_back_cents"] = taken["cash_back_cents"]
    return Fact(
        id=station.ids(),
        kind=Kind.VOID,
        operator=operator,
        approver=approver,
        session=record.session,
        biz_date=record.biz_date,
        net_cents=-record.total_cents,
        data=data,
    )


def refusal_of(station: Station, record: ReceiptRecord, *, operator: str, reason: str) -> Fact:
    """The fact that answers what is asked for on a receipt, a void or a refund, with no."""
    return Fact(
        id=station.ids(),
        kind=Kind.VOID_REFUSAL if record.state == "void_requested" else Kind.REFUND_REFUSAL,
        operator=operator,
        session=record.session,
        biz_date=record.biz_date,
        data=RefusalData(original=original(record), request_seq=record.request_seq or 0, reason=reason),
    )


def _voidable(station: Station, receipt_no: str) -> ReceiptRecord:
    record = find_receipt(station.db, receipt_no)
    if (state := state_of(station, record)) != "taken":
        raise VoidRefused(already(record.receipt_no, state))
    _require_open_session(station, record)
    return record


def _require_open_session(station: Station, record: ReceiptRecord) -> None:
    session = session_rows.session(station.db, record.session)
    if session is None or session.close_seq is not None:
        raise VoidRefused(
            f"The drawer that took receipt {record.receipt_no} is closed.", press="Ask for a refund instead (U)."
        )
