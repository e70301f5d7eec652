"""What the books have of bank deposits: the sessions they name, what was posted for them, what is left to find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from countertui.domain.deposit_making import Carried, ClosedSession
from countertui.domain.records import Kind
from countertui.domain.tenders import TenderKind
from countertui.ledger import tables
from countertui.ledger.closed_sessions import closed_session
from countertui.ledger.couriers import with_courier
from countertui.ledger.deposited_bags import left_of_days as left_bags
from countertui.ledger.posting import Problem

Body = Mapping[str, Any]
Place = tuple[str, int, str]


def closed_of(connection: Connection, places: Iterable[Place]) -> dict[Place, ClosedSession]:
    """Of these sessions those that are closed in the books."""
    found = ((place, closed_session(connection, *place)) for place in places)
    return {place: session for place, session in found if session is not None}


def deposited_of(connection: Connection, places: Iterable[Place]) -> list[Place]:
    """Of these sessions those that are in a deposit."""
    c = tables.deposited.c
    query = select(c.seq)
    return [
        place
        for place in places
        if connection.execute(query.where(c.terminal == place[0], c.epoch == place[1], c.session == place[2])).first()
        is not None
    ]


def strange_of(connection: Connection, body: Body, places: Iterable[Place]) -> list[Place]:
    """Of the sessions that a deposit names those of terminals that are not of its own terminal's office."""
    c = tables.terminal.c
    here = select(c.code, c.epoch).where(c.office == body["data"]["office"])
    own = {(code, epoch) for code, epoch in connection.execute(here)}
    is_own = (body["terminal"], body["epoch"]) in own
    return [place for place in places if not is_own or place[:2] not in own]


def open_items(connection: Connection, body: Body, no: int) -> dict[str, Carried]:
    """What this terminal's deposits carried that none found but this one."""
    c = tables.deposit_carried.c
    here = (c.terminal == body["terminal"]) & (c.epoch == body["epoch"])
    free = (c.found_no.is_(None) | (c.found_no == no)) & (c.ended == "")
    columns = c.item, c.tender, c.cents, c.receipt_no, c.reference, c.reason, tables.deposit.c.account
    of_deposit = tables.deposit_carried.join(tables.deposit, tables.deposit.c.no == c.no)
    query = select(*columns).select_from(of_deposit).where(here, free, c.no != no)
    return {row[0]: Carried(row[0], TenderKind(row[1]), *row[2:]) for row in connection.execute(query)}


def why_it_stays(connection: Connection, row: Mapping[Any, Any]) -> str:
    """Why a deposit can't be taken back in the books; empty if it can."""
    at_bank, item, carried = tables.at_bank.c, tables.error_item.c, tables.deposit_carried.c
    if connection.execute(select(at_bank.deposit).where(at_bank.deposit == row["no"])).first() is not None:
        return "it is at the bank"
    if with_courier(connection, [row["bag"]]):
        return "its bag is with the courier"
    here = (item.terminal == row["terminal"]) & (item.epoch == row["epoch"]) & (item.seq == row["seq"])
    moved = here & (item.state == "corrected") & (item.cents != 0)
    if connection.execute(select(item.id).where(moved)).first() is not None:
        return "somebody moved its money out of suspense"
    later = (carried.no == row["no"]) & (carried.found_no.is_not(None) | (carried.ended != ""))
    if connection.execute(select(carried.item).where(later)).first() is not None:
        return "a later deposit contains what it lacked, or it was given up"
    return ""


def deposit_named(connection: Connection, body: Body) -> Mapping[Any, Any] | None:
    """The deposit of this terminal that a record names, if slip and bag are its own."""
    said, c = body["data"]["deposit"], tables.deposit.c
    here = (c.terminal == body["terminal"]) & (c.epoch == body["epoch"]) & (c.seq == said["seq"])
    named = here & (c.slip_no == said["slip_no"]) & (c.bag == said["bag"])
    return connection.execute(select(tables.deposit).where(named)).mappings().first()


def posted_by(connection: Connection, place: Place) -> dict[tuple[str, str], int]:
    """What all entries of a record come to, by fund and account."""
    entry, line = tables.entry.c, tables.gl_line.c
    here = (entry.terminal == place[0]) & (entry.epoch == place[1]) & (entry.seq == place[2])
    query = (
        select(line.fund, line.account, line.cents)
        .join_from(tables.gl_line, tables.entry, (line.entry == entry.id) & (line.biz_date == entry.biz_date))
        .where(here, entry.kind == Kind.DEPOSIT.value)
        .order_by(line.entry, line.n)
    )
    sums: dict[tuple[str, str], int] = {}
    for fund, account, cents in connection.execute(query):
        sums[fund, account] = sums.get((fund, account), 0) + cents
    return {each: cents for each, cents in sums.items() if cents}


def left_of_days(connection: Connection, data: Body, dates: Sequence[str], not_heard: Sequence[str]) -> list[Problem]:
    """Sessions of the office's days that a final deposit says nothing of and that are open, or in no deposit.

    And bags of the safe that their session was deposited without.
    """
    session, terminal, done = tables.session.c, tables.terminal.c, tables.deposited.c
    there = select(done.seq).where(
        done.terminal == session.terminal, done.epoch == session.epoch, done.session == session.id
    )
    query = (
        select(session.terminal, session.drawer, session.operator)
        .join_from(
            tables.session, tables.terminal, (terminal.code == session.terminal) & (terminal.epoch == session.epoch)
        )
        .where(terminal.office == data["office"], session.biz_date.in_(dates), ~there.exists())
        .order_by(session.terminal, session.epoch, session.open_seq)
    )
    rows = [row for row in connection.execute(query) if row.terminal not in not_heard]
    left = [f"drawer {row.drawer} of {row.operator} at {row.terminal}" for row in rows]
    left += left_bags(connection, data["office"], dates, not_heard)
    if not left:
        return []
    each = ", ".join(left)
    return [Problem("final-not-all", f"{named(data)} is the final of {', '.join(dates)}; left: {each}.", 0)]


def place_of(each: Mapping[str, Any]) -> Place:
    """A session's terminal, epoch and id."""
    return each["terminal"], each["epoch"], each["session"]


def named(data: Mapping[str, Any]) -> str:
    """A deposit for a person."""
    return f"Deposit {data['slip_no']}, bag {data['bag']}"
