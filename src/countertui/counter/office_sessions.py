"""The office's closed sessions whose money waits for the bank, as far as they can be seen from this terminal.

What can't be seen is named, and never counted as nothing.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from countertui.counter.station import Station
from countertui.domain.deposit_making import ClosedSession, Paper
from countertui.domain.deposits import DEPOSITED, BagData
from countertui.domain.desk_records import TenderSum
from countertui.domain.drawers import drawer_moves
from countertui.domain.records import Kind
from countertui.domain.rights import took_part
from countertui.domain.tenders import TenderKind
from countertui.store import deposit_rows, money_here
from countertui.store.money_here import SessionRow
from countertui.store.store import read_body

MOST_SESSIONS = 200
"""Of this terminal's own; older ones that are in no deposit made here were deposited at the technician's desk."""


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
    """Closed sessions that are in no deposit known here, by business date; those still open; terminals not heard."""

    sessions: tuple[ClosedSession, ...]
    open: tuple[OpenSession, ...]
    not_heard: tuple[str, ...]


def closed_sessions(station: Station, db: sqlite3.Connection | None = None) -> OfficeSessions:
    """What waits for the bank. db: the writing connection, for jobs; a look otherwise.

    The own sessions' figures are those of their signed records. Raises StoreHalted where the derived tables say
    something else: then the counter takes no more.
    """
    reader = db if db is not None else station.reader
    place = station.place
    waiting = deposit_rows.waiting_sessions(reader, place.terminal, place.epoch, MOST_SESSIONS)
    sessions = sorted((_closed(station, reader, row) for row in waiting), key=lambda each: each.biz_date)
    open_ = tuple(
        OpenSession(place.terminal, place.epoch, row.id, row.drawer, row.operator, row.biz_date)
        for row in money_here.open_sessions(reader)
    )
    others = [code for code in station.reference.terminals(place.office) if code != place.terminal]
    return OfficeSessions(tuple(sessions), open_, tuple(others))


def _closed(station: Station, db: sqlite3.Connection, row: SessionRow) -> ClosedSession:
    if row.close_seq is None:
        raise AssertionError("a session that waits for the bank is closed")
    opened, closed = read_body(db, row.open_seq), read_body(db, row.close_seq)
    place, data = station.place, closed["data"]
    bags = tuple(BagData(bag=each.bag, cents=each.cents) for each in money_here.drops_of(db, row.id))
    in_safe = sum(each["cents"] for each in bags)
    sums = []
    for each in data["counted"]:
        kind = each["tender"]
        if kind not in DEPOSITED:
            continue
        is_cash = kind == TenderKind.CASH
        cents = each["cents"] + (in_safe - opened["data"]["fund_cents"] if is_cash else 0)
        count = 0 if is_cash else each["count"]
        if count or cents:
            sums.append(TenderSum(tender=kind, count=count, cents=cents))
    return ClosedSession(
        terminal=place.terminal,
        epoch=place.epoch,
        session=row.id,
        batch_no=deposit_rows.batch_of(db, row.close_seq),
        drawer=row.drawer,
        operator=row.operator,
        biz_date=row.biz_date,
        sums=tuple(sums),
        cash_off=sum(each["cents"] for each in data["over_short"] if each["tender"] == TenderKind.CASH),
        bags=bags,
        papers=tuple(deposit_rows.papers_of(db, row)),
        hands=tuple(dict.fromkeys([row.operator, *took_part(opened, closed)])),
    )


def signed_papers(db: sqlite3.Connection, session: SessionRow) -> tuple[Paper, ...]:
    """A closed session's checks and money orders by its signed records alone, in the receipts' order."""
    voided = {body["data"]["original"]["receipt_no"] for body in money_here.bodies_of_kind(db, session, Kind.VOID)}
    return tuple(
        Paper(body["receipt_no"], n, TenderKind(tender["kind"]), tender["reference"], tender["cents"])
        for body in money_here.bodies_of_kind(db, session, Kind.PAY)
        if body["receipt_no"] not in voided
        for n, tender in enumerate(body["data"]["tenders"], start=1)
        if tender["kind"] in (TenderKind.CHECK, TenderKind.MONEY_ORDER)
    )


def signed_drops(db: sqlite3.Connection, session: SessionRow) -> int:
    """What a session dropped into the safe by its signed records alone, in cents."""
    bodies = money_here.bodies_of_kind(db, session, Kind.DROP)
    return -sum(cents for body in bodies for _, _, _, cents in drawer_moves(Kind.DROP, body["data"]))
