"""What the last stop left is said until Esc reads it, wherever somebody is first."""

from __future__ import annotations

from countertui.counter.drafts import Draft, Form
from screens.fake_desk import FakeDesk

CART = "1 cart was NOT taken: no money is recorded for it (Ctrl+K takes one back)."


async def test_escape_reads_it_at_the_sign_on(open_counter):
    async with open_counter(FakeDesk(left=[CART]), who=None) as counter:
        await counter.until(lambda: CART in counter.message)
        await counter.keys(*"ana", "enter", *"13")
        assert CART in counter.message
        await counter.keys("escape")
        assert counter.message == ""
        assert counter.app.area.pin.value == "13", "the Esc that reads empties nothing"
        await counter.keys(*"57", "enter")
        assert counter.app.area.NAME == "opening"
        assert CART not in counter.message


async def test_it_is_not_wiped_unread_by_what_is_said_of_a_kept_count(open_counter):
    draft = Draft({"10000": "1"}, "2026-11-23T09:41:07")
    desk = FakeDesk(left=[CART], drafts={(Form.OPENING, "", "ana"): draft})
    async with open_counter(desk, who=None) as counter:
        await counter.keys(*"ana", "enter", *"1357", "enter")
        assert "What was typed here is back" in counter.message
        await counter.keys("tab")
        assert CART in counter.message
        await counter.keys("escape", "tab")
        assert counter.message == ""
        assert counter.app.starting.notes == ()


async def test_what_was_seen_to_since_is_not_said_again(open_counter):
    form = "1 form half-filled: F10, K."
    desk = FakeDesk(left=[CART, form])
    async with open_counter(desk, who=None) as counter:
        await counter.keys(*"ana", "enter", *"1357", "enter", "tab")
        assert form in counter.message
        desk.left = [CART]
        await counter.keys("f10", "escape", "tab")
        assert (CART in counter.message, form in counter.message) == (True, False)
        desk.left = []
        await counter.keys("f10", "escape", "tab")
        assert counter.message == ""
