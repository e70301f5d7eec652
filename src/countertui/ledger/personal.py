"""Personal data at the ledger: awaited from the batch that commits to it, taken from its side part, kept encrypted.

A side part is opened, compared with the records' commitments and thrown away: unlike envelopes it is not kept as it
came, for what is erased must be gone. What is wrong with it raises an alarm; no batch waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, func, select, update

from countertui.domain.personal import LONGEST_VALUE, Place, Salted, commitment, commitments
from countertui.ledger import after_restore, tables
from countertui.ledger.alarms import PERSONAL, raise_alarm
from countertui.ledger.books import Books
from countertui.ledger.bulk import insert_many
from countertui.ledger.erased import BY_REGISTER, erased_within, here
from countertui.ledger.resealing import reseal
from countertui.sync.batch import Batch
from countertui.sync.faults import SealingError
from countertui.sync.personal_part import read_part
from countertui.sync.vault import Vault

_COLUMNS = ("terminal", "epoch", "seq", "field", "commitment", "erased_seq")
_COMMITS = b'"personal":'


class NotInCustodyError(Exception):
    """The batch that a side part belongs to is not here."""


class ElsewhereError(Exception):
    """A side part says that it is of another batch, terminal or ledger than its address."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How many values are kept and are those committed to, awaited, erased; and the places of those that are wrong."""

    kept: int
    awaited: int
    erased: int
    wrong: tuple[Place, ...]


class _Opened(NamedTuple):
    """A value of a side part that its record commits to."""

    place: Place
    locked: bytes
    blind: str


def await_values(connection: Connection, batch: Batch) -> None:
    """Note what a batch that is taken into custody commits to.

    Values of records that were recovered before stay as they are. Those that the register says were erased, as this
    ledger was restored from a backup, are not awaited.
    """
    rows = [
        (batch.terminal, batch.epoch, seq, field, wanted)
        for seq, (body, (data, _)) in enumerate(zip(batch.bodies, batch.records, strict=True), start=batch.first_seq)
        if _COMMITS in data
        for field, wanted in commitments(body).items()
    ]
    if rows:
        noted = _noted(connection, batch.terminal, batch.epoch, batch.first_seq, batch.last_seq)
        erased = erased_within(connection, batch.terminal, batch.epoch, batch.first_seq, batch.last_seq)
        new = ((*row, BY_REGISTER if row[2:4] in erased else None) for row in rows if row[2:4] not in noted)
        insert_many(connection, tables.personal, _COLUMNS, list(new))


def take_part(
    books: Books, vault: Vault, data: bytes, terminal: str, epoch: int, no: int, now: str
) -> list[tuple[int, str]]:
    """Take the values of a side part; gives those that are here now, (record, field) each. Again, it changes nothing.

    `now` is ISO 8601 UTC. Raises MalformedPartError, ElsewhereError, NotInCustodyError.
    """
    *said, items = read_part(data)
    if said != [books.ledger, terminal, epoch, no]:
        raise ElsewhereError
    with books.reading() as connection:
        first, last = _records_of(connection, terminal, epoch, no)
        noted = _noted(connection, terminal, epoch, first, last)
    opened: list[_Opened] = []
    wrong: list[Place] = []
    settled: list[tuple[int, str]] = []
    for place, sealed in items:
        row = noted.get((place.seq, place.field))
        if row is not None and row.settled:
            settled.append((place.seq, place.field))
            continue
        salted = _opened(vault, place, sealed) if row is not None else None
        if row is None or salted is None or commitment(place.field, salted) != row.commitment:
            wrong.append(place)
            continue
        blind = vault.blind(place.field.rpartition(".")[2], salted.value)
        opened.append(_Opened(place, vault.lock(place, salted), blind))
    with books.writing() as connection:
        for value in opened:
            _keep(connection, value, now)
        # A ledger just restored may not know yet what was erased of it: `ledger reseal` seals all once it heard that.
        if opened and not after_restore.awaited(connection):
            reseal(connection, vault, now, (terminal, epoch, first, last))
        if wrong:
            told = f"{len(wrong)} personal values sent with batch {no} are not those that its records commit to."
            raise_alarm(connection, PERSONAL, terminal, epoch, wrong[0].seq, told, now)
    return settled + [(value.place.seq, value.place.field) for value in opened]


def verified(connection: Connection, vault: Vault) -> Standing:
    """Every value opened and compared with what its record commits to."""
    c = tables.personal.c
    kept = to_come = erased = 0
    wrong: list[Place] = []
    query = select(c.terminal, c.epoch, c.seq, c.field, c.commitment, c.locked, c.erased_seq)
    for *at, wanted, locked, erased_seq in connection.execute(query.order_by(c.terminal, c.epoch, c.seq, c.field)):
        place = Place(*at)
        if erased_seq is not None and locked is None:
            erased += 1
        elif locked is None:
            to_come += 1
        elif erased_seq is None and _is_committed(vault, place, bytes(locked), wanted):
            kept += 1
        else:
            wrong.append(place)
    return Standing(kept, to_come, erased, tuple(wrong))


def awaited_before(connection: Connection, day: str) -> int:
    """How many values of batches that came before that day (ISO) have not come."""
    c, b = tables.personal.c, tables.batch.c
    of_batch = (b.terminal == c.terminal) & (b.epoch == c.epoch) & (b.no > 0) & c.seq.between(b.first_seq, b.last_seq)
    query = select(func.count()).select_from(tables.personal.join(tables.batch, of_batch))
    return int(
        connection.execute(query.where(c.locked.is_(None), c.erased_seq.is_(None), b.received_at < day)).scalar_one()
    )


class _Noted(NamedTuple):
    commitment: str
    settled: bool


def _records_of(connection: Connection, terminal: str, epoch: int, no: int) -> tuple[int, int]:
    c = tables.batch.c
    query = select(c.first_seq, c.last_seq).where(c.terminal == terminal, c.epoch == epoch, c.no == no)
    row = connection.execute(query).first()
    if row is None:
        raise NotInCustodyError
    return row.first_seq, row.last_seq


def _noted(
    connection: Connection, terminal: str, epoch: int, first: int, last: int
) -> Mapping[tuple[int, str], _Noted]:
    c = tables.personal.c
    query = select(c.seq, c.field, c.commitment, c.locked.is_not(None), c.erased_seq).where(
        c.terminal == terminal, c.epoch == epoch, c.seq.between(first, last)
    )
    return {
        (seq, field): _Noted(wanted, bool(kept) or erased is not None)
        for seq, field, wanted, kept, erased in connection.execute(query)
    }


def _opened(vault: Vault, place: Place, sealed: bytes) -> Salted | None:
    """The value, if it opens here and is not longer than one may be."""
    try:
        salted = vault.unseal(place, sealed)
    except SealingError:
        return None
    return salted if len(salted.value) <= LONGEST_VALUE else None


def _keep(connection: Connection, value: _Opened, now: str) -> None:
    """Keep a value unless it came, or was erased, in between."""
    c = tables.personal.c
    connection.execute(
        update(tables.personal)
        .where(here(value.place), c.locked.is_(None), c.erased_seq.is_(None))
        .values(locked=value.locked, blind=value.blind, kept_at=now)
    )


def _is_committed(vault: Vault, place: Place, locked: bytes, wanted: str) -> bool:
    try:
        return commitment(place.field, vault.unlock(place, locked)) == wanted
    except SealingError:
        return False
