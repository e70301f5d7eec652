"""No card number gets past the guard, however it is dressed up; ordinary numbers do."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.card_guard import CardNumberRefused, begins_a_stripe, holds_card_number, refuse_card_numbers

PUBLISHED_TEST_NUMBERS = (
    "4111111111111111",  # Visa
    "4012888888881881",
    "4222222222222",  # Visa of 13 digits
    "4242424242424242",
    "4000056655665556",  # Visa Debit
    "4917610000000000",  # Visa Electron
    "5555555555554444",  # Mastercard
    "5105105105105100",
    "5200828282828210",
    "2223003122003222",  # Mastercard, series 2
    "2223000048400011",
    "378282246310005",  # American Express
    "371449635398431",
    "378734493671000",
    "6011111111111117",  # Discover
    "6011000990139424",
    "30569309025904",  # Diners Club
    "38520000023237",
    "36227206271667",
    "3530111333300000",  # JCB
    "3566002020360505",
    "6200000000000005",  # UnionPay
    "6205500000000000004",
    "6759649826438453",  # Maestro
    "6799990100000000019",
    "6304000000000000",
    "5019717010103742",  # Dankort
    "5610591081018250",  # Bankcard
    "6331101999990016",  # Solo
)


def spaced(number: str, between: str, every: int = 4) -> str:
    return between.join(number[start : start + every] for start in range(0, len(number), every))


def in_script(number: str, zero: int) -> str:
    return "".join(chr(zero + int(digit)) for digit in number)


DISGUISES = {
    "bare": lambda number: number,
    "spaces": lambda number: spaced(number, " "),
    "American Express groups": lambda number: f"{number[:4]} {number[4:10]} {number[10:]}",
    "dashes": lambda number: spaced(number, "-"),
    "en dashes": lambda number: spaced(number, "\u2013"),
    "long-vowel marks for dashes": lambda number: spaced(number, "\u30fc"),
    "dots": lambda number: spaced(number, "."),
    "slashes": lambda number: spaced(number, "/"),
    "commas": lambda number: spaced(number, ", "),
    "underscores": lambda number: spaced(number, "_"),
    "a space after each digit": lambda number: spaced(number, " ", 1),
    "no-break spaces": lambda number: spaced(number, "\u00a0"),
    "zero-width joiners": lambda number: spaced(number, "\u200d", 1),
    "zero-width spaces": lambda number: spaced(number, "\u200b", 3),
    "soft hyphens": lambda number: spaced(number, "\u00ad", 2),
    "byte-order marks": lambda number: spaced(number, "\ufeff"),
    "variation selectors": lambda number: spaced(number, "\ufe0f", 1),
    "combining marks": lambda number: spaced(number, "\u0301", 1),
    "Hangul fillers": lambda number: spaced(number, "\u3164"),
    "line breaks": lambda number: spaced(number, "\n"),
    "trade marks": lambda number: spaced(number, "\u2122"),
    "escape codes": lambda number: spaced(number, "\x1b["),
    "full-width digits": lambda number: in_script(number, 0xFF10),
    "Arabic-Indic digits": lambda number: in_script(number, 0x0660),
    "Devanagari digits": lambda number: in_script(number, 0x0966),
    "mathematical bold digits": lambda number: in_script(number, 0x1D7CE),
    "superscript within": lambda number: number[:6] + "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(d)] for d in number[6:]),
    "in a sentence": lambda number: f"customer read out {number} over the phone",
    "stuck to letters": lambda number: f"Visa{number}exp",
    "after a house number": lambda number: f"1204 / {number}",
    "with date and code": lambda number: f"{number} 12/27 123",
    "in mixed scripts": lambda number: number[:8] + in_script(number[8:], 0xFF10),
}


@pytest.mark.parametrize("number", PUBLISHED_TEST_NUMBERS)
@pytest.mark.parametrize("disguise", DISGUISES)
def test_published_test_numbers_are_found_in_every_disguise(number: str, disguise: str) -> None:
    assert holds_card_number(DISGUISES[disguise](number))


def holds_no_digit(text: str) -> bool:
    return not any(unicodedata.digit(letter, None) is not None for letter in unicodedata.normalize("NFKC", text))


@given(
    st.sampled_from(PUBLISHED_TEST_NUMBERS),
    st.text(st.characters(exclude_categories=("L", "N"))).filter(holds_no_digit),
    st.text(),
    st.text(),
)
def test_no_separator_and_no_surroundings_hide_a_card_number(
    number: str, between: str, before: str, after: str
) -> None:
    assert holds_card_number(before + spaced(number, between) + after)


@pytest.mark.parametrize(
    "stripe",
    [
        "%B4111111111111111^DOE/JANE^27121010000000000?",
        "%B0000000000000000^DOE/JANE^27121010000000000?",  # no card scheme's number, and still a stripe
        "%b0000000000000000^doe/jane^2712101?",  # a reader under caps lock
        ";4111111111111111=27121010000000000000?",
        ";0000000000000000=2712101?",
        ";5019717010=2712?",
        "%B3782 822463 10005^DOE/JANE^2712?",
        "paid by %B4111111111111111^DOE/JANE^2712?",
        "\uff05\uff22" + "4111111111111111^DOE/JANE^2712?",
    ],
)
def test_magnetic_stripes_are_found(stripe: str) -> None:
    assert holds_card_number(stripe)


def test_letters_that_stand_for_two_digits_are_read_as_both() -> None:
    assert holds_card_number("4" + 7 * "\N{CIRCLED NUMBER ELEVEN}" + "1")


@given(st.integers(0, 10**12 - 1), st.sampled_from(["", "-", " ", "."]), st.integers(1, 4))
def test_numbers_of_up_to_twelve_digits_pass(number: int, between: str, every: int) -> None:
    assert not holds_card_number(spaced(str(number), between, every))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "480-555-0134",
        "+1 (480) 555-0134",
        "2026-11-23",
        "11/23/2026 09:41",
        "1204 W Oak St Apt 4, Alder Falls 98101-2204",
        "0100-104417-02",
        "Lot 4 Block 11 Unit 4012 Phase 8888",
        "A4111B1111C1111D1111",
        "Ord. 2026-14; Sec. 3 = tax",
        "100% B^2",
    ],
)
def test_ordinary_texts_pass(text: str) -> None:
    assert not holds_card_number(text)


@pytest.mark.parametrize(
    ("digits", "most"),
    [(13, 0.02), (14, 0.04), (15, 0.06), (16, 0.11), (19, 0.30)],
)
def test_random_long_numbers_are_seldom_taken_for_cards(digits: int, most: float) -> None:
    """Every window of 13 to 19 digits is looked at, so longer numbers are refused more often."""
    chance = random.Random(digits)
    taken = sum(holds_card_number("".join(chance.choices("0123456789", k=digits))) for _ in range(4_000))
    assert 0 < taken / 4_000 < most


@pytest.mark.parametrize("number", ["4111111111111112", "5555555555554445", "378282246310006", "30569309025905"])
def test_a_wrong_check_digit_is_no_card_number(number: str) -> None:
    assert not holds_card_number(number)


@pytest.mark.parametrize("number", ["1111111111111117", "9999999999999995", "7777777777777776", "0000000000000000"])
def test_a_right_check_digit_outside_the_issuers_ranges_is_no_card_number(number: str) -> None:
    assert not holds_card_number(number)


@given(st.sampled_from(PUBLISHED_TEST_NUMBERS), st.sampled_from(sorted(DISGUISES)))
def test_the_refusal_never_repeats_a_digit(number: str, disguise: str) -> None:
    with pytest.raises(CardNumberRefused) as refused:
        refuse_card_numbers(DISGUISES[disguise](number), "The payor")
    told = " ".join((str(refused.value), repr(refused.value), *map(str, refused.value.args)))
    assert not any(letter.isdigit() for letter in told)
    assert "The payor" in told


def test_texts_without_card_numbers_are_let_through() -> None:
    refuse_card_numbers("Jane Doe, 480-555-0134")


@pytest.mark.parametrize("text", ["%B", "%b4", ";4", "D1%B4", "Ann;411", "％Ｂ4"])
def test_a_stripe_is_known_by_how_it_begins_also_behind_what_was_typed_before(text: str) -> None:
    assert begins_a_stripe(text)


@pytest.mark.parametrize("text", ["", "50%", "50% By hand", "Ann; 4 pieces", "a;b", "Unit ;12", "100%BX"])
def test_signs_that_people_type_begin_no_stripe(text: str) -> None:
    assert not begins_a_stripe(text)
