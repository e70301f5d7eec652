"""The application for a license: plain words, messages at once, and nothing that was typed is ever lost by them."""

from __future__ import annotations

import pytest

from countertui.counter.scans import Scanned
from countertui.domain.device_reads import CardHolder
from countertui.domain.license_application import (
    BUSINESS,
    CLASS,
    EIN,
    HOME,
    KIND,
    MAILING,
    NAICS,
    PREMISES,
    STARTS,
    answer_field,
    owner_field,
)
from screens.license_desk import LicenseDesk

APPLY = (*"license", "enter")
TRUCK = (*APPLY, *"taco truck", "enter")


async def test_the_box_leads_to_the_form_and_plain_words_to_the_class(open_counter):
    async with open_counter(LicenseDesk()) as counter:
        await counter.keys(*APPLY, *"taco truck")
        assert "Mobile food vendor" in counter.screen()
        assert counter.app.area.texts == {KIND: "taco truck"}
        await counter.keys("enter", *"Rosas Tacos")
        assert counter.app.area.texts[CLASS] == "FOODTRUCK"
        assert counter.app.area.texts[BUSINESS] == "Rosas Tacos"
        assert "REVIEWS  fire, health" in counter.screen()


async def test_of_several_classes_the_arrows_choose_and_nothing_is_guessed(open_counter):
    async with open_counter(LicenseDesk()) as counter:
        await counter.keys(*APPLY, *"food", "enter")
        area = counter.app.area
        assert "classes fit “food”" in counter.message
        assert CLASS not in area.texts
        second = area.list.items[1].entry.code
        await counter.keys("down", "enter")
        assert area.texts[CLASS] == second
        await counter.keys("up", *"s")
        assert CLASS not in area.texts, "other words are no longer that class"


async def test_words_that_nothing_goes_by_keep_the_form(open_counter):
    async with open_counter(LicenseDesk()) as counter:
        await counter.keys(*APPLY, *"xyzzy", "enter")
        assert "No class goes by “xyzzy”" in counter.message
        assert counter.app.area.at.value == "xyzzy"


@pytest.mark.parametrize(
    ("of", "typed", "said"),
    [
        (EIN, "12-34", "4 of 9 digits"),
        (PREMISES, "PO Box 12", "a PO box is no place of business"),
        (STARTS, "02/30/2026", "that date doesn't exist"),
        (HOME, "perhaps"[:3], "type y or n"),
        ("naics", "999999", "999999 is no NAICS code known here"),
        (owner_field(1, "ssn"), "123-45", "5 of 9 digits"),
        (answer_field("gross_receipts"), "lots", "type a number, like 50,000"),
    ],
)
async def test_enter_says_what_is_wrong_and_stays_and_tab_goes_on(open_counter, of, typed, said):
    async with open_counter(LicenseDesk()) as counter:
        await counter.keys(*TRUCK)
        area = counter.app.area
        area.to(area.pages.go_to(of, area.texts))
        await counter.keys(*typed, "enter")
        assert said.casefold() in counter.message.casefold()
        assert area.at.of == of
        assert area.texts[of] == typed
        await counter.keys("tab")
        assert area.at is None or area.at.of != of
        assert area.texts[of] == typed
        area.to(area.pages.go_to(of, area.texts))
        await counter.settle()
        assert said.casefold() in counter.screen().casefold(), "it stands there until it is corrected"


async def test_a_class_that_is_not_allowed_at_home_says_so_before_enter(open_counter):
    async with open_counter(LicenseDesk()) as counter:
        await counter.keys(*TRUCK)
        area = counter.app.area
        area.to(area.pages.go_to(HOME, area.texts))
        await counter.keys("y")
        assert "FOODTRUCK is not allowed at a home" in counter.screen()


async def test_a_class_that_is_not_allowed_at_an_address_says_so_beside_it_while_it_is_typed(open_counter):
    async with open_counter(LicenseDesk()) as counter:
        await counter.keys(*APPLY, *"tavern", "enter", *"Bobs", "enter", "enter", "enter", *"5 Elm Ct")
        assert "BAR is not allowed in R1" in counter.screen()
        assert counter.app.area.at.of == PREMISES
        await counter.keys("enter")
        assert "BAR is not allowed in R1 (AFMC 17.10.010)" in counter.message
        assert counter.app.area.texts[PREMISES] == "5 Elm Ct"
        counter.app.area.at.set("5 Nowhere Rd")
        counter.app.area.typed(counter.app.area.at)
        await counter.settle()
        assert "zone not stated: zoning review needed" in counter.screen()
        await counter.keys("enter")
        assert counter.app.area.at.of == MAILING, "it is no fault"


async def test_what_stands_below_the_kind_is_told_as_it_is(open_counter):
    async with open_counter(LicenseDesk()) as counter:
        await counter.keys(*APPLY)
        assert "no class yet: say above what it is" in counter.screen()
        await counter.keys(*"taco")
        assert "Enter takes one of those below" in counter.screen()
    async with open_counter(LicenseDesk()) as counter:
        await counter.keys(*APPLY, *"xyzzy", "tab")
        assert "no class goes by these words" in counter.screen()


async def test_negative_receipts_are_refused_at_the_first_letter(open_counter):
    async with open_counter(LicenseDesk()) as counter:
        await counter.keys(*TRUCK)
        area = counter.app.area
        area.to(area.pages.go_to(answer_field("gross_receipts"), area.texts))
        await counter.keys("-")
        assert "It can't be negative" in counter.screen()


async def test_the_fee_shows_as_it_would_be_with_its_working(open_counter):
    async with open_counter(LicenseDesk()) as counter:
        await counter.keys(*TRUCK, *"Rosas Tacos", "enter")
        area = counter.app.area
        area.to(area.pages.go_to(HOME, area.texts))
        await counter.keys("n", "enter", *"12/01/2026", "tab")
        assert "134.00 as far as answered" in counter.screen()
        await counter.keys("pagedown", "pagedown", *"3", "enter", *"50000", "enter", *"y", "enter", *"n", "enter", "n")
        assert "140.00, for 01/01/2026 to 12/31/2026" in counter.screen()
        await counter.keys("pagedown")
        assert "Still needed: premises; owner 1, name" in counter.screen()
        assert "from 12/01/2026 on, 1 of 2 halves" in counter.screen()
        await counter.keys("p")
        assert [paper[BUSINESS] for paper in counter.desk.papers] == ["Rosas Tacos"]


async def test_licenses_alike_show_as_one_types_and_keys_stay_where_they_are(open_counter):
    async with open_counter(LicenseDesk()) as counter:
        await counter.keys(*TRUCK, *"Bramble")
        assert "L-2041" in counter.screen()
        assert "a like name" in counter.screen()
        await counter.keys(*" Bread")
        assert counter.app.area.at.of == BUSINESS
        assert counter.app.area.texts[BUSINESS] == "Bramble Bread"


async def test_addresses_and_numbers_are_written_as_is_usual_once_they_are_left(open_counter):
    async with open_counter(LicenseDesk()) as counter:
        await counter.keys(*TRUCK)
        area = counter.app.area
        area.to(area.pages.go_to(EIN, area.texts))
        await counter.keys(*"123456789", "enter", *"12 north main street, suite 4, alder ford, wa 98001")
        assert area.texts[PREMISES].startswith("12 north main")
        await counter.keys("tab")
        assert area.texts[PREMISES] == "12 N MAIN ST STE 4, ALDER FORD WA 98001"
        assert area.texts[EIN] == "12-3456789"
        assert "12-3456789" not in counter.screen()
        assert "••-•••6789" in counter.screen()


async def test_it_is_kept_from_the_first_letter_and_gone_on_with_by_a_colleague(open_counter):
    desk = LicenseDesk()
    async with open_counter(desk) as counter:
        await counter.keys(*TRUCK, *"Rosas")
    assert list(desk.forms.values()) == [{KIND: "taco truck", CLASS: "FOODTRUCK", BUSINESS: "Rosas"}]
    async with open_counter(desk, who="bo") as counter:
        await counter.keys("f10", "f", "a")
        assert "by ana" in counter.screen()
        await counter.keys("enter", "down", "end", *" Tacos")
        assert counter.app.area.texts[BUSINESS] == "Rosas Tacos"
        assert "fire, health" in counter.screen()
    assert desk.of == {"application 1": "bo"}


async def test_another_is_begun_and_one_is_dropped_after_asking(open_counter):
    desk = LicenseDesk()
    async with open_counter(desk) as counter:
        await counter.keys(*TRUCK, *"Rosas", "f4", *"bakery", "f8")
        assert "Drop this application?" in counter.message
        assert len(desk.forms) == 2
        await counter.keys("f8")
        assert [texts[BUSINESS] for texts in desk.forms.values()] == ["Rosas"]
        assert counter.app.area.NAME == "license_forms"


async def test_a_scanned_card_is_an_owner_and_the_birth_date_is_nowhere(open_counter):
    holder = CardHolder("PAT", "Q", "SAMPLE", "", "1 MAIN ST", "ANYTOWN", "VA", "23269", born="1986-06-30")
    async with open_counter(LicenseDesk()) as counter:
        await counter.keys(*TRUCK)
        counter.desk.read(holder)
        await counter.settle()
        texts = counter.app.area.texts
        assert texts[owner_field(1, "name")] == "PAT Q SAMPLE"
        assert texts[MAILING] == "1 MAIN ST, ANYTOWN VA 23269"
        assert "1986" not in str(counter.desk.calls)


async def test_an_applicant_becomes_the_owner_of_an_application(open_counter):
    async with open_counter(LicenseDesk()) as counter:
        await counter.keys("f10", "a", "f4", *"Jo Bell", "enter", *"9 Weir Ln", "enter", *"Alder Ford", "f9")
        area = counter.app.area
        assert area.NAME == "license_form"
        assert area.texts == {owner_field(1, "name"): "Jo Bell", MAILING: "9 WEIR LN, ALDER FORD"}
        await counter.keys(*"bakery", "enter")
        assert area.texts[CLASS] == "BAKERY"


async def test_words_find_a_code_as_well_as_a_class(open_counter):
    async with open_counter(LicenseDesk()) as counter:
        await counter.keys(*TRUCK)
        area = counter.app.area
        area.to(area.pages.go_to(NAICS, area.texts))
        await counter.keys(*"catering", "enter")
        assert area.texts[NAICS] == "722320"
        assert area.at.of == owner_field(1, "name")


async def test_today_is_a_start(open_counter):
    async with open_counter(LicenseDesk()) as counter:
        await counter.keys(*TRUCK)
        area = counter.app.area
        area.to(area.pages.go_to(STARTS, area.texts))
        await counter.keys(*"today", "enter")
        assert area.texts[STARTS] == "11/23/2026"


async def test_a_previous_license_fills_in_what_is_empty(open_counter):
    async with open_counter(LicenseDesk()) as counter:
        await counter.keys(*APPLY, "shift+tab", *"L-9", "enter")
        assert "There is no license L-9" in counter.message
        await counter.keys(*"l-2041", "enter")
        texts = counter.app.area.texts
        assert (texts[BUSINESS], texts[CLASS], texts[MAILING]) == ("Bramble Bakery", "BAKERY", "PO Box 12")
        assert "What was typed stands" in counter.message


async def test_a_scanned_license_fills_in_and_a_receipt_does_not(open_counter):
    async with open_counter(LicenseDesk()) as counter:
        await counter.keys(*TRUCK, *"Rosas Tacos")
        await counter.app.area.take_scan(Scanned("account", "L-2041"))
        texts = counter.app.area.texts
        assert (texts[BUSINESS], texts[CLASS], texts[MAILING]) == ("Rosas Tacos", "FOODTRUCK", "PO Box 12")


async def test_a_card_number_is_taken_into_no_field(open_counter):
    async with open_counter(LicenseDesk()) as counter:
        await counter.keys(*TRUCK)
        await counter.paste("4111 1111 1111 1111")
        assert "4111" not in counter.screen()
        assert "4111" not in str(counter.desk.forms)
        await counter.by_hand(*"1234567890")
        assert "so many digits are not kept" in counter.message


GARDENS = (*APPLY, *"mowing", "enter", *"Rosas Gardens", "tab", "tab", "tab", *"12 Market Sq", "tab", "tab")
WHOLE = (*GARDENS, "n", "tab", *"12/01/2026", "pagedown", *"Rosa Ruiz", "pagedown")
ANSWERED = (*WHOLE, "3", "enter", *"50000", "enter", "y", "enter", "n", "enter", "n", "f9")


async def test_f9_shows_the_fee_then_files_and_a_lead_puts_it_into_the_cart(open_counter):
    async with open_counter(LicenseDesk()) as counter:
        await counter.keys(*ANSWERED)
        assert counter.desk.forms
        assert "Fee as it would be: " in counter.screen()
        await counter.keys("f9")
        assert "Filed: license T1-L1, submitted" in counter.message
        assert counter.desk.forms == {}
        await counter.keys("f9", *"ana", "enter", *"1357", "enter")
        assert counter.desk.approved == [], "nobody approves what they wrote"
        await counter.keys("escape", "f9", *"lee", "enter", *"9753", "enter")
        assert counter.desk.approved == [("ana", "lee")]
        assert counter.app.area.NAME == "payment"
        assert "55.00 of fees are in the cart" in counter.message
        assert [line.account for line in counter.app.area.hand.held.cart.lines] == ["T1-L1"]
        assert "DUE 55.00" in counter.screen()


async def test_what_lacks_is_marked_and_gone_to_and_nothing_is_filed(open_counter):
    async with open_counter(LicenseDesk()) as counter:
        await counter.keys(*TRUCK, *"Rosas Tacos", "f9", "f9")
        area = counter.app.area
        assert "can't be filed yet" in counter.message
        assert area.at.of == PREMISES
        assert "! needed" in counter.screen()
        assert list(counter.desk.forms.values()) == [{KIND: "taco truck", CLASS: "FOODTRUCK", BUSINESS: "Rosas Tacos"}]


async def test_after_filing_the_next_application_is_empty(open_counter):
    async with open_counter(LicenseDesk()) as counter:
        await counter.keys(*ANSWERED, "f9", "f4", "x")
        assert counter.app.area.texts == {KIND: "x"}
        await counter.keys("pagedown", "pagedown")
        assert all(field.value == "" for field in counter.app.area.ring())


async def test_what_needs_reviews_says_which_and_is_not_approved_here(open_counter):
    async with open_counter(LicenseDesk()) as counter:
        await counter.keys(*ANSWERED)
        area = counter.app.area
        area.texts |= {KIND: "taco truck", CLASS: "FOODTRUCK"}
        await counter.keys("f9")
        assert "Reviews open: fire, health" in counter.screen()
        assert "F9" not in counter.screen()
        await counter.keys("p")
        assert "goes to the printer" in counter.message
