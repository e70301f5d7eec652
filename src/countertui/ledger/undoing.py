"""Whether a void or a refund may stand: checked at the terminal, and here again, against the books."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from countertui.domain.desk_records import Verdict
from countertui.domain.drawers import cash_kept
from countertui.domain.money import Cents, format_cents
from countertui.domain.record_data import RefundMethod
from countertui.domain.records import Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, require_second_person, took_part
from countertui.ledger import tables
from countertui.ledger.breaches import why_not_open
from countertui.ledger.bulk import insert_many, known
from countertui.ledger.posting import Posted, Problem
from countertui.ledger.sessions import Session, Sessions, session_at
from countertui.ledger.staff import People, allowed
from countertui.ledger.stored import record_at, record_of, what_posted

Body = Mapping[str, Any]

_REQUESTS: Mapping[str, frozenset[str]] = {
    Kind.VOID: frozenset({Kind.VOID_REQUEST}),
    Kind.REFUND: frozenset({Kind.VOID_REQUEST, Kind.REFUND_REQUEST}),
}
"""What each answers; a void that was asked for before the close becomes a refund by AP check after it."""
_ANSWERED = ("terminal", "epoch", "request_seq", "seq")


@dataclass(slots=True)
class Receipts:
    """The receipts that a batch's voids and refunds may point at: those of the batch itself, and all posted before.

    `here` gives for a record's id its body, its hash, and a way to what it posted; `taken_back` holds the ids of
    receipts that were voided or refunded, before this batch and so far in it.
    """

    connection: Connection
    terminal: str
    epoch: int
    here: dict[str, tuple[Body, bytes, Callable[[], Posted]]] = field(default_factory=dict)
    requests: dict[int, Body] = field(default_factory=dict)
    taken_back: set[str] = field(default_factory=set)
    _answers: dict[int, int] = field(default_factory=dict)

    def find(self, id_: str) -> tuple[Body, bytes, Callable[[], Posted]] | None:
        """A receipt by its record's id: body, hash, and a way to what it posted."""
        if id_ in self.here:
            return self.here[id_]
        stored = record_of(self.connection, id_)
        if stored is None:
            return None
        return stored.body, stored.h, lambda: what_posted(self.connection, stored)

    def request(self, body: Body) -> Body | None:
        """The terminal's own record that asked for what this void, refund or refusal answers, if there is one."""
        seq = body["data"].get("request_seq")
        if type(seq) is not int:
            return None
        request = self.requests.get(seq)
        if request is None:
            stored = record_at(self.connection, self.terminal, self.epoch, seq)
            request = stored.body if stored else None
        if request is None or request["kind"] not in (Kind.VOID_REQUEST, Kind.REFUND_REQUEST):
            return None
        return request if _original_id(request) == _original_id(body) else None

    def trust_request(self, seq: int) -> Body | None:
        """The terminal's own record of that number, if it asked a trust deposit back."""
        request = self.requests.get(seq)
        if request is None:
            stored = record_at(self.connection, self.terminal, self.epoch, seq)
            request = stored.body if stored else None
        return request if request is not None and request["kind"] == Kind.TRUST_REFUND_REQUEST else None

    def answer_trust(self, request_seq: int, seq: int) -> None:
        """Let the request of that number be answered."""
        self._answers[request_seq] = seq

    def answered_by(self, request: Body) -> int | None:
        """The sequence number of the record that answered the request, None if it is open."""
        c = tables.answered.c
        if request["seq"] in self._answers:
            return self._answers[request["seq"]]
        here = (c.terminal == self.terminal) & (c.epoch == self.epoch) & (c.request_seq == request["seq"])
        return self.connection.execute(select(c.seq).where(here)).scalar()

    def decision(self, request_seq: object) -> RowMapping | None:
        """What a lead decided at the ledger on the request of that sequence number: verdict, decided_by, seq."""
        if type(request_seq) is not int:
            return None
        c = tables.reference["decision"].c
        here = (c.terminal == self.terminal) & (c.epoch == self.epoch) & (c.request_seq == request_seq)
        return self.connection.execute(select(c.verdict, c.decided_by, c.seq).where(here)).mappings().first()

    def answer(self, body: Body) -> None:
        """Let the request that this void, refund or refusal answers be answered, once."""
        request = self.request(body)
        if request is not None and self.answered_by(request) is None:
            self._answers[request["seq"]] = body["seq"]

    def write_answers(self) -> None:
        """Put into the books which requests were answered."""
        rows = [(self.terminal, self.epoch, request, seq) for request, seq in self._answers.items()]
        insert_many(self.connection, tables.answered, _ANSWERED, rows)


def receipts_for(connection: Connection, terminal: str, epoch: int, bodies: Sequence[Body]) -> Receipts:
    """What this batch's voids and refunds need to look up."""
    named = [_original_id(body) for body in bodies if body["kind"] in (Kind.VOID, Kind.REFUND)]
    return Receipts(connection, terminal, epoch, taken_back=known(connection, tables.undone, "id", named))


def why_not(
    body: Body, receipts: Receipts, sessions: Sessions, people: People, cash_refund_limit: Cents
) -> Problem | None:
    """Why this void or refund may not stand; None if it may."""
    data = body["data"]
    cents = -data["total_cents"]
    found = receipts.find(_original_id(body))
    if found is None:
        return Problem("unknown-receipt", f"The receipt it takes back, {_number(body)}, is not in the books.", cents)
    taken, h, _ = found
    if taken["kind"] != Kind.PAY or h.hex() != data["original"].get("h"):
        return Problem("other-receipt", f"What it takes back is not receipt {_number(body)} as posted.", cents)
    if _original_id(body) in receipts.taken_back:
        return Problem("taken-back-twice", f"Receipt {_number(body)} was taken back before.", cents)
    if not _same_money(body, taken):
        return Problem("other-money", f"It takes back other lines or tenders than receipt {_number(body)} has.", cents)
    out_of_session = (
        _why_not_now(taken, sessions, cents)
        if body["kind"] == Kind.VOID
        else _why_not_paid_out(body, taken, sessions, cash_refund_limit)
    )
    return out_of_session or _why_not_approved(body, taken, receipts, sessions, people)


def _why_not_now(taken: Body, sessions: Sessions, cents: int) -> Problem | None:
    """A void is for an open session. One that was never opened is a problem of the receipt, told there."""
    session = sessions.find(taken["session"])
    if session is not None and session.close_seq is not None:
        return why_not_open(taken, session, cents)
    return None


def _why_not_paid_out(body: Body, taken: Body, sessions: Sessions, cash_refund_limit: Cents) -> Problem | None:
    """A refund is for a closed session; in cash it is paid from an open one, up to the city's limit."""
    cents = -body["data"]["total_cents"]
    taken_in = _session_of(taken, sessions)
    if taken_in is not None and taken_in.close_seq is None:
        return Problem("session-open", f"Receipt {_number(body)} was refunded while its drawer was open.", cents)
    if body["data"]["method"] != RefundMethod.CASH:
        return None
    if -cents > cash_refund_limit:
        told = f"{format_cents(-cents)} was refunded in cash; the city's limit is {format_cents(cash_refund_limit)}."
        return Problem("over-cash-limit", told, cents)
    if cash_kept(taken["data"]) < -cents:
        return Problem("not-cash", f"Receipt {_number(body)} was refunded in cash, and not paid for in cash.", cents)
    paying = _paid_from(body, sessions)
    if paying is None or paying.close_seq is not None:
        return why_not_open(body, paying, cents)
    if paying.biz_date != body["biz_date"]:
        return Problem("other-date", f"The session that paid it has the business date {paying.biz_date}.", cents)
    return None


def _why_not_approved(
    body: Body, taken: Body, receipts: Receipts, sessions: Sessions, people: People
) -> Problem | None:
    approver, cents = body["approver"], -body["data"]["total_cents"]
    if not isinstance(approver, str):
        return Problem("not-approved", "No second person approved it.", cents)
    request = receipts.request(body)
    problem = _why_not_asked(body, request, receipts)
    if problem is not None:
        return problem
    asked = body if request is None else request
    try:
        people_in_it = [str(body["operator"]), *took_part(taken), *([] if request is None else took_part(request))]
        if (paying := _paid_from(body, sessions)) is not None:
            people_in_it.append(paying.operator)
        if (carrier := body["data"].get("carried_out_by")) is not None:
            people_in_it.append(str(carrier))
        require_second_person(approver, people_in_it)
    except Refused:
        return Problem("self-approval", f"{approver} approved what they began or took part in.", cents)
    if not allowed(people, approver, Act.APPROVE, body):
        return Problem("no-right", f"{approver} may not approve, or is not known here.", cents)
    # Who asked may have left before somebody approved: what counts is the day they asked.
    if not allowed(people, asked["operator"], Act.ASK, asked):
        return Problem("no-right", f"{asked['operator']} may not ask for it, or is not known here.", cents)
    return None


def _why_not_asked(body: Body, request: Body | None, receipts: Receipts) -> Problem | None:
    """A refund answers a request, a void may; each request is answered once, and as it was asked for."""
    data = body["data"]
    cents = -data["total_cents"]
    if data["request_seq"] is None:
        if body["kind"] == Kind.VOID:
            return None
        return Problem("unknown-request", "A refund answers a request, and this one names none.", cents)
    if request is None or request["kind"] not in _REQUESTS[body["kind"]]:
        return Problem("unknown-request", "The request it answers is not in the journal.", cents)
    if (answer := receipts.answered_by(request)) is not None:
        return Problem("request-answered", f"The request it answers was answered before, by record {answer}.", cents)
    if (problem := _why_not_decided(body, receipts, Verdict.APPROVE, body["approver"], cents)) is not None:
        return problem
    if body["kind"] == Kind.REFUND and data["method"] != (request["data"].get("method") or RefundMethod.AP_CHECK):
        return Problem("other-method", f"It was refunded by {data['method']}, which was not asked for.", cents)
    return None


def why_not_refused(body: Body, receipts: Receipts, people: People) -> Problem | None:
    """Why a terminal's refusal may not stand: only somebody who may approve refuses, and never their own request."""
    request, operator = receipts.request(body), body["operator"]
    if request is None:
        return Problem("unknown-request", "The request it refuses is not in the journal.", 0)
    if (answer := receipts.answered_by(request)) is not None:
        return Problem("request-answered", f"The request it refuses was answered before, by record {answer}.", 0)
    found = receipts.find(_original_id(body))
    try:
        require_second_person(operator, took_part(request, found[0] if found else request))
    except Refused:
        return Problem("self-approval", f"{operator} refused what they asked for or took part in.", 0)
    if not allowed(people, operator, Act.APPROVE, body):
        return Problem("no-right", f"{operator} may not refuse a request, or is not known here.", 0)
    return _why_not_decided(body, receipts, Verdict.REFUSE, operator, 0)


def _why_not_decided(body: Body, receipts: Receipts, verdict: Verdict, by: object, cents: int) -> Problem | None:
    """What was decided at the ledger is carried out as it was decided; a record that names a decision has one."""
    named, decision = body["data"].get("decision"), receipts.decision(body["data"]["request_seq"])
    if decision is None:
        return None if named is None else Problem("unknown-decision", "The ledger made no such decision.", cents)
    if decision["verdict"] != verdict:
        told = f"{decision['decided_by']} had decided otherwise at the ledger, by its record {decision['seq']}."
        return Problem("decided-otherwise", told, cents)
    if named is not None and (named != decision["seq"] or by != decision["decided_by"]):
        return Problem("unknown-decision", "It names the ledger's decision otherwise than that was made.", cents)
    return None


def _paid_from(body: Body, sessions: Sessions) -> Session | None:
    """The session whose drawer pays a cash refund; its operator takes part in it."""
    is_cash = body["kind"] == Kind.REFUND and body["data"]["method"] == RefundMethod.CASH
    return sessions.find(body["session"]) if is_cash else None


def _session_of(taken: Body, sessions: Sessions) -> Session | None:
    if (taken["terminal"], taken["epoch"]) == (sessions.terminal, sessions.epoch):
        return sessions.find(taken["session"])
    return session_at(sessions.connection, taken["terminal"], taken["epoch"], taken["session"])


def _same_money(body: Body, taken: Body) -> bool:
    data, original = body["data"], taken["data"]
    parts = ["lines", "total_cents"]
    if body["kind"] == Kind.VOID:
        parts += ["tenders", "change_cents"]
        if any(body[name] != taken[name] for name in ("terminal", "epoch", "session", "biz_date")):
            return False
    return all(data[part] == original[part] for part in parts)


def _original_id(body: Body) -> str:
    return str(body["data"]["original"]["id"])


def _number(body: Body) -> str:
    return str(body["data"]["original"].get("receipt_no"))
