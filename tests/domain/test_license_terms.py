"""Terms: every part of a year is paid for once, and how late something is goes by the calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.license_terms import Part, Term, add_months, left_of, months_begun, months_whole, shares
from countertui.domain.money import Cents

YEAR = Term(date(2027, 1, 1), date(2027, 12, 31))
FISCAL = Term(date(2026, 7, 1), date(2027, 6, 30))
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(("part", "parts"), [(Part.DAY, 365), (Part.MONTH, 12), (Part.QUARTER, 4), (Part.HALF, 2)])
def test_a_year_has_so_many_parts(part: Part, parts: int) -> None:
    assert YEAR.parts(part) == FISCAL.parts(part) == parts


@pytest.mark.parametrize(
    ("starts", "part", "left"),
    [
        (date(2027, 1, 1), Part.MONTH, 120_00),
        (date(2027, 1, 31), Part.MONTH, 120_00),
        (date(2027, 2, 1), Part.MONTH, 110_00),
        (date(2027, 12, 31), Part.MONTH, 10_00),
        (date(2027, 6, 30), Part.HALF, 120_00),
        (date(2027, 7, 1), Part.HALF, 60_00),
        (date(2027, 4, 1), Part.QUARTER, 90_00),
        (date(2026, 12, 1), Part.MONTH, 120_00),
    ],
)
def test_a_part_that_has_begun_is_paid_whole(starts: date, part: Part, left: int) -> None:
    assert left_of(Cents(120_00), YEAR, starts, part) == left


@given(st.integers(0, 10**9), st.integers(1, 366))
def test_shares_add_up_to_the_whole_and_differ_by_a_cent_at_most(cents: int, parts: int) -> None:
    spread = shares(Cents(cents), parts)
    assert len(spread) == parts
    assert sum(spread) == cents
    assert max(spread) - min(spread) <= 1


@given(st.integers(0, 10**8), st.sampled_from(Part), st.data())
def test_what_is_left_falls_from_the_whole_in_even_steps(cents: int, part: Part, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, 364))
    one, other = (YEAR.begins + timedelta(days=n) for n in sorted((first, data.draw(st.integers(first, 364)))))
    whole = Cents(cents)
    assert left_of(whole, YEAR, YEAR.begins, part) == cents
    assert left_of(whole, YEAR, one, part) >= left_of(whole, YEAR, other, part) >= 0


def test_a_term_that_ends_before_it_begins_is_none() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        Term(date(2027, 2, 1), date(2027, 1, 31))


@given(days, st.integers(0, 60))
def test_whole_months_are_counted_to_the_day(first: date, months: int) -> None:
    until = add_months(first, months)
    assert months_whole(first, until) == months
    if until > first:
        assert months_whole(first, until - timedelta(days=1)) < months


@pytest.mark.parametrize(
    ("due", "paid", "months"),
    [
        (date(2027, 4, 30), date(2027, 4, 30), 0),
        (date(2027, 4, 30), date(2027, 5, 1), 1),
        (date(2027, 4, 30), date(2027, 5, 31), 1),
        (date(2027, 4, 30), date(2027, 6, 1), 2),
        (date(2027, 1, 31), date(2027, 2, 28), 1),
        (date(2027, 1, 31), date(2027, 3, 1), 2),
        (date(2027, 3, 15), date(2027, 4, 15), 1),
        (date(2027, 3, 15), date(2027, 4, 16), 2),
        (date(2027, 3, 15), date(2026, 4, 16), 0),
    ],
)
def test_a_month_late_begins_the_day_after(due: date, paid: date, months: int) -> None:
    assert months_begun(due, paid) == months


@given(days, st.integers(0, 900))
def test_months_late_never_fall(due: date, late: int) -> None:
    paid = due + timedelta(days=late)
    assert 0 <= months_begun(due, paid + timedelta(days=1)) - months_begun(due, paid) <= 1
