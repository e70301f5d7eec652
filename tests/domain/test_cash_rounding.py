"""Cash is rounded to the coins a city takes: only cash, by less than a coin, on a line of its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.cash_rounding import CashRounding, due_in, left, rounded, rounded_by
from countertui.domain.money import Cents
from countertui.domain.pay_record import pay_data
from countertui.domain.receipts import AccountLine, Cart, SettlementRefused, settle
from countertui.domain.tender_rules import TenderRules
from countertui.domain.tenders import Tender, TenderKind
from domain.strategies import orders, sound_carts

FIVE, TEN = CashRounding(5, "100-4905"), CashRounding(10, "100-4905")
roundings = st.sampled_from([FIVE, TEN])
kinds = st.sampled_from(TenderKind)


def of(kind: TenderKind, cents: int) -> Tender:
    return Tender(kind, Cents(cents), "" if kind is TenderKind.CASH else "1042")


@pytest.mark.parametrize(
    ("cents", "five", "ten"),
    [
        (1, 0, 0),
        (2, 0, 0),
        (3, 5, 0),
        (5, 5, 0),
        (6, 5, 10),
        (7, 5, 10),
        (8, 10, 10),
        (15, 15, 10),
        (9_98, 10_00, 10_00),
    ],
)
def test_to_the_nearest_coin_and_down_where_two_are_as_near(cents: int, five: int, ten: int) -> None:
    assert (rounded(Cents(cents), FIVE), rounded(Cents(cents), TEN)) == (five, ten)
    assert rounded(Cents(cents), None) == cents


@given(sound_carts(), st.lists(st.tuples(kinds, st.integers(1, 300)), max_size=3), kinds, roundings, orders)
def test_what_is_due_by_a_tender_settles_to_the_cent(
    cart: Cart, before: list[tuple[TenderKind, int]], kind: TenderKind, rounding: CashRounding, order
) -> None:
    laid = [of(kind, cents * (10 if kind is TenderKind.CASH else 1)) for kind, cents in before]
    due = due_in(kind, cart.total, laid, rounding)
    if due == 0:
        return
    tenders = [*laid, of(kind, due)]
    assert left(cart.total, tenders, rounding) == 0
    by = rounded_by(cart.total, tenders, rounding)
    if cart.total + by <= 0:
        return
    settled = settle(cart, tenders, order, TenderRules(rounding=rounding))
    assert settled.change == 0
    assert settled.total == cart.total + by == sum(line.line.amount for line in settled.lines)
    assert abs(by) <= rounding.to / 2
    assert sum(part.cents for line in settled.lines for part in line.allocations) == settled.total
    assert len(settled.lines) == len(cart.lines) + bool(by)
    cash = sum(tender.cents for tender in tenders if tender.kind is TenderKind.CASH)
    assert cash or not by
    if by:
        line = pay_data(settled)["lines"][-1]
        assert (line["fee"], line["quantity"], line["unit_cents"], line["cents"]) == ("CASH-ROUNDING", None, None, by)
        assert [(part["head"], part["gl"], part["cents"]) for part in line["allocations"]] == [
            ("rounding", "100-4905", by)
        ]


@given(sound_carts(), st.integers(0, 99_99), roundings, orders)
def test_change_is_in_coins_that_there_are(cart: Cart, more: int, rounding: CashRounding, order) -> None:
    due = due_in(TenderKind.CASH, cart.total, [], rounding)
    handed = Cents(due + more - more % rounding.to)
    if due:
        settled = settle(cart, [of(TenderKind.CASH, handed)], order, TenderRules(rounding=rounding))
        assert settled.change == handed - due
        assert settled.change % rounding.to == 0


@given(sound_carts(), st.sampled_from([kind for kind in TenderKind if kind is not TenderKind.CASH]), roundings, orders)
def test_nothing_else_is_rounded(cart: Cart, kind: TenderKind, rounding: CashRounding, order) -> None:
    settled = settle(cart, [of(kind, cart.total)], order, TenderRules(rounding=rounding))
    assert (settled.total, len(settled.lines)) == (cart.total, len(cart.lines))


def test_what_rounds_to_nothing_is_no_payment() -> None:
    cart = Cart("c", (AccountLine("7", "utility", "A", (), Cents(2), "100-2310"),))
    assert due_in(TenderKind.CASH, cart.total, [], FIVE) == 0
    with pytest.raises(SettlementRefused, match="zero or too large"):
        settle(cart, [of(TenderKind.CASH, 5)], None, TenderRules(rounding=FIVE))  # type: ignore[arg-type]
