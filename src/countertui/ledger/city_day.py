"""Which day it is in the city: people's first and last days, and today's business date, are the city's, not UTC's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from countertui.domain.city import rules_from_json
from countertui.domain.reference import CityKey
from countertui.ledger import tables


def city_day(connection: Connection, now: str) -> str:
    """The city's date (ISO) at `now`, ISO 8601 with its offset; by the machine's time zone if no rules name one."""
    return days_of(connection)(now)


def days_of(connection: Connection) -> Callable[[str], str]:
    """The same of any moment, by the rules as they are in the books now."""
    c = tables.reference["city"].c
    rules = connection.execute(select(c.value).where(c.key == CityKey.RULES)).scalar()
    zone = rules_from_json(rules).time_zone if rules else ""
    place = ZoneInfo(zone) if zone else None
    return lambda now: datetime.fromisoformat(now).astimezone(place).date().isoformat()


def is_working_day(day: str, now: str, active_from: str, active_to: str | None) -> bool:
    """Whether somebody works on the city's `day`. active_from, active_to: ISO dates, None for no end.

    A first day is one of a record's, in UTC: it has begun once it did in either.
    """
    return active_from <= max(day, now[:10]) and day <= (active_to or day)
