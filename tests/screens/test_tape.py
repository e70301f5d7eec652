"""The virtual tape by keys: searched by typing, each entry opening its paper."""

from __future__ import annotations


async def test_the_tape_is_searched_and_its_entry_opens_the_receipt_as_printed(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f9")
        await counter.paste("L-2041\n")
        await counter.keys("f9", "f10", "v")
        assert counter.screen().index("T1-2") < counter.screen().index("T1-1") < counter.screen().index("Signed on")
        await counter.keys(*"marta")
        assert "T1-2" not in counter.screen()
        await counter.keys("enter")
        assert "Received from Marta Ellison" in counter.screen()
        await counter.keys("escape")
        assert counter.app.area.NAME == "tape"
        assert "T1-2" not in counter.screen(), "what was typed still stands"
        await counter.keys("escape")
        assert "T1-2" in counter.screen()


async def test_what_has_no_receipt_says_so_and_a_receipt_can_be_gone_to(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.by_hand("f9", "f10", "v", *"signed", "enter")
        assert "No paper belongs to this entry" in counter.message
        await counter.keys("escape", "enter", "f3", "ctrl+r")
        assert counter.app.area.NAME == "receipts"
        assert counter.desk.receipts[0].copies == 1


async def test_a_letter_typed_over_a_paper_does_nothing(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f9", "f10", "v", "enter", *"rv")
        assert "Received from" in counter.screen()
        assert counter.desk.receipts[0].state == "taken"
