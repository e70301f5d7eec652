"""What a batch will do to the books, worked out record by record before anything is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from countertui.domain.balances import Movement, charge_movements
from countertui.domain.charges import DRAWN_HEAD
from countertui.domain.city import CityRules
from countertui.domain.postings import out_of_balance
from countertui.domain.records import Kind, RefundMethod
from countertui.domain.tenders import TenderKind
from countertui.ledger import breaches
from countertui.ledger.account_details import AccountDetails
from countertui.ledger.cards_unknown import CardsUnknown
from countertui.ledger.charge_steps import Step, steps_of
from countertui.ledger.charges_raised import ChargesRaised, license_lines, lost_with
from countertui.ledger.charted import chart_for, rules_of
from countertui.ledger.checks_back import Said, borne_by_suspense, charges_raised, checks_in
from countertui.ledger.checks_returned import ChecksReturned
from countertui.ledger.day_checked import problems_of_day
from countertui.ledger.drops import Drops
from countertui.ledger.fund_changes import problems_of_change, problems_of_request
from countertui.ledger.hand_overs import problems_of_hand_over
from countertui.ledger.licenses import Licenses
from countertui.ledger.paper_keyed import PaperKeyed
from countertui.ledger.payables import Owed, owed_for_deposit, owed_for_refund
from countertui.ledger.periods import Periods
from countertui.ledger.posting import (
    Chart,
    Lines,
    Posted,
    Posting,
    Problem,
    as_lines,
    post_close,
    post_close_of_nothing,
    post_held_pay,
    post_pay,
    post_refund,
    post_refused_refund,
    post_refused_void,
    post_void,
    tender_lines,
)
from countertui.ledger.remittances import problems_of_close
from countertui.ledger.rights_review import why_not_reviewed
from countertui.ledger.sessions import Sessions
from countertui.ledger.staff import People, people_of
from countertui.ledger.staff_changes import judge_terminals, keep, why_not_unlocked
from countertui.ledger.surprise_counts import problems_of_surprise
from countertui.ledger.terminal_deposits import KINDS as DEPOSITS
from countertui.ledger.terminal_deposits import TerminalDeposits
from countertui.ledger.trust import (
    credit_missing,
    deposit_in_books,
    deposits_among,
    moved_on,
    not_covered,
    on_credit,
    other_party,
    post_trust_refund,
    why_not_answered,
    why_not_refunded,
)
from countertui.ledger.two_terminals import drawers_at_two
from countertui.ledger.unapplying import ONLY_TOLD, why_not_unapplied
from countertui.ledger.undoing import Receipts, receipts_for, why_not, why_not_refused
from countertui.sync.batch import Batch

Body = Mapping[str, Any]
NONE: Mapping[int, Problem] = MappingProxyType({})
_COUNTED = frozenset({Kind.PAY, Kind.VOID, Kind.REFUND})
"""What a day's receipts and money are counted by."""


@dataclass(slots=True)
class Sheet:
    """What a batch will do to the books, gathered before anything is written: by which rules, and what of it."""

    rules: CityRules
    sessions: Sessions
    receipts: Receipts
    papers: PaperKeyed
    checks: ChecksReturned
    cards: CardsUnknown
    drops: Drops
    licenses: Licenses
    raised: ChargesRaised
    banked: TerminalDeposits
    entries: list[tuple[Any, ...]] = field(default_factory=list)
    entry_of: dict[int, int] = field(default_factory=dict)
    lines: list[Lines] = field(default_factory=list)
    """Of each entry, in their order."""
    balances: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    paid: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    """(charge, account of the receipt) to net cents paid."""
    credits: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    """Account to (GL account, business date, cents put onto its credit)."""
    history: list[tuple[Any, ...]] = field(default_factory=list)
    days: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    undone: list[tuple[str, str, int, str]] = field(default_factory=list)
    """(id of the record taken back, kind, seq, its receipt number or empty)."""
    unposted: list[tuple[int, int]] = field(default_factory=list)
    """(seq of a receipt, n of a movement that it could not make)."""
    owed: list[Owed] = field(default_factory=list)
    checks_taken: list[tuple[Any, ...]] = field(default_factory=list)
    """Rows of table check_taken."""
    operators: list[Body] = field(default_factory=list)
    reviews: list[Body] = field(default_factory=list)
    deposits: set[str] = field(default_factory=set)
    """Accounts named here that are trust deposits."""
    trust_moves: list[tuple[Any, ...]] = field(default_factory=list)
    applied: dict[int, tuple[Body, bytes]] = field(default_factory=dict)
    """The batch's own applied credits, by number, with their hashes."""
    unapplied: set[str] = field(default_factory=set)
    """Ids of those that it takes back."""
    steps: list[Step] = field(default_factory=list)
    details: AccountDetails = field(default_factory=AccountDetails)
    problems: list[tuple[int, Problem]] = field(default_factory=list)

    def on_credit(self, connection: Connection, account: str) -> int:
        """Cents on an account's credit: in the books, and by the records so far."""
        _, _, moved = self.credits.get(account, ("", "", 0))
        return on_credit(connection, account) + moved


@dataclass(slots=True)
class _Day:
    """What a batch is posted by: the city's chart, the people known so far; and the sheet as filled so far."""

    connection: Connection
    chart: Chart
    people: People
    sheet: Sheet
    periods: Periods
    paid_like: dict[tuple[Any, ...], list[Problem]] = field(default_factory=dict)
    """What is wrong with receipts of the same operator, session and dates, as long as none of these changes."""


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
    day = _Day(connection, chart, people_of(connection), sheet, periods)
    sheet.deposits = deposits_among(connection, day.chart.accounts)
    movements = iter(moved)
    for body, h in zip(batch.bodies, hashes, strict=True):
        if left_out and body["seq"] in left_out:
            sheet.problems.append((body["seq"], left_out[body["seq"]]))
            continue
        kind = body["kind"]
        if kind == Kind.PAY:
            _take(day, body, h, next(movements))
        elif kind in (Kind.VOID, Kind.REFUND):
            _write(day, body, day.periods.fitted(_undo(day, body), body["biz_date"]))
        elif kind == Kind.CHECKS_RETURNED:
            _return_checks(day, body)
        elif kind in (Kind.OPEN, Kind.CLOSE):
            day.paid_like.clear()
            _open(day, body) if kind == Kind.OPEN else _write(day, body, _close(day, bodies, body))
        elif kind == Kind.OPERATOR:
            day.paid_like.clear()
            _keep_operator(body, day.people, day.sheet)
        elif kind == Kind.UNLOCK:
            _unlock(body, day.people, day.sheet)
        elif kind == Kind.RIGHTS_REVIEW:
            _review(body, day.people, day.sheet)
        elif kind == Kind.APPLY:
            _apply(day, body)
            sheet.applied[body["seq"]] = body, h
        elif kind == Kind.UNAPPLY:
            _unapply(day, body)
        elif kind in (Kind.TRUST_REFUND, Kind.TRUST_REFUND_REFUSAL):
            _answer_trust(day, body)
        elif kind in (Kind.VOID_REQUEST, Kind.REFUND_REQUEST, Kind.TRUST_REFUND_REQUEST):
            day.sheet.receipts.requests[body["seq"]] = body
        elif kind in (Kind.VOID_REFUSAL, Kind.REFUND_REFUSAL):
            _refuse(day, body)
        else:
            found = _beside_money(day, batch, bodies, body)
            sheet.problems += [(body["seq"], problem) for problem in found]
    sheet.problems += sheet.cards.new_items()
    return sheet


def _beside_money(day: _Day, batch: Batch, bodies: Sequence[Body], body: Body) -> list[Problem]:
    """What is wrong with a record that moves no money itself."""
    kind, sheet = body["kind"], day.sheet
    if kind == Kind.PAPER_SPOILED:
        return sheet.papers.spoiled(body, day.people)
    if kind == Kind.REMITTANCE_CLOSE:
        session = sheet.sessions.find(body["session"])
        return problems_of_close(day.connection, batch, bodies, body, session, day.people)
    if kind in (Kind.DROP, Kind.FUND_REQUEST, Kind.FUND_CHANGE, Kind.SURPRISE_COUNT, Kind.HAND_OVER):
        return _in_a_drawer(day, body)
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


def _in_a_drawer(day: _Day, body: Body) -> list[Problem]:
    """What is wrong with what was done with a running drawer beside taking money."""
    sheet = day.sheet
    if body["kind"] == Kind.DROP:
        return sheet.drops.take(body, sheet.sessions, day.people)
    if body["kind"] == Kind.FUND_REQUEST:
        return problems_of_request(body, sheet.sessions, day.people)
    if body["kind"] == Kind.FUND_CHANGE:
        return problems_of_change(body, sheet.sessions, day.people)
    if body["kind"] == Kind.HAND_OVER:
        return problems_of_hand_over(body, sheet.sessions)
    return problems_of_surprise(body, sheet.sessions, day.people, sheet.rules)


def _take(day: _Day, body: Body, h: bytes, movements: tuple[Movement, ...]) -> None:
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
        posting = post_pay(data, movements, day.chart, _not_covered(day, movements) if taking else NONE)
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
    _write(day, body, posting)


def _not_covered(day: _Day, moves: Sequence[Movement]) -> Mapping[int, Problem]:
    """What of these movements a deposit does not cover."""
    if not any(move.cents < 0 and move.charge is None and move.account is not None for move in moves):
        return NONE
    return not_covered(moves, day.sheet.deposits, partial(day.sheet.on_credit, day.connection))


def _did(posting: Posting, data: Body, chart: Chart) -> Posted:
    return Posted(posting.lines, tender_lines(data, chart), posting.moves)


def _open(day: _Day, body: Body) -> None:
    before = day.sheet.sessions.find(body["session"])
    in_use = day.sheet.sessions.open_in_drawer(body["data"]["drawer"])
    day.sheet.problems += [(body["seq"], problem) for problem in breaches.of_open(body, before, in_use, day.people)]
    if before is None:
        day.sheet.sessions.open(body)


def _close(day: _Day, bodies: Sequence[Body], body: Body) -> Posting:
    """Over and short are what was counted less what the session's records add up to, not less what the close says."""
    data, session = body["data"], day.sheet.sessions.find(body["session"])
    if session is None:
        said = {TenderKind(each["tender"]): each["cents"] for each in data["over_short"]}
        return post_close_of_nothing(said, breaches.why_not_open(body, session), day.chart)
    if session.close_seq is not None:
        return Posting({}, (), [breaches.why_not_open(body, session)])
    derived, rules = day.sheet.sessions.expected(body["session"]), day.sheet.rules
    problems = breaches.of_close(body, session, derived, day.people, rules) + day.sheet.cards.hidden_at_close(body)
    problems += breaches.of_counts(bodies, body, session, rules) + drawers_at_two(day.connection, bodies, body, session)
    day.sheet.sessions.close(body)
    counted = {each["tender"]: each["cents"] for each in data["counted"]}
    found = {kind: counted.get(kind.value, 0) - cents for kind, (_, cents) in derived.items()}
    posting = day.periods.fitted(post_close(found, day.chart), body["biz_date"])
    return replace(posting, problems=[*problems, *posting.problems])


def _keep_operator(body: Body, people: People, sheet: Sheet) -> None:
    judged = judge_terminals(body, people)
    if judged.problem is not None:
        sheet.problems.append((body["seq"], judged.problem))
    if judged.counts:
        keep(people, body)
        sheet.operators.append(body)


def _unlock(body: Body, people: People, sheet: Sheet) -> None:
    problem = why_not_unlocked(body, people)
    if problem is not None:
        sheet.problems.append((body["seq"], problem))


def _review(body: Body, people: People, sheet: Sheet) -> None:
    problem = why_not_reviewed(body, people)
    if problem is None:
        sheet.reviews.append(body)
    else:
        sheet.problems.append((body["seq"], problem))


def _undo(day: _Day, body: Body) -> Posting:
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
    day.sheet.deposits |= deposits_among(day.connection, _credited(posting.moves))
    for short in _not_covered(day, posting.moves).values():
        told = replace(short, cents=-data["total_cents"])
        return (post_refused_void if is_void else post_refused_refund)(data, told, day.chart)
    if posting.moves:
        _lower(day, body, found[0])
    day.sheet.receipts.taken_back.add(id_)
    day.sheet.undone.append((id_, body["kind"], body["seq"], data["original"]["receipt_no"]))
    if is_void:
        day.sheet.papers.voided(found[0], day.sheet.receipts.taken_back)
    elif data["method"] == RefundMethod.AP_CHECK and data["total_cents"]:  # what a deposit paid is held again
        dated = day.periods.open_date(body["biz_date"])
        day.sheet.owed.append(owed_for_refund(day.connection, body, found[0], dated))
    return posting


def _lower(day: _Day, by: Body, receipt: Body, lost: AbstractSet[str] | None = None) -> None:
    """Take back what a receipt raised; lost: these charges alone. What others paid on them is looked at again."""
    for place in day.sheet.raised.taken_back(by, receipt, lost):
        day.sheet.paid[place] += 0


def _credited(moves: Iterable[Movement]) -> list[str]:
    return [move.account for move in moves if move.account is not None and move.charge is None]


def _apply(day: _Day, body: Body) -> None:
    """Let credit pay charges; where it is not there, or not as the record says, nothing moves: no money was handed."""
    moves = tuple(charge_movements(Kind.APPLY, body["data"]))
    posting = post_pay({"tenders": (), "change_cents": 0}, moves, day.chart)
    problems = breaches.of_apply(body, day.people)
    held = day.sheet.on_credit(day.connection, body["data"]["account"])
    if problems := [*problems, *credit_missing(body["data"], held, posting.problems)]:
        day.sheet.problems += [(body["seq"], problem) for problem in problems]
    else:
        day.sheet.problems += day.sheet.raised.of_apply(body, day.sheet.paid)
        _write(day, body, day.periods.fitted(posting, body["biz_date"]))


def _unapply(day: _Day, body: Body) -> None:
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
    _write(day, body, day.periods.fitted(posting, body["biz_date"]))


def _answer_trust(day: _Day, body: Body) -> None:
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
        _write(day, body, day.periods.fitted(post_trust_refund(data, day.chart), body["biz_date"]))
        day.sheet.owed.append(owed_for_deposit(day.connection, body, day.periods.open_date(body["biz_date"])))


def _return_checks(day: _Day, body: Body) -> None:
    """Take back what each check paid, an entry each; its fee is a charge that this very batch may pay."""
    sheet, seq = day.sheet, body["seq"]
    problem = sheet.checks.problem_of(body, day.people)
    if problem is not None:
        sheet.problems.append((seq, problem))
        return
    voided = {id_ for id_, *_ in sheet.undone}
    held = {of for of, each in sheet.problems if each.cents}
    moves: list[Movement] = []
    for n in range(len(body["data"]["checks"])):
        found = sheet.checks.taken_back(body, n, voided, held, sheet.banked.names)
        if isinstance(found, Problem):
            sheet.problems.append((seq, found))
            continue
        back, posting = found
        sheet.deposits |= deposits_among(day.connection, _credited(posting.moves))
        for short in _not_covered(day, posting.moves).values():
            posting = borne_by_suspense(day.connection, sheet.rules, back, short)
        if posting.moves and (receipt := sheet.receipts.find(back.id)) is not None:
            _lower(day, body, receipt[0], lost_with(back))
        moves += posting.moves
        sheet.problems += [(seq, doubt) for doubt in sheet.checks.doubts_of(back, body["data"]["checks"][n])]
        if back.account is not None:
            day.chart.charges.update(dict.fromkeys(charges_raised(sheet.rules, back), back.account))
        sheet.checks.keep(back, Said(body["terminal"], body["epoch"], seq, n, _enter(day, body, posting)))
    sheet.trust_moves += moved_on(body, moves, sheet.deposits)


def _refuse(day: _Day, body: Body) -> None:
    """Let a refusal answer its request, if who refused may; otherwise the request stays open."""
    problem = why_not_refused(body, day.sheet.receipts, day.people)
    if problem is None:
        day.sheet.receipts.answer(body)
    else:
        day.sheet.problems.append((body["seq"], problem))


def _write(day: _Day, body: Body, posting: Posting) -> None:
    if body["kind"] in _COUNTED:
        sums = day.sheet.days[body["biz_date"]]
        sums[0] += body["kind"] == Kind.PAY
        total = body["data"]["total_cents"]
        sums[1] += total if body["kind"] == Kind.PAY else -total
    if day.sheet.deposits:
        day.sheet.trust_moves += moved_on(body, posting.moves, day.sheet.deposits)
    _enter(day, body, posting)


def _enter(day: _Day, body: Body, posting: Posting) -> int | None:
    """Put a posting onto the sheet; gives the number of its entry there, None where it has no lines."""
    sheet, seq = day.sheet, body["seq"]
    for problem in posting.problems:
        sheet.problems.append((seq, problem))
    for account, charge, gl, _, cents in posting.moves:
        if account is None:
            continue
        if charge is not None:
            sheet.paid[charge, account] += cents
        else:
            first_gl, due, before = sheet.credits.get(account, (gl, body["biz_date"], 0))
            sheet.credits[account] = first_gl, due, before + cents
    sheet.steps += steps_of(body, posting.moves)
    if not posting.lines:
        return None
    if any(_by_fund(posting.lines).values()):
        raise AssertionError(f"record {seq} posts out of balance: {out_of_balance(as_lines(posting.lines))}")
    entry = len(sheet.entries) + 1
    dated = day.periods.open_date(body["biz_date"])
    sheet.entries.append((entry, seq, body["kind"], dated, body["receipt_no"]))
    sheet.entry_of.setdefault(seq, entry)
    sheet.lines.append(posting.lines)
    balances = sheet.balances
    for place, cents in posting.lines.items():
        balances[place] += cents
    return entry


def _by_fund(lines: Lines) -> dict[str, int]:
    sums: dict[str, int] = {}
    for (fund, _), cents in lines.items():
        sums[fund] = sums.get(fund, 0) + cents
    return sums


def _write_history(sheet: Sheet, body: Body) -> None:
    per_account: dict[str, int] = {}
    for line in body["data"]["lines"]:
        if (account := line["account"]) is not None:
            per_account[account] = per_account.get(account, 0) + line["cents"]
    for account, cents in per_account.items():
        sheet.history.append((body["receipt_no"], account, body["biz_date"], body["data"]["payor"], cents, 0))
