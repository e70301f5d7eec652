"""What a record posts: its entry, what it moves on charges, and what can't be posted as the record says. Pure.

A share that can't be posted (an unknown GL account, a fund without interfund accounts, an unknown charge or account)
goes to the suspense account, which stands in the pooled fund, with a problem that becomes an error item. The entry
balances all the same, in total and per fund.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from countertui.domain.balances import Movement
from countertui.domain.desk_records import ShareData
from countertui.domain.money import ZERO, Cents
from countertui.domain.postings import (
    Credit,
    GlLine,
    PostingRules,
    over_short_entry,
    receipt_entry,
    refund_entry,
    reversed_entry,
)
from countertui.domain.record_data import RefundMethod
from countertui.domain.tenders import TenderKind

Data = Mapping[str, Any]
Place = tuple[str, str]
"""A fund and a GL account of it."""
Lines = Mapping[Place, int]
"""The lines of an entry: cents by place, debits positive; none is zero."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why cents were credited to suspense (negative: debited): a code, and the words a technician reads."""

    reason: str
    detail: str
    cents: int


@dataclass(frozen=True, slots=True)
class Posting:
    """What one record does to the books: its lines, what it moves on charges and credits, and what it can't."""

    lines: Lines
    moves: Sequence[Movement] = ()
    problems: Sequence[Problem] = ()


@dataclass(frozen=True, slots=True)
class Posted:
    """What a receipt did to the books when it was posted: its lines, the part of them that its tenders are, its moves.

    What undoes it undoes that, whatever the chart and the charges have become meanwhile.
    """

    lines: Lines
    tendered: Lines
    moves: Sequence[Movement]


@dataclass(frozen=True, slots=True)
class Chart:
    """What postings go by.

    funds: GL account to its fund, of the accounts that can be posted to; charges: charge id to its account; accounts:
    the account numbers known. Of all three, only what the batch names needs to be there.
    """

    rules: PostingRules
    funds: Mapping[str, str]
    charges: dict[str, str]
    accounts: set[str]
    unmapped: AbstractSet[TenderKind]
    _cent_on: dict[str, tuple[tuple[Place, int], ...]] = field(default_factory=dict)
    _cent_by: dict[str, tuple[tuple[Place, int], ...]] = field(default_factory=dict)

    def cent_on(self, account: str) -> tuple[tuple[Place, int], ...]:
        """What one cent credited to a GL account posts, its tender left out; an account not in `funds`: to suspense."""
        found = self._cent_on.get(account)
        if found is None:
            known = account in self.funds
            credit = Credit(
                account if known else self.rules.suspense, self.funds.get(account, self.rules.pooled_fund), Cents(1)
            )
            found = self._cent_on[account] = tuple(by_place(receipt_entry([credit], {}, ZERO, self.rules)).items())
        return found

    def cent_by(self, tender: str) -> tuple[tuple[Place, int], ...]:
        """What one cent of a tender posts."""
        found = self._cent_by.get(tender)
        if found is None:
            entry = receipt_entry([], {TenderKind(tender): Cents(1)}, ZERO, self.rules)
            found = self._cent_by[tender] = tuple(by_place(entry).items())
        return found


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
    return Chart(complete, postable, dict(charges), set(accounts), set(TenderKind) - set(rules.tender))


def by_place(lines: Iterable[GlLine]) -> Lines:
    """Lines as cents by place, those of one place added up, zeros left out."""
    sums: dict[Place, int] = {}
    for line in lines:
        place = line.fund, line.account
        sums[place] = sums.get(place, 0) + line.cents
    return {place: cents for place, cents in sums.items() if cents}


def as_lines(lines: Lines) -> list[GlLine]:
    """The same as the domain's lines."""
    return [GlLine(fund, account, Cents(cents)) for (fund, account), cents in lines.items()]


def lines_of(shares: Sequence[ShareData], chart: Chart) -> dict[tuple[str, str], int]:
    """The lines that credit every share in its own fund; balanced per fund if the shares add up to nothing."""
    sums: dict[tuple[str, str], int] = {}
    for share in shares:
        for place, sign in chart.cent_on(share["gl"]):
            sums[place] = sums.get(place, 0) + sign * share["cents"]
    return {place: cents for place, cents in sums.items() if cents}


def post_pay(
    data: Data, movements: Iterable[Movement], chart: Chart, refused: Mapping[int, Problem] = MappingProxyType({})
) -> Posting:
    """A receipt: tenders debited, every share credited in its own fund, charges paid.

    refused: movements, by their place, that may not be made, and why: suspense bears them.

    An entry is linear in its cents, so what `receipt_entry` makes of one cent is worked out once per account and
    tender, and multiplied here: a night's receipts are a million.
    """
    sums: dict[Place, int] = {}
    moves: list[Movement] = []
    problems: list[Problem] = []
    for n, movement in enumerate(movements):
        problem = refused[n] if n in refused else _problem(movement, chart, moves)
        if problem is not None:
            problems.append(problem)
        cents = movement.cents
        for place, sign in chart.cent_on(movement.gl if problem is None else ""):
            sums[place] = sums.get(place, 0) + sign * cents
    for tender in data["tenders"]:
        for place, sign in chart.cent_by(tender["kind"]):
            sums[place] = sums.get(place, 0) + sign * tender["cents"]
        if chart.unmapped and tender["kind"] in chart.unmapped:
            label = TenderKind(tender["kind"]).label
            problems.append(Problem("unknown-tender", f"No GL account is set for {label}.", -tender["cents"]))
    if change := data["change_cents"]:
        for place, sign in chart.cent_by(TenderKind.CASH):
            sums[place] = sums.get(place, 0) - sign * change
    return Posting({place: cents for place, cents in sums.items() if cents}, moves, problems)


def tender_lines(data: Data, chart: Chart) -> Lines:
    """The part of a receipt's lines that its tenders are, change taken off."""
    tendered: dict[TenderKind, Cents] = {}
    for tender in data["tenders"]:
        kind = TenderKind(tender["kind"])
        tendered[kind] = Cents(tendered.get(kind, 0) + tender["cents"])
    return by_place(receipt_entry([], tendered, data["change_cents"], chart.rules))


def post_void(data: Data, posted: Posted, chart: Chart) -> Posting:
    """A void: what the receipt posted turned round, what it moved put back; nothing by today's chart."""
    lines = by_place(reversed_entry(as_lines(posted.lines)))
    number = data["original"]["receipt_no"]
    return Posting(
        lines, turned_back(posted.moves), _suspended(lines, chart, f"Receipt {number}, voided, was in suspense.")
    )


def post_refund(data: Data, posted: Posted, chart: Chart) -> Posting:
    """A refund: every share taken back as it was posted, paid from the cash account or owed by accounts payable."""
    rules = chart.rules
    lines = by_place(
        [
            *reversed_entry(as_lines(posted.lines)),
            *as_lines(posted.tendered),
            GlLine(rules.pooled_fund, _paid_from(data, rules), Cents(-data["total_cents"])),
        ]
    )
    number = data["original"]["receipt_no"]
    return Posting(
        lines, turned_back(posted.moves), _suspended(lines, chart, f"Receipt {number}, refunded, was in suspense.")
    )


def turned_back(moves: Iterable[Movement]) -> list[Movement]:
    """The same movements the other way."""
    return [move._replace(cents=-move.cents) for move in moves]


def post_close(found: Mapping[TenderKind, int], chart: Chart) -> Posting:
    """A close: over (positive cents) and short per tender, each to its own account."""
    lines = by_place(
        line for kind, cents in found.items() for line in over_short_entry(kind, Cents(cents), chart.rules)
    )
    return Posting(lines, (), _suspended(lines, chart, "No GL account is set for a tender that was over or short."))


def post_close_of_nothing(found: Mapping[TenderKind, int], why: Problem, chart: Chart) -> Posting:
    """A close of a session never opened: nobody knows what should be there, so suspense bears what it says is off."""
    rules = replace(chart.rules, over_short=dict.fromkeys(TenderKind, chart.rules.suspense))
    lines = by_place(line for kind, cents in found.items() for line in over_short_entry(kind, Cents(cents), rules))
    held = -lines.get((rules.pooled_fund, rules.suspense), 0)
    return Posting(lines, (), [replace(why, cents=held)])


def post_held_pay(data: Data, why: Problem, chart: Chart) -> Posting:
    """A receipt whose money is not to go anywhere yet: its tenders debited, all of it in suspense, nothing paid."""
    tendered = post_pay(data, (), chart)
    suspense = chart.rules.pooled_fund, chart.rules.suspense
    sums = {**tendered.lines, suspense: tendered.lines.get(suspense, 0) - data["total_cents"]}
    return Posting({place: cents for place, cents in sums.items() if cents}, (), [why, *tendered.problems])


def post_refused_void(data: Data, why: Problem, chart: Chart) -> Posting:
    """A void that may not stand: the money did leave the drawer, so suspense bears it; the receipt's shares stay."""
    suspense = [Credit(chart.rules.suspense, chart.rules.pooled_fund, data["total_cents"])]
    tendered: dict[TenderKind, Cents] = {}
    for tender in data["tenders"]:
        kind = TenderKind(tender["kind"])
        tendered[kind] = Cents(tendered.get(kind, 0) + tender["cents"])
    entry = reversed_entry(receipt_entry(suspense, tendered, data["change_cents"], chart.rules))
    return Posting(by_place(entry), (), [why])


def post_refused_refund(data: Data, why: Problem, chart: Chart) -> Posting:
    """A refund that may not stand: what was paid out is borne by suspense."""
    suspense = [Credit(chart.rules.suspense, chart.rules.pooled_fund, data["total_cents"])]
    entry = refund_entry(suspense, _paid_from(data, chart.rules), chart.rules)
    return Posting(by_place(entry), (), [why])


def _suspended(lines: Lines, chart: Chart, detail: str) -> list[Problem]:
    """One problem for what these lines move in suspense, none if nothing."""
    debited = lines.get((chart.rules.pooled_fund, chart.rules.suspense), 0)
    return [Problem("suspense", detail, -debited)] if debited else []


def _paid_from(data: Data, rules: PostingRules) -> str:
    return rules.tender[TenderKind.CASH] if data["method"] == RefundMethod.CASH else rules.refunds_payable


def _problem(movement: Movement, chart: Chart, moves: list[Movement]) -> Problem | None:
    """Why a movement's share can't be posted, None if it can. What moves on a charge or a credit is added to moves."""
    account, charge, gl, _, cents = movement
    if account is not None:
        if charge is None:
            if account not in chart.accounts:
                return Problem("unknown-account", f"Account {account} is not known here.", cents)
        elif chart.charges.get(charge) != account:
            return Problem("unknown-charge", f"Charge {charge} is not on account {account}.", cents)
        moves.append(movement)
    if gl not in chart.funds:
        return Problem("unknown-gl", f"GL account {gl} is not in the chart, or its fund can't be posted.", cents)
    return None
