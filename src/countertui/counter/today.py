"""The dates that operators and fees are looked up by."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from countertui.counter.station import Session, Station
from countertui.domain.operators import CODE_HOURS
from countertui.store import journal_rows, session_rows
from countertui.store.store import utc_text


def fee_date(station: Station, db: sqlite3.Connection) -> str:
    """The date that fees are looked up by: the business date of the drawers open here, else today."""
    dates = {row.biz_date for row in session_rows.open_sessions(db)}
    return dates.pop() if len(dates) == 1 else today(station, db)


def working_date(station: Station, db: sqlite3.Connection, operator: str) -> str:
    """The business date of the drawer that an operator has open here, else as `fee_date`."""
    dates = [row.biz_date for row in session_rows.open_sessions(db) if row.operator == operator]
    return dates[0] if dates else fee_date(station, db)


def business_date(station: Station, db: sqlite3.Connection, session: Session | None) -> str:
    """The business date (ISO) of an act: its session's, else that of the drawers open here, else today."""
    return session.biz_date if session is not None else fee_date(station, db)


def today(station: Station, db: sqlite3.Connection) -> str:
    """The clock's local date, ISO; where the clock is days behind what is known to have been, the newest date known.

    The clock is evidence, never a decider: one that fell back to 1970 must not sign everybody off.
    """
    known = max(journal_rows.last_utc(db), station.reference.snapshot().made_at)[:10]
    clock_is_behind = utc_text(station.clock.utc_ms())[:10] < known
    return known if clock_is_behind else station.clock.local_text()[:10]


def utc_now(station: Station) -> str:
    """The time that one-time codes end by, ISO 8601 UTC: no earlier than any record says it has been."""
    return max(utc_text(station.clock.utc_ms()), journal_rows.last_utc(station.db))


def code_ends(station: Station) -> str:
    """Until when a one-time code is good that is given now."""
    ends = datetime.fromisoformat(utc_now(station)) + timedelta(hours=CODE_HOURS)
    return utc_text(round(ends.timestamp() * 1000))
