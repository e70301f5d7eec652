"""A check's magnetic line: asked behind the amount, never in the way of number and Enter, never repeated."""

from __future__ import annotations

from countertui.domain.micr import Micr
from countertui.domain.tenders import Tender, TenderKind

LINE = "122105155 4111111111111111"
"""An account number may look like a card's: it is checked as what it is."""


def _laid(counter) -> Tender:
    (tenders,) = [laid for _, laid in counter.desk.payments]
    (tender,) = tenders
    return tender


async def test_number_tab_tab_line_enter_takes_the_check_with_its_line(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.by_hand("f6", *"1042", "tab", "tab", *LINE, "enter")
        assert _laid(counter) == Tender(TenderKind.CHECK, 84_17, "1042", Micr("122105155", "4111111111111111"))
        assert LINE not in counter.screen()


async def test_a_line_typed_by_a_reader_with_its_enter_waits_for_a_look(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.by_hand("f6", *"1042", "tab", "tab")
        await counter.keys(*LINE, "enter")
        assert counter.desk.payments == []
        assert "not taken yet" in counter.message
        await counter.by_hand("enter")
        assert _laid(counter) == Tender(TenderKind.CHECK, 84_17, "1042", Micr("122105155", "4111111111111111"))


async def test_a_line_mistyped_is_asked_again_and_nothing_is_taken(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.by_hand("f6", *"1042", "tab", "tab", *"122105156 12345678", "enter")
        assert counter.desk.payments == []
        assert "check digit does not fit" in counter.screen()
        assert counter.payment.at is counter.payment.inline.micr
        await counter.by_hand("ctrl+u", "enter")
        assert _laid(counter) == Tender(TenderKind.CHECK, 84_17, "1042")


async def test_no_other_tender_is_asked_for_a_line(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        for key in ("f5", "f7", "f8"):
            await counter.keys(key)
            assert counter.payment.inline.micr not in counter.payment.inline.fields
            await counter.keys("escape")


async def test_a_cards_stripe_is_refused_in_it(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f6", *"1042", "tab", "tab")
        await counter.paste(";4111111111111111=2612101?")
        assert counter.payment.inline.micr.value == ""
        assert "4111" not in counter.screen()


async def test_the_line_is_forgotten_with_the_row(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f6", *"1042", "tab", "tab", *LINE, "escape", "escape")
        assert counter.payment.inline.micr.value == ""
        await counter.keys("f6", *"1043", "enter")
        assert _laid(counter).micr is None
