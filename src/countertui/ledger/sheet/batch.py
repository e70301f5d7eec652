"""What a batch will do to the books, worked out record by record before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from sqlalchemy import Connection

from countertui.domain.balances import charge_movements
from countertui.domain.records import Kind
from countertui.ledger.cards_unknown import CardsUnknown
from countertui.ledger.charges_raised import ChargesRaised
from countertui.ledger.charted import chart_for, rules_of
from countertui.ledger.checks_returned import ChecksReturned
from countertui.ledger.day_checked import problems_of_day
from countertui.ledger.drops import Drops
from countertui.ledger.licenses import Licenses
from countertui.ledger.paper_keyed import PaperKeyed
from countertui.ledger.periods import Periods
from countertui.ledger.posting import Problem
from countertui.ledger.remittances import problems_of_close
from countertui.ledger.sessions import Sessions
from countertui.ledger.sheet.credit import answer_trust, apply_credit, unapply_credit
from countertui.ledger.sheet.drawers import close_drawer, open_drawer, problems_in_drawer
from countertui.ledger.sheet.entering import NONE, Body, Day, Sheet, write
from countertui.ledger.sheet.receipts import refuse_undoing, take, undo_receipt
from countertui.ledger.sheet.returned import return_checks
from countertui.ledger.sheet.staff import keep_operator, review, unlock
from countertui.ledger.staff import people_of
from countertui.ledger.terminal_deposits import KINDS as DEPOSITS
from countertui.ledger.terminal_deposits import TerminalDeposits
from countertui.ledger.trust import deposits_among
from countertui.ledger.undoing import receipts_for
from countertui.sync.batch import Batch


def sheet_of(
    connection: Connection, batch: Batch, hashes: Sequence[bytes], left_out: Mapping[int, Problem] = NONE
) -> Sheet:
    """Work out everything the batch posts. Entries are numbered from 1 here; the books' own numbers come later.

    left_out: records, by sequence number, that people post the batch without, and why. Raises NoRulesError.
    """
    rules = rules_of(connection)
    bodies = batch.bodies if not left_out else [body for body in batch.bodies if body["seq"] not in left_out]
    pays = [body for body in bodies if body["kind"] == Kind.PAY]
    moved = [tuple(charge_movements(Kind.PAY, body["data"])) for body in pays]
    receipts = receipts_for(connection, batch.terminal, batch.epoch, bodies)
    licenses = Licenses(connection)
    applied = [body for body in bodies if body["kind"] in (Kind.APPLY, Kind.UNAPPLY, Kind.TRUST_REFUND)]
    moves = chain(*moved, *(charge_movements(body["kind"], body["data"]) for body in applied))
    chart, periods = chart_for(connection, rules, moves), Periods(connection, rules.posting)
    sheet = Sheet(
        rules,
        Sessions(connection, batch.terminal, batch.epoch),
        receipts,
        PaperKeyed(connection, batch.terminal, batch.epoch),
        ChecksReturned(connection, batch.terminal, batch.epoch, rules, receipts),
        CardsUnknown(connection, batch.terminal),
        Drops(connection, batch.terminal, batch.epoch),
        licenses,
        ChargesRaised(connection, licenses.now),
        TerminalDeposits(connection, batch.terminal, batch.epoch, chart.rules, periods),
    )
    day = Day(connection, chart, people_of(connection), sheet, periods)
    sheet.deposits = deposits_among(connection, day.chart.accounts)
    movements = iter(moved)
    for body, h in zip(batch.bodies, hashes, strict=True):
        if left_out and body["seq"] in left_out:
            sheet.problems.append((body["seq"], left_out[body["seq"]]))
            continue
        kind = body["kind"]
        if kind == Kind.PAY:
            take(day, body, h, next(movements))
        elif kind in (Kind.VOID, Kind.REFUND):
            write(day, body, day.periods.fitted(undo_receipt(day, body), body["biz_date"]))
        elif kind == Kind.CHECKS_RETURNED:
            return_checks(day, body)
        elif kind in (Kind.OPEN, Kind.CLOSE):
            day.paid_like.clear()
            open_drawer(day, body) if kind == Kind.OPEN else write(day, body, close_drawer(day, bodies, body))
        elif kind == Kind.OPERATOR:
            day.paid_like.clear()
            keep_operator(body, day.people, day.sheet)
        elif kind == Kind.UNLOCK:
            unlock(body, day.people, day.sheet)
        elif kind == Kind.RIGHTS_REVIEW:
            review(body, day.people, day.sheet)
        elif kind == Kind.APPLY:
            apply_credit(day, body)
            sheet.applied[body["seq"]] = body, h
        elif kind == Kind.UNAPPLY:
            unapply_credit(day, body)
        elif kind in (Kind.TRUST_REFUND, Kind.TRUST_REFUND_REFUSAL):
            answer_trust(day, body)
        elif kind in (Kind.VOID_REQUEST, Kind.REFUND_REQUEST, Kind.TRUST_REFUND_REQUEST):
            day.sheet.receipts.requests[body["seq"]] = body
        elif kind in (Kind.VOID_REFUSAL, Kind.REFUND_REFUSAL):
            refuse_undoing(day, body)
        else:
            found = _beside_money(day, batch, bodies, body)
            sheet.problems += [(body["seq"], problem) for problem in found]
    sheet.problems += sheet.cards.new_items()
    return sheet


def _beside_money(day: Day, batch: Batch, bodies: Sequence[Body], body: Body) -> list[Problem]:
    """What is wrong with a record that moves no money itself."""
    kind, sheet = body["kind"], day.sheet
    if kind == Kind.PAPER_SPOILED:
        return sheet.papers.spoiled(body, day.people)
    if kind == Kind.REMITTANCE_CLOSE:
        session = sheet.sessions.find(body["session"])
        return problems_of_close(day.connection, batch, bodies, body, session, day.people)
    if kind in (Kind.DROP, Kind.FUND_REQUEST, Kind.FUND_CHANGE, Kind.SURPRISE_COUNT, Kind.HAND_OVER):
        return problems_in_drawer(day, body)
    if kind in DEPOSITS:
        return sheet.banked.take(body, day.people)
    if kind in (Kind.ACCOUNT_NOTE, Kind.ACCOUNT_CHANGE):
        return sheet.details.take(day.connection, body, day.people, sheet.licenses.born)
    if kind == Kind.LICENSE:
        return sheet.licenses.take(body, day.people, day.chart, sheet.paid)
    if kind == Kind.CARD_SETTLED:
        return sheet.cards.settled(body, day.people)
    if kind == Kind.CARD_UNKNOWN:
        sheet.cards.unknown(body)
    return problems_of_day(body, sheet.sessions, day.people) if kind == Kind.DAY_CHECKED else []
