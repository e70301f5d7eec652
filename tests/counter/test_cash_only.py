"""An account whose checks came back is paid without checks, but for a lead's approval."""

from __future__ import annotations

import pytest

from counter_station import at_work, body, cart_of, cash, check, fee, kinds, money_order, on, pay
from countertui.counter.cash_only import CheckRefused, cash_only_accounts
from countertui.counter.find import open_account, with_amount
from countertui.counter.station import Session, Station
from countertui.counter.take_payment import take_payment
from countertui.domain.money import Cents
from countertui.domain.receipts import AccountLine
from countertui.domain.rights import NotAllowed


@pytest.fixture
def session(station: Station) -> Session:
    return at_work(station)[1]


def line_of(station: Station, flags: str) -> AccountLine:
    """10.00 for the first utility account with exactly these flags."""
    sql = "SELECT number FROM account WHERE kind = 'utility' AND flags = ? ORDER BY number LIMIT 1"
    (number,) = station.reference._rows(sql, flags)[0]
    return with_amount(open_account(station, number), Cents(10_00))


def test_a_check_for_a_cash_only_account_is_refused_by_its_number(station: Station, session: Session) -> None:
    line = line_of(station, "shutoff cash-only")
    cart = cart_of(station, line_of(station, "shutoff"), fee(station), line)
    assert cash_only_accounts(station, cart) == (line.account,)
    before = kinds(station)
    with pytest.raises(CheckRefused, match=f"Account {line.account} is cash-only: no check is taken"):
        take_payment(station, session, cart, [check(cart.total - 5_00), cash(5_00)])
    assert kinds(station) == before
    take_payment(station, session, cart, [money_order(cart.total)])
    assert body(station, station.store.tip()[0])["approver"] is None


@pytest.mark.parametrize("flag", ["", "shutoff", "arrangement"])
def test_any_other_account_takes_a_check(station: Station, session: Session, flag: str) -> None:
    taken = pay(station, session, line_of(station, flag), tenders=[check(10_00)])
    assert body(station, taken.seq)["approver"] is None


def test_a_lead_may_approve_the_check_and_is_named_in_the_record(station: Station, session: Session) -> None:
    cart = cart_of(station, line_of(station, "cash-only"))
    lena = on(station, "lena")
    taken = take_payment(station, session, cart, [check(10_00)], lena)
    assert (body(station, taken.seq)["operator"], body(station, taken.seq)["approver"]) == ("rosa", "lena")


def test_an_approval_that_nobody_needed_is_not_in_the_record(station: Station, session: Session) -> None:
    taken = take_payment(station, session, cart_of(station, fee(station)), [check(10_00)], on(station, "lena"))
    assert body(station, taken.seq)["approver"] is None


@pytest.mark.parametrize(("cashier", "approver"), [("rosa", "ben"), ("rosa", "tess"), ("ivan", "ivan")])
def test_nobody_else_and_nobody_for_themselves(station: Station, cashier: str, approver: str) -> None:
    _, session = at_work(station, cashier)
    with pytest.raises(NotAllowed):
        take_payment(
            station, session, cart_of(station, line_of(station, "cash-only")), [check(10_00)], on(station, approver)
        )
    assert kinds(station)[-1] != "pay"
