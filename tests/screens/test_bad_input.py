"""Bad input: a clear message on the same screen, nothing saved, nothing lost from the form."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.worker import WorkerFailed

from countertui.domain.card_guard import CardNumberRefused
from countertui.domain.refusal import Refused
from countertui.widgets.field import Field
from countertui.widgets.stroke import Stroke
from screens.conftest import ALL
from screens.fake_desk import FakeDesk
from thoroughly import examples

CARD = "4012888888881881"


async def test_malformed_amounts(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f5")
        for typed in ("1,2.3", "-5", "1" * 20, "12.345", "abc", "0", "1..2", "١٢"):
            counter.app.message.clear()
            counter.payment.inline.amount.set(typed)
            await counter.keys("enter")
            assert counter.app.message.refuses, typed
            assert counter.payment.inline.amount.value == typed
            assert counter.desk.payments == [], typed
            assert counter.payment.taking.remaining == 84_17, typed


async def test_line_breaks_and_escape_codes_pasted_into_an_amount(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f5")
        for pasted in ("12\n34", "12\r\n", "\x1b[31m12", "12\x07", "1\u20282"):
            counter.app.message.clear()
            await counter.paste(pasted)
            assert "can't be printed" in counter.message, repr(pasted)
            assert counter.payment.inline.amount.value == "84.17", repr(pasted)
            assert counter.desk.payments == [], repr(pasted)


async def test_control_characters_pasted_into_the_box(open_counter):
    async with open_counter() as counter:
        for pasted in ("\x1b]0;x\x07", "10422301\x1b[2J\n", "a\tb"):
            counter.app.message.clear()
            await counter.paste(pasted)
            assert "control characters" in counter.message, repr(pasted)
            assert counter.payment.hand.empty, repr(pasted)
            assert counter.payment.finding.box.value == "", repr(pasted)


async def test_unknown_codes_are_kept_and_the_next_scan_replaces_them(open_counter):
    async with open_counter() as counter:
        await counter.paste("NOSUCH*3\n")
        assert "Nothing goes by “NOSUCH*3”" in counter.message
        assert counter.payment.finding.box.value == "NOSUCH*3"
        await counter.paste("10422301\n")
        assert counter.payment.hand.held.cart.total == 84_17


async def test_a_bad_scan_among_good_ones_stops_none_of_them(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\nNOSUCH\nL-2041\n")
        assert len(counter.payment.hand.held.cart.lines) == 2
        assert "NOSUCH" in counter.message


async def test_what_is_pasted_behind_an_open_amount_is_never_taken_as_its_amount(open_counter):
    async with open_counter() as counter:
        await counter.paste("MISC\n20005177\n")
        assert "rest of the pasted text was not taken" in counter.message
        assert counter.payment.inline.amount.value == ""
        assert counter.payment.hand.empty
        await counter.keys(*"5", "enter")
        assert counter.payment.hand.held.cart.total == 5_00


async def test_an_account_that_owes_nothing_says_so(open_counter):
    async with open_counter() as counter:
        await counter.paste("30001\n")
        assert "Nothing is owed" in counter.message
        await counter.keys("f5")
        assert "Nothing is due" in counter.message
        await counter.keys("f9")
        assert "total is zero" in counter.message
        await counter.keys("f4", *"5", "enter", "f9")
        assert counter.desk.payments[0][0].total == 5_00


async def test_a_check_without_a_number(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f6", "enter")
        assert "check needs its check no." in counter.message.casefold()
        await counter.keys("tab", "enter")
        assert counter.payment.inline.text.active, "the key goes to the number that is missing"
        await counter.keys(*"12", "enter")
        assert len(counter.desk.payments) == 1


async def test_change_from_a_check_is_refused_and_the_form_stays(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f6", *"12", "tab", *"100", "enter")
        assert "can only come from cash" in counter.message
        assert counter.payment.inline.text.value == "12"
        assert counter.payment.hand.held.tenders == ()


async def test_tenders_short_of_the_total_say_what_remains(open_counter):
    async with open_counter() as counter:
        await counter.paste("10422301\n")
        await counter.keys("f5", *"50", "enter")
        assert counter.desk.payments == []
        assert "REMAINING 34.17" in counter.screen()


async def test_nothing_is_tendered_for_an_empty_cart_or_a_full_box(open_counter):
    async with open_counter() as counter:
        await counter.keys("f9")
        assert "nothing to pay for" in counter.message
        await counter.paste("10422301\n")
        await counter.keys("x", "f9")
        assert "box still holds" in counter.message
        assert counter.desk.payments == []


async def test_quantities_out_of_range(open_counter):
    async with open_counter() as counter:
        await counter.paste("COPY*0\n")
        assert "quantity" in counter.message
        assert counter.payment.hand.empty


async def test_after_a_refused_quantity_the_next_scan_replaces_it(open_counter):
    async with open_counter() as counter:
        await counter.paste("COPY*0\n")
        await counter.paste("COPY*2\n")
        assert counter.payment.hand.held.cart.total == 50


async def test_after_a_refused_date_the_first_letter_replaces_it(open_counter):
    async with open_counter(drawer=False) as counter:
        await counter.keys(*"d1", "enter", *"2026-02-30", "enter")
        assert "date" in counter.message
        await counter.keys(*"2026-11-23", "enter")
        assert counter.app.area.date.value == "2026-11-23"


async def test_digits_behind_an_escape_code_type_nothing(open_counter):
    from textual._xterm_parser import XTermParser

    async with open_counter() as counter:
        for digit in "0123456789":
            for event in XTermParser().feed(f"\x1b{digit}"):
                counter.app.post_message(event)
        for event in XTermParser().feed("\x1bj"):
            counter.app.post_message(event)
        await counter.settle()
        assert counter.payment.finding.box.value == ""


async def test_a_refused_card_number_is_still_said_after_an_enter(open_counter):
    async with open_counter() as counter:
        await counter.paste(CARD)
        await counter.pilot.pause(0.2)
        await counter.keys("enter")
        assert "card number" in counter.message


# Card numbers -----------------------------------------------------------------------------------------------------


async def test_a_card_number_typed_into_the_box_vanishes_with_its_last_digit(open_counter):
    async with open_counter() as counter:
        await counter.keys(*CARD)
        assert counter.payment.finding.box.value == ""
        assert "card number" in counter.message
        assert not any(part in counter.screen() for part in ("4012", "1881", "8888"))


async def test_a_card_number_pasted_anywhere_is_refused_without_echo(open_counter):
    async with open_counter() as counter:
        await counter.paste(f"{CARD}\n")
        await counter.paste("10422301\n")
        await counter.keys("f6")
        await counter.paste(CARD)
        assert counter.payment.inline.text.value == ""
        await counter.keys("escape", "ctrl+n")
        await counter.paste("4012 8888 8888 1881")
        assert "card number" in counter.message
        assert "4012" not in counter.screen() + counter.message
        assert not any(CARD in str(call) for call in counter.desk.calls if call[0] != "find")


async def test_a_magnetic_stripe_burst_is_swallowed_whole(open_counter):
    async with open_counter() as counter:
        counter.type(f"%B{CARD}^DOE/J^2912101?;{CARD}=29121010000?")
        counter.send("enter")
        await counter.settle()
        assert counter.payment.finding.box.value == ""
        assert counter.payment.hand.empty
        assert "card number" in counter.message
        await counter.paste("10422301\n")
        assert counter.payment.hand.held.cart.total == 84_17


async def test_an_exact_known_number_comes_before_the_guard(open_counter):
    async with open_counter() as counter:
        await counter.keys(*"4111111111111111")
        assert counter.payment.finding.box.value == "4111111111111111"
        await counter.keys("enter")
        assert counter.payment.hand.held.cart.total == 10_00
        await counter.paste("4111111111111111\n")
        assert "already in this cart" in counter.message


async def test_card_numbers_in_the_fields_of_other_areas(open_counter):
    async with open_counter(who=None) as counter:
        await counter.paste(CARD)
        assert "card number" in counter.message
        await counter.keys("enter")
        await counter.paste(CARD)
        assert "card number" in counter.message
        assert counter.app.area.ring()[-1].value == ""


async def test_a_crash_tells_no_pin_and_no_card_number(open_counter, capsys):
    desk = FakeDesk()
    desk.failures["sign_on"] = [ValueError(f"invalid literal for int(): '{CARD}'")]
    with pytest.raises(WorkerFailed, match="invalid literal"):
        async with open_counter(desk, who=None) as counter:
            await counter.keys(*"ana", "enter", *"86753", "enter")
    said = capsys.readouterr().err
    assert said.index("What was recorded is safe") < said.index("Restart the counter") < said.index("sign_on.py")
    assert "sign_on.py" in said
    assert CARD not in said
    assert "86753" not in said


@settings(max_examples=examples(200), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40), st.text(max_size=10))
def test_a_field_holds_no_control_character_and_no_card_number_whatever_is_pasted(pasted, before):
    field = Field("Text", most=80)
    field.set(before if before.isprintable() else "")
    kept = field.value
    try:
        field.insert(pasted)
    except CardNumberRefused:
        assert field.value == ""
    except Refused:
        assert field.value == kept
    else:
        assert field.value == kept + pasted
        assert not any(letter in field.value for letter in "\x00\x07\x1b\n\r\t\x7f")


@given(st.sampled_from([CARD, "5105105105105100", "378282246310005", "6011111111111117"]), st.text("ab -", max_size=6))
def test_no_prefix_of_typing_leaves_a_card_number_in_a_field(card, before):
    field = Field("Text")
    for n, letter in enumerate(before + card):
        try:
            field.press(Stroke(letter, letter, at=float(n)))
        except CardNumberRefused:
            break
    assert card not in field.value.replace(" ", "").replace("-", "")


# Dates and counts -------------------------------------------------------------------------------------------------


async def test_dates_that_do_not_exist(open_counter):
    async with open_counter(drawer=False) as counter:
        area = counter.app.area
        area.drawer.set("D1")
        for typed in ("2026-02-30", "13/40/2026", "yesterday", "1999-12-31", ""):
            counter.app.message.clear()
            area.date.set(typed)
            await counter.keys("f9")
            assert "date" in counter.message, typed
            assert (area.date.value, counter.app.session) == (typed, None)


async def test_pieces_that_are_no_number(open_counter):
    async with open_counter(drawer=False) as counter:
        area = counter.app.area
        area.drawer.set("D1")
        for typed in ("-1", "1.5", "x", "9" * 9, "²"):
            counter.app.message.clear()
            area.grid.fields[2].set(typed)
            await counter.keys("f9")
            assert "20.00" in counter.message, typed
            assert area.grid.fields[2].value == typed


TO_EVERY_FORM = {
    "sign_on": (None, ()),
    "opening": ("ana", ()),
    "payment": ("ana", ("p:10422301\n",)),
    "payment, amount": ("ana", ("p:10422301\n", "f4")),
    "payment, parts": ("ana", ("p:10422301\n", "f4", "tab")),
    "payment, payor": ("ana", ("p:10422301\n", "ctrl+n")),
    "payment, check": ("ana", ("p:10422301\n", "f6")),
    "payment, card": ("ana", ("p:10422301\n", "f7")),
    "payment, money order": ("ana", ("p:10422301\n", "f8")),
    "payment, lead": ("ana", ("p:20005177\n", "f6", "1", "enter")),
    "receipts": ("ana", ("f3",)),
    "receipts, void": ("ana", ("p:10422301\n", "f9", "f3", "enter", "v")),
    "receipts, void by whom": ("ana", ("p:10422301\n", "f9", "f3", "enter", "v", "1")),
    "close": ("ana", ("f10", "c")),
    "x_report": ("ana", ("f10", "x", "v")),
    "locked": ("ana", ("f10", "u")),
    "own_pin": ("ana", ("f10", "i")),
    "no_sale": ("ana", ("f10", "t")),
    "drop": ("ana", ("f10", "d", "d")),
    "hand_over": ("ana", ("f10", "d", "h", "2", "f9", "f9")),
    "fund_change": ("ana", ("f10", "d", "c")),
    "surprise_count": ("lee", ("f10", "w", "c")),
    "palette": ("ana", ("ctrl+p",)),
    "day_checklist": ("ana", ("p:10422301\n", "ctrl+k", "f10", "1", "f9")),
}
"""Who is signed on, and the keys that lead there."""


@pytest.mark.parametrize("form", TO_EVERY_FORM)
async def test_no_field_of_any_form_takes_a_card_number(open_counter, form):
    """Refused without echo: it is in no field, on no screen, and goes to no job."""
    who, keys = TO_EVERY_FORM[form]
    async with open_counter(who=who, drawer=form != "opening") as counter:
        for key in keys:
            await (counter.paste(key[2:]) if key.startswith("p:") else counter.keys(key))
        area = counter.app.area
        assert form.partition(",")[0] == area.NAME
        fields = list(area.ring()) or [area._field]
        assert fields
        for field in fields if ALL else dict.fromkeys([*fields[:3], fields[-1]]):
            area.to(field)
            await counter.paste(CARD)
            assert "card number" in counter.message, field.id
            assert "4012" not in counter.screen() + counter.message
            assert all(CARD not in one.value for one in fields)
        assert CARD not in str([call for call in counter.desk.calls if call[0] != "find"])


async def test_of_a_card_typed_into_a_count_no_more_is_kept_than_a_count_has(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "c")
        await counter.keys(*CARD)
        assert counter.app.area.at is not None
        assert counter.app.area.at.value in {"", CARD[:6]}
        assert CARD[:7] not in counter.screen()


@pytest.mark.parametrize("keys", [("p:10422301\n", "f4"), ("p:DONATE\n",), ("p:10422301\n", "f8")])
async def test_malformed_amounts_in_every_form_of_the_payment(open_counter, keys):
    async with open_counter() as counter:
        for key in keys:
            await (counter.paste(key[2:]) if key.startswith("p:") else counter.keys(key))
        before = counter.payment.hand.held
        for typed in ("1,2.3", "-5", "1" * 20, "12.345", "abc", "1..2"):
            counter.app.message.clear()
            counter.payment.inline.amount.set(typed)
            counter.payment.to(counter.payment.inline.amount)
            if keys[-1] == "f8":
                counter.payment.inline.text.set("MO-1")
            await counter.keys("enter")
            assert counter.app.message.refuses, typed
            assert counter.payment.inline.amount.value == typed
            assert counter.payment.hand.held == before, typed
            assert counter.desk.payments == [], typed


async def test_malformed_totals_of_a_count(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "c")
        area = counter.app.area
        for typed in ("1,2.3", "-5", "1" * 20, "12.345"):
            counter.app.message.clear()
            area.ring()[-1].set(typed)
            await counter.keys("f9")
            assert counter.app.message.refuses, typed
            assert area.ring()[-1].value == typed
            assert counter.desk.counts == [], typed
