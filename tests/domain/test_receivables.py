"""A customer's credit over invoices: never more than there is, never more than is owed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.charges import AllocationRefused, OpenCharge
from countertui.domain.money import Cents
from countertui.domain.receivables import ApplyRefused, applied, is_sound, spread_credit


def invoice(id_: str, cents: int) -> OpenCharge:
    return OpenCharge(id_, "invoice", date(2026, 10, 1), f"Invoice {id_}", "100-4510", Cents(cents))


TWO = (invoice("a", 30_00), invoice("b", 50_00))


@given(st.integers(0, 90_00), st.lists(st.integers(0, 40_00), max_size=5))
def test_credit_reaches_as_far_as_it_goes_in_the_order_chosen(credit: int, owed: list[int]) -> None:
    chosen = [invoice(str(n), cents) for n, cents in enumerate(owed)]
    parts = spread_credit(Cents(credit), chosen)
    assert sum(parts.values()) == min(credit, sum(owed))
    assert all(0 < parts[id_] <= owed[int(id_)] for id_ in parts)
    assert list(parts) == sorted(parts, key=int)
    if parts:
        data = applied("A", "Ann", "100-2310", Cents(credit), chosen, parts)
        assert is_sound(data)
        assert data["cents"] == sum(part["cents"] for part in data["allocations"]) <= credit


@pytest.mark.parametrize(
    ("credit", "chosen", "refused"),
    [
        (10_00, {}, ApplyRefused),
        (10_00, {"a": 10_01}, ApplyRefused),
        (0, {"a": 1}, ApplyRefused),
        (90_00, {"a": 30_01}, AllocationRefused),
        (90_00, {"z": 1}, AllocationRefused),
    ],
)
def test_no_more_is_applied_than_there_is_or_is_owed(
    credit: int, chosen: dict[str, int], refused: type[Exception]
) -> None:
    with pytest.raises(refused):
        applied("A", "Ann", "100-2310", Cents(credit), TWO, {id_: Cents(cents) for id_, cents in chosen.items()})


GOOD = applied("A", "Ann", "100-2310", Cents(40_00), TWO, {"a": Cents(30_00), "b": Cents(10_00)})


@pytest.mark.parametrize(
    "bad",
    [
        {"cents": 39_00},
        {"cents": "4000"},
        {"cents": True},
        {"allocations": []},
        {"allocations": [GOOD["allocations"][0] | {"charge": None}]},
        {"allocations": [GOOD["allocations"][0] | {"cents": -30_00}]},
        {"account": None},
        {"more": 1},
    ],
)
def test_what_is_no_applied_credit_is_told_from_one(bad: dict[str, object]) -> None:
    assert is_sound(GOOD)
    assert not is_sound(GOOD | bad)
    assert not is_sound(None)
