"""Credit of a batch that pays charges or no longer does, and trust deposits given back, put onto its sheet."""

from __future__ import annotations

from dataclasses import replace

from countertui.domain.balances import charge_movements
from countertui.domain.records import Kind
from countertui.ledger import breaches
from countertui.ledger.payables import owed_for_deposit
from countertui.ledger.posting import post_pay
from countertui.ledger.sheet.entering import Body, Day, write
from countertui.ledger.trust import (
    credit_missing,
    deposit_in_books,
    post_trust_refund,
    why_not_answered,
    why_not_refunded,
)
from countertui.ledger.unapplying import ONLY_TOLD, why_not_unapplied


def apply_credit(day: Day, body: Body) -> None:
    """Let credit pay charges; where it is not there, or not as the record says, nothing moves: no money was handed."""
    moves = tuple(charge_movements(Kind.APPLY, body["data"]))
    posting = post_pay({"tenders": (), "change_cents": 0}, moves, day.chart)
    problems = breaches.of_apply(body, day.people)
    held = day.sheet.on_credit(day.connection, body["data"]["account"])
    if problems := [*problems, *credit_missing(body["data"], held, posting.problems)]:
        day.sheet.problems += [(body["seq"], problem) for problem in problems]
    else:
        day.sheet.problems += day.sheet.raised.of_apply(body, day.sheet.paid)
        write(day, body, day.periods.fitted(posting, body["biz_date"]))


def unapply_credit(day: Day, body: Body) -> None:
    """Let what credit paid be owed again; where it may not, nothing moves: no money was handed."""
    sheet, data = day.sheet, body["data"]
    held = {seq for seq, each in sheet.problems if each.reason not in ONLY_TOLD}
    problem = why_not_unapplied(day.connection, body, sheet.applied, held, sheet.unapplied, day.people)
    moves = tuple(charge_movements(Kind.UNAPPLY, data))
    posting = post_pay({"tenders": (), "change_cents": 0}, moves, day.chart)
    problems = [problem] if problem is not None else [replace(each, cents=0) for each in posting.problems]
    if problems:
        sheet.problems += [(body["seq"], each) for each in problems]
        return
    sheet.unapplied.add(data["original"]["id"])
    sheet.undone.append((data["original"]["id"], body["kind"], body["seq"], ""))
    write(day, body, day.periods.fitted(posting, body["biz_date"]))


def answer_trust(day: Day, body: Body) -> None:
    """A request for a deposit answered: what was approved is owed to the depositor, if it may stand."""
    receipts, data = day.sheet.receipts, body["data"]
    request = receipts.trust_request(data["request_seq"])
    answered = None if request is None else receipts.answered_by(request)
    if body["kind"] == Kind.TRUST_REFUND:
        account = deposit_in_books(day.connection, data["account"])
        if account is not None:
            account["held"] = day.sheet.on_credit(day.connection, data["account"])
        problem = why_not_refunded(body, request, answered, account, day.people)
    else:
        problem = why_not_answered(body, request, answered, day.people)
    if problem is not None:
        day.sheet.problems.append((body["seq"], problem))
        return
    receipts.answer_trust(data["request_seq"], body["seq"])
    if body["kind"] == Kind.TRUST_REFUND:
        write(day, body, day.periods.fitted(post_trust_refund(data, day.chart), body["biz_date"]))
        day.sheet.owed.append(owed_for_deposit(day.connection, body, day.periods.open_date(body["biz_date"])))
