"""An amount split by hand: it begins with the city's own split, and says what it makes of the line."""

from __future__ import annotations


def said(counter) -> str:
    return " ".join(counter.screen().split())


async def begun(counter, amount: str = "") -> None:
    await counter.paste("10422301\n")
    if amount:
        await counter.keys("f4", *amount, "enter")
    await counter.keys("f4", "tab")


async def test_it_begins_with_the_citys_own_split(open_counter):
    async with open_counter() as counter:
        await begun(counter, "40.00")
        assert counter.payment.parts.field.value == "12.50"
        assert "Parts 40.00 of 40.00" in said(counter)
        await counter.by_hand(*["enter"] * 3, *"as wished", "enter")
        (line,) = counter.payment.hand.held.cart.lines
        assert (line.amount, dict(line.by_hand)) == (40_00, {"c1": 12_50, "c2": 27_50})


async def test_at_the_reason_list_and_sum_hold_the_last_part(open_counter):
    async with open_counter() as counter:
        await begun(counter)
        await counter.keys("enter", "enter", *"40.00", "enter")
        assert "Parts 83.70 of 84.17" in said(counter)
        assert "Total 83.70. Reason" in said(counter)
        assert " 40.00 " in next(line for line in counter.screen().splitlines() if "Water" in line)


async def test_parts_that_are_less_than_the_amount_are_told_before_and_after(open_counter):
    async with open_counter() as counter:
        await begun(counter)
        await counter.keys("enter", "enter", *"40.00", "enter")
        assert "With these parts 83.70 is paid, not 84.17" in counter.message
        await counter.keys(*"as wished")
        assert "With these parts 83.70 is paid, not 84.17" in counter.message
        await counter.keys("enter")
        assert "10422301 pays 83.70 now" in counter.message
        assert counter.payment.hand.held.cart.total == 83_70


async def test_going_back_to_the_parts_keeps_the_reason(open_counter):
    async with open_counter() as counter:
        await begun(counter)
        await counter.keys(*["enter"] * 3, *"as wished", "up")
        parts = counter.payment.parts
        assert (parts.field.label, parts.field.value) == ("Part of Water Nov 2026", "40.47")
        await counter.keys("enter")
        assert parts.field.value == "as wished"
        await counter.keys("up", "up")
        assert parts.field.label == "Part of Sewer Nov 2026"
        await counter.keys("enter", "enter", "enter")
        (line,) = counter.payment.hand.held.cart.lines
        assert line.reason == "as wished"


async def test_from_the_reason_there_is_no_way_further_down(open_counter):
    async with open_counter() as counter:
        await begun(counter)
        await counter.keys(*["enter"] * 3, *"as wished", "down", "tab")
        assert counter.payment.parts.field.value == "as wished"
