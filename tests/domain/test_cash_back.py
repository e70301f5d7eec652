"""Cash back: none on a check or card unless a rule gives it, and never more than it gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.cash_back import CashBack, room_for
from countertui.domain.charges import AllocationOrder
from countertui.domain.money import Cents
from countertui.domain.pay_record import pay_data
from countertui.domain.receipts import Cart, FeeLine, SettlementRefused, settle
from countertui.domain.tender_rules import TenderRules
from countertui.domain.tenders import Tender, TenderKind

CASH, CHECK, CARD, ORDER = TenderKind
RULES = TenderRules(cash_back=(CashBack(CHECK, Cents(20_00)), CashBack(CARD, Cents(5_00))))
CART = Cart("c", (FeeLine("COPY", "Copies", 1, Cents(10_00), "100-4410"),))


def of(kind: TenderKind, cents: int) -> Tender:
    return Tender(kind, Cents(cents), "" if kind is CASH else "7")


@pytest.mark.parametrize("kind", [CHECK, CARD, ORDER])
def test_without_a_rule_there_is_none(kind: TenderKind) -> None:
    with pytest.raises(SettlementRefused, match="only come from cash"):
        settle(CART, [of(kind, 10_01)], AllocationOrder())


def test_a_rule_gives_it_up_to_its_sum() -> None:
    settled = settle(CART, [of(CHECK, 30_00)], AllocationOrder(), RULES)
    assert (settled.total, settled.change, settled.cash_back) == (10_00, 20_00, 20_00)
    assert pay_data(settled)["cash_back_cents"] == 20_00
    with pytest.raises(SettlementRefused, match=r"Cash back of 20\.01 is more than the 20\.00"):
        settle(CART, [of(CHECK, 30_01)], AllocationOrder(), RULES)
    with pytest.raises(SettlementRefused, match="only come from cash"):
        settle(CART, [of(ORDER, 10_01)], AllocationOrder(), RULES)


def test_change_comes_from_the_cash_first() -> None:
    settled = settle(CART, [of(CASH, 8_00), of(CHECK, 9_00)], AllocationOrder(), RULES)
    assert (settled.change, settled.cash_back) == (7_00, 0)
    assert "cash_back_cents" not in pay_data(settled)
    assert settle(CART, [of(CASH, 1_00), of(CHECK, 12_00)], AllocationOrder(), RULES).cash_back == 2_00


@given(st.lists(st.tuples(st.sampled_from(TenderKind), st.integers(1, 60_00)), min_size=1, max_size=4))
def test_what_is_given_back_is_never_more_than_cash_and_rules_cover(laid: list[tuple[TenderKind, int]]) -> None:
    tenders = [of(kind, cents) for kind, cents in laid]
    try:
        settled = settle(CART, tenders, AllocationOrder(), RULES)
    except SettlementRefused:
        return
    cash = sum(tender.cents for tender in tenders if tender.kind is CASH)
    assert settled.change <= cash + room_for(RULES.cash_back, tenders)
    assert settled.cash_back == max(0, settled.change - cash)
    assert sum(tender.cents for tender in tenders) == settled.total + settled.change


def test_a_kind_gives_no_more_than_it_paid() -> None:
    assert room_for(RULES.cash_back, [of(CHECK, 3_00), of(CARD, 50_00)]) == 8_00
