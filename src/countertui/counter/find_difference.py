"""Where a counted drawer's difference may come from: told after the count is committed, never before."""

from __future__ import annotations

from collections.abc import Iterable

from countertui.counter.figures import figures_of
from countertui.counter.station import Session, Station
from countertui.domain.difference_finder import Change, Explanation, Taken, explanations
from countertui.domain.drawers import OverShort
from countertui.domain.tenders import TenderKind
from countertui.store import receipt_rows


def may_come_from(station: Station, session: Session) -> list[Explanation]:
    """What the difference of the session's last committed count may come from; nothing before there is one.

    Raises StoreHalted.
    """
    counts = figures_of(station, session).counts
    return explained(station, session, counts[-1].difference) if counts else []


def explained(station: Station, session: Session, found: Iterable[OverShort]) -> list[Explanation]:
    """What a difference that a count of the session showed may come from."""
    differences = {each.kind: int(each.cents) for each in found}
    if not any(differences.values()):
        return []
    rows = receipt_rows.tenders_of(station.db, session.id)
    changes = {row.receipt_no: row.change_cents for row in rows if row.change_cents}
    taken = [Taken(row.receipt_no, TenderKind(row.kind), row.cents) for row in rows]
    return explanations(differences, taken, [Change(number, cents) for number, cents in changes.items()])
