"""Voids and refunds that terminals asked for: which are open, and a lead's answer to them at the ledger.

The rule: money is never given back twice. What the ledger carries out itself (an AP check, once the drawer is closed)
it posts at once, and a terminal's own answer that comes later is an error item. Where the drawer is still open, or a
refund was asked for in cash, the terminal carries the decision out by a record of its own that names it; the ledger
posts that record and nothing before it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from countertui.domain.desk_records import DESK, CarriedBy, DecisionData, DeskKind, Verdict
from countertui.domain.record_data import OriginalData, RefundMethod
from countertui.domain.records import Fact, Kind
from countertui.domain.rights import Act, require_second_person, took_part
from countertui.errors import AnswerNo
from countertui.ledger import tables
from countertui.ledger.books import next_version
from countertui.ledger.bulk import run_many
from countertui.ledger.charges_raised import take_back
from countertui.ledger.charted import rules_of
from countertui.ledger.desk import EPOCH, Ground, Made, record, require_right
from countertui.ledger.desk_entry import count_day, write_entry
from countertui.ledger.payables import owe, owed_for_refund
from countertui.ledger.periods import Periods
from countertui.ledger.post_batch import TAKE_BACK
from countertui.ledger.posting import chart, post_refund
from countertui.ledger.sessions import session_at
from countertui.ledger.stored import StoredRecord, record_at, record_of, what_posted
from countertui.ledger.taken import taken_from
from countertui.ledger.trust import first_not_covered


class DecisionRefusedError(AnswerNo):
    """A request that can't be decided: there is none, or it was answered."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request that nobody answered; total in cents, method None for a void."""

    terminal: str
    epoch: int
    seq: int
    kind: str
    receipt_no: str
    biz_date: str
    asked_by: str
    asked_at: str
    reason: str
    method: str | None
    total_cents: int


def open_requests(connection: Connection) -> list[Request]:
    """Requests in the books that no void, refund, refusal or decision answered, and whose receipt stands; oldest
    first."""
    table, answered, decision = tables.record, tables.answered, tables.reference["decision"]
    asked = table.c.kind.in_([Kind.VOID_REQUEST.value, Kind.REFUND_REQUEST.value])
    answers = select(answered.c.seq).where(
        answered.c.terminal == table.c.terminal,
        answered.c.epoch == table.c.epoch,
        answered.c.request_seq == table.c.seq,
    )
    decisions = select(decision.c.seq).where(
        decision.c.terminal == table.c.terminal,
        decision.c.epoch == table.c.epoch,
        decision.c.request_seq == table.c.seq,
    )
    query = select(table.c.terminal, table.c.epoch, table.c.seq).where(asked, ~answers.exists(), ~decisions.exists())
    found = []
    for place in connection.execute(query.order_by(table.c.terminal, table.c.epoch, table.c.seq)).all():
        stored = record_at(connection, *place)
        if stored is not None and not _taken_back(connection, stored.body["data"]["original"]["id"]):
            found.append(_request(stored))
    return sorted(found, key=lambda each: (each.biz_date, each.asked_at))


def decide(
    ground: Ground,
    terminal: str,
    epoch: int,
    seq: int,
    verdict: Verdict,
    *,
    by: str,
    reason: str,
    biz_date: str,
    id_: str,
) -> Made:
    """Answer a request: a signed record of the desk, and what follows of it. `by` has signed in; id_: a UUIDv7.

    biz_date is the date an AP check is posted on. Raises DecisionRefusedError, NotAllowed; nothing is changed then.
    """
    connection = ground.connection
    request = record_at(connection, terminal, epoch, seq)
    if request is None or request.body["kind"] not in (Kind.VOID_REQUEST, Kind.REFUND_REQUEST):
        raise _refused(f"Record {seq} of {terminal}/{epoch} in the books is no request.")
    told: OriginalData = request.body["data"]["original"]
    taken = record_of(connection, told["id"])
    if taken is None or taken.body["kind"] != Kind.PAY or taken.h.hex() != told["h"]:
        raise _refused(f"Receipt {told['receipt_no']} is not in the books as the request says.")
    if _answered(connection, terminal, epoch, seq):
        raise _refused("This request was answered before.")
    if _taken_back(connection, told["id"]):
        raise _refused(f"Receipt {told['receipt_no']} was taken back before.")
    if not reason.strip():
        raise _refused("A reason is needed.")
    _require_person(ground, by, request, taken)
    carried_by = _carried_by(connection, request, taken, verdict)
    total = taken.body["data"]["total_cents"]
    data = DecisionData(
        terminal=terminal,
        epoch=epoch,
        request_seq=seq,
        request_h=request.h.hex(),
        original=told,
        verdict=verdict.value,
        carried_by=carried_by.value,
        reason=reason.strip(),
        lines=taken.body["data"]["lines"],
        total_cents=total,
    )
    posts = verdict is Verdict.APPROVE and carried_by is CarriedBy.LEDGER
    fact = Fact(
        id=id_,
        kind=DeskKind.DECISION,
        operator=request.body["operator"],
        approver=by,
        data=data,
        biz_date=biz_date,
        net_cents=-total if posts else 0,
    )
    made = record(connection, ground.books, ground.key, fact, ground.now)
    carry_out(ground, made)
    return made


def carry_out(ground: Ground, made: Made) -> None:
    """Do what a decision says: let terminals know it; where the ledger carries it out, post the refund.

    Raises NotAllowed, DecisionRefusedError where it answers no request that is open, or not as the rules say.
    """
    connection, data = ground.connection, made.body["data"]
    _require_answer(ground, made)
    row = {name: data[name] for name in ("terminal", "epoch", "request_seq", "verdict", "carried_by", "reason")}
    row |= {"receipt_no": data["original"]["receipt_no"], "decided_by": made.body["approver"]}
    version = next_version(connection)
    row |= {"decided_at": made.body["utc"], "seq": made.seq, "changed_in": version}
    table = tables.reference["decision"]
    connection.execute(insert(table).values(**row))
    if data["verdict"] != Verdict.APPROVE or data["carried_by"] != CarriedBy.LEDGER:
        return
    id_ = data["original"]["id"]
    taken = record_of(connection, id_)
    if taken is None:
        raise AssertionError("a receipt in the books is never taken out")
    rules = rules_of(connection)
    refund = {**data, "method": RefundMethod.AP_CHECK}
    posting = post_refund(refund, what_posted(connection, taken), chart(rules.posting, {}, {}, set()))
    if (short := first_not_covered(connection, posting.moves)) is not None:
        raise _refused(short.detail)
    dated = Periods(connection, rules.posting).open_date(made.body["biz_date"])
    if posting.moves:
        take_back(connection, {**made.body, "biz_date": dated}, taken.body)
    write_entry(ground, made, posting, biz_date=dated)
    by = {"kind": Kind.REFUND.value, "terminal": DESK, "epoch": EPOCH, "seq": made.seq, "biz_date": dated}
    connection.execute(insert(tables.undone).values(id=id_, **by, **taken_from(taken.body)))
    run_many(connection, TAKE_BACK, [(version, data["original"]["receipt_no"])])
    if data["total_cents"]:  # of what a deposit paid nothing is owed: it is held again
        owe(connection, [owed_for_refund(connection, made.body, taken.body, dated)])
    count_day(ground, dated, 0, -data["total_cents"])


def _require_person(ground: Ground, by: str, request: StoredRecord, taken: StoredRecord) -> None:
    """A lead who took part in neither the request nor the receipt. Raises NotAllowed."""
    require_right(ground.connection, by, Act.APPROVE, ground.now)
    require_second_person(by, _took_part(ground.connection, request, taken))


def _require_answer(ground: Ground, made: Made) -> None:
    connection, data = ground.connection, made.body["data"]
    place = data["terminal"], data["epoch"], data["request_seq"]
    request, taken = record_at(connection, *place), record_of(connection, data["original"]["id"])
    if request is None or taken is None or request.body["data"]["original"] != data["original"]:
        raise _refused(f"Record {place[2]} of {place[0]}/{place[1]} does not ask for what was decided.")
    _require_person(ground, made.body["approver"], request, taken)
    if _answered(connection, *place) or _taken_back(connection, data["original"]["id"]):
        raise _refused("This request was answered before, or its receipt was taken back.")
    said = data["carried_by"], data["lines"], data["total_cents"]
    pay = taken.body["data"]
    if said != (_carried_by(connection, request, taken, data["verdict"]), pay["lines"], pay["total_cents"]):
        raise _refused("What was decided is not the receipt as it was taken.")


def _carried_by(connection: Connection, request: StoredRecord, taken: StoredRecord, verdict: str) -> CarriedBy:
    """Cash is given back where the drawer is; a check is sent from here."""
    if verdict == Verdict.REFUSE:
        return CarriedBy.LEDGER
    if request.body["data"]["method"] == RefundMethod.CASH:
        return CarriedBy.TERMINAL
    session = session_at(connection, taken.body["terminal"], taken.body["epoch"], taken.body["session"])
    still_open = session is not None and session.close_seq is None
    return CarriedBy.TERMINAL if still_open else CarriedBy.LEDGER


def _took_part(connection: Connection, request: StoredRecord, taken: StoredRecord) -> list[str]:
    """Who asked, who took the receipt or approved its check, and whose drawer pays a refund in cash."""
    people = took_part(request.body, taken.body)
    if request.body["data"]["method"] == RefundMethod.CASH and request.body["session"] is not None:
        paying = session_at(connection, request.body["terminal"], request.body["epoch"], request.body["session"])
        people += [paying.operator] if paying is not None else []
    return people


def _answered(connection: Connection, terminal: str, epoch: int, seq: int) -> bool:
    for table in (tables.answered, tables.reference["decision"]):
        c = table.c
        here = (c.terminal == terminal) & (c.epoch == epoch) & (c.request_seq == seq)
        if connection.execute(select(c.seq).where(here)).first() is not None:
            return True
    return False


def _taken_back(connection: Connection, id_: str) -> bool:
    return connection.execute(select(tables.undone.c.id).where(tables.undone.c.id == id_)).first() is not None


def _request(stored: StoredRecord) -> Request:
    body, data = stored.body, stored.body["data"]
    return Request(
        terminal=body["terminal"],
        epoch=body["epoch"],
        seq=body["seq"],
        kind=body["kind"],
        receipt_no=data["original"]["receipt_no"],
        biz_date=body["biz_date"] or "",
        asked_by=body["operator"],
        asked_at=body["utc"],
        reason=data["reason"],
        method=data["method"],
        total_cents=data["total_cents"],
    )


def _refused(happened: str) -> DecisionRefusedError:
    return DecisionRefusedError(happened, "Nothing was changed.", "countertui ledger requests lists what is open.")
