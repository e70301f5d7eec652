"""A counter in a city with its own keys: bar, help, commands and messages name them, and they do what they say."""

from __future__ import annotations

from dataclasses import replace

from screens.fake_desk import RULES, FakeDesk

OWN = {"exact": "ctrl+g", "cash": "f6", "check": "f5", "menu": "f12", "park": "f11", "leave": "ctrl+l"}


def desk() -> FakeDesk:
    return FakeDesk(rules=replace(RULES, keys=OWN))


async def test_the_citys_keys_do_what_the_bar_says(open_counter):
    async with open_counter(desk()) as counter:
        bar = counter.screen().splitlines()[-1]
        assert "F5Check F6Cash" in bar
        assert "F11" not in bar
        assert bar.split("F8M.order")[1].split() == ["F12Menu", "^GExact"]
        await counter.paste("10422301\n")
        await counter.keys("f9")
        assert counter.desk.payments == []
        assert "In this city another key does that." in counter.message
        await counter.keys("ctrl+g")
        assert len(counter.desk.payments) == 1


async def test_swapped_keys_are_swapped(open_counter):
    async with open_counter(desk()) as counter:
        await counter.paste("10422301\n")
        await counter.keys("f5")
        assert "Check" in counter.screen()
        await counter.keys(*"1042", "enter")
        [(_, tenders)] = counter.desk.payments
        assert [tender.kind.label for tender in tenders] == ["Check"]


async def test_help_commands_and_messages_name_the_citys_keys(open_counter):
    async with open_counter(desk(), size=(80, 43)) as counter:
        await counter.keys("f1")
        assert "Then Ctrl+G for exact cash, or F6, F5, F7 or F8: type" in " ".join(counter.screen().split())
        assert "F11     Park" in counter.screen()
        await counter.keys("escape", "ctrl+p", *"x rep")
        assert "F12 x   X report" in counter.screen()
        await counter.keys("escape")
        await counter.paste("10422301\n")
        await counter.keys("f11")
        assert "F11 takes it back." in counter.message_shown


async def test_who_is_not_signed_on_leaves_by_the_citys_key(open_counter):
    async with open_counter(desk(), who=None) as counter:
        await counter.app.starting.opened()
        await counter.keys("ctrl+q")
        assert counter.app.return_value is None
        assert counter.app.is_running
        await counter.keys("ctrl+l")
        assert not counter.app.is_running or counter.app._exit


async def test_keys_that_come_with_newer_data_wait_for_the_next_person(open_counter):
    async with open_counter(FakeDesk()) as counter:
        counter.desk.rules = replace(RULES, keys=OWN)
        await counter.paste("10422301\n")
        await counter.keys("f9")
        assert len(counter.desk.payments) == 1
        await counter.app.sign_off()
        assert counter.app.keymap.own == OWN
