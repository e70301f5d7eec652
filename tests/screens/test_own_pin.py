"""A PIN of one's own by keys: the first one by a one-time code, and changing it."""

from __future__ import annotations

import pytest

from screens.fake_desk import FakeDesk

CODE = "7KQ3M-0XW9A"


def at_the_code() -> FakeDesk:
    return FakeDesk(codes={"bo": CODE})


def typed(counter) -> str:
    area = counter.app.area
    return area.passphrase.value + area.pin.value + area.new.pin.value + area.new.again.value


async def test_the_first_pin_is_chosen_in_place_and_signs_on(open_counter):
    async with open_counter(at_the_code(), who=None) as counter:
        await counter.keys(*"bo", "enter", *CODE, "enter")
        assert "code is right" in counter.message
        assert counter.app.area.at is counter.app.area.new.pin
        await counter.keys(*"902108", "enter", *"902108")
        assert "902108" not in counter.screen()
        assert CODE not in counter.screen()
        await counter.keys("enter")
        assert counter.app.area.NAME == "opening"
        assert "Bo Marsh" in counter.screen()
        assert counter.desk.chosen == {"bo": "902108"}


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ([*"902108", "enter", *"902109", "enter"], "differ"),
        ([*"1111", "enter", *"1111", "enter"], "guess"),
        ([*"1234", "enter", *"1234", "enter"], "guess"),
    ],
)
async def test_another_one_is_typed_after_a_refusal(open_counter, keys, words):
    async with open_counter(at_the_code(), who=None) as counter:
        await counter.keys(*"bo", "enter", *CODE, "enter", *keys)
        assert words in counter.message
        assert (counter.app.area.at, typed(counter)) == (counter.app.area.new.pin, "")
        await counter.keys(*"902108", "enter", *"902108", "enter")
        assert counter.desk.chosen == {"bo": "902108"}


async def test_esc_forgets_the_code_and_lets_the_next_person_sign_on(open_counter):
    async with open_counter(at_the_code(), who=None) as counter:
        await counter.keys(*"bo", "enter", *CODE, "enter", *"902108", "escape", *"ana", "enter", *"1357", "enter")
        assert counter.app.area.NAME == "opening"
        assert "Ana Quill" in counter.screen()
        assert counter.desk.chosen == {}


async def test_the_menu_and_the_palette_change_ones_own_pin(open_counter):
    for way in (["f10", "i"], ["ctrl+p", *"your pin", "enter"]):
        async with open_counter() as counter:
            await counter.by_hand(*way)
            assert counter.app.area.NAME == "own_pin"
            await counter.by_hand(*"1357", "enter", *"902108", "enter", *"902108")
            assert "902108" not in counter.screen()
            assert "1357" not in counter.screen()
            await counter.by_hand("enter")
            assert "Your PIN is changed" in counter.message
            assert counter.app.area.NAME == "payment"
            assert counter.desk.chosen == {"ana": "902108"}


async def test_a_wrong_present_pin_is_said_and_nothing_typed_stays(open_counter):
    async with open_counter() as counter:
        await counter.by_hand("f10", "i", *"9", "enter", *"902108", "enter", *"902108", "enter")
        assert "4 tries left" in counter.message
        area = counter.app.area
        assert (area.at, area.present.value, area.new.pin.value, area.new.again.value) == (area.present, "", "", "")
        await counter.by_hand(*"1357", "enter", *"902108", "escape", "f10", "i")
        assert (area.present.value, area.new.pin.value) == ("", "")
        assert counter.desk.chosen == {}
