"""A cart and its tenders become a receipt in which every cent is accounted for, or are refused."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.charges import AllocationOrder, AllocationRefused, OpenCharge
from countertui.domain.money import LARGEST, Cents
from countertui.domain.receipts import (
    LARGEST_QUANTITY,
    MOST_LINES,
    AccountLine,
    Cart,
    FeeLine,
    Settlement,
    SettlementRefused,
    remaining,
    settle,
    settle_line,
    short_hash,
)
from countertui.domain.refusal import Refused
from countertui.domain.tenders import Tender, TenderKind
from domain.strategies import carts, enough_tenders, orders, sound_carts, tender_lists

ORDER = AllocationOrder()
COPIES = FeeLine("COPY", "Copies", 3, Cents(25), "100-4410")
WATER = OpenCharge("w", "water", date(2026, 10, 15), "Water October", "510-4100", Cents(30_00))
PENALTY = OpenCharge("p", "penalty", date(2026, 11, 1), "Penalty", "510-4900", Cents(5_00))
ACCOUNT = AccountLine("0100-1", "utility", "Jane Doe", (WATER, PENALTY), Cents(35_00), "510-2150")


def cart(*lines: AccountLine | FeeLine) -> Cart:
    return Cart("01890a5d-ac96-774b-bcce-b302099a8057", lines, "Jane Doe")


def cash(cents: int) -> Tender:
    return Tender(TenderKind.CASH, Cents(cents))


def check(cents: int) -> Tender:
    return Tender(TenderKind.CHECK, Cents(cents), "1042")


def assert_every_cent_is_accounted_for(settled: Settlement, tenders: list[Tender]) -> None:
    money_in = sum(tender.cents for tender in tenders)
    assert settled.total > 0
    assert money_in == settled.total + settled.change
    assert 0 <= settled.change <= sum(tender.cents for tender in tenders if tender.kind is TenderKind.CASH)
    assert settled.tenders == tuple(tenders)
    assert all(tender.cents > 0 for tender in tenders)
    assert sum(line.line.amount for line in settled.lines) == settled.total
    paid: dict[str, int] = {}
    for line in settled.lines:
        assert sum(part.cents for part in line.allocations) == line.line.amount
        assert all(part.cents > 0 for part in line.allocations)
        for part in line.allocations:
            if part.charge is not None:
                paid[part.charge] = paid.get(part.charge, 0) + part.cents
    for line in settled.lines:
        if isinstance(line.line, AccountLine):
            for charge in line.line.charges:
                assert paid.get(charge.id, 0) <= max(0, charge.balance)


@given(carts(), tender_lists, orders)
def test_any_cart_and_any_tenders_are_settled_to_the_cent_or_refused(
    made: Cart, tenders: list[Tender], order: AllocationOrder
) -> None:
    try:
        settled = settle(made, tenders, order)
    except Refused:
        return
    assert_every_cent_is_accounted_for(settled, tenders)


@given(sound_carts().flatmap(lambda made: st.tuples(st.just(made), enough_tenders(made.total))), orders)
def test_a_sound_cart_paid_in_full_is_always_settled(paid: tuple[Cart, list[Tender]], order: AllocationOrder) -> None:
    made, tenders = paid
    assert_every_cent_is_accounted_for(settle(made, tenders, order), tenders)


@given(sound_carts().flatmap(lambda made: st.tuples(st.just(made), enough_tenders(made.total))), st.integers(1, 50))
def test_tenders_a_little_short_are_always_refused(paid: tuple[Cart, list[Tender]], short: int) -> None:
    made, tenders = paid
    owing = remaining(made, tenders)
    *others, last = tenders
    others.append(replace(last, cents=Cents(last.cents + owing - short)))
    assert remaining(made, others) == short
    with pytest.raises(SettlementRefused):
        settle(made, others, ORDER)


@given(sound_carts(), st.integers(1, 50_00), st.sampled_from([k for k in TenderKind if k is not TenderKind.CASH]))
def test_nothing_but_cash_gives_change(made: Cart, more: int, kind: TenderKind) -> None:
    with pytest.raises(SettlementRefused, match="only come from cash"):
        settle(made, [Tender(kind, Cents(made.total + more), "1042")], ORDER)


@given(sound_carts(), orders)
def test_what_an_account_still_owes_is_what_it_owed_less_what_was_paid(made: Cart, order: AllocationOrder) -> None:
    for settled in settle(made, [cash(made.total)], order).lines:
        if isinstance(settled.line, FeeLine):
            assert settled.owed_after is None
            continue
        paid = {part.charge: part.cents for part in settled.allocations if part.charge is not None}
        left = sum(charge.balance - paid.get(charge.id, 0) for charge in settled.line.charges)
        assert settled.owed_after == max(0, left)


def test_a_mixed_tender_gives_change_from_its_cash() -> None:
    settled = settle(cart(ACCOUNT, COPIES), [check(20_00), cash(20_00)], ORDER)
    assert (settled.total, settled.change) == (35_75, 4_25)
    assert [(part.charge, part.cents) for part in settled.lines[0].allocations] == [("p", 5_00), ("w", 30_00)]
    assert settled.lines[0].owed_after == 0
    assert [(part.head, part.gl, part.cents) for part in settled.lines[1].allocations] == [("fee", "100-4410", 75)]


def test_change_may_not_exceed_the_cash_handed_over() -> None:
    settle(cart(ACCOUNT), [check(30_00), cash(6_00)], ORDER)
    with pytest.raises(SettlementRefused, match=r"Change of 3\.00 .* 2\.00 of cash"):
        settle(cart(ACCOUNT), [check(36_00), cash(2_00)], ORDER)


def test_remaining_is_negative_once_there_is_change() -> None:
    assert remaining(cart(COPIES), []) == 75
    assert remaining(cart(COPIES), [cash(1_00)]) == -25


@pytest.mark.parametrize(
    ("lines", "tenders", "told"),
    [
        ((), [cash(1)], "nothing to pay for"),
        ((COPIES,), [], r"0\.75 short"),
        ((COPIES,), [cash(74)], r"0\.01 short"),
        ((replace(COPIES, quantity=0),), [cash(1)], "zero"),
        ((replace(COPIES, unit_cents=Cents(0)), ACCOUNT), [cash(35_00)], "Copies: the amount is zero"),
        ((replace(ACCOUNT, amount=Cents(0)), COPIES), [cash(75)], "Jane Doe: the amount is zero"),
        ((replace(COPIES, quantity=-1), ACCOUNT), [cash(40_00)], "amount is zero"),
        ((replace(COPIES, quantity=-2, unit_cents=Cents(-50)),), [cash(1_00)], "quantity must be 1 to 9,999"),
        ((replace(COPIES, quantity=LARGEST_QUANTITY + 1),), [cash(2_500_00)], "quantity must be"),
        ((COPIES,), [cash(100_75)], "whole hundreds"),
        ((replace(COPIES, unit_cents=Cents(LARGEST)),), [cash(4 * LARGEST)], "too large"),
        ((ACCOUNT, replace(ACCOUNT, amount=Cents(1))), [cash(35_01)], "twice"),
        ((ACCOUNT,), [check(50_00), cash(-15_00)], "tender of nothing"),
        ((ACCOUNT,), [cash(35_00), check(0)], "tender of nothing"),
        ((replace(ACCOUNT, by_hand=(("w", Cents(35_00)),), reason=" "),), [cash(35_00)], "needs a reason"),
        ((COPIES,) * (MOST_LINES + 1), [cash(50_00)], "at most 60 lines"),
    ],
)
def test_refusals_say_what_is_wrong(lines: tuple[AccountLine | FeeLine, ...], tenders: list[Tender], told: str) -> None:
    with pytest.raises(SettlementRefused, match=told) as refused:
        settle(cart(*lines), tenders, ORDER)
    assert refused.value.safe == "Nothing was recorded."


def test_as_many_lines_as_a_receipt_holds_are_settled() -> None:
    assert settle(cart(*(COPIES,) * MOST_LINES), [cash(60 * 75)], ORDER).total == 45_00


def test_parts_by_hand_go_where_they_were_put() -> None:
    line = replace(ACCOUNT, amount=Cents(12_00), by_hand=(("w", Cents(12_00)),), reason="Disputes the penalty")
    settled = settle_line(line, ORDER)
    assert [(part.charge, part.cents, part.owed_after) for part in settled.allocations] == [("w", 12_00, 18_00)]
    assert settled.owed_after == 23_00


def test_parts_by_hand_that_miss_the_amount_are_refused() -> None:
    with pytest.raises(AllocationRefused):
        settle_line(replace(ACCOUNT, by_hand=(("w", Cents(12_00)),), reason="As asked"), ORDER)


def test_the_short_hash_is_the_head_of_base32() -> None:
    h = sha256(b"receipt").digest()
    assert short_hash(h) == base64.b32encode(h).decode()[:12]
