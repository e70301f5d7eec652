"""The drawers that are open at this terminal, whoever opened them."""

from __future__ import annotations

from countertui.counter.receipts import operator_name
from countertui.counter.station import Session, Station
from countertui.store import session_rows


def open_sessions(station: Station) -> list[Session]:
    """The open drawer sessions of this terminal, in the order they were opened; amounts in cents."""
    reader = station.reader
    return [
        Session(
            row.id,
            row.drawer,
            row.operator,
            operator_name(station, reader, row.operator),
            row.biz_date,
            row.fund_cents,
            row.opening_cents,
            row.open_seq,
        )
        for row in session_rows.open_sessions(reader)
    ]
