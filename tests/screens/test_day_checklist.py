"""The day's checklist by keys: each line says how it stands, opens where it is solved, and nothing is left silently."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countertui.counter.day_checklist import Checked
from countertui.domain.day_checklist import Step, found, not_heard
from screens.conftest import SESSION
from screens.courier_desk import CourierDesk
from screens.fake_desk import FakeDesk

HALF = [
    found(Step.PAPER, 2, "T1-17, T1-18"),
    not_heard(Step.OTHERS, "from T2"),
    found(Step.SEAL, 40, "40 records to seal"),
]
BOTH = [SESSION, replace(SESSION, id="s7", drawer="D2", operator="bo", operator_name="Bo Marsh")]


def marked(counter):
    return counter.app.area.list.current.step


async def on(counter, step):
    await counter.keys("f10", "1", *["up"] * len(Step), *["down"] * list(Step).index(step))
    assert marked(counter) is step


async def test_each_line_says_its_state_in_words_and_the_first_open_one_is_marked(open_counter):
    async with open_counter(FakeDesk(day=list(HALF)), who="lee", drawer=False) as counter:
        await counter.keys("f10", "1")
        screen = counter.screen()
        assert [line[2:28].strip() for line in screen.splitlines()[3 : 3 + len(Step)]] == [step.label for step in Step]
        assert "Papers not printed        2 open" in screen
        assert "Other terminals           not heard    from T2" in screen
        assert "Forms half-filled         done" in screen
        assert "Day not closed. 1 left open: F9 asks why." in screen
        assert marked(counter) is Step.PAPER


@pytest.mark.parametrize(
    ("step", "area"),
    [
        (Step.CARTS, "carts"),
        (Step.FORMS, "carts"),
        (Step.PAPER, "printing"),
        (Step.CARDS, "card_terminal"),
        (Step.REQUESTS, "requests"),
        (Step.CHANGE, "fund_change"),
        (Step.UNSENT, "batches"),
        (Step.ERRORS, "batches"),
        (Step.BAGS, "deposit"),
        (Step.SEAL, "batches"),
        (Step.SEND, "batches"),
    ],
)
async def test_enter_opens_where_it_is_solved_and_esc_comes_back_to_a_list_read_anew(open_counter, step, area):
    desk = CourierDesk(day=[found(step, 1)])
    async with open_counter(desk) as counter:
        await on(counter, step)
        await counter.keys("enter")
        assert area == counter.app.area.NAME
        desk.day = [found(step, 7)]
        await counter.keys("escape")
        assert counter.app.area.NAME == "day_checklist"
        assert "7 open" in counter.screen()
        await counter.keys("escape")
        assert counter.app.area.NAME == "payment"


async def test_who_comes_back_goes_on_from_the_step_they_opened(open_counter):
    desk = FakeDesk(day=[found(Step.CARTS, 1, "of bo"), found(Step.PAPER, 2), found(Step.REQUESTS, 1)])
    async with open_counter(desk) as counter:
        await on(counter, Step.PAPER)
        await counter.keys("enter", "escape")
        assert marked(counter) is Step.PAPER
        desk.day = [found(Step.CARTS, 1, "of bo"), found(Step.REQUESTS, 1)]
        await counter.keys("enter", "escape")
        assert marked(counter) is Step.REQUESTS
        await counter.keys("escape", "f10", "1")
        assert marked(counter) is Step.CARTS


@pytest.mark.parametrize("key", ["f2", "f3", "f10"])
async def test_who_goes_elsewhere_from_there_is_not_brought_back_later(open_counter, key):
    async with open_counter() as counter:
        await on(counter, Step.PAPER)
        await counter.keys("enter", key)
        assert {"f2": "payment", "f3": "receipts", "f10": "menu"}[key] == counter.app.area.NAME
        await counter.keys("f10", "t", "escape")
        assert counter.app.area.NAME == "payment"


async def test_a_cashier_counts_their_own_drawer_and_a_lead_anybodys(open_counter):
    async with open_counter(FakeDesk(others=list(BOTH))) as counter:
        await on(counter, Step.DRAWERS)
        await counter.keys("enter")
        assert counter.app.area.NAME == "close"
        await counter.keys("escape")
        assert counter.app.area.NAME == "day_checklist"
    async with open_counter(FakeDesk(others=list(BOTH)), who="lee", drawer=False) as counter:
        await on(counter, Step.DRAWERS)
        await counter.keys("enter")
        assert counter.app.area.NAME == "open_drawers"
        await counter.keys("escape")
        assert counter.app.area.NAME == "day_checklist"


async def test_change_for_anothers_drawer_is_given_there(open_counter):
    async with open_counter(FakeDesk(day=[found(Step.CHANGE, 1, "D1 of ana")]), who="lee", drawer=False) as counter:
        await on(counter, Step.CHANGE)
        await counter.keys("enter")
        assert counter.app.area.NAME == "day_checklist"
        assert "signs on: F10, D, C" in counter.message


async def test_what_is_not_heard_of_other_terminals_is_taken_from_a_stick(open_counter):
    async with open_counter(FakeDesk(day=[not_heard(Step.OTHERS, "from T2")])) as counter:
        await on(counter, Step.OTHERS)
        await counter.keys("enter")
        assert counter.app.area.NAME == "stick"
        assert "is not heard here" in counter.message
        await counter.keys("escape", "escape")
        assert counter.app.area.NAME == "day_checklist"


async def test_a_drawer_of_another_terminal_is_closed_there(open_counter):
    async with open_counter(FakeDesk(day=[found(Step.OTHERS, 1, "D2 of ben")])) as counter:
        await on(counter, Step.OTHERS)
        await counter.keys("enter")
        assert counter.app.area.NAME == "day_checklist"
        assert "is closed there" in counter.message


async def test_with_nothing_left_f9_closes_the_day_seals_and_sends(open_counter):
    desk = FakeDesk(day=[not_heard(Step.OTHERS, "from T2"), found(Step.SEAL, 40)])
    async with open_counter(desk) as counter:
        await counter.keys("f10", "1")
        assert "Day not closed. Nothing needs a reason: F9 closes, seals, sends." in counter.screen()
        await counter.keys("f9")
        await counter.until(lambda: "_batch" in str(counter.desk.calls[-1:]) or counter.desk.sent)
        assert [day["reason"] for day in desk.days] == [""]
        assert counter.app.area.NAME == "batches"
        called = [name for name, _ in desk.calls]
        assert called.index("close_day") < called.index("seal_batch")
        await counter.keys("escape")
        assert "Day closed at 17:05 by ana, nothing left open." in counter.screen()


async def test_what_is_open_is_not_left_silently(open_counter):
    desk = FakeDesk(day=list(HALF))
    async with open_counter(desk) as counter:
        await counter.keys("f10", "1", "f9")
        assert "1 left open" in counter.message
        await counter.keys("enter")
        assert "Left open: papers not printed: 2." in counter.message
        assert desk.days == []
        await counter.by_hand(*"printer is away", "enter")
        (day,) = desk.days
        assert day["reason"] == "printer is away"
        assert [(one["what"], one["open"]) for one in day["items"] if one["state"] == "open"] == [
            ("paper", 2),
            ("seal", 40),
        ]


async def test_esc_leaves_the_reason_and_then_the_list(open_counter):
    desk = FakeDesk(day=list(HALF))
    async with open_counter(desk) as counter:
        await counter.keys("f10", "1", "f9", *"printer", "escape")
        assert counter.app.area.NAME == "day_checklist"
        await counter.keys("f9")
        assert counter.app.area.reason.value == ""
        await counter.keys("escape", "escape")
        assert counter.app.area.NAME == "payment"
        assert desk.days == []


async def test_a_half_typed_reason_survives_a_crash(open_counter):
    desk = FakeDesk(day=list(HALF))
    async with open_counter(desk) as counter:
        await counter.keys("f10", "1", "f9", *"printer")
    async with open_counter(desk) as counter:
        await counter.keys("f10", "1", "f9")
        assert counter.app.area.reason.value == "printer"
        assert "What was typed here is back" in counter.message


async def test_a_list_that_changed_meanwhile_is_shown_and_not_signed(open_counter):
    desk = FakeDesk(day=list(HALF), day_list_changes=[[found(Step.CARDS, 1)]])
    async with open_counter(desk) as counter:
        await counter.by_hand("f10", "1", "f9", *"printer", "enter")
        assert "Something changed meanwhile." in counter.message
        assert "Card charges not known    1 open" in counter.screen()
        assert desk.days == []


async def test_a_closed_day_is_closed_again_after_more_work_alone(open_counter):
    desk = FakeDesk(day_closed=Checked("2026-11-23 17:05", "lee", 0, 0))
    async with open_counter(desk) as counter:
        await counter.keys("f10", "1", "f9")
        assert "The day is closed already." in counter.message
        desk.day_closed = Checked("2026-11-23 17:05", "lee", 2, 3)
        await counter.keys("f10", "1")
        assert "Day closed at 17:05 by lee, 2 left open. 3 records since: F9 again." in counter.screen()
        await counter.keys("f9")
        assert len(desk.days) == 1


async def test_who_may_not_seal_has_no_checklist(open_counter):
    async with open_counter(who="ana") as counter:
        await counter.keys("f10")
        assert "1" in {command.key for command in counter.app.area.commands()}
        counter.app.person = replace(counter.app.person, roles=frozenset())
        assert "1" not in {command.key for command in counter.app.area.commands()}


async def test_a_cart_is_not_taken_back_without_a_drawer(open_counter):
    desk = FakeDesk()
    async with open_counter(desk) as counter:
        await counter.paste("10422301\n")
        await counter.keys("ctrl+k")
        counter.app.session = None
        await on(counter, Step.CARTS)
        await counter.keys("enter", "enter")
        assert counter.app.area.NAME == "carts"
        assert "A cart is taken back with a drawer open." in counter.message
        assert desk.saved
