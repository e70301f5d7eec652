"""The sheet of what a batch will do to the books, and how a posting is entered there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from countertui.domain.balances import Movement
from countertui.domain.city import CityRules
from countertui.domain.postings import out_of_balance
from countertui.domain.records import Kind
from countertui.ledger.account_details import AccountDetails
from countertui.ledger.cards_unknown import CardsUnknown
from countertui.ledger.charge_steps import Step, steps_of
from countertui.ledger.charges_raised import ChargesRaised
from countertui.ledger.checks_returned import ChecksReturned
from countertui.ledger.drops import Drops
from countertui.ledger.licenses import Licenses
from countertui.ledger.paper_keyed import PaperKeyed
from countertui.ledger.payables import Owed
from countertui.ledger.periods import Periods
from countertui.ledger.posting import Chart, Lines, Posting, Problem, as_lines
from countertui.ledger.sessions import Sessions
from countertui.ledger.staff import People
from countertui.ledger.terminal_deposits import TerminalDeposits
from countertui.ledger.trust import moved_on, not_covered, on_credit
from countertui.ledger.undoing import Receipts

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
class Day:
    """What a batch is posted by: the city's chart, the people known so far; and the sheet as filled so far."""

    connection: Connection
    chart: Chart
    people: People
    sheet: Sheet
    periods: Periods
    paid_like: dict[tuple[Any, ...], list[Problem]] = field(default_factory=dict)
    """What is wrong with receipts of the same operator, session and dates, as long as none of these changes."""


def not_covered_by(day: Day, moves: Sequence[Movement]) -> Mapping[int, Problem]:
    """What of these movements a deposit does not cover."""
    if not any(move.cents < 0 and move.charge is None and move.account is not None for move in moves):
        return NONE
    return not_covered(moves, day.sheet.deposits, partial(day.sheet.on_credit, day.connection))


def lower(day: Day, by: Body, receipt: Body, lost: AbstractSet[str] | None = None) -> None:
    """Take back what a receipt raised; lost: these charges alone. What others paid on them is looked at again."""
    for place in day.sheet.raised.taken_back(by, receipt, lost):
        day.sheet.paid[place] += 0


def credited(moves: Iterable[Movement]) -> list[str]:
    """The accounts whose credit these movements move."""
    return [move.account for move in moves if move.account is not None and move.charge is None]


def write(day: Day, body: Body, posting: Posting) -> None:
    """Enter what a record posts, with what its day and the trust deposits are counted by."""
    if body["kind"] in _COUNTED:
        sums = day.sheet.days[body["biz_date"]]
        sums[0] += body["kind"] == Kind.PAY
        total = body["data"]["total_cents"]
        sums[1] += total if body["kind"] == Kind.PAY else -total
    if day.sheet.deposits:
        day.sheet.trust_moves += moved_on(body, posting.moves, day.sheet.deposits)
    enter(day, body, posting)


def enter(day: Day, body: Body, posting: Posting) -> int | None:
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
