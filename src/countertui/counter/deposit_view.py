"""What there is to deposit, and what of it is chosen: sessions, what earlier deposits carried, those made."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from countertui.counter.deposit_due import due_of_waiting
from countertui.counter.office_sessions import OfficeSessions, closed_sessions
from countertui.counter.station import Station
from countertui.domain.deposit_accounts import account_of, one_account
from countertui.domain.deposit_deadlines import Lateness
from countertui.domain.deposit_making import Carried, ClosedSession
from countertui.domain.deposits import DepositRefused
from countertui.store import deposit_rows

Place = tuple[str, int, str]
"""A session by terminal, epoch and id."""
DepositRow = deposit_rows.DepositRow
"""A bank deposit made here."""
MOST_DEPOSITS = 200
_NOTHING = "Nothing was recorded."


@dataclass(frozen=True, slots=True)
class DepositView:
    """What there is to deposit: the office's sessions, what earlier deposits carried, those made here, newest first.

    to: the account in the books that the money of each of their business dates goes to; bank: the city's usual one.
    days: business dates of `sessions` that a final deposit closed before. due: until when their money must be at the
    bank, None where nothing waits or the city has no deadline. last_final: the last date that a final deposit closed.
    """

    office: OfficeSessions
    carried: tuple[Carried, ...]
    made: tuple[DepositRow, ...]
    days: tuple[str, ...]
    due: Lateness | None = None
    last_final: str = ""
    to: Mapping[str, str] = field(default_factory=dict)
    bank: str = ""

    @property
    def usual(self) -> frozenset[Place]:
        """The sessions that a deposit is usually made of: those since the last final, without one the newest date's.

        Older ones may have been deposited at the desk, of which nothing is known here without a network. A bag goes to
        one bank account: where there are two, to that of the oldest of them.
        """
        since = self.last_final or max((each.biz_date for each in self.office.sessions), default="")
        there = [each for each in self.office.sessions if each.biz_date >= since]
        to = self.to.get(min((each.biz_date for each in there), default=""))
        return frozenset(place_of(each) for each in there if self.to.get(each.biz_date) == to)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whose money goes into the bag: sessions, and earlier carried items that turned up."""

    sessions: frozenset[Place]
    found: frozenset[str] = frozenset()


def place_of(session: ClosedSession) -> Place:
    """What a session is chosen by."""
    return session.terminal, session.epoch, session.session


def deposit_view(station: Station) -> DepositView:
    """What waits for the bank, and what went there; a look."""
    return view_by(station, station.reader)


def account_for(station: Station, sessions: Sequence[ClosedSession], found: Sequence[Carried]) -> str:
    """The one bank account, as the books call it, of what goes into a bag; empty: none is set. Raises AccountsMixed."""
    days = [each.biz_date for each in sessions]
    return one_account(station.rules.posting, station.place.office, days, [each.bank for each in found])


def hands_on(sessions: Sequence[ClosedSession]) -> tuple[str, ...]:
    """Everybody who had one of the drawers, or opened or closed it for another."""
    return tuple(dict.fromkeys(hand for each in sessions for hand in (each.operator, *each.hands)))


def require_nothing_left(view: DepositView, dates: Sequence[str], chosen: Chosen | None = None) -> None:
    """Raise DepositRefused while a session of these business dates that can be seen is open, or is in no deposit."""
    for one in view.office.open:
        if one.biz_date in dates:
            raise DepositRefused(
                f"Drawer {one.drawer} of {one.operator} at {one.terminal} is still open.",
                "The day is not closed; nothing was recorded.",
                "Close it first, or make this an interim deposit.",
            )
    taken = chosen.sessions if chosen is not None else frozenset()
    for each in view.office.sessions:
        if each.biz_date in dates and place_of(each) not in taken:
            raise DepositRefused(
                f"Drawer {each.drawer} of {each.operator} at {each.terminal} is closed and not in a deposit.",
                "The day is not closed; nothing was recorded.",
                "Choose it too, or make this an interim deposit.",
            )


def view_by(station: Station, db: sqlite3.Connection) -> DepositView:
    """The same as `deposit_view`, by a connection of one's own."""
    office = closed_sessions(station, db)
    dates = sorted({each.biz_date for each in office.sessions})
    closed = tuple(each for each in dates if deposit_rows.day_closed(db, each) is not None)
    made = tuple(deposit_rows.deposits(db, MOST_DEPOSITS))
    due = due_of_waiting(station, db, office.sessions)
    last = deposit_rows.last_day_closed(db)
    to = {each: account_of(station.rules.posting, station.place.office, each) for each in dates}
    return DepositView(
        office, tuple(deposit_rows.carried_open(db)), made, closed, due, last, to, station.rules.posting.bank
    )


def chosen_of(view: DepositView, chosen: Chosen) -> tuple[list[ClosedSession], list[Carried]]:
    """What is chosen, as it stands. Raises DepositRefused for nothing, and for what is not there any more."""
    sessions = [each for each in view.office.sessions if place_of(each) in chosen.sessions]
    carried = [each for each in view.carried if each.item in chosen.found]
    if len(sessions) != len(chosen.sessions) or len(carried) != len(chosen.found):
        raise DepositRefused(
            "One of these is in a deposit by now, or can't be seen any more.", _NOTHING, "Esc, and choose anew."
        )
    if not sessions and not carried:
        raise DepositRefused("No drawer is chosen.", _NOTHING, "Space chooses one.")
    return sessions, carried
