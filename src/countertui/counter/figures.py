"""What sessions and the next batch add up to by the signed records, each of which is read once for both.

What the derived tables say is not signed: a session's figures are held against them, and never taken from them.
"""

from __future__ import annotations

from countertui.counter.station import Session, Station, Unsealed
from countertui.domain.session_figures import SessionFigures
from countertui.store import journal_rows, session_rows
from countertui.store.batches import last_seal


def figures_of(station: Station, session: Session) -> SessionFigures:
    """An open session's figures, from its own records: those that came since the last look are added.

    Raises StoreHalted where the derived tables say something else: then the counter takes no more.
    """
    figures = station.figures.setdefault(session.id, SessionFigures(session.id, session.open_seq - 1))
    _read_on(station, figures)
    stored = session_rows.session(station.db, session.id)
    told = stored is not None and (stored.open_seq, stored.close_seq is not None) == (figures.opened, figures.closed)
    if not told or session_rows.drawer_moves(station.db, session.id) != figures.moves:
        station.store.halt("its tables don't follow from its journal; run `countertui verify` to see where.")
    station.store.refuse_if_halted()
    return figures


def unsealed_of(station: Station) -> Unsealed:
    """What all records since the last seal add up to."""
    _read_on(station)
    return _unsealed(station)


def _read_on(station: Station, figures: SessionFigures | None = None) -> None:
    unsealed = _unsealed(station)
    seen = unsealed.through if figures is None else min(unsealed.through, figures.through)
    for seq, body in journal_rows.bodies_since(station.db, seen + 1):
        if figures is not None and seq > figures.through:
            figures.add(seq, body)
        if seq > unsealed.through:
            unsealed.through = seq
            unsealed.totals.add(body)


def _unsealed(station: Station) -> Unsealed:
    sealed = last_seal(station.db)
    if station.unsealed is None or station.unsealed.sealed != sealed:
        station.unsealed = Unsealed(sealed, sealed)
    return station.unsealed
