"""A payment is spread over charges in the city's order, to the cent, and never over what is owed."""

from __future__ import annotations

import itertools
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.charges import (
    CREDIT_HEAD,
    Allocation,
    AllocationFirst,
    AllocationOrder,
    AllocationRefused,
    OpenCharge,
    allocate,
    allocate_by_hand,
    in_order,
    total_owed,
)
from countertui.domain.money import ZERO, Cents
from domain.strategies import by_hand, charges, orders, some_cents

OCTOBER, NOVEMBER = date(2026, 10, 15), date(2026, 11, 15)


def charge(head: str, due: date, cents: int, id_: str = "") -> OpenCharge:
    return OpenCharge(id_ or f"{due:%b}-{head}", head, due, head.title(), f"510-{head}", Cents(cents))


def bills() -> list[OpenCharge]:
    """Two months of a utility account, in no order."""
    return [
        charge("water", NOVEMBER, 31_00),
        charge("sewer", OCTOBER, 22_00),
        charge("penalty", NOVEMBER, 5_00),
        charge("water", OCTOBER, 30_00),
        charge("trash", NOVEMBER, 12_00),
        charge("sewer", NOVEMBER, 23_00),
        charge("tax", OCTOBER, 2_50),
    ]


def paid(allocations: tuple[Allocation, ...]) -> list[tuple[str | None, int]]:
    return [(allocation.charge, allocation.cents) for allocation in allocations]


LAKE_HAVASU = AllocationOrder(("penalty", "tax", "trash", "sewer", "water"), AllocationFirst.HEAD)
COLUMBIA_FALLS = AllocationOrder(("sewer", "water"), AllocationFirst.OLDEST)


def test_lake_havasu_pays_penalty_tax_trash_sewer_water() -> None:
    assert paid(allocate(Cents(50_00), bills(), LAKE_HAVASU, "credit")) == [
        ("Nov-penalty", 5_00),
        ("Oct-tax", 2_50),
        ("Nov-trash", 12_00),
        ("Oct-sewer", 22_00),
        ("Nov-sewer", 8_50),
    ]


def test_columbia_falls_pays_the_oldest_then_sewer_then_water() -> None:
    assert paid(allocate(Cents(80_00), bills(), COLUMBIA_FALLS, "credit")) == [
        ("Oct-sewer", 22_00),
        ("Oct-water", 30_00),
        ("Oct-tax", 2_50),
        ("Nov-sewer", 23_00),
        ("Nov-water", 2_50),
    ]


def test_lake_havasu_is_the_order_where_a_city_says_nothing() -> None:
    assert AllocationOrder() == LAKE_HAVASU


def test_an_overpayment_becomes_a_credit_on_the_accounts_own_liability() -> None:
    spread = allocate(Cents(40_00), [charge("water", OCTOBER, 30_00)], LAKE_HAVASU, "100-2150")
    assert spread[1:] == (Allocation(None, CREDIT_HEAD, "100-2150", Cents(10_00), ZERO),)


def test_an_account_that_owes_nothing_takes_all_as_credit() -> None:
    assert paid(allocate(Cents(7), [], LAKE_HAVASU, "c")) == [(None, 7)]
    assert paid(allocate(Cents(7), [charge("water", OCTOBER, -50)], LAKE_HAVASU, "c")) == [(None, 7)]


def test_credits_lower_what_is_owed_but_never_below_zero() -> None:
    assert total_owed([charge("water", OCTOBER, 30_00), charge("credit", OCTOBER, -12_00)]) == 18_00
    assert total_owed([charge("credit", OCTOBER, -12_00)]) == 0


@given(charges(), orders, some_cents)
def test_the_parts_add_up_to_the_amount(owed: tuple[OpenCharge, ...], order: AllocationOrder, amount: Cents) -> None:
    spread = allocate(amount, owed, order, "c")
    assert sum(part.cents for part in spread) == amount
    assert all(part.cents > 0 for part in spread)


@given(charges(), orders, some_cents)
def test_no_charge_gets_more_than_its_balance_and_none_is_paid_twice(
    owed: tuple[OpenCharge, ...], order: AllocationOrder, amount: Cents
) -> None:
    balances = {charge.id: charge for charge in owed}
    ids = [part.charge for part in allocate(amount, owed, order, "c")]
    assert len(ids) == len(set(ids))
    for part in allocate(amount, owed, order, "c"):
        if part.charge is not None:
            charge = balances[part.charge]
            assert 0 < part.cents <= charge.balance
            assert part.owed_after == charge.balance - part.cents
            assert (part.head, part.gl) == (charge.head, charge.gl)


@given(charges(), orders, some_cents)
def test_a_later_charge_gets_nothing_while_an_earlier_one_is_open(
    owed: tuple[OpenCharge, ...], order: AllocationOrder, amount: Cents
) -> None:
    parts = {part.charge: part.cents for part in allocate(amount, owed, order, "c")}
    payable = [charge for charge in in_order(owed, order) if charge.balance > 0]
    for earlier, later in itertools.pairwise(payable):
        if parts.get(earlier.id, 0) < earlier.balance:
            assert later.id not in parts
    if None in parts:
        assert all(parts.get(charge.id) == charge.balance for charge in payable)


@given(charges(), orders)
def test_the_order_is_the_citys(owed: tuple[OpenCharge, ...], order: AllocationOrder) -> None:
    """Said a second time and differently: pairwise, so that the sort keys have something to be checked against."""
    placed = in_order(owed, order)
    assert sorted(charge.id for charge in placed) == sorted(charge.id for charge in owed)
    for one, other in itertools.pairwise(placed):
        ranks = [order.heads.index(c.head) if c.head in order.heads else len(order.heads) for c in (one, other)]
        if order.first is AllocationFirst.OLDEST:
            assert one.due <= other.due
            assert one.due < other.due or ranks[0] <= ranks[1]
        else:
            assert ranks[0] <= ranks[1]
            assert ranks[0] < ranks[1] or one.due <= other.due
        if ranks[0] == ranks[1] and one.due == other.due:
            assert one.id < other.id


@given(charges(), orders, some_cents, st.randoms())
def test_the_order_charges_arrive_in_changes_nothing(
    owed: tuple[OpenCharge, ...], order: AllocationOrder, amount: Cents, chance: Random
) -> None:
    shuffled = list(owed)
    chance.shuffle(shuffled)
    assert allocate(amount, shuffled, order, "c") == allocate(amount, owed, order, "c")


@given(charges(credits_too=False).flatmap(lambda owed: st.tuples(st.just(owed), by_hand(owed))))
def test_parts_chosen_by_hand_are_kept_as_chosen(
    owed_and_chosen: tuple[tuple[OpenCharge, ...], tuple[tuple[str, Cents], ...]],
) -> None:
    owed, chosen = owed_and_chosen
    amount = Cents(sum(part for _, part in chosen))
    assert paid(allocate_by_hand(amount, owed, dict(chosen))) == [(id_, part) for id_, part in chosen if part]


@given(charges(), st.dictionaries(st.sampled_from([f"A-{n}" for n in range(9)]), st.integers(-5, 900)), some_cents)
def test_by_hand_is_refused_or_sound(owed: tuple[OpenCharge, ...], chosen: dict[str, Cents], amount: Cents) -> None:
    balances = {charge.id: charge.balance for charge in owed}
    sound = (
        set(chosen) <= set(balances)
        and all(0 <= part <= max(0, balances[id_]) for id_, part in chosen.items())
        and sum(chosen.values()) == amount
    )
    if sound:
        assert sum(part.cents for part in allocate_by_hand(amount, owed, chosen)) == amount
    else:
        with pytest.raises(AllocationRefused):
            allocate_by_hand(amount, owed, chosen)


@pytest.mark.parametrize(
    ("amount", "chosen", "told"),
    [
        (10_00, {"elsewhere": 10_00}, "not on this account"),
        (40_00, {"Oct-water": 40_00}, "Water: at most 30.00 is owed on it."),
        (10_00, {"Oct-water": -1}, "at most 30.00"),
        (5_00, {"Oct-credit": 5_00}, "at most 0.00"),
        (10_00, {"Oct-water": 4_00}, "differ by 6.00"),
        (10_00, {"Oct-water": 11_00}, "differ by 1.00"),
        (10_00, {}, "differ by 10.00"),
    ],
)
def test_by_hand_says_what_does_not_fit(amount: int, chosen: dict[str, Cents], told: str) -> None:
    owed = [charge("water", OCTOBER, 30_00), charge("credit", OCTOBER, -9_00)]
    with pytest.raises(AllocationRefused, match=told):
        allocate_by_hand(Cents(amount), owed, chosen)
