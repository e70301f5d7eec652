"""Which of the city's bank accounts money goes to: by office and business date, as the city's rows say. Pure.

The money of one office and date goes to one account, and a deposit to one as well; what is a bank account's by fund is
told by due-to and due-from, as all cash is pooled.
"""

from __future__ import annotations

from collections.abc import Iterable

from countertui.domain.dates import us_date
from countertui.domain.postings import DepositAccount, PostingRules
from countertui.domain.refusal import Refused


class AccountsMixed(Refused):
    """Money of two bank accounts in one bag; nothing was recorded."""


def account_of(rules: PostingRules, office: str, day: str) -> str:
    """The account in the books that an office's money of a business date (ISO 8601) goes to; empty: none is set."""
    there = row_of(rules, office, day)
    return there.account if there is not None else rules.bank


def row_of(rules: PostingRules, office: str, day: str) -> DepositAccount | None:
    """What says so of that office and day, the office's own row before the city's; None where `bank` alone does."""
    for who in (office, ""):
        for each in rules.deposit_accounts:
            if each.office == who and each.first <= day and (not each.last or day <= each.last):
                return each
    return None


def one_account(rules: PostingRules, office: str, days: Iterable[str], found: Iterable[str] = ()) -> str:
    """The one account of an office's money of these business dates, and of what was found of earlier deposits.

    found: the accounts that those went to. Empty where none is set. Raises AccountsMixed.
    """
    by_day = {day: account_of(rules, office, day) for day in sorted(set(days))}
    if len(set(by_day.values())) > 1:
        each = ", ".join(f"{us_date(day)} to {account or 'none'}" for day, account in by_day.items())
        raise _mixed(f"Money of {each}: one bag goes to one bank account.")
    accounts = dict.fromkeys([*by_day.values(), *found])
    if len(accounts) > 1:
        raise _mixed(
            f"What was found belongs to another bank account: {' and '.join(each or 'none' for each in accounts)}."
        )
    return next(iter(accounts), "")


def all_accounts(rules: PostingRules) -> tuple[str, ...]:
    """Every bank account in the books, each once, where most money goes first."""
    return tuple(dict.fromkeys(each for each in (rules.bank, *(row.account for row in rules.deposit_accounts)) if each))


def all_numbers(rules: PostingRules) -> frozenset[str]:
    """The city's bank accounts as banks' files name them: no other's file is taken in."""
    return frozenset(rules.bank_accounts).union(*(row.numbers for row in rules.deposit_accounts))


def numbers_of(rules: PostingRules, account: str) -> frozenset[str]:
    """What banks' files call an account of the books; a deposit there is never a line of another."""
    rows = [row for row in rules.deposit_accounts if row.account == account]
    own = frozenset[str]().union(*(row.numbers for row in rows))
    return own | (frozenset(rules.bank_accounts) - _of_offices(rules) if account == rules.bank else frozenset())


def account_at_bank(rules: PostingRules, number: str) -> str:
    """The account in the books of a bank's account: an office's own, or where all other deposits go."""
    for row in rules.deposit_accounts:
        if row.office and number in row.numbers:
            return row.account
    return rules.bank


def name_of(rules: PostingRules, account: str) -> str:
    """An office's own account as the city names it to its bank; empty where it is no office's own."""
    return next((row.name for row in reversed(rules.deposit_accounts) if row.account == account and row.name), "")


def _of_offices(rules: PostingRules) -> frozenset[str]:
    return frozenset[str]().union(*(row.numbers for row in rules.deposit_accounts if row.office))


def _mixed(happened: str) -> AccountsMixed:
    return AccountsMixed(happened, "Nothing was recorded.", "Make a deposit of each.")
