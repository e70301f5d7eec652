"""What is left of a personal value that two people had erased, whoever tells of it: the desk's record, or the register.

Both do: a ledger that is restored from a backup has lost the desk's record, and is given the register back by its
terminals (`given_back`), so that no value comes to life again.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from countertui.domain.personal import Place
from countertui.ledger import tables
from countertui.ledger.books import next_version
from countertui.ledger.engines import is_postgres
from countertui.ledger.shares import note_removed

BY_REGISTER = 0
"""Stands for the desk's record that had a value erased, where this ledger lost it and the register alone tells."""
_SEALED = "personal_sealed"


def here(place: Place) -> ColumnElement[bool]:
    """The condition of a place's one row of table `personal`."""
    c = tables.personal.c
    return and_(c.terminal == place.terminal, c.epoch == place.epoch, c.seq == place.seq, c.field == place.field)


def destroy(connection: Connection, place: Place, desk_seq: int) -> None:
    """Destroy a value, publish it to nobody any more, and have the next snapshot tell the terminals to destroy it.

    desk_seq: the desk's record that says so, or BY_REGISTER. Again, it changes nothing; a value that comes later, with
    its batch, is erased before it is kept.
    """
    _overwrite_what_goes(connection)
    kept = here(place) & tables.personal.c.erased_seq.is_(None)
    connection.execute(update(tables.personal).where(kept).values(locked=None, blind=None, erased_seq=desk_seq))
    withhold(connection, place)
    if (place.seq, place.field) not in erased_within(connection, place.terminal, place.epoch, place.seq, place.seq):
        connection.execute(insert(tables.reference["erased"]).values((*place, next_version(connection))))


def erased_within(connection: Connection, terminal: str, epoch: int, first: int, last: int) -> set[tuple[int, str]]:
    """What was erased of a terminal's records from `first` to `last`: (record, field) each."""
    c = tables.reference["erased"].c
    query = select(c.seq, c.field).where(c.terminal == terminal, c.epoch == epoch, c.seq.between(first, last))
    return {(seq, field) for seq, field in connection.execute(query)}


def withhold(connection: Connection, place: Place | None = None) -> None:
    """Publish a value to nobody any more; without a place none at all, until they are sealed anew (`ledger reseal`)."""
    _overwrite_what_goes(connection)
    sealed = tables.reference[_SEALED]
    c = sealed.c
    query, gone = select(*(c[name] for name in tables.key_of(_SEALED))), delete(sealed)
    if place is not None:
        of_it = (c.terminal == place.terminal) & (c.epoch == place.epoch) & (c.seq == place.seq)
        query, gone = query.where(of_it, c.field == place.field), gone.where(of_it, c.field == place.field)
    keys: Sequence[Sequence[object]] = [tuple(row) for row in connection.execute(query)]
    connection.execute(gone)
    note_removed(connection, _SEALED, keys, next_version(connection))


def _overwrite_what_goes(connection: Connection) -> None:
    """What is taken out is overwritten in SQLite's file from here on; on PostgreSQL a VACUUM does so."""
    if not is_postgres(connection):
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
