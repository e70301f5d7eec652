"""How long something set aside stays good."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.expiry import last_good_day, minutes_since


def test_minutes_are_whole_and_a_clock_that_fell_back_makes_nothing_younger_than_new() -> None:
    assert minutes_since("2026-11-23 09:41", "2026-11-23 10:42") == 61
    assert minutes_since("2026-11-23T09:41:07", "2026-11-23T09:42:06") == 0
    assert minutes_since("2026-11-23 09:41", "1970-01-01 00:00") == 0


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)), st.integers(0, 400))
def test_it_is_good_through_so_many_days_after(day: date, days: int) -> None:
    assert last_good_day(f"{day} 23:59", days) == (day + timedelta(days=days)).isoformat()
