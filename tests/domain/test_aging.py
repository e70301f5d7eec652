"""Aging by due date against the business date."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.aging import Aging, aged, days_due
from countertui.domain.charges import OpenCharge
from countertui.domain.money import Cents

ON = date(2026, 11, 23)


def charge(days: int, cents: int) -> OpenCharge:
    return OpenCharge(f"c{days}", "water", ON - timedelta(days=days), "Water", "510-4310", Cents(cents))


@pytest.mark.parametrize(
    ("days", "column"),
    [
        (-1, "not_due"),
        (0, "to_30"),
        (30, "to_30"),
        (31, "to_60"),
        (60, "to_60"),
        (61, "to_90"),
        (90, "to_90"),
        (91, "longer"),
        (4_000, "longer"),
    ],
)
def test_a_charge_stands_in_the_column_of_its_age(days: int, column: str) -> None:
    assert aged([charge(days, 12_50)], ON) == Aging(**{column: Cents(12_50)})
    assert days_due(charge(days, 1).due, ON) == days


def test_a_credit_is_never_owed_by_age() -> None:
    assert aged([charge(45, -5_00), charge(45, 7_00)], ON) == Aging(to_60=Cents(7_00), credit=Cents(-5_00))


@given(st.lists(st.tuples(st.integers(-400, 400), st.integers(-10_000, 10_000)), max_size=8))
def test_the_columns_add_up_to_what_is_owed(owed: list[tuple[int, int]]) -> None:
    assert aged([charge(*one) for one in owed], ON).total == sum(cents for _, cents in owed)
