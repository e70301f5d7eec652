"""A cart taken back shows what its accounts owe now, and says so before anything is tendered."""

from __future__ import annotations

import screens.fake_desk as fake
from countertui.counter.take_payment import CartChanged
from countertui.errors import EnvironmentFault
from screens.fake_desk import ACCOUNTS


async def test_a_parked_cart_is_brought_up_to_date_and_says_so(open_counter, monkeypatch):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("ctrl+k")
        kind, who, where, charges = ACCOUNTS["10422301"]
        monkeypatch.setitem(fake.ACCOUNTS, "10422301", (kind, who, where, charges[1:]))
        await counter.keys("ctrl+k")
        assert "10422301 changed, now owes 71.67." in counter.message
        assert counter.payment.hand.held.cart.total == 71_67
        await counter.keys("f9")
        assert counter.desk.payments[0][0].total == 71_67


async def test_nothing_is_said_of_one_that_is_as_it_was(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("ctrl+k", "ctrl+k")
        assert counter.message == "The cart of Marta Ellison is back."


def owing(monkeypatch, number, charges):
    kind, who, where, _ = ACCOUNTS[number]
    monkeypatch.setitem(fake.ACCOUNTS, number, (kind, who, where, charges))


async def test_a_payment_refused_because_its_account_changed_comes_back_as_it_is_now(open_counter, monkeypatch):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        owing(monkeypatch, "10422301", ACCOUNTS["10422301"][3][1:])
        counter.desk.failures["take_payment"] = [CartChanged("10422301 changed.", press="Take the line off.")]
        await counter.keys("f9")
        assert "NOT TAKEN, Marta Ellison: 10422301 changed, now owes 71.67." in counter.message
        assert "Due 71.67 now, tendered 84.17." in counter.message
        assert "Esc, then: F9 takes it as it is now" in counter.message
        assert "CHANGE 12.50" in counter.screen()
        await counter.keys("escape", "f9")
        cart, tenders = counter.desk.payments[0]
        assert (cart.total, [tender.cents for tender in tenders]) == (71_67, [84_17])
        assert "CHANGE 12.50" in counter.screen()


async def test_where_more_is_owed_now_the_rest_is_asked_for(open_counter, monkeypatch):
    async with open_counter() as counter:
        await counter.paste("20005177\n")
        more = [fake.charge("c9", "water", fake.date(2026, 11, 1), 5_00)]
        owing(monkeypatch, "20005177", [*ACCOUNTS["20005177"][3], *more])
        counter.desk.failures["take_payment"] = [CartChanged("20005177 changed.", press="Take the line off.")]
        await counter.keys("f9")
        assert "F5 to F9 take the 5.00 that remains" in counter.message
        await counter.keys("escape", "f9")
        cart, tenders = counter.desk.payments[0]
        assert (cart.total, [tender.cents for tender in tenders]) == (23_00, [18_00, 5_00])


async def test_a_fault_that_stops_the_counter_is_still_told_where_something_changed_too(open_counter, monkeypatch):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        owing(monkeypatch, "10422301", ACCOUNTS["10422301"][3][1:])
        counter.desk.failures["take_payment"] = [fake.UnconfirmedError(recorded=False)]
        await counter.keys("f9")
        assert "The disk did not confirm" in counter.message
        assert "10422301 changed, now owes 71.67." in counter.message
        assert "Stop taking money." in counter.message


async def test_where_the_store_cannot_be_asked_the_cart_comes_back_as_it_was(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        counter.desk.failures["take_payment"] = [CartChanged("10422301 changed.", press="Take the line off.")]
        counter.desk.failures["renewed"] = [EnvironmentFault("The disk is gone.")]
        await counter.keys("f9")
        assert "NOT TAKEN, Marta Ellison: 10422301 changed." in counter.message
        assert counter.payment.hand.held.cart.total == 84_17
