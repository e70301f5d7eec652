"""Keys and scans that arrive while a payment is being recorded belong to the next cart, in order."""

from __future__ import annotations

import asyncio

import pytest

from countertui.counter.take_payment import PaymentRefused
from countertui.domain.tenders import Tender, TenderKind
from countertui.errors import EnvironmentFault
from screens.fake_desk import FakeDesk, UnconfirmedError

SLOW = {"take_payment": 2.0}


async def test_what_is_typed_and_scanned_while_recording_belongs_to_the_next_cart(open_counter):
    async with open_counter(FakeDesk(delays=dict(SLOW))) as counter:
        await counter.paste("10422301\n")
        counter.send("f9", "enter", "enter")
        counter.send_paste("20005177\nL-2041\n")
        counter.type("copy*2")
        counter.send("enter")
        counter.type("mart")
        await counter.pilot.pause()
        await counter.app.hands.idle()
        assert counter.desk.payments == [], "the first payment is still being recorded"
        assert "Recording 84.17 from Marta Ellison" in counter.screen()
        lines = counter.payment.hand.held.cart.lines
        assert [line.description for line in lines] == [
            "20005177 Joss Bramble",
            "L-2041 Bramble Bakery",
            "Copies, per page",
        ]
        assert counter.payment.finding.box.value == "mart"
        await counter.settle()
        assert [cart.total for cart, _ in counter.desk.payments] == [84_17]
        assert "T1-1  84.17 taken" in counter.screen()
        assert len(counter.payment.hand.held.cart.lines) == 3


async def test_a_repeated_enter_never_takes_a_second_payment(open_counter):
    async with open_counter(FakeDesk(delays={"take_payment": 0.2})) as counter:
        await counter.paste("10422301\n")
        counter.send("f5", "enter", "enter", "enter", "f9", "enter")
        await counter.settle()
        assert len(counter.desk.payments) == 1


async def test_several_payments_in_a_row_are_recorded_in_order_with_ids_of_their_own(open_counter):
    async with open_counter(FakeDesk(delays={"take_payment": 0.1})) as counter:
        for number in ("10422301", "20005177", "L-2041", "10422302"):
            counter.send_paste(f"{number}\n")
            counter.send("f9")
        await counter.settle()
        assert [cart.total for cart, _ in counter.desk.payments] == [84_17, 18_00, 75_00, 55_00]
        assert len({cart.id for cart, _ in counter.desk.payments}) == 4


async def test_the_same_account_again_is_read_after_the_payment_under_way(open_counter):
    async with open_counter(FakeDesk(delays={"take_payment": 0.3})) as counter:
        await counter.paste("10422301\n")
        counter.send("f9")
        counter.send_paste("10422301\n")
        await counter.settle()
        names = [name for name, _ in counter.desk.calls if name in {"open_account", "take_payment"}]
        assert names == ["open_account", "take_payment", "open_account"]


async def test_a_failed_payment_comes_back_and_the_next_cart_is_parked_by_name(open_counter):
    desk = FakeDesk(delays={"take_payment": 0.3})
    desk.failures["take_payment"] = [PaymentRefused("10422301 changed since.", press="Take the line off.")]
    async with open_counter(desk) as counter:
        await counter.paste("10422301\n")
        counter.send("f5")
        counter.type("100")
        counter.send("enter")
        counter.send_paste("20005177\n")
        await counter.settle()
        assert "NOT TAKEN, Marta Ellison" in counter.message
        assert "Joss Bramble is parked" in counter.message
        held = counter.payment.hand.held
        assert (held.cart.total, held.tenders) == (84_17, (Tender(TenderKind.CASH, 100_00),))
        assert [cart.total for cart, state in desk.saved.values() if state == "parked"] == [18_00]


async def test_after_a_failed_payment_nothing_is_done_before_it_was_read(open_counter):
    desk = FakeDesk(delays={"take_payment": 0.1})
    desk.failures["take_payment"] = [PaymentRefused("The disk is full.", press="Call support.")]
    async with open_counter(desk) as counter:
        await counter.paste("10422301\n")
        await counter.keys("f9")
        await counter.paste("20005177\n")
        await counter.keys("f9", "enter", "f5")
        assert desk.payments == []
        assert "NOT TAKEN, Marta Ellison: The disk is full." in counter.message
        assert len(counter.payment.hand.held.cart.lines) == 1, "the next customer's bill is not in the failed cart"
        await counter.keys("escape", "f9")
        assert [cart.total for cart, _ in desk.payments] == [84_17]


@pytest.mark.parametrize(
    ("recorded", "words"),
    [
        (True, "RECORDED, Marta Ellison, 84.17:"),
        (False, "NOT TAKEN, Marta Ellison:"),
        (None, "NOT KNOWN whether it is recorded, Marta Ellison, 84.17:"),
    ],
)
async def test_a_commit_whose_answer_is_lost_comes_back_only_if_it_is_not_recorded(open_counter, recorded, words):
    desk = FakeDesk(delays={"take_payment": 0.1})
    desk.failures["take_payment"] = [UnconfirmedError(recorded=recorded)]
    async with open_counter(desk) as counter:
        await counter.paste("10422301\n")
        counter.send("f9", "f9", "enter")
        await counter.settle()
        said = " ".join(counter.screen().split())
        assert words in said
        assert "do not key it again. Everything before it is safe." in said
        assert "Esc, then: Stop taking money. Restart the counter: it checks the journal first." in said
        assert counter.payment.hand.empty is (recorded is not False)
        assert ("Its cart is back" in said) is (recorded is False)
        await counter.keys("f9")
        assert words in counter.message, "it stays until it was read"
        await counter.keys("escape")
        assert counter.message == ""
        assert desk.payments == []


async def test_a_cart_that_may_be_recorded_is_set_aside_and_no_key_takes_it_again(open_counter):
    desk = FakeDesk()
    desk.failures["take_payment"] = [UnconfirmedError(recorded=None)]
    async with open_counter(desk) as counter:
        await counter.paste("10422301\n")
        await counter.keys("f9")
        await counter.keys("escape")
        asked = len(desk.calls)
        assert "NOT KNOWN whether recorded: 84.17 from Marta Ellison; set aside" in counter.screen()
        await counter.keys("ctrl+k")
        assert "Nobody knows yet whether the cart of Marta Ellison is recorded" in counter.message
        assert "NOT KNOWN" in counter.screen()
        await counter.keys("enter", "f2", "f9")
        assert desk.payments == []
        counter.app.chips.ask()
        await counter.settle()
        assert "HALTED: restart the counter" in counter.screen()
        assert not {"carts", "take_back", "chips", "print_waiting"} & {name for name, _ in desk.calls[asked:]}, (
            "a store that can't be read is asked nothing"
        )


async def test_a_cart_that_could_not_be_saved_either_is_told_after_the_failed_payment(open_counter):
    desk = FakeDesk()
    async with open_counter(desk) as counter:
        await counter.paste("10422301\n")
        desk.failures["take_payment"] = [UnconfirmedError(recorded=False)]
        desk.failures["save_cart"] = [EnvironmentFault("This counter takes no money.")]
        await counter.keys("f9")
        assert "NOT TAKEN" in counter.message
        await counter.keys("escape")
        assert counter.message == "This counter takes no money."


async def test_keys_wait_for_the_look_up_of_the_enter_before_them(open_counter):
    async with open_counter(FakeDesk(delays={"find": 0.1, "open_account": 0.1})) as counter:
        counter.type("10422301")
        counter.send("enter", "f9")
        counter.type("20005177")
        counter.send("enter", "f9")
        await counter.settle()
        assert [cart.total for cart, _ in counter.desk.payments] == [84_17, 18_00]


async def test_the_screen_lives_while_a_payment_is_recorded(open_counter):
    async with open_counter(FakeDesk(delays={"take_payment": 0.5})) as counter:
        await counter.paste("10422301\n")
        counter.send("f9")
        await asyncio.wait_for(counter.app.hands.idle(), 0.3)
        await counter.keys("f1")
        assert counter.app.area.NAME == "help"


async def test_nobody_signs_off_from_under_a_payment(open_counter):
    async with open_counter(FakeDesk(delays={"take_payment": 0.2})) as counter:
        await counter.paste("10422301\n")
        counter.send("f9")
        counter.send_paste("20005177\n")
        counter.send("f10", "o")
        await counter.settle()
        assert counter.app.area.NAME == "sign_on"
        assert len(counter.desk.payments) == 1
        assert [state for _, state in counter.desk.saved.values()] == ["parked"]
