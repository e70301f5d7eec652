"""How long something that was set aside stays good: by the day, and never counted by a clock that fell back."""

from __future__ import annotations

from datetime import date, datetime, timedelta


def minutes_since(saved_at: str, now: str) -> int:
    """How many minutes ago that was; 0 where the clock fell back. Both local (ISO)."""
    ago = datetime.fromisoformat(now) - datetime.fromisoformat(saved_at)
    return max(0, round(ago.total_seconds()) // 60)


def last_good_day(saved_at: str, days: int) -> str:
    """The last day (ISO) of something that was set aside then (local, ISO) and is good for so many days after."""
    return (date.fromisoformat(saved_at[:10]) + timedelta(days=days)).isoformat()
