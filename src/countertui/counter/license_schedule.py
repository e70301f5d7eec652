"""The city's license schedule in force, as the snapshot in use has it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from countertui.counter.today import business_date

if TYPE_CHECKING:
    import sqlite3

    from countertui.counter.station import Session, Station
    from countertui.domain.license_schedule import LicenseSchedule


def schedule_on(station: Station, day: date) -> LicenseSchedule:
    """The schedule in force on a day; without classes where the city has none. Raises LicensesRefused."""
    return _parsed(station.reference.licenses_toml(), day)


def business_day(station: Station, db: sqlite3.Connection, session: Session | None = None) -> date:
    """The day that an act here is of."""
    return date.fromisoformat(business_date(station, db, session))


@lru_cache(4)
def _parsed(text: str, day: date) -> LicenseSchedule:
    from countertui.config.licenses import licenses_on  # with it comes pydantic, which no first paint needs

    return licenses_on(text, day)
