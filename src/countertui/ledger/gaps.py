"""Gaps: a batch came, and an earlier one of its terminal did not (failure matrix, row 8)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from countertui.ledger import tables


@dataclass(frozen=True, slots=True)
class Gap:
    """Which batch of a terminal is missing, since a later one first came (ISO 8601 UTC), and the terminal's state."""

    terminal: str
    epoch: int
    missing_no: int
    since: str
    state: str


def open_gaps(connection: Connection) -> list[Gap]:
    """The gaps that are open, by terminal; one is closed once the missing batch is in custody."""
    inbox, place = tables.inbox.c, tables.terminal.c
    its_own = (inbox.terminal == place.code) & (inbox.epoch == place.epoch)
    query = (
        select(place.code, place.epoch, place.batch_no + 1, func.min(inbox.received_at), place.state)
        .select_from(tables.terminal.join(tables.inbox, its_own))
        .where(inbox.verdict == "gap", inbox.no > place.batch_no + 1)
        .group_by(place.code, place.epoch, place.batch_no, place.state)
        .order_by(place.code, place.epoch)
    )
    return [Gap(*row) for row in connection.execute(query)]
