"""Opening the cash drawer: at most once, never part of a receipt, so that no reprint ever opens it."""

from __future__ import annotations

from countertui.counter.station import Run, Station

KICK_LIFE_MS = 5_000
"""A drawer that opens later than that would open before nobody."""
_OPENED = frozenset({"confirmed", "processed", "sent"})


def kick_drawer(station: Station, _run: Run) -> str:
    """Open the drawer; gives what kept it from opening, or nothing. An errand: the printer may take five seconds."""
    outcome = station.printer.kick(KICK_LIFE_MS)
    return "" if outcome.state in _OPENED else outcome.detail or outcome.state
