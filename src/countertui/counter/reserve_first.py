"""Asking the ledger, before it happens, whether another terminal of the office has a drawer, a bag or a session.

Where the ledger is not reached at once nobody waits for it: the office works on, and what happened at two terminals is
an error item when both records are in the books.
"""

from __future__ import annotations

from collections.abc import Iterable

from countertui.counter.station import Station
from countertui.domain.reservations import Reserving, Thing, Wanted
from countertui.errors import AnswerNo, EnvironmentFault

WITHIN_S = 1.0


def reserve_first(
    station: Station,
    things: Iterable[tuple[Thing, str]],
    *,
    by: str,
    operator: str,
    biz_date: str,
    anyway: str = "",
) -> None:
    """Have the ledger keep these for the session or record `by`, if it answers within a second.

    anyway: the lead who lets it be although another terminal has it. Raises TakenElsewhere.
    """
    if station.touch.wait_ms:
        return  # it was not reached when it was last asked
    seq, _ = station.store.tip()
    wanted = tuple(Wanted(thing, name) for thing, name in things)
    try:
        station.exchange.reserve(Reserving(wanted, by, operator, biz_date, seq, anyway), WITHIN_S)
    except (EnvironmentFault, AnswerNo):
        return
