"""One drawer at two terminals at a time: what their records say once both sessions are closed and in the books.

When, is told by the terminals' clocks. They are evidence and decide nothing: what comes of it is an error item that
people look at. Every pair is looked at once, when the later of the two closes is posted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, select

from countertui.domain.records import Kind
from countertui.ledger import tables
from countertui.ledger.posting import Problem
from countertui.ledger.sessions import Session
from countertui.ledger.stored import record_at

Body = Mapping[str, Any]

AT_TWO = "drawer-at-two-terminals"
_DAYS_APART = 8
"""Business dates of one drawer that is open are no further apart: without a lead nobody is a week off the clock."""


def drawers_at_two(connection: Connection, bodies: Iterable[Body], close: Body, session: Session) -> list[Problem]:
    """Sessions of other terminals that had the drawer while a session that closes now had it.

    bodies: those of the batch, in which the session may have been opened.
    """
    opened = _opened_at(connection, bodies, close, session)
    found = []
    c = tables.session.c
    day = date.fromisoformat(session.biz_date)
    first, last = ((day + timedelta(days)).isoformat() for days in (-_DAYS_APART, _DAYS_APART))
    near = (c.biz_date >= first) & (c.biz_date <= last)
    there = near & (c.drawer == session.drawer) & (c.terminal != close["terminal"]) & c.close_seq.is_not(None)
    for row in connection.execute(select(tables.session).where(there).order_by(c.terminal, c.epoch, c.open_seq)):
        begun = record_at(connection, row.terminal, row.epoch, row.open_seq)
        ended = record_at(connection, row.terminal, row.epoch, row.close_seq)
        if begun is None or ended is None or opened is None:
            continue
        if begun.body["utc"] < close["utc"] and opened < ended.body["utc"]:
            told = (
                f"Drawer {session.drawer} was open at {close['terminal']} for {session.operator}, session"
                f" {close['session']}, and meanwhile at {row.terminal} for {row.operator}, session {row.id}."
            )
            found.append(Problem(AT_TWO, told, 0))
    return found


def _opened_at(connection: Connection, bodies: Iterable[Body], close: Body, session: Session) -> str | None:
    """When the session was opened, by its own record; None where that is not in the books."""
    for body in bodies:
        if body["seq"] == session.open_seq and body["kind"] == Kind.OPEN:
            return str(body["utc"])
    stored = record_at(connection, close["terminal"], close["epoch"], session.open_seq)
    return None if stored is None else str(stored.body["utc"])
