"""One bag goes to one bank account: that of its office and of the days its money was taken on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.deposit_accounts import (
    AccountsMixed,
    account_at_bank,
    account_of,
    all_accounts,
    all_numbers,
    name_of,
    numbers_of,
    one_account,
)
from countertui.domain.postings import DepositAccount, PostingRules
from domain.strategies import RULES

DAYS = [f"{date(2026, 6, 28) + timedelta(days=n)}" for n in range(8)]
OFFICES = ("HALL", "POOL", "PLANT")


def of(office: str, n: int, first: int, last: int) -> DepositAccount:
    end = DAYS[last] if last < len(DAYS) else ""
    return DepositAccount(office, f"B{n}", (f"44{n}",), f"Bank {n}", DAYS[first], end, "Ord. 1")


@st.composite
def cities(draw: st.DrawFn) -> PostingRules:
    """Accounts of offices on days that do not overlap, each account the bank's one number."""
    rows = []
    for office in OFFICES:
        cuts = sorted(draw(st.sets(st.integers(0, len(DAYS)), max_size=4)))
        rows += [of(office, draw(st.integers(1, 3)), first, last - 1) for first, last in pairwise(cuts)]
    numbers = ("440", *sorted({number for row in rows for number in row.numbers}))
    return replace(RULES, bank="B0", bank_accounts=numbers, deposit_accounts=tuple(rows))


@given(cities(), st.sampled_from(OFFICES), st.sets(st.sampled_from(DAYS), min_size=1))
def test_a_bag_has_the_account_of_each_of_its_days_or_is_refused(
    rules: PostingRules, office: str, days: set[str]
) -> None:
    accounts = {account_of(rules, office, day) for day in days}
    for day in days:
        rows = [row for row in rules.deposit_accounts if row.office == office and row.first <= day <= (row.last or day)]
        assert account_of(rules, office, day) == (rows[0].account if rows else "B0")
    if len(accounts) > 1:
        with pytest.raises(AccountsMixed):
            one_account(rules, office, days)
    else:
        assert {one_account(rules, office, days)} == accounts


@given(cities())
def test_every_number_is_one_accounts_and_none_is_in_two(rules: PostingRules) -> None:
    there = [(account, numbers_of(rules, account)) for account in all_accounts(rules)]
    assert sorted(number for _, numbers in there for number in numbers) == sorted(all_numbers(rules))
    assert all(account_at_bank(rules, number) == account for account, numbers in there for number in numbers)


def test_what_was_found_goes_where_its_deposit_went() -> None:
    rules = replace(RULES, bank="B0", deposit_accounts=(of("HALL", 1, 3, 9),))
    assert one_account(rules, "HALL", [DAYS[0]], ["B0"]) == "B0"
    assert one_account(rules, "HALL", [], ["B1", "B1"]) == "B1"
    for days, found in (([DAYS[3]], ["B0"]), ([], ["B0", "B1"]), ([DAYS[2], DAYS[3]], [])):
        with pytest.raises(AccountsMixed):
            one_account(rules, "HALL", days, found)
    assert (name_of(rules, "B1"), name_of(rules, "B0")) == ("Bank 1", "")


def test_without_an_account_there_is_none() -> None:
    assert account_of(replace(RULES, bank=""), "HALL", DAYS[0]) == ""
    assert all_accounts(replace(RULES, bank="")) == ()
