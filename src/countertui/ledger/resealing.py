"""Personal values for the offices that need them: sealed anew to each of their terminals, and published so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, delete, select
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from countertui.domain.personal import Place
from countertui.domain.reference import TABLES
from countertui.ledger import tables
from countertui.ledger.after_restore import awaited, require_heard
from countertui.ledger.alarms import PERSONAL, raise_alarm
from countertui.ledger.books import StateKey, next_version
from countertui.ledger.bulk import insert_many
from countertui.ledger.charted import NoRulesError, rules_of
from countertui.sync.faults import SealingError
from countertui.sync.vault import Vault

_NAME = "personal_sealed"
_SEALED = tables.reference[_NAME]
Reader = tuple[str, int, bytes, frozenset[str]]
"""A terminal, its epoch, its X25519 key, and the kinds of values that its office may read."""


class Resealed(NamedTuple):
    """How many values were sealed, one counted for each reader, and how many were left out as they were altered."""

    sealed: int
    left_out: int


def reseal(connection: Connection, vault: Vault, now: str, batch: tuple[str, int, int, int] | None = None) -> Resealed:
    """Seal what is kept to every terminal whose office may read it and that has it not yet.

    batch: terminal, epoch, first and last record, where only its values are looked at. A terminal that was admitted
    later, or an office that was named later, gets what came before by a call without one. A value that was altered
    where it is kept is left out, and so is a terminal that nothing can be sealed to; an alarm tells of either. `now`
    is ISO 8601 UTC. Raises RegisterWaitsError where a restored ledger may not have heard yet what was erased.
    """
    require_heard(connection)
    if batch is None:
        connection.execute(delete(tables.state).where(tables.state.c.key == StateKey.UNSEALED_SINCE))
    readers = _readers(connection)
    if not readers:
        return Resealed(0, 0)
    query = select(*(_SEALED.c[column] for column in tables.key_of(_NAME)))
    if batch is not None:
        query = query.where(_of(_SEALED.c, batch))
    there = {tuple(row) for row in connection.execute(query)}
    version = next_version(connection)
    rows: list[tuple[Any, ...]] = []
    altered: list[Place] = []
    unfit: set[tuple[str, int]] = set()
    for place, locked in _kept(connection, batch):
        kind = place.field.rpartition(".")[2]
        waiting = [each for each in readers if kind in each[3] and (*place, *each[:2]) not in there]
        if not waiting:
            continue
        try:
            salted = vault.unlock(place, locked)
        except SealingError:
            altered.append(place)
            continue
        for reader, epoch, key, _ in waiting:
            try:
                rows.append((*place, reader, epoch, vault.seal_for(key, place, salted).hex(), version))
            except SealingError:
                unfit.add((reader, epoch))
    _tell(connection, altered, unfit, now)
    return Resealed(insert_many(connection, _SEALED, (*TABLES[_NAME], "changed_in"), rows), len(altered))


def is_wanted(connection: Connection) -> bool:
    """Whether a ledger that was restored heard its terminals, and offices wait for their personal values still."""
    since = select(tables.state.c.value).where(tables.state.c.key == StateKey.UNSEALED_SINCE)
    return connection.execute(since).first() is not None and not awaited(connection) and bool(_readers(connection))


def _tell(connection: Connection, altered: Sequence[Place], unfit: Iterable[tuple[str, int]], now: str) -> None:
    """Have people see what was left out, and that nothing else was."""
    for (terminal, epoch), places in groupby(altered, lambda place: place[:2]):
        wrong = list(places)
        told = (
            f"{len(wrong)} of the personal values kept here were altered, the first in record {wrong[0].seq},"
            f" {wrong[0].field}: no office is given them; all others are. All of them: countertui ledger personal."
        )
        raise_alarm(connection, PERSONAL, terminal, epoch, wrong[0].seq, told, now)
    for terminal, epoch in sorted(unfit):
        told = "Nothing can be sealed to the key that it was admitted with: it is given no personal values."
        raise_alarm(connection, PERSONAL, terminal, epoch, None, told, now)


def _readers(connection: Connection) -> list[Reader]:
    try:
        offices = rules_of(connection).personal_offices
    except NoRulesError:
        return []
    terminal, key = tables.terminal, tables.terminal_key
    same = (key.c.terminal == terminal.c.code) & (key.c.epoch == terminal.c.epoch) & key.c.sealing_key.is_not(None)
    query = select(terminal.c.code, terminal.c.epoch, key.c.sealing_key, terminal.c.office).select_from(
        terminal.join(key, same)
    )
    return [
        (code, epoch, bytes.fromhex(sealing), frozenset(offices[office]))
        for code, epoch, sealing, office in connection.execute(query.where(terminal.c.state == "active"))
        if office in offices
    ]


def _of(c: ReadOnlyColumnCollection[str, Any], batch: tuple[str, int, int, int]) -> ColumnElement[bool]:
    """The condition of what is of a batch's records."""
    terminal, epoch, first, last = batch
    return and_(c.terminal == terminal, c.epoch == epoch, c.seq.between(first, last))


def _kept(connection: Connection, batch: tuple[str, int, int, int] | None) -> Iterator[tuple[Place, bytes]]:
    c = tables.personal.c
    query = select(c.terminal, c.epoch, c.seq, c.field, c.locked).where(c.locked.is_not(None))
    if batch is not None:
        query = query.where(_of(c, batch))
    for *at, locked in connection.execute(query.order_by(c.terminal, c.epoch, c.seq, c.field)):
        yield Place(*at), bytes(locked)
