"""The opening count where a lead is asked: Esc goes back to what is to be typed again."""

from __future__ import annotations

from countertui.counter.drafts import Draft, Form
from screens.fake_desk import FakeDesk


async def test_for_a_date_far_away_escape_goes_to_the_date_and_it_is_typed_anew(open_counter):
    async with open_counter(drawer=False) as counter:
        area = counter.app.area
        await counter.keys(*"d1", "enter", "tab", "2", "shift+tab", *"2025-11-23", "f9")
        assert "365 days ago" in counter.message
        await counter.keys("escape", *"2026-11-23")
        assert area.date.value == "2026-11-23"
        assert area.grid.count().total == 200_00, "the date lands in no piece field"
        await counter.keys("f9")
        assert counter.app.session.biz_date == "2026-11-23"


async def test_for_a_count_escape_goes_to_where_the_drawer_was_to_be_opened(open_counter):
    async with open_counter(drawer=False) as counter:
        area = counter.app.area
        await counter.keys(*"d1", "enter", "enter", "1", "f9")
        await counter.keys("escape")
        assert area.at is area.grid.fields[0]
        await counter.keys("backspace", "2", "f9")
        assert counter.app.session.opening_cents == 200_00


async def test_a_drawers_code_that_was_kept_is_typed_over(open_counter):
    desk = FakeDesk(drafts={(Form.OPENING, "", "ana"): Draft({"drawer": "D9", "10000": "2"}, "2026-11-23T09:41:07")})
    async with open_counter(desk, drawer=False) as counter:
        await counter.keys(*"d1")
        assert counter.app.area.drawer.value == "d1"
        await counter.keys("f9")
        assert counter.app.session.opening_cents == 200_00


async def test_asked_twice_escape_still_goes_back_to_the_count(open_counter):
    async with open_counter(drawer=False) as counter:
        area = counter.app.area
        await counter.keys(*"d1", "enter", "enter", "1", "f9", *"lee", "f9", "escape")
        assert area.at is area.grid.fields[0]
