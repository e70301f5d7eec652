"""A deposit's rules: what it covers, when it is released, when it must be topped up; and soundness of its records."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.money import Cents
from countertui.domain.trust import (
    Deposit,
    NotReleased,
    Overdrawn,
    Terms,
    TrustRefused,
    What,
    deposited,
    is_sound,
    require_covered,
    require_released,
    what_moved,
)

TODAY = date(2026, 11, 23)


def deposit(held: int, asked: int = 0, minimum: int = 0, release_on: date | None = None) -> Deposit:
    return Deposit("TD-1", "Ann", "800-2810", Terms("Plan 7", Cents(minimum), release_on), Cents(held), Cents(asked))


@given(st.integers(0, 100), st.integers(0, 100), st.integers(-5, 120))
def test_what_is_covered_is_held_and_not_asked_back(held: int, asked: int, cents: int) -> None:
    of = deposit(held, asked)
    if 0 < cents <= held - asked:
        require_covered(of, Cents(cents))
    else:
        with pytest.raises(Overdrawn if cents > 0 else TrustRefused):
            require_covered(of, Cents(cents))
    assert of.available >= 0


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
def test_a_top_up_brings_a_deposit_just_to_its_minimum(held: int, minimum: int, drawn: int) -> None:
    of = deposit(held, minimum=minimum)
    missing = of.top_up(Cents(drawn))
    assert max(held - drawn, minimum) == held - drawn + missing


@given(st.integers(-400, 400))
def test_a_deposit_is_released_on_its_day_and_not_before(days: int) -> None:
    of = deposit(1_00, release_on=TODAY + timedelta(days=days))
    if days > 0:
        with pytest.raises(NotReleased):
            require_released(of, TODAY)
    else:
        require_released(of, TODAY)
    assert of.is_due(TODAY) is (days <= 0)
    assert not deposit(0, release_on=TODAY).is_due(TODAY)
    assert not deposit(1_00).is_due(TODAY)
    require_released(deposit(1_00), TODAY)


def test_what_records_do_to_a_deposit_goes_by_their_kind() -> None:
    assert (what_moved("pay", 1), what_moved("pay", -1)) == (What.RECEIVED, What.DRAWN)
    assert what_moved("void", 1) is what_moved("void", -1) is What.VOIDED
    assert what_moved("trust_refund", -1) is What.REFUNDED
    held, fee = {"charge": None, "cents": 5}, {"charge": "RC-T1-1-4-0", "cents": 35}
    lines = [
        {"account": "TD-1", "account_kind": "trust", "cents": 40, "allocations": [fee, held]},
        {"account": "U1", "account_kind": "utility", "cents": 5, "allocations": [held]},
        {"account": None, "account_kind": None, "cents": 5, "allocations": [held]},
        {"account": "TD-2", "account_kind": "trust", "cents": -3, "allocations": [{"charge": None, "cents": -3}]},
    ]
    assert deposited({"lines": lines}) == {"TD-1": 5, "TD-2": -3}


REQUEST = {"account": "TD-1", "name": "Ann", "gl": "800-2810", "cents": 5, "reason": "Done"}
REFUSAL = {"account": "TD-1", "cents": 5, "reason": "No", "request_seq": 4}


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("trust_refund_request", REQUEST),
        ("trust_refund", REQUEST | {"request_seq": 4}),
        ("trust_refund_refusal", REFUSAL),
    ],
)
def test_records_of_deposits_are_sound_or_not(kind: str, data: dict[str, Any]) -> None:
    assert is_sound(kind, data)
    for bad in ({"cents": 0}, {"cents": -5}, {"cents": 5.0}, {"account": 7}, {"reason": None}, {"more": 1}):
        assert not is_sound(kind, data | bad)
    assert not is_sound(kind, {name: value for name, value in data.items() if name != "reason"})
    assert not is_sound(kind, [])
