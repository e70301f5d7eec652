"""What is said of carts after a start: one in hand when the program stopped was not taken, a parked one waits."""

from __future__ import annotations

import pytest

from counter_station import cash, clock_of, fee, on
from countertui.counter.cart import (
    CartGone,
    CartNotDropped,
    Held,
    carts,
    drop_parked,
    new_cart,
    park_cart,
    save_cart,
    set_aside_by,
    take_back,
)
from countertui.counter.drafts import Form, keep_draft
from countertui.counter.start_up import left_behind
from countertui.counter.station import Station
from countertui.domain.receipts import Cart

CRASHED = "1 cart was NOT taken: no money is recorded for it (Ctrl+K takes one back)."


def a_cart(station: Station) -> Held:
    return Held(Cart(new_cart(station).id, (fee(station),)))


def test_a_cart_in_hand_when_the_program_stopped_was_not_taken(station: Station) -> None:
    save_cart(station, on(station, "rosa"), a_cart(station))
    assert left_behind(station) == [CRASHED]


@pytest.mark.parametrize(
    ("carts", "said"),
    [
        (1, "1 cart is parked and not paid for yet (Ctrl+K takes one back)."),
        (2, "2 carts are parked and not paid for yet (Ctrl+K takes one back)."),
    ],
)
def test_after_an_orderly_stop_a_cart_is_only_parked(station: Station, carts: int, said: str) -> None:
    for _ in range(carts):
        park_cart(station, on(station, "rosa"), a_cart(station))
    assert left_behind(station) == [said]


def test_both_are_told_apart(station: Station) -> None:
    park_cart(station, on(station, "rosa"), a_cart(station))
    save_cart(station, on(station, "rosa"), a_cart(station))
    assert left_behind(station) == [CRASHED, "1 cart is parked and not paid for yet (Ctrl+K takes one back)."]


def test_each_persons_own_are_counted(station: Station) -> None:
    for _ in range(2):
        park_cart(station, on(station, "rosa"), a_cart(station))
    save_cart(station, on(station, "ben"), a_cart(station))
    assert [set_aside_by(station, on(station, name)) for name in ("rosa", "ben", "mei")] == [2, 1, 0]


def test_a_parked_cart_expires_when_the_days_the_city_lets_it_be_are_over(station: Station) -> None:
    park_cart(station, on(station, "rosa"), a_cart(station))
    assert [(one.minutes, one.expires, one.expired) for one in carts(station)] == [(0, "2026-11-25", False)]
    clock_of(station).set("2026-11-25T23:59:00")
    assert [(one.minutes, one.expired) for one in carts(station)] == [(2 * 1440 + 14 * 60 + 18, False)]
    clock_of(station).set("2026-11-26T00:00:00")
    assert [one.expired for one in carts(station)] == [True]
    assert left_behind(station) == ["1 cart is parked and not paid for yet, 1 expired (Ctrl+K takes one back)."]


def test_a_cart_with_money_beside_it_and_one_that_a_crash_left_never_expire(station: Station) -> None:
    rosa = on(station, "rosa")
    laid = a_cart(station)
    park_cart(station, rosa, Held(laid.cart, (cash(5_00),)))
    save_cart(station, rosa, a_cart(station))
    clock_of(station).set("2027-11-26T00:00:00")
    assert [(one.expires, one.expired) for one in carts(station)] == [("", False), ("", False)]
    with pytest.raises(CartNotDropped, match="Money is laid"):
        drop_parked(station, laid.cart.id)
    assert take_back(station, laid.cart.id).tenders == (cash(5_00),)


def test_a_clock_that_fell_back_makes_no_cart_younger_than_new(station: Station) -> None:
    park_cart(station, on(station, "rosa"), a_cart(station))
    clock_of(station).set("1970-01-01T00:00:00")
    assert [(one.minutes, one.expired) for one in carts(station)] == [(0, False)]


def test_a_dropped_cart_is_gone(station: Station) -> None:
    held = a_cart(station)
    park_cart(station, on(station, "rosa"), held)
    drop_parked(station, held.cart.id)
    assert carts(station) == []
    with pytest.raises(CartGone):
        drop_parked(station, held.cart.id)


def test_forms_half_filled_are_told_with_how_many_expired_and_applicants_are_not(station: Station) -> None:
    rosa = on(station, "rosa")
    keep_draft(station, rosa, Form.APPLICANT, "a1", {"name": "Jo Bell"})
    assert left_behind(station) == []
    keep_draft(station, rosa, Form.NO_SALE, "", {"reason": "change"})
    keep_draft(station, rosa, Form.VOID, "T1-9", {"reason": "twice"})
    assert left_behind(station) == ["2 forms half-filled: F10, K."]
    clock_of(station).set("2026-11-26T00:00:00")
    assert left_behind(station) == ["2 forms half-filled, 2 expired: F10, K."]
