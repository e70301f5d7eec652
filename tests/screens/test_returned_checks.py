"""Returned checks by keys: a line of the bank's list is two Enters; all of it is taken back by two people."""

from __future__ import annotations

import pytest

from countertui.counter.drafts import Form
from countertui.counter.scans import Scanned
from countertui.domain.check_line import CheckLine
from countertui.domain.micr import Micr
from screens.fake_desk import FakeDesk

OPEN = ("f10", "g")
FIRST = (*"1041", "enter", *"84.17", "enter", *"NSF", "enter")
SECOND = (*"17", "enter", *"18", "enter")
AGREE = (*"lee", "enter", *"9753", "enter")


async def test_a_list_is_typed_line_by_line_and_taken_back_by_two(open_counter):
    async with open_counter(who="tess", drawer=False) as counter:
        await counter.keys(*OPEN)
        await counter.keys(*FIRST, *SECOND)
        assert "2 checks, 102.17; fees 70.00" in counter.screen()
        await counter.keys("f9", *"tess", "enter", *"8642", "enter")
        assert "Nobody approves what they began" in counter.message
        await counter.keys(*"bo", "enter", *"2468", "enter")
        assert "may not agree" in counter.message
        assert counter.desk.returned == []
        await counter.keys(*AGREE)
        assert counter.desk.returned == [("tess", "lee", ["1041", "17"])]
        assert "2 checks taken back, 102.17; Lee Aldous agreed" in counter.message
        assert "NOTICE OF A RETURNED CHECK" in counter.screen()
        await counter.keys("escape")
        assert "Nothing is listed yet" in counter.screen()
        await counter.keys("f9")
        assert len(counter.desk.returned) == 1


async def test_what_can_not_come_back_is_not_listed_and_stays_to_be_mended(open_counter):
    async with open_counter(who="tess", drawer=False) as counter:
        await counter.keys(*OPEN, *"999", "enter", *"1", "enter", *"NSF", "enter")
        assert "No check 999" in counter.message
        area = counter.app.area
        assert (area.number.value, area.at) == ("999", area.receipt)
        await counter.keys("escape", *OPEN, "up", "up", "up", "ctrl+u", *"1041", "enter", "ctrl+u", *"84.16", "enter")
        assert "was 84.17 of T1-5" in counter.message
        assert area.at == area.amount
        await counter.keys("ctrl+u", *"84.17", "enter")
        assert "1 check, 84.17" in counter.screen()
        await counter.keys(*FIRST[:-5])
        await counter.keys("enter")
        assert "in the list already" in counter.message
        await counter.keys("f9")
        assert "typed and not listed" in counter.message
        assert not area.second.display


@pytest.mark.parametrize("amount", ["", "x", "-1", "1.234", "0"])
async def test_nonsense_amounts_are_refused(open_counter, amount):
    async with open_counter(who="tess", drawer=False) as counter:
        await counter.keys(*OPEN, *"1041", "enter", *amount, "tab", *"NSF", "enter")
        assert counter.message
        assert not counter.app.area._list.items


async def test_an_amount_with_a_minus_and_an_empty_list_are_told_in_their_own_words(open_counter):
    async with open_counter(who="tess", drawer=False) as counter:
        await counter.keys(*OPEN, "f9")
        assert "Nothing is listed to take back" in counter.message
        await counter.keys(*"1041", "enter", *"-84.17", "enter", *"NSF", "enter", "enter")
        assert "is written without a sign." in counter.message
        assert "refund" not in counter.message
        assert counter.app.area.at is counter.app.area.amount


async def test_a_line_is_taken_off(open_counter):
    async with open_counter(who="tess", drawer=False) as counter:
        await counter.keys(*OPEN, *FIRST, *SECOND, "pageup", "ctrl+x")
        assert [one.line.reference for one in counter.app.area._list.items] == ["17"]
        await counter.keys("ctrl+x")
        assert not counter.app.area._list.items
        assert (Form.RETURNED_LIST, "", "tess") not in counter.desk.drafts


async def test_a_receipt_gives_its_check(open_counter):
    async with open_counter(who="tess", drawer=False) as counter:
        await counter.keys(*OPEN, "up", *"t1-5", "enter")
        area = counter.app.area
        assert (area.number.value, area.amount.value) == ("1041", "84.17")
        await counter.keys("enter", *"NSF", "enter")
        assert "1 check, 84.17" in counter.screen()


async def test_a_reader_gives_the_number_and_a_code_the_receipt(open_counter):
    async with open_counter(who="tess", drawer=False) as counter:
        await counter.keys(*OPEN)
        area = counter.app.area
        await area.take_check(CheckLine(Micr("122105278", "6724301068"), "17"))
        assert (area.number.value, area.at) == ("17", area.amount)
        await area.take_scan(Scanned("receipt", "T1-5", ""))
        assert (area.number.value, area.amount.value) == ("1041", "84.17")


async def test_a_half_typed_list_survives_a_crash(open_counter):
    desk = FakeDesk()
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await counter.keys(*OPEN, *FIRST, *"22")
        await counter.settle()
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await counter.keys(*OPEN)
        area = counter.app.area
        assert ([one.line.reference for one in area._list.items], area.number.value) == (["1041"], "22")
        await counter.keys("ctrl+u", "f9", *AGREE)
        assert desk.returned == [("tess", "lee", ["1041"])]
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await counter.keys(*OPEN)
        assert not counter.app.area._list.items


async def test_only_a_technician_is_offered_it(open_counter):
    async with open_counter(who="lee", drawer=False) as counter:
        await counter.keys("f10")
        assert "Returned checks" not in counter.screen()
        await counter.keys("g")
        assert counter.app.area.NAME == "menu"
