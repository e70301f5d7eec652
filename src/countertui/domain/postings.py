"""Double entry per fund: what each fact posts to the general ledger.

Every entry balances in total and per fund. Cash of all funds is pooled in one fund; a fund's share of it is a due-from
there and a due-to in the pool (interfund accounts, as GASB 34 presents them).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from countertui.domain.money import Cents
from countertui.domain.tenders import TenderKind


class GlLine(NamedTuple):
    """One line of an entry: debit as positive cents, credit as negative cents. A batch makes tens of thousands."""

    fund: str
    account: str
    cents: Cents


@dataclass(frozen=True, slots=True)
class DepositAccount:
    """A bank account that an office's money goes to on some days, first and last of them ISO 8601, last empty: no end.

    account: in the books, of the pooled fund; numbers: the same as the bank's files name it; name: as the city names it
    to its bank. Without an office it is where all others' money goes on those days.
    """

    office: str
    account: str
    numbers: tuple[str, ...]
    name: str
    first: str
    last: str = ""
    ordinance: str = ""


@dataclass(frozen=True, slots=True)
class PostingRules:
    """A city's control accounts.

    due_from: fund to its due-from-pool account; due_to: fund to the pool's due-to account for it. `tender` and
    `over_short` are accounts of the pooled fund per tender kind; refunds_payable likewise; suspense takes what can't be
    posted. bank: where deposits go, empty where none is set; bank_accounts: the city's accounts, as banks' files name
    them; deposit_accounts: other accounts of offices and other days (deposit_accounts.py says which counts);
    origins: where lockbox, web and ACH money stands; opening: fund to what balances that imports bring are booked
    against.
    """

    pooled_fund: str
    tender: Mapping[TenderKind, str]
    over_short: Mapping[TenderKind, str]
    due_from: Mapping[str, str]
    due_to: Mapping[str, str]
    refunds_payable: str
    suspense: str
    bank: str = ""
    bank_accounts: tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    deposit_accounts: tuple[DepositAccount, ...] = ()
    opening: Mapping[str, str] = field(default_factory=dict)


class Credit(NamedTuple):
    """A share of a receipt: the GL account it is credited to, that account's fund, and cents."""

    account: str
    fund: str
    cents: Cents


def receipt_entry(
    credits: Iterable[Credit], tendered: Mapping[TenderKind, Cents], change: Cents, rules: PostingRules
) -> tuple[GlLine, ...]:
    """The entry of a receipt: debit each tender's account (cash less change), credit every share in its own fund.

    Raises KeyError for a fund or tender kind that the rules have no control account for; so do the other entries.
    """
    lines = [GlLine(rules.pooled_fund, rules.tender[kind], cents) for kind, cents in tendered.items()]
    if change:
        lines.append(GlLine(rules.pooled_fund, rules.tender[TenderKind.CASH], Cents(-change)))
    return _merged([*lines, *_shares(credits, rules)])


def refund_entry(credits: Iterable[Credit], paid_from: str, rules: PostingRules) -> tuple[GlLine, ...]:
    """The entry of a refund: take the shares back, credit paid_from, an account of the pooled fund."""
    shares = [GlLine(line.fund, line.account, Cents(-line.cents)) for line in _shares(credits, rules)]
    total = -sum(line.cents for line in shares)
    return _merged([*shares, GlLine(rules.pooled_fund, paid_from, Cents(total))])


def over_short_entry(kind: TenderKind, cents: Cents, rules: PostingRules) -> tuple[GlLine, ...]:
    """The entry of a drawer's difference in one tender: over (positive) is a gain, short a loss, in the pooled fund."""
    return _merged(
        [
            GlLine(rules.pooled_fund, rules.tender[kind], cents),
            GlLine(rules.pooled_fund, rules.over_short[kind], Cents(-cents)),
        ]
    )


def reversed_entry(lines: Iterable[GlLine]) -> tuple[GlLine, ...]:
    """The same entry with debits and credits exchanged."""
    return tuple(GlLine(line.fund, line.account, Cents(-line.cents)) for line in lines)


def out_of_balance(lines: Iterable[GlLine]) -> dict[str, Cents]:
    """Funds whose debits and credits differ, with the difference in cents; empty for a sound entry."""
    sums: defaultdict[str, int] = defaultdict(int)
    for line in lines:
        sums[line.fund] += line.cents
    return {fund: Cents(cents) for fund, cents in sums.items() if cents}


def _shares(credits: Iterable[Credit], rules: PostingRules) -> Iterable[GlLine]:
    pool = rules.pooled_fund
    for account, fund, cents in credits:
        back = Cents(-cents)
        yield GlLine(fund, account, back)
        if fund != pool:
            yield GlLine(fund, rules.due_from[fund], cents)
            yield GlLine(pool, rules.due_to[fund], back)


def _merged(lines: Iterable[GlLine]) -> tuple[GlLine, ...]:
    sums: dict[tuple[str, str], int] = {}
    for fund, account, cents in lines:
        key = fund, account
        sums[key] = sums.get(key, 0) + cents
    return tuple(GlLine(fund, account, Cents(cents)) for (fund, account), cents in sums.items() if cents)
