"""A second person who is refused: the next one's id goes where it is seen, never into the PIN."""

from __future__ import annotations

import pytest

from screens.fake_desk import FakeDesk

BILL = "10422301\n"
ASKED = {
    "a void": ("ana", ["f3", "enter", "v", "1"]),
    "a request": ("ana", ["f3", "enter", "v", "1", "enter", "enter", "f10", "r", "a"]),
    "an X report": ("ana", ["f10", "x", "v"]),
}


def credential(counter):
    """The second person's id and PIN as typed, and where keys go."""
    area = counter.app.area
    second = area.undo.second if hasattr(area, "undo") else area.second
    return second.operator.value, second.pin.value, area.at is second.operator


@pytest.mark.parametrize("refused", ["ana", "nobody", "bo"])
@pytest.mark.parametrize("asked", ["a void", "a request"])
async def test_who_may_not_makes_room_for_the_next_id(open_counter, asked, refused):
    who, keys = ASKED[asked]
    pin = {"ana": "1357", "bo": "2468"}.get(refused, "1")
    async with open_counter(who=who) as counter:
        await counter.paste(BILL)
        await counter.by_hand("f9", *keys, *refused, "enter", *pin, "enter")
        assert counter.app.message.refuses
        assert credential(counter) == ("", "", True)
        await counter.by_hand(*"lee", "enter", *"9753", "enter")
        assert counter.desk.receipts[0].state == "void"


async def test_a_wrong_pin_keeps_the_id(open_counter):
    async with open_counter() as counter:
        await counter.paste(BILL)
        await counter.keys("f9", *ASKED["a void"][1], *"lee", "enter", "9", "enter")
        assert "4 tries left" in counter.message
        assert credential(counter) == ("lee", "", False)


async def test_a_locked_lead_makes_room_for_another(open_counter):
    async with open_counter(FakeDesk(failures_of={"lee": 5})) as counter:
        await counter.paste(BILL)
        await counter.keys("f9", *ASKED["a void"][1], *"lee", "enter", *"9753", "enter")
        assert "locked" in counter.message
        assert credential(counter) == ("", "", True)


async def test_at_the_opening_count_and_what_it_says_is_true_there(open_counter):
    async with open_counter(drawer=False) as counter:
        await counter.keys(*"d1", "enter", "enter", "1", "f9", *"ana", "enter", *"1357", "enter")
        assert "Ask another person" in counter.message
        assert "requested" not in counter.message
        assert credential(counter) == ("", "", True)
        await counter.keys(*"lee", "enter", *"9753", "enter")
        assert counter.app.session is not None


async def test_at_the_x_report(open_counter):
    async with open_counter() as counter:
        await counter.keys(*ASKED["an X report"][1], *"bo", "enter", *"2468", "enter")
        assert "may not see expected" in counter.message
        await counter.keys(*"tess", "enter", *"8642", "enter")
        assert "Expected cash" in counter.screen()


async def test_at_the_unlocking(open_counter):
    async with open_counter(FakeDesk(failures_of={"bo": 5})) as counter:
        await counter.keys("f10", "u", "enter", *"ana", "enter", *"1357", "enter")
        assert "may not approve" in counter.message
        await counter.keys(*"lee", "enter", *"9753", "enter")
        assert counter.desk.failures_of == {}


async def test_at_a_check_for_a_cash_only_account(open_counter):
    async with open_counter() as counter:
        await counter.paste("20005177\n")
        await counter.keys("f6", *"1042", "tab", "enter", *"bo", "enter", *"2468", "enter")
        assert "may not approve" in counter.message
        await counter.keys(*"lee", "enter", *"9753", "enter")
        assert len(counter.desk.payments) == 1
