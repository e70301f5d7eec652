"""Destroying personal values here that were erased at the ledger, as the snapshot in use tells."""

from __future__ import annotations

import sqlite3

from countertui.counter.station import Station
from countertui.store import personal
from countertui.store.store import NotWritten


def destroy_erased(station: Station) -> int:
    """Destroy what is still kept here of values that were erased; gives how many there were. Raises NotWritten.

    Cut off half-way, it is done after the next snapshot: each names all that was ever erased.
    """
    told = station.reference.erased(station.place.terminal, station.place.epoch)
    gone = personal.still_here(station.db, told)
    if gone:
        try:
            personal.erase(station.db, gone)
        except sqlite3.Error as error:
            raise NotWritten(error) from error
    return len(gone)
