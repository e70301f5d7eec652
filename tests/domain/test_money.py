"""Money: what a person types becomes cents, or is refused with nothing kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.money import LARGEST, AmountRefused, format_cents, parse_amount


@given(st.integers(0, LARGEST))
def test_what_is_written_is_read_back(cents: int) -> None:
    assert parse_amount(format_cents(cents)) == cents


@given(st.integers(-LARGEST, LARGEST))
def test_the_sign_is_written_once_and_cents_always_have_two_digits(cents: int) -> None:
    written = format_cents(cents)
    assert written.count("-") == (cents < 0)
    assert int(written.replace(",", "").replace(".", "")) == cents
    assert written[-3] == "."


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("84.17", 84_17),
        ("84.1", 84_10),
        ("84.", 84_00),
        ("84", 84_00),
        (".75", 75),
        (".7", 70),
        ("0", 0),
        ("0.00", 0),
        ("1,284.5", 1_284_50),
        ("1,000,000", 1_000_000_00),
        ("007", 7_00),
        ("  12.50  ", 12_50),
        ("99,999,999.99", LARGEST),
        ("00000000000000000001", 1_00),
    ],
)
def test_amounts_as_people_type_them(typed: str, cents: int) -> None:
    assert parse_amount(typed) == cents


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        ".",
        ",",
        "1,2.3",
        "12,34",
        "1,2345",
        ",100",
        "1,,000",
        "1,000,",
        "1.234",
        "1.2.3",
        "-5",
        "-",
        "+5",
        "(5)",
        "1e3",
        "0x10",
        "1_000",
        "$5",
        "5 00",
        "nan",
        "Infinity",
        "12345678901234567890",
        "100,000,000",
        "100000000.00",
        "84.17\n",
        "84\n17",
        "84.17\r\n12.00",
        "84\t17",
        "\x1b[31m5",
        "\x1b]0;x\x075",
        "5\x00",
        "5\x7f",
        "\u0665",  # Arabic-Indic five
        "\uff15",  # full-width five
        "\u0968",  # Devanagari two
        "5\u200b",
        "\u22125",  # a minus sign that is no hyphen
        "5\u00a000",
        "\u00bd",
    ],
)
def test_malformed_amounts_are_refused(typed: str) -> None:
    with pytest.raises(AmountRefused) as refused:
        parse_amount(typed)
    assert refused.value.happened
    assert refused.value.safe == "Nothing was recorded."
    assert refused.value.press


@given(st.text())
def test_any_text_is_cents_within_bounds_or_refused(typed: str) -> None:
    try:
        cents = parse_amount(typed)
    except AmountRefused:
        return
    assert type(cents) is int
    assert 0 <= cents <= LARGEST
    assert set(typed) <= set("0123456789,. ")


@pytest.mark.parametrize("typed", ["4111 1111 1111 1111", "4111-1111-1111-1111", "4111111111111111", "note 5555.5555"])
def test_a_refused_amount_is_not_repeated(typed: str) -> None:
    with pytest.raises(AmountRefused) as refused:
        parse_amount(typed)
    assert "4111" not in str(refused.value)
    assert "5555" not in str(refused.value)
