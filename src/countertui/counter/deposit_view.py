"""What there is to deposit, and what of it is chosen: sessions, what earlier deposits carried, those made."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from countertui.counter.deposit_due import due_of_waiting
from countertui.counter.office_sessions import OfficeSessions, Place, closed_sessions, place_of
from countertui.counter.station import Station
from countertui.domain.deposit_accounts import account_of, one_account
from countertui.domain.deposit_deadlines import Lateness
from countertui.domain.deposit_making import Carried, ClosedSession
from countertui.domain.deposits import DepositRefused
from countertui.domain.safe_bags import BagPlace, SafeBag, bags_of
from countertui.domain.tenders import TenderKind
from countertui.store import deposit_rows

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
        return frozenset(place_of(each) for each in self.office.sessions if each.biz_date in self._usual_days)

    @property
    def usual_bags(self) -> frozenset[BagPlace]:
        """The bags of the safe that go with them: of the same days and bank account."""
        return frozenset(each.place for each in self.office.bags if each.biz_date in self._usual_days)

    @property
    def _usual_days(self) -> frozenset[str]:
        days = {each.biz_date for each in self.office.sessions} or {each.biz_date for each in self.office.bags}
        since = self.last_final or max(days, default="")
        there = {day for day in days | {each.biz_date for each in self.office.bags} if day >= since}
        to = self.to.get(min(there & days, default=""))
        return frozenset(day for day in there if self.to.get(day) == to)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whose money goes into the bag: sessions, earlier carried items that turned up, bags of the safe."""

    sessions: frozenset[Place]
    found: frozenset[str] = frozenset()
    bags: frozenset[BagPlace] = frozenset()

    @property
    def any(self) -> bool:
        """Whether anything is chosen."""
        return bool(self.sessions or self.found or self.bags)


@dataclass(frozen=True, slots=True)
class Contents:
    """The same as it stands: what a bag for the bank is made of."""

    sessions: tuple[ClosedSession, ...]
    found: tuple[Carried, ...]
    bags: tuple[SafeBag, ...]

    @property
    def hands(self) -> tuple[str, ...]:
        """Everybody who had one of the drawers, or opened or closed it for another."""
        owners: list[ClosedSession | SafeBag] = [*self.sessions, *self.bags]
        return tuple(dict.fromkeys(hand for each in owners for hand in (each.operator, *each.hands)))

    @property
    def dates(self) -> list[str]:
        """The business dates of its drawers (ISO), each once, in their order."""
        return sorted({each.biz_date for each in self.sessions} | {each.biz_date for each in self.bags})


def deposit_view(station: Station) -> DepositView:
    """What waits for the bank, and what went there; a look."""
    return view_by(station, station.reader)


def account_for(station: Station, inside: Contents) -> str:
    """The one bank account, as the books call it, of what goes into a bag; empty: none is set. Raises AccountsMixed."""
    before = [each.bank for each in inside.found]
    return one_account(station.rules.posting, station.place.office, inside.dates, before)


def require_nothing_left(view: DepositView, dates: Sequence[str], chosen: Chosen | None = None) -> None:
    """Raise DepositRefused while a session of these business dates that can be seen is open, or is in no deposit.

    Nor may a bag of one be left in the safe.
    """
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
    inside = chosen.bags if chosen is not None else frozenset()
    for bag in view.office.bags:
        if bag.biz_date in dates and bag.place not in inside:
            raise DepositRefused(
                f"Bag {bag.bag} of drawer {bag.drawer} at {bag.terminal} is in the safe and not in a deposit.",
                "The day is not closed; nothing was recorded.",
                "Choose it too, or make this an interim deposit.",
            )


def view_by(station: Station, db: sqlite3.Connection) -> DepositView:
    """The same as `deposit_view`, by a connection of one's own."""
    office = closed_sessions(station, db)
    dates = sorted({each.biz_date for each in office.sessions} | {each.biz_date for each in office.bags})
    closed = tuple(each for each in dates if deposit_rows.day_closed(db, each) is not None)
    made = tuple(deposit_rows.deposits(db, MOST_DEPOSITS))
    due = due_of_waiting(station, db, office.sessions, office.bags_left)
    last = deposit_rows.last_day_closed(db)
    to = {each: account_of(station.rules.posting, station.place.office, each) for each in dates}
    carried = tuple(each for each in deposit_rows.carried_open(db) if is_looked_for(station, each))
    return DepositView(office, carried, made, closed, due, last, to, station.rules.posting.bank)


def is_looked_for(station: Station, lacked: Carried | deposit_rows.LackedRow) -> bool:
    """Whether what a deposit lacked may turn up: not a check that was taken back elsewhere, as the snapshot tells."""
    if lacked.tender != TenderKind.CHECK or not lacked.receipt_no:
        return True
    return lacked.reference not in station.reference.checks_back(lacked.receipt_no)


def _apart(view: DepositView, chosen: Chosen) -> list[SafeBag]:
    """The bags that can go apart from their session: one that was closed since its bag was counted may wait, too."""
    closed = [each for each in view.office.sessions if place_of(each) not in chosen.sessions]
    return [*view.office.bags, *(bag for each in closed for bag in bags_of(each))]


def chosen_of(view: DepositView, chosen: Chosen) -> Contents:
    """What is chosen, as it stands. Raises DepositRefused for nothing, and for what is not there any more."""
    sessions = tuple(each for each in view.office.sessions if place_of(each) in chosen.sessions)
    carried = tuple(each for each in view.carried if each.item in chosen.found)
    bags = tuple(each for each in _apart(view, chosen) if each.place in chosen.bags)
    if (len(sessions), len(carried), len(bags)) != (len(chosen.sessions), len(chosen.found), len(chosen.bags)):
        raise DepositRefused(
            "One of these is in a deposit by now, or can't be seen any more.", _NOTHING, "Esc, and choose anew."
        )
    if not sessions and not carried and not bags:
        raise DepositRefused("No drawer is chosen.", _NOTHING, "Space chooses one.")
    return Contents(sessions, carried, bags)
