"""What a session adds up to by its signed records, held against the derived tables: what they say is not signed."""

from __future__ import annotations

from countertui.counter.station import Session, Station
from countertui.domain.session_figures import SessionFigures
from countertui.store import money_here


def figures_of(station: Station, session: Session) -> SessionFigures:
    """An open session's figures, from its own records: those that came since the last look are added.

    Raises StoreHalted where the derived tables say something else: then the counter takes no more.
    """
    figures = station.figures.setdefault(session.id, SessionFigures(session.id))
    figures.add(money_here.records_since(station.db, max(session.open_seq, figures.through + 1)))
    stored = money_here.session(station.db, session.id)
    told = stored is not None and (stored.open_seq, stored.close_seq is not None) == (figures.opened, figures.closed)
    if not told or money_here.drawer_moves(station.db, session.id) != figures.moves:
        station.store.halt("its tables don't follow from its journal; run `countertui verify` to see where.")
    station.store.refuse_if_halted()
    return figures
