from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.operators import plain_code
from countertui.sync.faults import PinRuleError, PinVerifierError
from countertui.sync.keyslots import Cost
from countertui.sync.pins import PIN_COST, code_and_verifier, pin_matches, pin_verifier

Random = Callable[[int], bytes]
CHEAP = Cost(memory_kib=8, iterations=1, lanes=1)
PEPPER = b"p" * 32


def test_the_cost_is_owasps_and_the_pin_matches(random: Random) -> None:
    assert Cost(19456, 2, 1) == PIN_COST
    verifier = pin_verifier("4711", PEPPER, random)
    assert verifier.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert pin_matches(verifier, "4711", PEPPER)
    assert not pin_matches(verifier, "4712", PEPPER)


def test_without_the_terminals_pepper_the_right_pin_is_wrong(random: Random) -> None:
    verifier = pin_verifier("4711", PEPPER, random, CHEAP)
    assert pin_matches(verifier, "4711", PEPPER)
    assert not pin_matches(verifier, "4711", b"q" * 32)
    assert "4711" not in verifier


def test_two_operators_with_one_pin_cannot_be_told(random: Random) -> None:
    assert pin_verifier("4711", PEPPER, random, CHEAP) != pin_verifier("4711", PEPPER, random, CHEAP)


@given(st.from_regex(r"[0-9]{4,8}", fullmatch=True), st.text(max_size=9))
def test_only_the_pin_itself_matches(pin: str, other: str) -> None:
    verifier = pin_verifier(pin, PEPPER, bytes, CHEAP)
    assert pin_matches(verifier, pin, PEPPER)
    assert pin_matches(verifier, other, PEPPER) == (pin == other)


@pytest.mark.parametrize("pin", ["", "123", "123456789", "12a4", " 1234", "1234\n", "-1234", "١٢٣٤", "１２３４"])
def test_a_pin_is_four_to_eight_digits(pin: str, random: Random) -> None:
    with pytest.raises(PinRuleError, match="4 to 8 digits"):
        pin_verifier(pin, PEPPER, random)


GOOD = pin_verifier("4711", PEPPER, bytes, CHEAP)


@pytest.mark.parametrize(
    "verifier",
    [
        "",
        "4711",
        GOOD[:-1],
        GOOD + "A",
        GOOD + "\n",
        GOOD.replace("argon2id", "argon2i"),
        GOOD.replace("v=19", "v=16"),
        GOOD.replace("t=1", "t=0"),
        GOOD.replace("p=1", "p=9"),
        GOOD.replace("m=8", "m=7"),
        GOOD.replace("m=8", "m=999999"),
        GOOD.replace("m=8", "m=99999999999"),
    ],
)
def test_other_verifiers_are_refused_at_no_cost(verifier: str) -> None:
    began = time.perf_counter()
    with pytest.raises(PinVerifierError):
        pin_matches(verifier, "4711", PEPPER)
    assert time.perf_counter() - began < 1


def test_a_one_time_code_matches_in_its_plain_spelling_and_is_in_no_verifier(random: Random) -> None:
    code, verifier = code_and_verifier(PEPPER, random, CHEAP)
    assert pin_matches(verifier, plain_code(code.lower()), PEPPER)
    assert not pin_matches(verifier, plain_code(code)[:-1], PEPPER)
    assert plain_code(code) not in verifier
    assert code_and_verifier(PEPPER, random, CHEAP)[0] != code
