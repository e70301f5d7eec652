"""A cart taken back shows what its accounts owe now, and says so before anything is tendered."""

from __future__ import annotations

import screens.fake_desk as fake
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
