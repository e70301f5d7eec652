"""What is said of carts after a start: one in hand when the program stopped was not taken, a parked one waits."""

from __future__ import annotations

import pytest

from counter_station import fee, on
from countertui.counter.cart import Held, new_cart, park_cart, save_cart
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
