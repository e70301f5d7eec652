"""What a record posts: its entry, what it moves on charges, and what can't be posted as the record says. Pure.

A share that can't be posted (an unknown GL account, a fund without interfund accounts, an unknown charge or account)
goes to the suspense account, which stands in the pooled fund, with a problem that becomes an error item. The entry
balances all the same, in total and per fund.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from countertui.domain.balances import Movement
from countertui.domain.money import Cents
from countertui.domain.postings import (
    Credit,
    GlLine,
    PostingRules,
    over_short_entry,
    receipt_entry,
    refund_entry,
    reversed_entry,
)
from countertui.domain.records import RefundMethod
from countertui.domain.tenders import TenderKind

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why cents were credited to suspense (negative: debited): a code, and the words a technician reads."""

    reason: str
    detail: str
    cents: int


@dataclass(frozen=True, slots=True)
class Posting:
    """What one record does to the books: its lines, what it moves on charges and credits, and what it can't."""

    lines: tuple[GlLine, ...]
    moves: Sequence[Movement] = ()
    problems: Sequence[Problem] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """What postings go by.

    funds: GL account to its fund, of the accounts that can be posted to; charges: charge id to its account; accounts:
    the account numbers known. Of all three, only what the batch names needs to be there.
    """

    rules: PostingRules
    funds: Mapping[str, str]
    charges: Mapping[str, str]
    accounts: AbstractSet[str]
    unmapped: AbstractSet[TenderKind]


def chart(
    rules: PostingRules, funds: Mapping[str, str], charges: Mapping[str, str], accounts: AbstractSet[str]
) -> Chart:
    """A chart by a city's rules. funds: GL account to fund; those whose fund has no interfund accounts are left out."""
    postable = {
        account: fund
        for account, fund in funds.items()
        if fund == rules.pooled_fund or (fund in rules.due_from and fund in rules.due_to)
    }
    suspense = dict.fromkeys(TenderKind, rules.suspense)
    complete = replace(rules, tender=suspense | dict(rules.tender), over_short=suspense | dict(rules.over_short))
    return Chart(complete, postable, charges, accounts, set(TenderKind) - set(rules.tender))


def post_pay(data: Data, movements: Iterable[Movement], chart: Chart) -> Posting:
    """A receipt: tenders debited, every share credited in its own fund, charges paid."""
    credits, moves, problems = _shares(movements, chart)
    tendered: dict[TenderKind, Cents] = {}
    for tender in data["tenders"]:
        kind = TenderKind(tender["kind"])
        tendered[kind] = Cents(tendered.get(kind, 0) + tender["cents"])
        if kind in chart.unmapped:
            problems.append(Problem("unknown-tender", f"No GL account is set for {kind.label}.", -tender["cents"]))
    return Posting(receipt_entry(credits, tendered, data["change_cents"], chart.rules), moves, problems)


def post_void(data: Data, movements: Iterable[Movement], receipt_lines: Iterable[GlLine], chart: Chart) -> Posting:
    """A void: the receipt's entry turned round, its charges put back."""
    _, moves, _ = _shares(movements, chart)
    lines = reversed_entry(receipt_lines)
    number = data["original"]["receipt_no"]
    return Posting(lines, moves, _suspended(lines, chart, f"Receipt {number}, voided, was in suspense."))


def post_refund(data: Data, movements: Iterable[Movement], chart: Chart) -> Posting:
    """A refund: every share taken back, paid from the cash account or owed by accounts payable; charges put back."""
    credits, moves, problems = _shares(movements, chart)
    return Posting(refund_entry(credits, _paid_from(data, chart.rules), chart.rules), moves, problems)


def post_close(data: Data, chart: Chart) -> Posting:
    """A close: over and short per tender, each to its own account."""
    lines = tuple(
        line
        for found in data["over_short"]
        for line in over_short_entry(TenderKind(found["tender"]), found["cents"], chart.rules)
    )
    return Posting(lines, (), _suspended(lines, chart, "No GL account is set for a tender that was over or short."))


def post_refused_void(data: Data, why: Problem, chart: Chart) -> Posting:
    """A void that may not stand: the money did leave the drawer, so suspense bears it; the receipt's shares stay."""
    suspense = [Credit(chart.rules.suspense, chart.rules.pooled_fund, data["total_cents"])]
    tendered: dict[TenderKind, Cents] = {}
    for tender in data["tenders"]:
        kind = TenderKind(tender["kind"])
        tendered[kind] = Cents(tendered.get(kind, 0) + tender["cents"])
    return Posting(reversed_entry(receipt_entry(suspense, tendered, data["change_cents"], chart.rules)), (), [why])


def post_refused_refund(data: Data, why: Problem, chart: Chart) -> Posting:
    """A refund that may not stand: what was paid out is borne by suspense."""
    suspense = [Credit(chart.rules.suspense, chart.rules.pooled_fund, data["total_cents"])]
    return Posting(refund_entry(suspense, _paid_from(data, chart.rules), chart.rules), (), [why])


def _suspended(lines: Iterable[GlLine], chart: Chart, detail: str) -> list[Problem]:
    """One problem for what these lines move in suspense, none if nothing."""
    rules = chart.rules
    debited = sum(line.cents for line in lines if (line.fund, line.account) == (rules.pooled_fund, rules.suspense))
    return [Problem("suspense", detail, -debited)] if debited else []


def _paid_from(data: Data, rules: PostingRules) -> str:
    return rules.tender[TenderKind.CASH] if data["method"] == RefundMethod.CASH else rules.refunds_payable


def _shares(movements: Iterable[Movement], chart: Chart) -> tuple[list[Credit], list[Movement], list[Problem]]:
    """The shares that these movements are (of a refund: that it takes back), and those of them that charges know."""
    credits: list[Credit] = []
    moves: list[Movement] = []
    problems: list[Problem] = []
    rules, funds = chart.rules, chart.funds
    for movement in movements:
        fund = funds.get(movement.gl)
        problem = None
        if fund is None:
            detail = f"GL account {movement.gl} is not in the chart, or its fund can't be posted."
            problem = Problem("unknown-gl", detail, movement.cents)
        if movement.account is not None:
            if _is_known(movement, chart):
                moves.append(movement)
            else:
                problem = _unknown(movement)
        if fund is None or problem is not None:
            credits.append(Credit(rules.suspense, rules.pooled_fund, Cents(abs(movement.cents))))
        else:
            credits.append(Credit(movement.gl, fund, Cents(abs(movement.cents))))
        if problem is not None:
            problems.append(problem)
    return credits, moves, problems


def _is_known(movement: Movement, chart: Chart) -> bool:
    if movement.charge is None:
        return movement.account in chart.accounts
    return chart.charges.get(movement.charge) == movement.account


def _unknown(movement: Movement) -> Problem:
    if movement.charge is None:
        return Problem("unknown-account", f"Account {movement.account} is not known here.", movement.cents)
    detail = f"Charge {movement.charge} is not on account {movement.account}."
    return Problem("unknown-charge", detail, movement.cents)
