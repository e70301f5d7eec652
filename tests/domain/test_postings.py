"""Every entry balances in total and per fund, whatever was paid, with whatever, into whichever funds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.money import Cents
from countertui.domain.postings import (
    Credit,
    GlLine,
    out_of_balance,
    over_short_entry,
    receipt_entry,
    refund_entry,
    reversed_entry,
)
from countertui.domain.tenders import Tender, TenderKind
from domain.strategies import FUNDS, GL_FUND, POOL, RULES, credit_lists, enough_tenders

Paid = tuple[list[Credit], dict[TenderKind, Cents], Cents]


@st.composite
def paid_receipts(draw: st.DrawFn) -> Paid:
    """Credits, what was handed over per tender kind, and the change."""
    shares = draw(credit_lists)
    total = sum(share.cents for share in shares)
    tenders: list[Tender] = draw(enough_tenders(total))
    tendered: dict[TenderKind, Cents] = {}
    for tender in tenders:
        tendered[tender.kind] = Cents(tendered.get(tender.kind, 0) + tender.cents)
    return shares, tendered, Cents(sum(tendered.values()) - total)


def balances(lines: Iterable[GlLine]) -> dict[tuple[str, str], int]:
    sums: Counter[tuple[str, str]] = Counter()
    for line in lines:
        sums[line.fund, line.account] += line.cents
    return {key: cents for key, cents in sums.items() if cents}


def assert_sound(lines: tuple[GlLine, ...]) -> None:
    assert sum(line.cents for line in lines) == 0
    for fund in {line.fund for line in lines}:
        assert sum(line.cents for line in lines if line.fund == fund) == 0, fund
    assert out_of_balance(lines) == {}
    assert all(line.cents for line in lines)
    assert len({(line.fund, line.account) for line in lines}) == len(lines)
    assert all(type(line.cents) is int for line in lines)


@given(paid_receipts())
def test_a_receipts_entry_balances_per_fund(paid: Paid) -> None:
    shares, tendered, change = paid
    entry = receipt_entry(shares, tendered, change, RULES)
    assert_sound(entry)
    found = balances(entry)
    for account, fund in GL_FUND.items():
        expected = sum(share.cents for share in shares if share.account == account)
        assert found.get((fund, account), 0) == -expected
    for kind, account in RULES.tender.items():
        net = tendered.get(kind, 0) - (change if kind is TenderKind.CASH else 0)
        assert found.get((POOL, account), 0) == net


@given(paid_receipts())
def test_what_a_fund_is_owed_by_the_pool_is_what_it_was_paid(paid: Paid) -> None:
    shares, tendered, change = paid
    found = balances(receipt_entry(shares, tendered, change, RULES))
    for fund in FUNDS:
        share = sum(share.cents for share in shares if share.fund == fund)
        assert found.get((fund, RULES.due_from[fund]), 0) == share
        assert found.get((POOL, RULES.due_to[fund]), 0) == -share


@given(paid_receipts())
def test_a_receipt_and_its_reversal_are_zero_everywhere(paid: Paid) -> None:
    entry = receipt_entry(*paid, RULES)
    assert_sound(reversed_entry(entry))
    assert balances([*entry, *reversed_entry(entry)]) == {}
    assert reversed_entry(reversed_entry(entry)) == entry


@given(credit_lists, st.sampled_from([RULES.refunds_payable, RULES.tender[TenderKind.CASH]]))
def test_a_refunds_entry_balances_per_fund(shares: list[Credit], paid_from: str) -> None:
    entry = refund_entry(shares, paid_from, RULES)
    assert_sound(entry)
    assert balances(entry).get((POOL, paid_from), 0) == -sum(share.cents for share in shares)


@given(paid_receipts())
def test_a_cash_receipt_refunded_in_cash_is_zero_everywhere(paid: Paid) -> None:
    shares, _, _ = paid
    total = Cents(sum(share.cents for share in shares))
    taken = receipt_entry(shares, {TenderKind.CASH: total}, Cents(0), RULES)
    assert balances([*taken, *refund_entry(shares, RULES.tender[TenderKind.CASH], RULES)]) == {}


@given(st.sampled_from(TenderKind), st.integers(-500_00, 500_00))
def test_over_and_short_balance_on_their_own_account(kind: TenderKind, cents: int) -> None:
    entry = over_short_entry(kind, Cents(cents), RULES)
    assert_sound(entry)
    assert balances(entry).get((POOL, RULES.over_short[kind]), 0) == -cents
    assert balances(entry).get((POOL, RULES.tender[kind]), 0) == cents


@given(st.lists(st.builds(GlLine, st.sampled_from(FUNDS), st.just("x"), st.integers(-9, 9).map(Cents))))
def test_funds_out_of_balance_are_named_with_their_difference(lines: list[GlLine]) -> None:
    sums = {fund: sum(line.cents for line in lines if line.fund == fund) for fund in FUNDS}
    assert out_of_balance(lines) == {fund: cents for fund, cents in sums.items() if cents}


def test_one_receipt_line_by_line() -> None:
    shares = [Credit("510-water", "510", Cents(30_00)), Credit("999-fee", "999", Cents(75))]
    entry = receipt_entry(shares, {TenderKind.CHECK: Cents(20_00), TenderKind.CASH: Cents(20_00)}, Cents(9_25), RULES)
    assert entry == (
        GlLine("999", "999-check", Cents(20_00)),
        GlLine("999", "999-cash", Cents(10_75)),
        GlLine("510", "510-water", Cents(-30_00)),
        GlLine("510", "510-due-from", Cents(30_00)),
        GlLine("999", "999-due-to-510", Cents(-30_00)),
        GlLine("999", "999-fee", Cents(-75)),
    )


def test_cash_that_goes_back_whole_leaves_no_line() -> None:
    shares = [Credit("999-fee", "999", Cents(75))]
    entry = receipt_entry(shares, {TenderKind.CHECK: Cents(75), TenderKind.CASH: Cents(5_00)}, Cents(5_00), RULES)
    assert balances(entry) == {("999", "999-check"): 75, ("999", "999-fee"): -75}


def test_a_fund_without_interfund_accounts_is_not_posted() -> None:
    with pytest.raises(KeyError):
        receipt_entry([Credit("x", "nowhere", Cents(1))], {TenderKind.CASH: Cents(1)}, Cents(0), RULES)
