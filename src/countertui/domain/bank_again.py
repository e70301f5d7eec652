"""Which lines of a bank's file the books have already, though an earlier file gave them other ids. Amounts in cents.

No id of a line holds from one form to the other. BAI2 (Cash Management Balance Reporting, version 2) leaves a detail's
bank reference and customer reference to each bank, and may leave both out. OFX (1.6 and 2.x, bank statement download)
promises that an FITID is one transaction of its account, and nothing of what else that bank sends. What both say of the
same line is account, day, amount and sign, often a check's or bag's number, sometimes words. So lines are compared by
these, each against one:

- Of lines alike a day has as many as the file that says most of them: two fees of 12.00 in one file stay two, and are
  the two of the other form.
- Two lines with different check numbers are two, whatever else is alike.
- What the account held decides first, where it is told: BAI2's 010 and 015 (opening and closing ledger), OFX's
  LEDGERBAL. A day's lines add up to the difference; that says whether lines alike are the same, or more of them.
- Else lines of another form are the same where nothing is against it and a number or a word of one of the day's is, or
  where every line of the file's day is there. Under other ids of its own form, a day is the same only where every line
  of it is there with its words and more than one is, or with its number: a bank gives a second fee a second id.
- Where a day is the same in part, and each file has lines that the other has not, the two contradict one another.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from countertui.domain.bank_matching import Line
from countertui.domain.bank_statement import Balance, StatementLine

FEWEST_DIGITS = 4
"""How many digits two numbers of an account must share at their ends to be of one account."""
_NEVER, _AGAINST, _SILENT, _WORDS, _NUMBER = range(-1, 4)


class Known(NamedTuple):
    """A line that the books have: what it is known by, what it says, its file's form, and which file that was."""

    identity: str
    says: StatementLine
    form: str
    file: str


class Again(NamedTuple):
    """A line of a file, and the line of the books that it is under another id."""

    line: Line
    known: Known


class Contradiction(NamedTuple):
    """A day that is the same in part: a line of the file that the books have not, and one that the file has not."""

    line: Line
    known: Known


@dataclass(frozen=True, slots=True)
class Judged:
    """What a file's lines are: new; there under the same id; there under another; and where the two contradict."""

    fresh: tuple[Line, ...]
    seen: tuple[Known, ...]
    again: tuple[Again, ...]
    contradictions: tuple[Contradiction, ...]

    @property
    def files(self) -> tuple[str, ...]:
        """The files whose lines come again, each once."""
        return tuple(dict.fromkeys([*(each.file for each in self.seen), *(each.known.file for each in self.again)]))


def judge(
    lines: Sequence[Line],
    known: Sequence[Known],
    form: str,
    balances: Sequence[Balance] = (),
    known_balances: Sequence[Balance] = (),
) -> Judged:
    """What each line of a file is. known: the books' lines of its days; balances: what each side says of them."""
    there = {each.identity: each for each in known}
    seen = [there[line.identity] for line in lines if line.identity in there]
    mine = [line for line in lines if line.identity not in there]
    told = {line.identity for line in lines}
    accounts = {line.says.account for line in lines}
    again: list[Again] = []
    contradictions: list[Contradiction] = []
    for (account, dated), of_day in _days(mine).items():
        here = [
            each for each in known if each.says.dated == dated and _one_account(account, each.says.account, accounts)
        ]
        totals = _totals(dated, {account, *(each.says.account for each in here)}, balances, known_balances)
        day = _Day(of_day, here, [each for each in here if each.identity not in told], form, totals)
        same, against = day.judged()
        again += same
        contradictions += against
    same_ids = {each.line.identity for each in again}
    fresh = tuple(line for line in mine if line.identity not in same_ids)
    return Judged(fresh, tuple(seen), tuple(again), tuple(contradictions))


class _Totals(NamedTuple):
    """What a day's lines add up to by the balances (None: they don't say), and by how much its end moved since."""

    whole: int | None
    moved: int | None


@dataclass(frozen=True, slots=True)
class _Day:
    """A day of an account: the file's lines whose ids the books lack; the books' lines, and those not told again."""

    mine: Sequence[Line]
    here: Sequence[Known]
    untold: Sequence[Known]
    form: str
    totals: _Totals

    def judged(self) -> tuple[list[Again], list[Contradiction]]:
        pairs = _paired(self.mine, self.untold)
        if not pairs:
            return [], []
        said = self._by_balances([again for again, _ in pairs])
        if said is not None:
            return ([again for again, _ in pairs] if said else []), []
        other = [(again, level) for again, level in pairs if again.known.form != self.form]
        own = [(again, level) for again, level in pairs if again.known.form == self.form]
        same = self._of_other_form(other)
        if not same:
            return self._of_own_form(own), []
        return same, self._against(same)

    def _by_balances(self, pairs: Sequence[Again]) -> bool | None:
        """Whether the lines alike are the same by what the account held; None where that does not say."""
        there = sum(each.says.cents for each in self.here)
        total = self.totals.whole
        if total is None and self.totals.moved is not None:
            total = there + self.totals.moved
        more, alike = sum(line.says.cents for line in self.mine), sum(each.line.says.cents for each in pairs)
        if total is None or not alike:
            return None
        if there + more - alike == total:
            return True
        return False if there + more == total else None

    def _of_other_form(self, pairs: Sequence[tuple[Again, int]]) -> list[Again]:
        every = len(pairs) == len(self.mine)
        if not every and all(level < _WORDS for _, level in pairs):
            return []
        least = _AGAINST if every and len(pairs) > 1 else _SILENT
        return [again for again, level in pairs if level >= least]

    def _of_own_form(self, pairs: Sequence[tuple[Again, int]]) -> list[Again]:
        every = len(pairs) == len(self.mine)
        least = _WORDS if len(pairs) > 1 else _NUMBER
        if not every or any(level < least for _, level in pairs):
            return []
        return [again for again, _ in pairs]

    def _against(self, same: Sequence[Again]) -> list[Contradiction]:
        taken = {each.line.identity for each in same}, {each.known.identity for each in same}
        more = [line for line in self.mine if line.identity not in taken[0]]
        left = [each for each in self.untold if each.form != self.form and each.identity not in taken[1]]
        return [Contradiction(more[0], left[0])] if more and left else []


def _days(lines: Iterable[Line]) -> Mapping[tuple[str, date], list[Line]]:
    found: dict[tuple[str, date], list[Line]] = defaultdict(list)
    for line in lines:
        found[line.says.account, line.says.dated].append(line)
    return found


def _paired(mine: Sequence[Line], known: Sequence[Known]) -> list[tuple[Again, int]]:
    """Lines of one amount, each with one of the books, those that have most in common first."""
    of_cents: dict[int, list[Known]] = defaultdict(list)
    for each in known:
        of_cents[each.says.cents].append(each)
    by_cents: dict[int, list[Line]] = defaultdict(list)
    for line in mine:
        by_cents[line.says.cents].append(line)
    found: dict[str, tuple[Again, int]] = {}
    for cents, some in by_cents.items():
        free = list(of_cents[cents])
        for level in range(_NUMBER, _NEVER, -1):
            for line in some:
                if line.identity in found:
                    continue
                like = next((each for each in free if _level(line.says, each.says) == level), None)
                if like is not None:
                    free.remove(like)
                    found[line.identity] = Again(line, like), level
    return [found[line.identity] for line in mine if line.identity in found]


def _level(one: StatementLine, other: StatementLine) -> int:
    """What two lines of one amount have in common besides: a number, words, nothing, or something against it."""
    if one.check and other.check and _plain(one.check) != _plain(other.check):
        return _NEVER
    numbers, others = _numbers(one), _numbers(other)
    words, other_words = _words(one), _words(other)
    if numbers & others or numbers & other_words or others & words:
        return _NUMBER
    if one.reference and other.reference:
        return _AGAINST
    return _WORDS if words & other_words else _SILENT


def _numbers(line: StatementLine) -> set[str]:
    return {_plain(each) for each in (line.check, line.reference, line.bank_id)} - {""}


def _words(line: StatementLine) -> set[str]:
    return {_plain(word) for word in re.split(r"[^A-Za-z0-9-]+", line.text)} - {""}


def _plain(number: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", number.upper()).lstrip("0")


def _one_account(mine: str, theirs: str, apart: Iterable[str]) -> bool:
    """Whether two numbers are one account's: banks write it with its branch or without; a file's own are apart."""
    if mine == theirs:
        return True
    short, long_ = sorted((_plain(mine), _plain(theirs)), key=len)
    return theirs not in apart and len(short) >= FEWEST_DIGITS and long_.endswith(short)


def _totals(dated: date, accounts: Iterable[str], mine: Iterable[Balance], theirs: Iterable[Balance]) -> _Totals:
    named = set(accounts)
    own = [each for each in mine if each.dated == dated and each.account in named]
    before = [each for each in theirs if each.dated == dated and each.account in named]
    for each in (*own, *before):
        if each.opened is not None and each.closed is not None:
            return _Totals(each.closed - each.opened, None)
    ends = [[each.closed for each in some if each.closed is not None] for some in (own, before)]
    return _Totals(None, ends[0][-1] - ends[1][-1] if ends[0] and ends[1] else None)
