"""Giving money back after the close: asked for by one, approved by another; paid by AP check or from the drawer."""

from __future__ import annotations

from typing import Any

from countertui.counter.drafts import Form, forgetting
from countertui.counter.figures import figures_of
from countertui.counter.receipts import already, find_receipt, original, state_of
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Session, Station
from countertui.counter.trust import require_still_held
from countertui.counter.void_receipt import (
    approve_void,
    checked_reason,
    request_of,
    require_not_returned,
    require_undecided,
)
from countertui.domain.drawers import cash_kept
from countertui.domain.money import format_cents
from countertui.domain.record_data import RefundData, RefundMethod, RequestData
from countertui.domain.records import Fact, Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, require_second_person, took_part
from countertui.domain.tenders import TenderKind
from countertui.store import session_rows
from countertui.store.receipt_rows import ReceiptRecord
from countertui.store.session_rows import SessionRow
from countertui.store.store import read_body


class RefundRefused(Refused):
    """The refund can't be made like this; the receipt stands."""


def ask_refund(
    station: Station, asker: Person, receipt_no: str, reason: str, method: RefundMethod, session: Session | None = None
) -> None:
    """Ask for a refund of a receipt whose session is closed; a cash refund names the open session that will pay it.

    Raises RefundRefused, NotAllowed, ReceiptUnknown.
    """
    require_now(station, asker.id, Act.ASK)
    record = find_receipt(station.db, receipt_no)
    if (state := state_of(station, record)) != "taken":
        raise RefundRefused(already(record.receipt_no, state))
    taken_in = session_rows.session(station.db, record.session)
    if taken_in is None or taken_in.close_seq is None:
        raise RefundRefused("Its drawer is still open.", press="Void the receipt instead (V).")
    if method is RefundMethod.CASH:
        payable_in_cash(station, record, session)
    station.record(
        Fact(
            id=station.ids(),
            kind=Kind.REFUND_REQUEST,
            operator=asker.id,
            session=session.id if session else None,
            biz_date=session.biz_date if session else record.biz_date,
            data=RequestData(
                original=original(record),
                reason=checked_reason(reason),
                method=method.value,
                total_cents=record.total_cents,
            ),
        ),
        forgetting(Form.REFUND, receipt_no),
    )


def approve_request(station: Station, approver: Person, receipt_no: str, session: Session | None = None) -> None:
    """Approve what is asked for on a receipt: a void while its session is open, else a refund.

    A void asked for before the close and approved after it becomes a refund by AP check: its money stayed in the
    drawer's figures. A cash refund is paid from `session`, whose operator doesn't approve it; one by check bears the
    business date last chosen here.
    Raises RefundRefused, VoidRefused, NotAllowed.
    """
    record = find_receipt(station.db, receipt_no)
    require_undecided(station, record)
    request = request_of(station.db, record)
    require_not_returned(station, record)
    taken_in = session_rows.session(station.db, record.session)
    if record.state == "void_requested" and taken_in is not None and taken_in.close_seq is None:
        approve_void(station, approver, record)
        return
    require_now(station, approver.id, Act.APPROVE)
    require_second_person(approver.id, took_part(request, read_body(station.db, record.seq)))
    method = RefundMethod(request["data"]["method"] or RefundMethod.AP_CHECK)
    paying = payable_in_cash(station, record, session) if method is RefundMethod.CASH else None
    if paying is not None:
        require_second_person(approver.id, (paying.operator,))
    require_still_held(station, record.seq)
    station.record(refund_of(station, record, request, method, paying, approver=approver.id))


def refund_of(
    station: Station,
    record: ReceiptRecord,
    request: dict[str, Any],
    method: RefundMethod,
    paying: SessionRow | None,
    *,
    approver: str,
) -> Fact:
    """The fact that gives back what a receipt took; paid from the session `paying`, or by check if there is none."""
    return Fact(
        id=station.ids(),
        kind=Kind.REFUND,
        operator=request["operator"],
        approver=approver,
        session=paying.id if paying else None,
        biz_date=paying.biz_date if paying else session_rows.latest_sessions(station.db, 1)[0].biz_date,
        net_cents=-record.total_cents,
        data=RefundData(
            original=original(record),
            request_seq=record.request_seq or 0,
            reason=request["data"]["reason"],
            method=method.value,
            lines=read_body(station.db, record.seq)["data"]["lines"],
            total_cents=record.total_cents,
        ),
    )


def payable_in_cash(station: Station, record: ReceiptRecord, session: Session | None) -> SessionRow:
    """The open drawer session that can pay it. Raises RefundRefused."""
    limit = station.rules.cash_refund_limit
    if record.total_cents > limit:
        raise RefundRefused(
            f"Cash refunds go up to {format_cents(limit)}; this one is {format_cents(record.total_cents)}.",
            press="Ask for an AP check.",
        )
    if cash_kept(read_body(station.db, record.seq)["data"]) < record.total_cents:
        raise RefundRefused(
            f"Receipt {record.receipt_no} was not paid for in cash.",
            press="Ask for an AP check: a check can still come back unpaid.",
        )
    row = session_rows.session(station.db, session.id) if session else None
    if session is None or row is None or row.close_seq is not None:
        raise RefundRefused(
            "A cash refund is paid from an open drawer.",
            press="Have a lead approve it at an open drawer (F10, R there), or ask for an AP check.",
        )
    cash = figures_of(station, session).expected()[TenderKind.CASH]
    if cash.cents < record.total_cents:
        # In other words this would tell what is expected in a drawer that is to be counted blind.
        raise RefundRefused("This refund can't be paid in cash from this drawer.", press="Ask for an AP check.")
    return row
