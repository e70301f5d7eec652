"""The office's closed sessions whose money waits for the bank, as far as they can be seen from this terminal.

What can't be seen is named, and never counted as nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from countertui.counter.safe_bags import bags_of_other, own_bags_left
from countertui.counter.station import Station
from countertui.counter.today import today
from countertui.domain.deposit_making import ClosedSession, Paper
from countertui.domain.deposits import DEPOSITED, BagData
from countertui.domain.desk_records import TenderSum
from countertui.domain.office_said import Seen, together
from countertui.domain.record_data import CountData
from countertui.domain.records import Kind
from countertui.domain.rights import took_part
from countertui.domain.safe_bags import BagPlace, SafeBag, less_bags
from countertui.domain.seen_sessions import SeenSession
from countertui.domain.tenders import TenderKind
from countertui.store import deposit_rows, office_rows, session_rows
from countertui.store.session_rows import SessionRow
from countertui.store.store import read_body

Place = tuple[str, int, str]
"""A session by terminal, epoch and id."""
MOST_SESSIONS = 200
"""Of this terminal's own; older ones that are in no deposit made here were deposited at the technician's desk."""
DAYS_SEEN = 62
"""Of other terminals' sessions, those of so many days."""


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that is still open; biz_date ISO."""

    terminal: str
    epoch: int
    session: str
    drawer: str
    operator: str
    biz_date: str


@dataclass(frozen=True, slots=True)
class OfficeSessions:
    """Closed sessions that are in no deposit known here, by business date; those still open; terminals not heard.

    not_heard: of at least one of these dates (of today, where there are none) nothing of that terminal is here; for
    other dates, `not_heard_on`. heard: terminal and business date (ISO) of which something is here. bags: of the safe,
    apart from `sessions`: of those that are open, or that were deposited without them. elsewhere: bags that deposits of
    other terminals took apart from their sessions.
    """

    sessions: tuple[ClosedSession, ...]
    open: tuple[OpenSession, ...]
    not_heard: tuple[str, ...]
    others: tuple[str, ...] = ()
    heard: frozenset[tuple[str, str]] = frozenset()
    bags: tuple[SafeBag, ...] = ()
    elsewhere: frozenset[BagPlace] = frozenset()

    @property
    def bags_left(self) -> tuple[SafeBag, ...]:
        """The bags in the safe whose drawers were deposited without them."""
        open_ = {(each.terminal, each.epoch, each.session) for each in self.open}
        return tuple(each for each in self.bags if each.place[:3] not in open_)

    def not_heard_on(self, biz_dates: Iterable[str]) -> tuple[str, ...]:
        """The office's other terminals of which nothing is here for at least one of these business dates (ISO)."""
        dates = set(biz_dates)
        return tuple(code for code in self.others if any((code, date) not in self.heard for date in dates))


def closed_sessions(station: Station, db: sqlite3.Connection | None = None) -> OfficeSessions:
    """What waits for the bank. db: the writing connection, for jobs; a look otherwise.

    The own sessions' figures are those of their signed records, other terminals' those of their verified batches, or
    what the ledger said of them where that is newer.
    Raises StoreHalted where the derived tables say something else: then the counter takes no more.
    """
    reader = db if db is not None else station.reader
    place = station.place
    now = today(station, reader)
    seen = _seen(station, reader, now)
    held = deposit_rows.bags_deposited(reader) | seen.bags
    waiting = [
        _closed(station, reader, row)
        for row in deposit_rows.waiting_sessions(reader, place.terminal, place.epoch, MOST_SESSIONS)
        if (place.terminal, place.epoch, row.id) not in seen.in_deposit
    ]
    open_ = [
        OpenSession(place.terminal, place.epoch, row.id, row.drawer, row.operator, row.biz_date)
        for row in session_rows.open_sessions(reader)
    ]
    own = deposit_rows.deposited(reader)
    gone = {*seen.in_deposit, *own}
    bags = [bag for bag in own_bags_left(reader, place.terminal, place.epoch) if bag.place not in held]
    for terminal, epoch, one in seen.sessions:
        if one["close_seq"] is None:
            open_.append(OpenSession(terminal, epoch, one["id"], one["drawer"], one["operator"], one["biz_date"]))
        elif one["open_seq"] is not None and (terminal, epoch, one["id"]) not in gone:
            waiting.append(_of_other(terminal, epoch, one))
        if one["close_seq"] is None or (terminal, epoch, one["id"]) in own:
            bags += [bag for bag in bags_of_other(terminal, epoch, one) if bag.place not in held]
    owed = [less_bags(each, {bag for *of, bag in held if tuple(of) == place_of(each)}) for each in waiting]
    found = OfficeSessions(
        tuple(sorted(owed, key=lambda each: (each.biz_date, each.terminal != place.terminal, each.terminal))),
        tuple(open_),
        (),
        tuple(other_terminals(station, reader)),
        seen.dates,
        tuple(bags),
        seen.bags,
    )
    dates = {each.biz_date for each in found.sessions} | {each.biz_date for each in found.open}
    return replace(found, not_heard=found.not_heard_on(dates or {now}))


def place_of(session: ClosedSession) -> Place:
    """What a session is chosen by."""
    return session.terminal, session.epoch, session.session


def others_on(station: Station, db: sqlite3.Connection, biz_date: str) -> tuple[list[OpenSession], tuple[str, ...]]:
    """What other terminals have open, as far as was heard; and those of which nothing of that date (ISO) was."""
    seen = _seen(station, db, biz_date)
    open_ = [
        OpenSession(code, epoch, one["id"], one["drawer"], one["operator"], one["biz_date"])
        for code, epoch, one in seen.sessions
        if one["close_seq"] is None
    ]
    silent = tuple(code for code in other_terminals(station, db) if (code, biz_date) not in seen.dates)
    return open_, silent


def _seen(station: Station, db: sqlite3.Connection, now: str) -> Seen:
    """What is known of the other terminals: of each by whichever knows it further, its batches here or the ledger."""
    since = (date.fromisoformat(now) - timedelta(DAYS_SEEN)).isoformat()
    return together(
        office_rows.said(db),
        (station.place.terminal, station.place.epoch),
        office_rows.sessions_since(db, since),
        office_rows.brought_through(db),
        office_rows.deposits(db),
    )


def other_terminals(station: Station, db: sqlite3.Connection) -> list[str]:
    """The office's other terminals, by the snapshot and the register; without those whose every key is revoked.

    Where the ledger did not say today which there are, those of the city's own list, too: one that was let in after the
    last snapshot is on neither, and may hold money all the same.
    """
    place, register = station.place, station.exchange.terminals()
    here = {entry.code for entry in register if entry.office == place.office}
    active = {entry.code for entry in register if entry.office == place.office and entry.state != "revoked"}
    elsewhere = {entry.code for entry in register if entry.office != place.office and entry.state != "revoked"}
    said = office_rows.said(db)
    told_today = said is not None and said.at[:10] >= today(station, db)
    listed = set() if told_today else set(station.rules.terminals.get(place.office, ())) - elsewhere
    return sorted({*station.reference.terminals(place.office), *listed, *active} - (here - active) - {place.terminal})


def _of_other(terminal: str, epoch: int, one: SeenSession) -> ClosedSession:
    """A session of another terminal, as its verified batches tell it."""
    in_safe = sum(each["cents"] for each in one["drops"])
    return ClosedSession(
        terminal=terminal,
        epoch=epoch,
        session=one["id"],
        batch_no=one["batch_no"],
        drawer=one["drawer"],
        operator=one["operator"],
        biz_date=one["biz_date"],
        sums=tuple(_sums(one["counted"], in_safe - (one["opening_cents"] or 0))),
        cash_off=sum(each["cents"] for each in one["over_short"] if each["tender"] == TenderKind.CASH),
        bags=tuple(BagData(bag=each["bag"], cents=each["cents"]) for each in one["drops"]),
        papers=tuple(
            Paper(each["receipt_no"], each["n"], TenderKind(each["tender"]), each["reference"], each["cents"])
            for each in one["papers"]
        ),
        hands=tuple(dict.fromkeys([one["operator"], *one["people"]])),
    )


def _closed(station: Station, db: sqlite3.Connection, row: SessionRow) -> ClosedSession:
    if row.close_seq is None:
        raise AssertionError("a session that waits for the bank is closed")
    opened, closed = read_body(db, row.open_seq), read_body(db, row.close_seq)
    place, data = station.place, closed["data"]
    bags = tuple(BagData(bag=each.bag, cents=each.cents) for each in session_rows.drops_of(db, row.id))
    in_safe = sum(each["cents"] for each in bags)
    return ClosedSession(
        terminal=place.terminal,
        epoch=place.epoch,
        session=row.id,
        batch_no=deposit_rows.batch_of(db, row.close_seq),
        drawer=row.drawer,
        operator=row.operator,
        biz_date=row.biz_date,
        sums=tuple(_sums(data["counted"], in_safe - opened["data"]["counted_cents"])),
        cash_off=sum(each["cents"] for each in data["over_short"] if each["tender"] == TenderKind.CASH),
        bags=bags,
        papers=tuple(deposit_rows.papers_of(db, row)),
        hands=tuple(dict.fromkeys([row.operator, *took_part(opened, closed)])),
    )


def _sums(counted: Iterable[CountData], more_cash: int) -> Iterator[TenderSum]:
    """What of a close goes to the bank; more_cash: cents in the safe less what was counted at the opening."""
    for each in counted:
        if each["tender"] in DEPOSITED:
            is_cash = each["tender"] == TenderKind.CASH
            cents = each["cents"] + (more_cash if is_cash else 0)
            count = 0 if is_cash else each["count"]
            if count or cents:
                yield TenderSum(tender=each["tender"], count=count, cents=cents)


def signed_papers(db: sqlite3.Connection, session: SessionRow) -> tuple[Paper, ...]:
    """A closed session's checks and money orders by its signed records alone, in the receipts' order."""
    voided = {body["data"]["original"]["receipt_no"] for body in session_rows.bodies_of_kind(db, session, Kind.VOID)}
    return tuple(
        Paper(body["receipt_no"], n, TenderKind(tender["kind"]), tender["reference"], tender["cents"])
        for body in session_rows.bodies_of_kind(db, session, Kind.PAY)
        if body["receipt_no"] not in voided
        for n, tender in enumerate(body["data"]["tenders"], start=1)
        if tender["kind"] in (TenderKind.CHECK, TenderKind.MONEY_ORDER)
    )
