"""Parked carts: how old each is, which have expired, and one dropped for good."""

from __future__ import annotations

from screens.fake_desk import FakeDesk


async def park(counter, *bills: str) -> None:
    for bill in bills:
        await counter.paste(f"{bill}\n")
        await counter.keys("ctrl+k")


async def test_each_cart_says_how_old_it_is_and_until_when_it_is_good(open_counter):
    desk = FakeDesk(expired={"cart-2"})
    async with open_counter(desk) as counter:
        await park(counter, "10422301", "L-2041", "20005177")
        await counter.keys("ctrl+k")
        lines = [line for line in counter.screen().splitlines() if "by ana" in line]
        assert [line.replace("›", " ").split()[:2] for line in lines] == [["1", "h"], ["3", "days"], ["1", "h"]]
        assert "Bramble Bakery" in lines[1]
        assert "EXPIRED 11/22" in lines[1]
        assert "parked till 11/25" in lines[0]


async def test_park_and_take_back_passes_over_a_cart_that_expired(open_counter):
    desk = FakeDesk(expired={"cart-1"})
    async with open_counter(desk) as counter:
        await park(counter, "10422301", "L-2041")
        await counter.keys("ctrl+k")
        assert counter.payment.hand.held.name == "Bramble Bakery"


async def test_an_expired_cart_is_never_taken_back_unchosen_and_comes_back_when_chosen(open_counter):
    desk = FakeDesk(expired={"cart-1"})
    async with open_counter(desk) as counter:
        await park(counter, "10422301")
        await counter.keys("ctrl+k")
        assert counter.app.area.NAME == "carts"
        await counter.keys("enter")
        assert counter.payment.hand.held.name == "Marta Ellison"


async def test_a_cart_is_dropped_only_after_a_y(open_counter):
    async with open_counter() as counter:
        await park(counter, "10422301", "L-2041")
        await counter.keys("ctrl+k", "delete", "n")
        await counter.keys("delete", "down", "y")
        assert len(counter.desk.saved) == 2
        await counter.keys("up", "delete", "y")
        assert [cart.lines[0].account for cart, _ in counter.desk.saved.values()] == ["L-2041"]
        assert "Marta Ellison was dropped" in counter.message


async def test_a_cart_with_money_beside_it_is_not_dropped(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f5", *"20", "enter", "ctrl+k")
        await park(counter, "L-2041")
        await counter.keys("ctrl+k", "delete", "y")
        assert "Money is laid beside it" in counter.message
        assert len(counter.desk.saved) == 2


async def test_an_account_that_another_open_cart_holds_is_said_at_once(open_counter):
    async with open_counter() as counter:
        await park(counter, "10422301")
        await counter.keys(*"10422301", "enter")
        assert "10422301 is in the parked cart of Marta Ellison too" in counter.message
        assert "not owed there any more" in counter.message
        await counter.keys("f10", "k", "enter")
        assert "The cart of Marta Ellison is back." in counter.message
        assert "10422301 is in the parked cart of Marta Ellison too" in counter.message


async def test_a_stub_whose_bill_differs_says_both(open_counter):
    async with open_counter() as counter:
        await park(counter, "10422301")
        await counter.keys(*"stub-10422301")
        assert "The bill says 84.00" in counter.message
        assert "in the parked cart of Marta Ellison too" in counter.message


async def test_a_piece_of_mail_whose_account_is_in_a_cart_says_so(open_counter):
    async with open_counter() as counter:
        await park(counter, "10422301")
        await counter.by_hand("f10", "m", "1", "enter", "1", "enter", *"84.17", "enter")
        await counter.keys(*"10422301", "enter")
        assert "10422301 is in the parked cart of Marta Ellison too" in counter.message


async def test_who_signs_on_again_is_told_of_the_cart_that_was_in_hand(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f10", "o", *"ana", "enter", *"1357", "enter")
        assert counter.message == "You set 1 cart aside. Ctrl+K takes it back."
        await counter.keys("ctrl+k")
        assert [line.account for line in counter.payment.hand.held.cart.lines] == ["10422301"]
        await counter.keys("f10", "o", *"bo", "enter", *"2468", "enter")
        assert "aside" not in counter.message
