"""Receipts, voids and refunds of a batch, put onto its sheet."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from countertui.domain.balances import Movement
from countertui.domain.charges import DRAWN_HEAD
from countertui.domain.record_data import RefundMethod
from countertui.domain.records import Kind
from countertui.ledger import breaches
from countertui.ledger.charges_raised import license_lines
from countertui.ledger.checks_back import checks_in
from countertui.ledger.payables import owed_for_refund
from countertui.ledger.posting import (
    Chart,
    Posted,
    Posting,
    post_held_pay,
    post_pay,
    post_refund,
    post_refused_refund,
    post_refused_void,
    post_void,
    tender_lines,
)
from countertui.ledger.sheet.entering import NONE, Body, Day, Sheet, credited, lower, not_covered_by, write
from countertui.ledger.trust import deposits_among, other_party
from countertui.ledger.undoing import why_not, why_not_refused


def take(day: Day, body: Body, h: bytes, movements: tuple[Movement, ...]) -> None:
    """Post a receipt where it belongs, and say what was wrong with taking it."""
    seq, data, session = body["seq"], body["data"], body["session"]
    twice = None
    if "paper" in data:
        day.sheet.problems += [(seq, problem) for problem in day.sheet.papers.of_pay(body, day.people)]
        twice = day.sheet.papers.twice(body)
    # Drawn on a deposit, or less than nothing for another reason: few receipts have any, and all else is of these.
    taking = [movement for movement in movements if movement.cents < 0 or movement.head == DRAWN_HEAD]
    if twice is None:
        if license_lines(data):
            found = day.sheet.raised.of_pay(body, day.chart, day.sheet.paid)
            day.sheet.problems += [(seq, problem) for problem in found]
        posting = post_pay(data, movements, day.chart, not_covered_by(day, movements) if taking else NONE)
    else:
        posting = post_held_pay(data, twice, day.chart)
    if day.periods.closed:
        posting = day.periods.fitted(posting, body["biz_date"])
    if posting.problems:
        made = iter(posting.moves)
        following = next(made, None)
        for n, movement in enumerate(movements):
            if movement is following:
                following = next(made, None)
            elif movement.account is not None:
                day.sheet.unposted.append((seq, n))
    draws = any(movement.head == DRAWN_HEAD for movement in taking)
    if draws and (other := other_party(day.connection, movements)) is not None:
        day.sheet.problems.append((seq, other))
    like = (
        *(body["operator"], body["approver"], session, body["biz_date"], body["utc"][:10]),
        draws and breaches.fees_by_draw(data),
    )
    problems = day.paid_like.get(like)
    if problems is None:
        problems = day.paid_like[like] = breaches.of_pay(body, day.sheet.sessions.find(session), day.people)
    for problem in problems:
        day.sheet.problems.append((seq, problem))
    for problem in (*day.sheet.cards.paid(body), *breaches.of_cash_back(data, day.sheet.rules.tenders)):
        day.sheet.problems.append((seq, problem))
    day.sheet.sessions.move(session, Kind.PAY, data)
    # Bound to the chart, not to the day, which holds this: a batch in a circle would stay in memory after its posting.
    day.sheet.receipts.here[body["id"]] = body, h, partial(_did, posting, data, day.chart)
    day.sheet.checks_taken += checks_in(body)
    _write_history(day.sheet, body)
    write(day, body, posting)


def _did(posting: Posting, data: Body, chart: Chart) -> Posted:
    return Posted(posting.lines, tender_lines(data, chart), posting.moves)


def undo_receipt(day: Day, body: Body) -> Posting:
    """Turn round what the receipt posted, if that may stand; else suspense bears the money, which is gone anyway."""
    data, is_void = body["data"], body["kind"] == Kind.VOID
    refused = why_not(body, day.sheet.receipts, day.sheet.sessions, day.people, day.sheet.rules.cash_refund_limit)
    day.sheet.receipts.answer(body)
    day.sheet.sessions.move(body["session"], body["kind"], data)
    if refused is not None:
        refuse = post_refused_void if is_void else post_refused_refund
        return refuse(data, refused, day.chart)
    id_ = data["original"]["id"]
    found = day.sheet.receipts.find(id_)
    if found is None:
        raise AssertionError("why_not lets nothing pass whose receipt is not there")
    undo = post_void if is_void else post_refund
    posting = undo(data, found[2](), day.chart)
    day.sheet.deposits |= deposits_among(day.connection, credited(posting.moves))
    for short in not_covered_by(day, posting.moves).values():
        told = replace(short, cents=-data["total_cents"])
        return (post_refused_void if is_void else post_refused_refund)(data, told, day.chart)
    if posting.moves:
        lower(day, body, found[0])
    day.sheet.receipts.taken_back.add(id_)
    day.sheet.undone.append((id_, body["kind"], body["seq"], data["original"]["receipt_no"]))
    if is_void:
        day.sheet.papers.voided(found[0], day.sheet.receipts.taken_back)
    elif data["method"] == RefundMethod.AP_CHECK and data["total_cents"]:  # what a deposit paid is held again
        dated = day.periods.open_date(body["biz_date"])
        day.sheet.owed.append(owed_for_refund(day.connection, body, found[0], dated))
    return posting


def refuse_undoing(day: Day, body: Body) -> None:
    """Let a refusal answer its request, if who refused may; otherwise the request stays open."""
    problem = why_not_refused(body, day.sheet.receipts, day.people)
    if problem is None:
        day.sheet.receipts.answer(body)
    else:
        day.sheet.problems.append((body["seq"], problem))


def _write_history(sheet: Sheet, body: Body) -> None:
    per_account: dict[str, int] = {}
    for line in body["data"]["lines"]:
        if (account := line["account"]) is not None:
            per_account[account] = per_account.get(account, 0) + line["cents"]
    for account, cents in per_account.items():
        sheet.history.append((body["receipt_no"], account, body["biz_date"], body["data"]["payor"], cents, 0))
