"""Dates as people here read them, on screens and papers alike: 11/23/2026. Records and exports keep ISO 8601."""

from __future__ import annotations

import re

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def us_date(day: str) -> str:
    """A date (ISO) as a person reads it: 11/20/2026."""
    year, month, of_month = day.split("-")
    return f"{month}/{of_month}/{year}"


def us_date_said(day: str) -> str:
    """The same of a date that nobody vouches for, as a record held for people may say anything: else as it stands."""
    return us_date(day) if _ISO.fullmatch(day) else day


def us_moment(local: str) -> str:
    """A local date and time (ISO, seconds or not, `T` or a blank between) to the minute: 11/20/2026 09:41."""
    return f"{us_date(local[:10])} {local[11:16]}"
