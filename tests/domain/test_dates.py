"""Dates as people here read them."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.dates import us_date, us_moment
from countertui.domain.drawers import business_date


def test_a_date_is_read_month_first() -> None:
    assert us_date("2026-11-03") == "11/03/2026"


def test_a_moment_is_read_to_the_minute() -> None:
    assert us_moment("2026-11-03 09:41") == us_moment("2026-11-03T09:41:07") == "11/03/2026 09:41"


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_what_is_shown_can_be_typed_again(day: date) -> None:
    assert business_date(us_date(day.isoformat())) == day
