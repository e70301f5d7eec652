"""Stub lines: a published one, the common sums, and misread digits."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from countertui.domain.scan_layouts import CheckDigit, CheckDigitWrong, ScanLayout, Span, Stub, read_stub

LUHN = CheckDigit(at=42, covers=(Span(1, 41),), weights=(2, 1), digit_sums=True)
REMITTANCE = ScanLayout("utility stub", 42, Span(1, 11), (LUHN,), amount=Span(22, 31), zero_filled=True)
PUBLISHED = "00345678901" + "110296" + "0000" + "0000001000" + "0000001000"
"""A remittance processor's published example: account, date, rate code, gross, net; its Luhn digit is 8."""


def test_the_published_line() -> None:
    assert read_stub(PUBLISHED + "8", [REMITTANCE]) == Stub("utility stub", "345678901", 10_00)


def test_a_published_line_that_is_wrong() -> None:
    """Another page has the date 110196 with the same digit 8; by the sum it is 0."""
    other = PUBLISHED.replace("110296", "110196")
    assert read_stub(other + "0", [REMITTANCE]) == Stub("utility stub", "345678901", 10_00)
    with pytest.raises(CheckDigitWrong, match="check digit"):
        read_stub(other + "8", [REMITTANCE])


@given(digits=st.text("0123456789", min_size=41, max_size=41))
def test_luhn_is_luhn(digits: str) -> None:
    doubled = [int(digit) for digit in digits[::-2]]
    plain = [int(digit) for digit in digits[-2::-2]]
    total = sum(plain) + sum(2 * digit - 9 * (digit > 4) for digit in doubled)
    assert LUHN.expected(digits) == str((10 - total % 10) % 10)


@pytest.mark.parametrize(
    ("check", "line", "digit"),
    [
        (CheckDigit(9, (Span(1, 8),), (3, 7, 1), from_left=True), "11100002", "5"),  # 3+7+1+2*7 = 25, of 30 it lacks 5
        (CheckDigit(5, (Span(1, 4),), (7, 3, 1)), "1234", "4"),  # 4*7 + 3*3 + 2*1 + 1*7 = 46, of 50 it lacks 4
        (CheckDigit(4, (Span(1, 3),), (1, 3)), "123", "0"),  # 3*1 + 2*3 + 1*1 = 10
        (CheckDigit(10, (Span(1, 9),), (2, 3, 4, 5, 6, 7), modulus=11), "030640615", "9"),  # 10+3+24+0+24+42+0+9 = 112
    ],
)
def test_sums_worked_out_by_hand(check: CheckDigit, line: str, digit: str) -> None:
    assert check.expected(line) == digit
    assert check.holds(line + digit)


def test_modulus_11_writes_ten_as_x() -> None:
    check = CheckDigit(at=10, covers=(Span(1, 9),), weights=(2, 3, 4, 5, 6, 7, 8, 9, 10), modulus=11)
    assert check.expected("080442957") == "X", "an ISBN that is known to end in X"
    assert check.holds("080442957x")


@given(body=st.text("0123456789", min_size=41, max_size=41), at=st.integers(0, 40), digit=st.sampled_from("0123456789"))
def test_one_misread_digit_adds_nothing(body: str, at: int, digit: str) -> None:
    assume(body[at] != digit)
    line = body + LUHN.expected(body)
    with pytest.raises(CheckDigitWrong):
        read_stub(line[:at] + digit + line[at + 1 :], [REMITTANCE])


@pytest.mark.parametrize("line", ["", "smith", PUBLISHED, PUBLISHED + "88", PUBLISHED[:-1] + "x8", "٣" * 42])
def test_what_has_another_form_is_no_stub(line: str) -> None:
    assert read_stub(line, [REMITTANCE]) is None


def test_of_two_layouts_of_a_length_the_right_digit_decides() -> None:
    other = ScanLayout("license stub", 42, Span(1, 11), (CheckDigit(42, (Span(1, 41),), (7, 3, 1)),))
    assert read_stub(PUBLISHED + "8", [other, REMITTANCE]) == Stub("utility stub", "345678901", 10_00)


def test_a_prefix_tells_layouts_apart() -> None:
    check = CheckDigit(at=12, covers=(Span(4, 11),), weights=(2, 1), digit_sums=True)
    license_stub = ScanLayout("license stub", 12, Span(4, 11), (check,), begins="BL-")
    line = "BL-00141393"
    assert read_stub(line + check.expected(line), [license_stub]) == Stub("license stub", "00141393", None)
    assert read_stub("XX-00141393" + check.expected(line), [license_stub]) is None
