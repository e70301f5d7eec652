"""Requests are decided on by somebody who looked: asked before, told exactly what to give back, no letter too many."""

from __future__ import annotations

import pytest

from countertui.counter.receipts import ReceiptRow
from screens.conftest import SESSION
from screens.fake_desk import FakeDesk


def asked(number: str, payor: str = "Marta Ellison", state: str = "void_requested", refund: str = "") -> ReceiptRow:
    gives = "Give back check 1042 over 60.00 and cash 20.45; reverse 3.72 on the card terminal (approval A1)."
    return ReceiptRow(
        number, "09:41", "2026-11-23", payor, 84_17, "Check + Card + Cash", state, "ana", 0, "s1", refund, gives
    )


def two_voids() -> FakeDesk:
    return FakeDesk(receipts=[asked("T1-9"), asked("T1-8", "Joss Bramble")], others=[SESSION])


def states(desk: FakeDesk) -> list[str]:
    return [row.state for row in desk.receipts]


async def test_nothing_is_approved_before_it_was_asked(open_counter):
    desk = two_voids()
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await counter.keys("f10", "r", "a")
        assert "Approve the void of T1-9, Marta Ellison, 84.17?" in counter.screen()
        assert states(desk) == ["void_requested", "void_requested"]
        await counter.keys("escape")
        assert "Approve the void" not in counter.screen()
        await counter.keys("down", "a", "f9")
        assert states(desk) == ["void_requested", "void"]


@pytest.mark.parametrize("typed", ["lena", "day", "rosa", "carl"])
async def test_an_id_and_pin_typed_where_none_is_asked_decide_nothing(open_counter, typed):
    desk = two_voids()
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await counter.by_hand("f10", "r", "a", *typed, "enter", *"5555", "enter")
        assert states(desk) == ["void_requested", "void_requested"]
        await counter.by_hand("f9", *typed)
        assert states(desk) == ["void", "void_requested"]
        assert counter.app.area.at is None, "no letter of it began a refusal"
        assert "Approve the" not in counter.screen()


async def test_after_an_arrow_letters_are_commands_again(open_counter):
    desk = two_voids()
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await counter.keys("f10", "r", "a", "f9", "a")
        assert "An arrow" in counter.message
        await counter.keys("down", "a", "f9")
        assert states(desk) == ["void", "void"]


async def test_each_tenders_net_is_said_when_it_is_approved(open_counter):
    desk = two_voids()
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await counter.keys("f10", "r", "a", "f9")
        said = " ".join(counter.screen().split())
        assert "Give back check 1042 over 60.00 and cash 20.45; reverse 3.72 on the card terminal" in said
        assert "Give back 84.17" not in said


async def test_each_tenders_net_is_said_when_it_is_voided_on_the_spot(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f6", *"1042", "tab", *"60", "enter", "f7", *"A1", "tab", *"20", "enter")
        await counter.keys("f5", *"50", "enter")
        await counter.keys("f3", "enter", "v", "1", *"lee", "enter", *"9753", "enter")
        assert "Give back check 1042 over 60.00 and cash 4.17; reverse 20.00 on the card terminal" in counter.message


async def test_somebody_who_may_not_sees_what_a_lead_is_asked_for(open_counter):
    desk = two_voids()
    async with open_counter(desk) as counter:
        await counter.keys("f10", "r", "a")
        assert "Approve the void of T1-9, Marta Ellison, 84.17?" in counter.screen()
        await counter.keys(*"lee", "enter", *"9753", "enter", *"ra")
        assert states(desk) == ["void", "void_requested"]
        assert counter.app.area.at is None


async def test_a_refund_in_cash_is_asked_as_such(open_counter):
    desk = FakeDesk(receipts=[asked("T1-9", state="refund_requested", refund="cash")])
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await counter.keys("f10", "r", "a")
        assert "Approve the cash refund of T1-9" in counter.screen()
