"""What a lead decided at the ledger on requests made here: shown, and carried out where the money is.

The ledger posts a refund by AP check itself; there is nothing left to do here. A void of an open drawer, a refund in
cash and a refusal become records of this terminal that name the decision: who decided is their second person.
"""

from __future__ import annotations

from dataclasses import replace

from countertui.counter.give_back import give_back
from countertui.counter.receipts import ReceiptRow, decision_on, find_receipt, rows_of
from countertui.counter.refund_receipt import RefundRefused, payable_in_cash, refund_of
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Session, Station
from countertui.counter.void_receipt import VoidRefused, refusal_of, require_not_returned, void_of
from countertui.domain.desk_records import CarriedBy, Verdict
from countertui.domain.record_data import RefundMethod
from countertui.domain.records import Fact
from countertui.domain.rights import Act
from countertui.domain.text import same_person
from countertui.store import receipt_rows, session_rows
from countertui.store.reference_rows import Decision
from countertui.store.store import read_body


def decided_requests(station: Station) -> list[ReceiptRow]:
    """Receipts whose request was decided at the ledger and that wait to be carried out here, oldest first."""
    records = [record for record in receipt_rows.requested(station.reader) if _waits(decision_on(station, record))]
    return rows_of(station, station.reader, records)


def carry_out(station: Station, person: Person, receipt_no: str, session: Session | None = None) -> str:
    """Do what was decided: `person` is at the counter, `session` pays a refund in cash. Says what to do, for a person.

    Raises VoidRefused where nothing waits, RefundRefused (also for who decided it), NotAllowed.
    """
    require_now(station, person.id, Act.ASK)
    record = find_receipt(station.db, receipt_no)
    decision = decision_on(station, record)
    if decision is None or not _waits(decision):
        raise VoidRefused(f"Nothing waits to be done on receipt {record.receipt_no}.", press="F3 shows how it stands.")
    request = read_body(station.db, record.request_seq or 0)
    if decision.verdict == Verdict.REFUSE:
        refusal = refusal_of(station, record, operator=decision.decided_by, reason=decision.reason)
        station.record(_as_decided(refusal, decision, person))
        return f"{decision.decided_by} refused it at the ledger: receipt {record.receipt_no} stands."
    require_not_returned(station, record)
    if same_person(person.id, decision.decided_by):
        raise RefundRefused("Who approved it does not give the money back.", press="Have somebody else sign on.")
    taken_in = session_rows.session(station.db, record.session)
    if record.state == "void_requested" and taken_in is not None and taken_in.close_seq is None:
        void = void_of(
            station,
            record,
            operator=request["operator"],
            approver=decision.decided_by,
            reason=request["data"]["reason"],
            request_seq=record.request_seq,
        )
        station.record(_as_decided(void, decision, person))
        return f"Receipt {record.receipt_no} is VOID, as {decision.decided_by} decided. {give_back(void.data)}"
    method = RefundMethod(request["data"]["method"] or RefundMethod.AP_CHECK)
    paying = payable_in_cash(station, record, session) if method is RefundMethod.CASH else None
    if paying is not None and same_person(paying.operator, decision.decided_by):
        raise RefundRefused("Who approved it does not pay it.", press="Have it paid from another drawer.")
    refund = refund_of(station, record, request, method, paying, approver=decision.decided_by)
    station.record(_as_decided(refund, decision, person))
    if paying is not None:
        return f"Receipt {record.receipt_no} is refunded. Give the cash from the drawer."
    return f"An AP check will be sent for {record.receipt_no}; give nothing from the drawer."


def _waits(decision: Decision | None) -> bool:
    return decision is not None and (decision.verdict == Verdict.REFUSE or decision.carried_by == CarriedBy.TERMINAL)


def _as_decided(fact: Fact, decision: Decision, person: Person) -> Fact:
    """A fact that carries out a decision names it, and who was at the counter then."""
    return replace(fact, data={**fact.data, "decision": decision.seq, "carried_out_by": person.id})
