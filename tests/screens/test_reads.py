"""What devices read by themselves: scans as bursts of keys, checks into the tender's row, nothing taken unasked."""

from __future__ import annotations

import threading

import pytest

from countertui.domain.check_line import CheckLine
from countertui.domain.device_reads import CardHolder, ScannedText
from countertui.domain.micr import Micr
from countertui.domain.refusal import Refused
from countertui.domain.tenders import Tender, TenderKind

MICR = Micr("122105155", "4111111111111111")
CHECK = CheckLine(MICR, "1042")
LAID = Tender(TenderKind.CHECK, 84_17, "1042", MICR)


async def read(counter, what) -> None:
    """A device reads something, in its own thread."""
    thread = threading.Thread(target=counter.desk.read, args=(what,))
    thread.start()
    thread.join()
    await counter.settle()


def laid(counter) -> list[Tender]:
    return [tender for _, tenders in counter.desk.payments for tender in tenders]


def hides_the_numbers(counter) -> bool:
    return not {MICR.account, MICR.routing + MICR.account} & set(counter.screen().split()) and (
        "4111111" not in counter.screen() + counter.message
    )


async def test_a_scan_adds_its_account_whatever_has_the_keys(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10")
        await counter.keys("f2")
        await counter.by_hand(*"mar")
        await read(counter, ScannedText("STUB-10422301"))
        assert [line.account for line in counter.payment.hand.held.cart.lines] == ["10422301"]
        await read(counter, ScannedText("20005177"))
        assert len(counter.payment.hand.held.cart.lines) == 2


async def test_what_is_no_scan_is_typed_wholly_into_the_field_that_has_the_keys(open_counter):
    async with open_counter() as counter:
        await read(counter, ScannedText("Ellison"))
        assert counter.payment.finding.box.value == "Ellison"
        await counter.by_hand("escape", *"10422301", "enter", "f7")
        await read(counter, ScannedText("AP-77"))
        assert counter.payment.inline.text.value == "AP-77"
        assert counter.desk.payments == []


async def test_where_no_field_has_the_keys_a_scan_is_no_row_of_commands(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10")
        await read(counter, ScannedText("oq"))
        assert counter.app.area.NAME == "menu"
        assert counter.app.person is not None
        assert "not known here" in counter.message


async def test_a_swiped_card_is_kept_nowhere(open_counter):
    async with open_counter() as counter:
        await read(counter, ScannedText(";4111111111111111=2912101?"))
        assert counter.payment.finding.box.value == ""
        assert "4111" not in counter.screen()


async def test_with_something_due_a_check_opens_its_row_masked(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await read(counter, CHECK)
        row = counter.payment.inline
        assert (row.text.value, row.amount.value) == ("1042", "84.17")
        assert counter.payment.at is row.amount
        assert MICR.masked in counter.screen()
        assert hides_the_numbers(counter)
        assert counter.desk.payments == []
        await counter.keys("enter")
        assert laid(counter) == [LAID]
        assert hides_the_numbers(counter)


async def test_a_business_checks_long_number_is_read_whole(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await read(counter, CheckLine(MICR, "0049424770"))
        assert "0049424770" in counter.screen()
        assert MICR.masked in counter.screen()


async def test_a_check_whose_row_is_asked_fills_it_and_without_a_number_asks_for_that(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.by_hand("f6")
        await read(counter, CheckLine(MICR, ""))
        assert counter.payment.at is counter.payment.inline.text
        assert "Type the number" in counter.message
        await counter.by_hand(*"1042", "enter")
        assert laid(counter) == [LAID]


async def test_a_number_typed_before_stays_where_the_reader_found_none(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.by_hand("f6", *"1042")
        await read(counter, CheckLine(MICR, ""))
        await counter.keys("enter")
        assert laid(counter) == [LAID]


async def test_what_was_read_is_replaced_whole_and_never_edited(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await read(counter, CHECK)
        await counter.by_hand("tab", "left", "end")
        assert counter.payment.inline.micr.value == f"{MICR.routing} {MICR.account}"
        await counter.by_hand("backspace")
        assert counter.payment.inline.micr.value == ""
        await counter.by_hand("enter")
        assert laid(counter) == [Tender(TenderKind.CHECK, 84_17, "1042")]


async def test_a_second_check_waits_for_the_first(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await read(counter, CHECK)
        await read(counter, CheckLine(Micr("061112788", "3299753808"), "7"))
        assert "is not laid yet" in counter.message
        assert counter.payment.inline.text.value == "1042"
        await counter.keys("enter")
        assert laid(counter) == [LAID]


@pytest.mark.parametrize("opens", ["f5", "f7", "f8", "f4"])
async def test_a_check_read_while_something_else_is_asked_changes_nothing(open_counter, opens):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.by_hand(opens)
        before = [field.value for field in counter.payment.inline.fields]
        await read(counter, CHECK)
        assert [field.value for field in counter.payment.inline.fields] == before
        assert "something else is asked" in counter.message
        assert hides_the_numbers(counter)


@pytest.mark.parametrize("where", ["empty", "menu", "parts", "nobody"])
async def test_where_nothing_can_be_paid_by_it_a_check_is_kept_nowhere(open_counter, where):
    async with open_counter(who=None if where == "nobody" else "ana") as counter:
        await counter.app.starting.opened()
        if where == "menu":
            await counter.keys("f10")
        elif where == "parts":
            await counter.paste("10422301\n")
            await counter.by_hand("f4", "tab")
        await read(counter, CHECK)
        assert counter.message
        assert hides_the_numbers(counter)
        assert counter.desk.payments == []


async def test_a_check_taken_today_is_pointed_out_and_asked_about(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await read(counter, CHECK)
        await counter.keys("enter")
        await counter.paste("L-2041\n")
        await read(counter, CHECK)
        assert "taken already today: receipt T1-1, 84.17" in counter.message
        await counter.by_hand("enter")
        assert "Take this check once more?" in counter.screen()
        for key in ("f9", "enter", "f5", "x"):
            await counter.by_hand(key)
        assert len(counter.desk.payments) == 1
        assert "Take this check once more?" in counter.screen()
        await counter.by_hand("n")
        assert len(counter.desk.payments) == 1
        assert "was not laid" in counter.message
        assert counter.payment.hand.held.tenders == ()
        await read(counter, CHECK)
        await counter.by_hand("enter", "y")
        assert len(counter.desk.payments) == 2
        assert hides_the_numbers(counter)


async def test_one_typed_by_hand_is_asked_about_as_well(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await read(counter, CHECK)
        await counter.keys("enter")
        await counter.paste("L-2041\n")
        await counter.by_hand("f6", *"1042", "tab", "tab")
        await counter.paste(f"{MICR.routing} {MICR.account}")
        await counter.by_hand("f9")
        assert "Take this check once more?" in counter.screen()
        assert len(counter.desk.payments) == 1


async def test_the_same_check_twice_in_one_cart_is_asked_about(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await read(counter, CHECK)
        await counter.by_hand("ctrl+u", *"40.00", "enter")
        assert len(counter.payment.hand.held.tenders) == 1
        await read(counter, CHECK)
        await counter.by_hand("enter")
        assert "taken already today: this cart, 40.00" in counter.message
        await counter.by_hand("escape")
        assert len(counter.payment.hand.held.tenders) == 1
        assert counter.desk.payments == []


async def test_what_could_not_be_read_says_why(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await read(counter, Refused("The check could not be read.", press="Put it through again."))
        assert "could not be read" in counter.message
        assert counter.payment.asking is None


async def test_an_identity_card_is_kept_nowhere_where_no_form_asks_for_it(open_counter):
    async with open_counter() as counter:
        await read(counter, CardHolder("PAT", "", "SAMPLE", "", "1 Main St", "", "", "", born="1986-06-06"))
        assert "identity card" in counter.message
        assert "SAMPLE" not in counter.screen() + counter.message


async def test_reads_and_keys_keep_their_order(open_counter):
    async with open_counter() as counter:
        counter.desk.delays["recognise"] = 0.05
        counter.desk.read(ScannedText("STUB-10422301"))
        counter.desk.read(CHECK)
        await counter.until(lambda: counter.payment.inline.text.value == "1042")
        await counter.settle()
        assert counter.payment.inline.amount.value == "84.17"


async def test_a_check_put_into_the_printer_fills_the_row_that_is_asked(open_counter):
    async with open_counter() as counter:
        counter.desk.put_in = [CHECK]
        await counter.paste("10422301\n")
        await counter.by_hand("f6")
        await counter.until(lambda: counter.payment.inline.text.value == "1042")
        assert MICR.masked in counter.screen()
        assert hides_the_numbers(counter)
        await counter.keys("enter")
        assert laid(counter) == [LAID]


@pytest.mark.parametrize("ends", [("escape",), ("f5",), (*"1042", "enter"), ("f9",), ("f10", "o")])
async def test_the_printer_waits_no_longer_than_the_row_is_asked(open_counter, ends):
    async with open_counter() as counter:
        counter.desk.put_in = [CHECK]
        counter.desk.delays["read_check"] = 0.3
        await counter.paste("10422301\n")
        await counter.by_hand("f6")
        waiting = counter.app.check_in_printer._stop
        assert not waiting.is_set()
        if ends == ("f9",):
            counter.payment.inline.text.set("1042")
        await counter.by_hand(*ends)
        assert waiting.is_set()
        await counter.pilot.pause(0.4)
        assert counter.app.area.NAME in {"payment", "sign_on"}
        if counter.app.area.NAME == "payment":
            assert counter.payment.inline.micr.value == "", "what comes too late fills nothing"


async def test_what_the_printer_could_not_read_says_why_and_the_row_stays(open_counter):
    async with open_counter() as counter:
        counter.desk.put_in = [Refused("The check could not be read.", press="Type the numbers.")]
        await counter.paste("10422301\n")
        await counter.by_hand("f6")
        await counter.until(lambda: "could not be read" in counter.message)
        await counter.by_hand(*"1042", "enter")
        assert laid(counter) == [Tender(TenderKind.CHECK, 84_17, "1042")]


async def test_a_device_gone_mad_holds_no_key_up(open_counter):
    async with open_counter() as counter:
        counter.desk.delays["recognise"] = 0.01
        for _ in range(500):
            counter.desk.read(ScannedText("L-2041"))
        await counter.settle()
        assert counter.app.reads.dropped == 492
        assert "more than can be taken" in counter.message
        counter.desk.delays.clear()
        await counter.keys("f10")
        assert counter.app.area.NAME == "menu"
        await counter.keys("f2")
        await read(counter, ScannedText("STUB-10422301"))
        assert len(counter.payment.hand.held.cart.lines) == 2
