"""What proves an operator: PINs nobody guesses at once, one-time codes nobody misreads, and the last day."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.operators import (
    DayRefused,
    PinRefused,
    Proof,
    code_verifier,
    fingerprint,
    last_day,
    new_code,
    plain_code,
    proof_of,
    refuse_weak_pin,
)


@pytest.mark.parametrize(
    "pin",
    ["1111", "00000000", "1234", "4321", "0123", "8901", "2109", "98765432", "1212", "123123", "47114711", "4711"],
)
def test_a_pin_that_others_would_guess_is_refused(pin: str) -> None:
    with pytest.raises(PinRefused, match="Others would guess"):
        refuse_weak_pin(pin, "k4711")


@pytest.mark.parametrize("pin", ["2580", "5050"[::-1] + "1", "1357", "112233", "471147", "90210"])
def test_other_pins_are_let_through(pin: str) -> None:
    refuse_weak_pin(pin, "rosa")


def test_the_own_id_is_seen_in_any_spelling() -> None:
    with pytest.raises(PinRefused):
        refuse_weak_pin("2580", "Ｋ２５８０")


@given(st.text(st.sampled_from("0123456789"), min_size=4, max_size=8))
def test_a_refused_pin_has_a_pattern_told_another_way(pin: str) -> None:
    patterned = (
        len(set(pin)) == 1
        or pin in "01234567890123456789"
        or pin in "98765432109876543210"
        or (len(pin) % 2 == 0 and pin[: len(pin) // 2] == pin[len(pin) // 2 :])
    )
    try:
        refuse_weak_pin(pin, "rosa")
    except PinRefused:
        assert patterned
    else:
        assert not patterned


@given(st.binary(min_size=10, max_size=10))
def test_a_code_is_read_back_however_it_is_typed(random: bytes) -> None:
    code = new_code(random)
    assert len(plain_code(code)) == 10
    assert not set("ILOU") & set(code)
    for typed in (
        code.lower(),
        code.replace("-", ""),
        code.replace("-", " "),
        code.replace("0", "o").replace("1", "l"),
    ):
        assert plain_code(typed) == plain_code(code)


def test_every_letter_of_a_code_is_as_likely_as_any_other() -> None:
    """256 bytes on 32 letters: eight each, so that ten letters hold 50 bits."""
    letters = [plain_code(new_code(bytes([byte] * 10)))[0] for byte in range(256)]
    assert {letters.count(letter) for letter in letters} == {8}


def test_a_verifier_says_whether_a_pin_or_a_code_proves_the_person() -> None:
    assert proof_of("$argon2id$v=19$x") == Proof("$argon2id$v=19$x", None)
    code = proof_of(code_verifier("$argon2id$v=19$x", "2026-11-26T09:00:00Z"))
    assert (code.phc, code.code_until, code.is_code) == ("$argon2id$v=19$x", "2026-11-26T09:00:00Z", True)


def test_what_is_replaced_is_told_apart() -> None:
    assert fingerprint(None) == fingerprint("") != fingerprint("a")
    assert len(fingerprint("a")) == 64


@pytest.mark.parametrize(
    ("typed", "day"), [("2026-11-23", "2026-11-23"), (" 2027-01-31 ", "2027-01-31"), ("Never", None)]
)
def test_a_last_day_is_today_or_later_or_never(typed: str, day: str | None) -> None:
    assert last_day(typed, "2026-11-23") == day


@pytest.mark.parametrize("typed", ["2026-11-22", "31.12.2026", "", "2026-02-30"])
def test_another_last_day_is_refused(typed: str) -> None:
    with pytest.raises(DayRefused):
        last_day(typed, "2026-11-23")
