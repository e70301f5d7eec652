"""Until when what waits here must be at the bank, by the city's rows; without a moment, from the day's beginning."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from countertui.counter.station import Station
from countertui.domain.deposit_deadlines import Due, Lateness, Taking, earliest, lateness
from countertui.domain.deposit_making import ClosedSession
from countertui.domain.desk_records import TenderSum
from countertui.domain.safe_bags import SafeBag
from countertui.store import deposit_rows
from countertui.store.store import read_body

Place = tuple[str, int, str]
"""A session by terminal, epoch and id."""


def due_of_waiting(
    station: Station, db: sqlite3.Connection, sessions: Iterable[ClosedSession], bags: Iterable[SafeBag] = ()
) -> Lateness | None:
    """How the money of closed sessions that is in no deposit, bags left in the safe too, stands to its deadline.

    Those of other terminals count from the beginning of their business date. None where nothing waits, or the city has
    no deadline.
    """
    waiting = [((each.terminal, each.epoch, each.session), each.biz_date, _taken(each.sums)) for each in sessions]
    waiting += [(each.place[:3], each.biz_date, each.cents) for each in bags]
    found = _due(station, db, waiting)
    return None if found is None else lateness(found, _local(station.clock.local_text()))


def due_of(station: Station, db: sqlite3.Connection, data: Mapping[str, Any]) -> Due | None:
    """Until when a deposit's own money must be at the bank; data: its record's. None where the city has no deadline."""
    takings = [(each, _taken(each["sums"])) for each in data["sessions"]]
    takings += [(each, each["cents"]) for each in data.get("safe_bags", ())]
    sessions = [
        ((each["terminal"], each["epoch"], each["session"]), each["biz_date"], cents) for each, cents in takings
    ]
    return _due(station, db, sessions)


def _due(station: Station, db: sqlite3.Connection, sessions: Iterable[tuple[Place, str, int]]) -> Due | None:
    rules = station.rules.deposits
    rows = rules.of_office(station.place.office)
    if not rows:
        return None
    takings = [Taking(date.fromisoformat(day), _since(station, db, place), cents) for place, day, cents in sessions]
    return earliest(rows, takings, rules.bank_days)


def _taken(sums: Iterable[TenderSum]) -> int:
    """Cents that go to the bank; cash below nothing takes none of the checks along."""
    return sum(max(0, each["cents"]) for each in sums)


def _since(station: Station, db: sqlite3.Connection, session: Place) -> datetime | None:
    """When an own session took its first money, by the clock of its record (local); None for another terminal's."""
    terminal, epoch, id_ = session
    if (terminal, epoch) != (station.place.terminal, station.place.epoch):
        return None
    seq = deposit_rows.first_taken(db, id_)
    return None if seq is None else _local(station.clock.local_of(read_body(db, seq)["utc"]))


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text)
