"""A parked cart taken back says what changed meanwhile, before the customer pays."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_station import cart_of, cash, check, drawer_of, fee, on, owing, pay_on
from countertui.counter.cart import Held
from countertui.counter.find import open_account, with_amount, with_parts
from countertui.counter.renew_cart import renewed, renewed_account
from countertui.counter.station import Session, Station
from countertui.counter.take_payment import take_payment
from countertui.domain.charges import OpenCharge, allocate_by_hand, total_owed
from countertui.domain.money import Cents, format_cents
from countertui.domain.receipts import AccountLine


@pytest.fixture
def session(station: Station) -> Session:
    return drawer_of(station, on(station, "rosa"))


def test_nothing_is_said_of_a_cart_that_is_as_it_was(station: Station, session: Session) -> None:
    held = Held(cart_of(station, open_account(station, owing()[0]), fee(station)), (check(1),))
    again = renewed(station, held)
    assert (again.held, again.changes) == (held, ())


def test_an_account_paid_meanwhile_owes_less_and_the_cart_can_be_taken(station: Station, session: Session) -> None:
    account = owing()[0]
    held = Held(cart_of(station, open_account(station, account)), (cash(1),))
    pay_on(station, session, account, 1_00)
    again = renewed(station, held)
    owed = open_account(station, account).amount
    assert again.changes == (f"{account} changed, now owes {format_cents(owed)}.",)
    assert (again.held.cart.id, again.held.cart.total, again.held.tenders) == (held.cart.id, owed, held.tenders)
    take_payment(station, session, again.held.cart, [cash(owed)])


def test_a_typed_part_stays_what_it_was(station: Station, session: Session) -> None:
    account = owing()[0]
    held = Held(cart_of(station, with_amount(open_account(station, account), Cents(2_00))))
    pay_on(station, session, account, 1_00)
    again = renewed(station, held)
    assert len(again.changes) == 1
    assert again.held.cart.total == 2_00


def test_parts_by_hand_that_no_longer_fit_are_told(station: Station, session: Session) -> None:
    account = owing()[0]
    line = open_account(station, account)
    charge = next(one for one in line.charges if one.balance > 0)
    held = Held(cart_of(station, with_parts(line, {charge.id: charge.balance}, "asked for")))
    pay_on(station, session, account, total_owed(line.charges))
    (said,) = renewed(station, held).changes
    assert said == f"{account} changed, now owes 0.00. Its parts by hand no longer fit: F4, Tab."


def test_a_fees_new_price_and_one_that_is_gone(station: Station, session: Session) -> None:
    now = fee(station)
    again = renewed(station, Held(cart_of(station, replace(now, unit_cents=Cents(now.unit_cents + 5)))))
    assert again.held.cart.lines == (now,)
    assert again.changes == (f"{now.code} changed, now costs {format_cents(now.unit_cents)} each.",)
    gone = Held(cart_of(station, replace(now, code="GONE"), replace(open_account(station, owing()[0]), account="X-0")))
    again = renewed(station, gone)
    assert again.held == gone
    assert [said.endswith("is not there any more: Del takes it off.") for said in again.changes] == [True, True]


BALANCES = st.lists(st.integers(-50_00, 90_00).filter(bool), max_size=4)


def line_of(balances: list[int], amount: int = 0, by_hand: tuple[tuple[str, Cents], ...] = ()) -> AccountLine:
    from datetime import date

    charges = tuple(
        OpenCharge(f"c{n}", "water", date(2026, 11, 1), "Water", "500", Cents(balance))
        for n, balance in enumerate(balances)
    )
    owed = total_owed(charges)
    return AccountLine("1", "utility", "A", charges, Cents(amount) or owed, "900", by_hand, "why" if by_hand else "")


@given(BALANCES, BALANCES, st.integers(0, 200_00), st.booleans())
def test_no_more_is_asked_than_is_owed_unless_it_was_meant_to_be(
    before: list[int], now: list[int], amount: int, by_hand: bool
) -> None:
    line = line_of(before, amount)
    if by_hand:
        parts = {charge.id: charge.balance for charge in line.charges if charge.balance > 0}
        line = with_parts(line, parts, "why") if parts else line
    again = renewed_account(line, line_of(now))
    assert again.charges == line_of(now).charges
    if line.amount <= total_owed(line.charges):
        assert again.amount <= total_owed(again.charges) or again.by_hand
    else:
        assert again.amount == line.amount or line.by_hand
    if again.by_hand:
        allocate_by_hand(again.amount, again.charges, dict(again.by_hand))
