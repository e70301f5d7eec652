"""Counts: arrows go as the eye does, Tab and Enter as one reads; what is refused is where the cursor is."""

from __future__ import annotations

import pytest

from countertui.domain.tenders import TenderKind
from screens.fake_desk import FakeDesk
from screens.scenes.counter import ANOTHERS


def label(counter) -> str:
    """The label of the field that keys go to."""
    return " ".join(counter.app.area.at.label.split())


@pytest.mark.parametrize(
    ("keys", "field"),
    [
        ("down", "20.00 ×"),
        ("tab", "50.00 ×"),
        ("enter", "50.00 ×"),
        ("tab down", "10.00 ×"),
        ("tab down up", "50.00 ×"),
        ("down shift+tab", "50.00 ×"),
        ("down down down down down", "0.05 ×"),
        ("down down down down down tab", "0.01 ×"),
    ],
)
async def test_arrows_stay_in_the_column_and_tab_reads_on(open_counter, keys, field):
    async with open_counter() as counter:
        await counter.keys("f10", "c", *keys.split())
        assert label(counter) == field


async def test_arrows_go_on_below_the_pieces_in_the_same_column(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "c", "tab", *["down"] * 6)
        assert counter.app.area.at is counter.app.area.counts.totals[TenderKind.CHECK]
        await counter.keys("down")
        assert counter.app.area.at is counter.app.area.counts.totals[TenderKind.CARD]
        await counter.keys("down", "down")
        assert label(counter) == "50.00 ×"


async def test_at_the_opening_they_go_on_from_drawer_and_date(open_counter):
    async with open_counter(drawer=False) as counter:
        await counter.keys("down", "down")
        assert label(counter) == "100.00 ×"
        await counter.keys("down", "up", "up", "up")
        assert label(counter) == "Drawer"


@pytest.mark.parametrize("typed", ["x", "-", ".", "½"])
async def test_a_letter_in_a_count_is_refused_as_it_is_typed_and_never_left_out(open_counter, typed):
    """Left out, 1.2 was read as 12."""
    async with open_counter() as counter:
        await counter.keys("f10", "c")
        await counter.by_hand("1", typed)
        assert f"“{typed}” is not a digit." in counter.message
        assert f"“1{typed}” is no count." in counter.message
        await counter.by_hand("2", "enter")
        assert f"“1{typed}2” is not a number of pieces" in counter.message
        assert (label(counter), counter.app.area.at.selected) == ("100.00 ×", True)
        await counter.by_hand("f9")
        assert not [name for name, _ in counter.desk.calls if name == "commit_count"]
        await counter.by_hand("7", "enter")
        assert [field.value for field in counter.app.area.grid.fields[:2]] == ["7", ""]


@pytest.mark.parametrize("typed", ["1.2.3", "1,234", "2x5"])
async def test_a_count_with_a_sign_in_it_is_refused_wholly_however_it_is_gone_on_from(open_counter, typed):
    for leaves in ("enter", "tab", "down"):
        async with open_counter() as counter:
            await counter.keys("f10", "c")
            await counter.by_hand(*typed, leaves, "f9")
            assert f"“{typed}” is not a number of pieces" in counter.message
            assert counter.app.message.refuses
            assert "Cash counted —" in " ".join(counter.screen().split())
            assert not [name for name, _ in counter.desk.calls if name == "commit_count"]


@pytest.mark.parametrize("pasted", ["1.2.3", "-5", "12x\t7\n4"])
@pytest.mark.parametrize("way", ["paste", "keys"])
async def test_nothing_of_a_pasted_text_with_a_wrong_sign_is_taken_into_a_count(open_counter, way, pasted):
    async with open_counter() as counter:
        await counter.keys("f10", "c")
        await counter.by_hand("8")
        if way == "paste":
            await counter.paste(pasted)
        else:
            await counter.by_hand(*({"\t": "tab", "\n": "enter"}.get(key, key) for key in pasted), apart=0.001)
        assert "The count is as it was." in counter.message
        assert counter.app.message.refuses
        assert [field.value for field in counter.app.area.grid.fields] == ["8", *[""] * 11]
        await counter.by_hand("3", "enter")
        assert [field.value for field in counter.app.area.grid.fields] == ["83", *[""] * 11]
        assert (label(counter), counter.message) == ("50.00 ×", "")


async def test_straps_of_notes_and_rolls_of_coins_are_counted_as_such(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "c")
        await counter.by_hand("2", "s", "1", "3", "enter", "1", "s")
        assert [field.value for field in counter.app.area.grid.fields[:2]] == ["2s13", "1s"]
        assert [field.number for field in counter.app.area.grid.fields[:2]] == [213, 100]
        assert "Cash counted 26,300.00" in " ".join(counter.screen().split())
        await counter.by_hand("tab", "r")
        assert "“r” is not a digit." in counter.message, "notes come in no rolls, and no pack stands before a number"


async def test_a_count_that_keys_come_back_to_is_counted_anew(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "c", "5", "tab", "2", "shift+tab", "1")
        assert counter.app.area.at.value == "1"
        await counter.keys("tab", "end", "3")
        assert counter.app.area.at.value == "23", "with End it is edited"


async def test_nothing_of_a_cards_stripe_is_kept_in_a_count(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "c")
        counter.type("%B4012888888881881^QUILL/ANA^2912101?")
        await counter.keys("enter")
        assert [field.value for field in counter.app.area.grid.fields] == [""] * 12
        assert label(counter) == "100.00 ×"


@pytest.mark.parametrize(
    ("drawer", "date", "pieces", "field"),
    [("D9", "11/23/2026", "2", "Drawer"), ("D1", "02/30/2026", "2", "Business date"), ("D1", "", "999999", "50.00 ×")],
)
async def test_a_refused_opening_leads_to_the_field_it_names(open_counter, drawer, date, pieces, field):
    async with open_counter(drawer=False) as counter:
        await counter.keys("ctrl+u", *drawer, "tab")
        if date:
            await counter.keys("ctrl+u", *date)
        await counter.keys("tab", "tab", *pieces, "tab", "f9")
        assert counter.app.message.refuses
        assert label(counter) == field
        assert counter.app.area.at.selected


@pytest.mark.parametrize(
    ("keys", "field"),
    [
        ("", "100.00 ×"),
        ("tab 9 9 9 9 9 9 tab", "50.00 ×"),
        ("1 up up up 4", "total"),
        ("1 up up up 4 tab 1 , 2 . 3 tab", "total"),
        ("1 up up up tab 8 . 0 0 tab", "Checks number"),
    ],
)
async def test_a_refused_count_leads_to_the_field_it_names(open_counter, keys, field):
    async with open_counter() as counter:
        await counter.keys("f10", "c", *keys.split(), "f9")
        assert counter.app.message.refuses
        assert not [name for name, _ in counter.desk.calls if name == "commit_count"]
        assert label(counter) == field
        if field == "total":
            assert counter.app.area.at is counter.app.area.counts.totals[TenderKind.CHECK]


async def test_a_drawer_far_off_is_closed_with_a_lead_and_esc_goes_back_to_the_reason(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "c", "1", "f9", *"bag gone", "f9")
        assert "needs a lead" in counter.message
        await counter.keys("escape")
        assert counter.app.area.at is counter.app.area.reason
        await counter.keys("f9", *"lee", "enter", *"0000", "enter")
        assert counter.desk.closed is None
        await counter.keys(*"9753", "enter")
        assert (counter.desk.closed, counter.desk.closed_with) == ("s1", "lee")
        assert "Z REPORT" in counter.screen()


async def test_once_more_than_the_city_counts_asks_a_lead(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "c", "1", "f9", "f4", "f9", "f4", "f9", "f4")
        assert len(counter.desk.counts) == 3
        await counter.keys("2", "f9")
        assert "lead" in counter.message
        assert len(counter.desk.counts) == 3
        await counter.keys(*"lee", "enter", *"9753", "enter")
        assert len(counter.desk.counts) == 4
        assert "over and short" in counter.screen()


async def test_a_surprise_count_is_committed_once_and_the_cashiers_pin_signs_it(open_counter):
    async with open_counter(FakeDesk(others=list(ANOTHERS)), who="lee", drawer=False) as counter:
        await counter.keys("f10", "w", "c", "2", *["enter"] * 19)
        area = counter.app.area
        assert area.at is area.pin
        await counter.keys(*"1111", "enter")
        assert counter.desk.surprises == []
        await counter.keys(*"2468", "enter")
        ((drawer, cash, reason, cashier),) = counter.desk.surprises
        assert (drawer, cash.total, reason, cashier) == ("D2", 200_00, "", "bo")
        assert "on record" in counter.message
        await counter.keys("f4", "1", "f9")
        assert [each[3] for each in counter.desk.surprises] == ["bo", None]
        await counter.keys("escape")
        assert counter.app.area.NAME == "open_drawers"


async def test_a_lead_is_shown_nothing_expected_before_the_surprise_count_is_committed(open_counter):
    async with open_counter(FakeDesk(others=list(ANOTHERS)), who="lee", drawer=False) as counter:
        await counter.keys("f10", "w", "c", "f9")
        assert "No cash is typed" in counter.message
        assert counter.desk.surprises == []
        assert "SHORT" not in counter.screen()


async def test_change_of_unequal_worth_asks_nobody_and_equal_is_given_by_a_lead(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "d", "c", "1", *["enter"] * 14, "4", "f9")
        assert "20.00 more leaves than comes" in counter.message
        assert not counter.app.area.second.display
        area = counter.app.area
        area.back_in.clear()
        area.to(area.back_in.fields[2])
        await counter.keys("5", "f9", *"ana", "enter", *"1357", "enter")
        assert counter.desk.changed == []
        await counter.keys(*"lee", "enter", *"9753", "enter")
        ((out, back, lead),) = counter.desk.changed
        assert (out.total, back.total, lead) == (100_00, 100_00, "lee")
        assert counter.app.area.NAME == "payment"


HANDED = ("f10", "d", "h", "2", "f9", "f9")
"""Counted and closed, to be handed over."""


async def test_a_drawer_is_handed_over_with_both_pins_and_who_gave_it_is_signed_off(open_counter):
    async with open_counter() as counter:
        await counter.keys(*HANDED, "2", *["enter"] * 12, *"bo", "enter", *"2468", "enter", *"0000", "enter")
        assert counter.desk.handed_over == []
        await counter.keys("shift+tab", *"2468", "enter", *"1357", "enter")
        assert counter.desk.handed_over == [("ana", "s1", "bo", None)]
        await counter.until(lambda: counter.app.person is None)
        assert counter.app.session is None
        assert "Bo Marsh signs on" in counter.message


async def test_another_count_at_a_hand_over_asks_a_lead_and_esc_leaves_the_drawer_closed(open_counter):
    async with open_counter() as counter:
        await counter.keys(*HANDED, "1", *["enter"] * 12, *"bo", "enter", *"2468", "enter", *"1357", "enter")
        assert counter.app.area.second.display
        await counter.keys(*"lee", "enter", *"9753", "enter")
        assert counter.desk.handed_over == [("ana", "s1", "bo", "lee")]
    async with open_counter() as counter:
        await counter.keys(*HANDED, "escape")
        assert (counter.desk.closed, counter.desk.handed_over) == ("s1", [])


async def test_a_hand_over_that_is_cut_off_is_set_aside_and_gone_on_with(open_counter):
    desk = FakeDesk()
    async with open_counter(desk) as counter:
        await counter.keys(*HANDED, "1", *["enter"] * 12, *"bo", "enter", *"24")
    async with open_counter(desk, drawer=False) as counter:
        await counter.keys("f10", "k")
        assert "Drawer to hand over" in counter.screen()
        await counter.keys("enter")
        area = counter.app.area
        assert (area.NAME, area.taker.value, area.taker_pin.value, area.grid.count().total) == (
            *("hand_over", "bo", ""),
            100_00,
        )
        desk.half_taken_by = "bo"
        await counter.keys("f10", "k", "enter")
        assert "bo opened it already" in counter.message
        assert area.grid.count().total == 200_00
        area.to(area.taker_pin)
        await counter.keys(*"2468", "enter", *"1357", "enter")
        assert desk.handed_over == [("ana", "s1", "bo", None)]
        assert desk.drafts == {}


async def test_a_pin_typed_where_an_id_is_due_is_not_set_aside_with_a_hand_over(open_counter):
    desk = FakeDesk()
    async with open_counter(desk) as counter:
        await counter.keys(*HANDED, "1", *["enter"] * 12, *"2468", "enter")
        await counter.app.area.kept.saved()
        ((_, kept),) = desk.drafts.items()
        assert "2468" not in str(kept)


async def test_esc_leaves_a_closed_drawer_to_anybody_and_sets_nothing_aside(open_counter):
    desk = FakeDesk()
    async with open_counter(desk) as counter:
        await counter.keys(*HANDED, "1", "enter", "escape")
        await counter.until(lambda: desk.drafts == {})


async def test_takings_are_dropped_and_the_drawer_handed_over_in_one_go(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "d", "d", "f4")
        assert ("bag's number" in counter.message, counter.app.area.NAME) == (True, "drop")
        await counter.keys(*"b0471", "enter", "1", "f4")
        assert [bag for bag, _ in counter.desk.dropped] == ["B0471"]
        assert ("in bag B0471" in counter.message, counter.app.area.NAME) == (True, "close")
        await counter.keys("2", "f9", "f9")
        assert counter.app.area.NAME == "hand_over"
        await counter.keys("2", *["enter"] * 12, *"bo", "enter", *"2468", "enter", *"1357", "enter")
        assert counter.desk.handed_over == [("ana", "s1", "bo", None)]


async def test_change_asked_for_later_is_filled_in_until_it_is_given(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "d", "c", *["tab"] * 14, "5", "f4")
        assert [each.cents for each in counter.desk.wanted] == [100_00]
        assert "asked for" in counter.message
        await counter.keys("f10", "d", "c")
        assert "1 request of this drawer not answered" in counter.message
        assert counter.app.area.back_in.count().total == 100_00
        await counter.keys("1", "f9", *"lee", "enter", *"9753", "enter")
        assert [lead for *_, lead in counter.desk.changed] == ["lee"]


async def test_what_is_counted_to_hand_a_drawer_over_is_called_so_and_a_close_is_a_close(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "d", "h")
        assert "Hand the drawer over: count it; F9 commits the count" in counter.screen()
        await counter.keys("2", "f9")
        assert "Hand the drawer over: over and short" in counter.screen()
        await counter.keys("escape", "f10", "c")
        assert "Close the drawer: " in counter.screen()
        await counter.keys("f9")
        assert (counter.app.area.NAME, "Z REPORT" in counter.screen()) == ("z_report", True)


async def test_a_count_that_agrees_asks_for_no_reason_and_one_that_does_not_has_room_for_it(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "c", "2", "f9")
        assert ("even" in counter.screen(), "Reason" in counter.screen()) == (True, False)
        await counter.keys("f4", "backspace", "1", "f9")
        assert "Reason" in counter.screen()
        await counter.keys("x", "f4", "backspace", "2", "f9")
        assert "Reason" in counter.screen(), "what was typed is recorded, so it is seen"


async def test_a_hand_over_to_nobody_says_so_and_the_closed_drawer_says_what_stays_in_it(open_counter):
    async with open_counter() as counter:
        await counter.keys(*HANDED)
        assert "Its fund of 200.00 stays in it" in counter.message
        await counter.keys("2", "f9")
        assert "Nobody is named who takes it" in counter.message
        assert counter.app.area.at is counter.app.area.taker


async def test_an_absent_operators_drawer_is_closed_with_who_counted_along(open_counter):
    async with open_counter(FakeDesk(others=list(ANOTHERS)), who="lee", drawer=False) as counter:
        await counter.keys("f10", "w", "enter", "2", "f9", "f9")
        assert "two people" in counter.message
        assert "Who counted along:" in counter.screen()
        await counter.keys(*"bo", "enter", *"2468", "enter")
        assert counter.desk.closed is None, "whose drawer it is, is not absent"
        await counter.keys(*"ana", "enter", *"1357", "enter")
        assert (counter.desk.closed, counter.desk.closed_with) == (ANOTHERS[0].id, "ana")


async def test_a_lead_counts_a_bag_along_after_one_that_was_too_much(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "d", "d")
        await counter.keys(*"b0471", "enter", "9", "f9")
        assert "more than this drawer can hold" in counter.message
        counter.desk.drop_needs_lead = True
        await counter.keys("backspace", "1", "f9")
        assert (counter.desk.dropped, counter.app.area.second.display) == ([], True)
        await counter.keys("escape", "f9", *"ana", "enter", *"1357", "enter")
        assert counter.desk.dropped == [], "nobody counts along with themselves"
        area = counter.app.area
        await counter.keys("f10", "d", "d")
        assert not area.second.display
        area.to(area.grid.fields[0])
        await counter.keys("9", "f9", *"lee", "enter", *"9753", "enter")
        assert "more than this drawer can hold" in counter.message
        assert (area.second.display, area.at is area.grid.fields[0]) == (False, True)
        await counter.keys("1", "f9", *"lee", "enter", *"9753", "enter")
        assert [bag for bag, _ in counter.desk.dropped] == ["B0471"]
        assert counter.app.area.NAME == "payment"
