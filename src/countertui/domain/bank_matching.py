"""A city's deposits beside the lines of its bank: which is which, and how sure that is. Amounts in cents.

A bank credits a deposit in one line or in some, cash and checks apart; it writes the bag's or slip's number where it
can. A pair is certain where number and amount agree, likely where amount and days do and nothing else could be meant.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import NamedTuple

from countertui.domain.bank_statement import LineKind, StatementLine

WITHIN_DAYS = 7
"""How long after its business date a deposit may reach the bank: a week covers the longest weekend."""
MOST_PARTS = 3
"""In how many lines a bank credits one deposit at most: cash, checks, and a correction of its own."""
_MOST_ALIKE = 40


class AtBank(NamedTuple):
    """A deposit that is not at the bank yet: its record's number, its bag, cents, business date, its bank account.

    account: in the books; numbers: what the bank's files call that account: lines of no other are this deposit.
    """

    seq: int
    bag: str
    cents: int
    dated: date
    account: str
    numbers: frozenset[str]


class Line(NamedTuple):
    """A line of the bank that belongs to no deposit yet, and what it is known by."""

    identity: str
    says: StatementLine


@dataclass(frozen=True, slots=True)
class Pair:
    """A deposit and the lines that are it; confidence in percent, and why in words.

    off_cents: what the bank credited more (negative: less) than was deposited.
    """

    deposit: AtBank
    lines: tuple[Line, ...]
    confidence: int
    why: str

    @property
    def off_cents(self) -> int:
        """What the bank counted more than the city, in cents."""
        return sum(line.says.cents for line in self.lines) - self.deposit.cents


def pairs(deposits: Sequence[AtBank], lines: Sequence[Line], booked: Collection[str] = ()) -> list[Pair]:
    """The likeliest pairs, surest first; no deposit and no line is in two. Everything else is unmatched.

    A line of another bank account than the deposit's is never it.

    By bag first: its number in the line and the amount (100 percent), in some lines that add up to it (98), or with
    another amount (70: the bank counted otherwise). Then by amount and days: alone of its kind (90, less a point for
    each day), or one of several alike (50), of which each is taken in the order of days. A line that names another
    bag is never sure by its amount. booked: bags of deposits that the bank has, which it may tell of in another file.
    """
    open_ = [line for line in lines if line.says.cents > 0 and line.says.kind is not LineKind.RETURNED]
    by_bag = _by_bag({_plain(bag) for bag in (*booked, *(each.bag for each in deposits))}, open_)
    found = list(_bagged(deposits, by_bag))
    taken_lines = {line.identity for pair in found for line in pair.lines}
    taken = {pair.deposit.seq for pair in found}
    left = [line for line in open_ if line.identity not in taken_lines]
    naming = {line.identity for some in by_bag.values() for line in some}
    found += _by_amount([deposit for deposit in deposits if deposit.seq not in taken], left, naming)
    return sorted(found, key=lambda pair: (-pair.confidence, pair.deposit.dated, pair.deposit.seq))


def _by_bag(bags: AbstractSet[str], lines: Iterable[Line]) -> Mapping[str, list[Line]]:
    holding: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        says = line.says
        words = {_plain(word) for word in re.split(r"[^A-Za-z0-9-]+", f"{says.reference} {says.text}")}
        words.add(_plain(says.reference))
        for bag in sorted(bags & words - {""}):
            holding[bag].append(line)
    return holding


def _bagged(deposits: Iterable[AtBank], by_bag: Mapping[str, list[Line]]) -> Iterable[Pair]:
    taken: set[str] = set()
    for deposit in sorted(deposits, key=lambda each: (each.dated, each.seq)):
        here = [line for line in by_bag.get(_plain(deposit.bag), ()) if _is_there(deposit, line)]
        here = [line for line in here if line.identity not in taken]
        here = [line for line in here if _days(deposit, line) >= 0]
        if not here:
            continue
        pair = _of_bag(deposit, here)
        taken |= {line.identity for line in pair.lines}
        yield pair


def _of_bag(deposit: AtBank, here: Sequence[Line]) -> Pair:
    for line in here:
        if line.says.cents == deposit.cents:
            return Pair(deposit, (line,), 100, "bag and amount")
    for many in range(2, MOST_PARTS + 1):
        for some in combinations(here[:_MOST_ALIKE], many):
            if sum(line.says.cents for line in some) == deposit.cents:
                return Pair(deposit, some, 98, f"bag, and {many} lines that add up to it")
    nearest = min(here, key=lambda line: abs(line.says.cents - deposit.cents))
    return Pair(deposit, (nearest,), 70, "bag; the bank counted another amount")


def _by_amount(deposits: Sequence[AtBank], lines: Sequence[Line], naming: AbstractSet[str]) -> Iterable[Pair]:
    """By amount and days alone. naming: the lines that name a bag, which is none of these deposits'."""
    of_cents: dict[int, list[Line]] = defaultdict(list)
    for line in sorted(lines, key=lambda each: (each.says.dated, each.says.row)):
        of_cents[line.says.cents].append(line)
    alike: dict[tuple[str, int], int] = defaultdict(int)
    for deposit in deposits:
        alike[deposit.account, deposit.cents] += 1
    taken: set[str] = set()
    for deposit in sorted(deposits, key=lambda each: (each.dated, each.seq)):
        there = [line for line in of_cents[deposit.cents] if _is_there(deposit, line)]
        there = [line for line in there if 0 <= _days(deposit, line) <= WITHIN_DAYS]
        free = [line for line in there if line.identity not in taken]
        if not free:
            continue
        first, days = free[0], _days(deposit, free[0])
        taken.add(first.identity)
        after = "on its day" if not days else f"{days} day{'' if days == 1 else 's'} later"
        if first.identity in naming:
            yield Pair(deposit, (first,), 50, f"amount, {after}; it names another bag")
        elif len(there) == 1 and alike[deposit.account, deposit.cents] == 1:
            yield Pair(deposit, (first,), 90 - days, f"amount, {after}")
        else:
            yield Pair(deposit, (first,), 50, f"amount, {after}; there are others alike")


def _is_there(deposit: AtBank, line: Line) -> bool:
    return line.says.account in deposit.numbers


def _days(deposit: AtBank, line: Line) -> int:
    return (line.says.dated - deposit.dated).days


def _plain(number: str) -> str:
    """A bag's number as banks repeat it: capitals and digits, no dashes or blanks, no zeros that lead it."""
    return re.sub(r"[^A-Z0-9]", "", number.upper()).lstrip("0")
