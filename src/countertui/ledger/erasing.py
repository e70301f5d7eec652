"""Erasing a personal value, by two people: value and salt are destroyed, the record that commits to them stays.

Chain, tree and books are as before: the commitment without its salt says nothing. Terminals learn of it from the next
snapshot and destroy what they have. A backup taken before still holds the value, under the ledger's key; so an entry of
the register says it as well, which terminals keep and give back to a ledger that was restored.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, exists, select

from countertui.domain.desk_records import DeskKind, ErasureData, PlaceData
from countertui.domain.personal import Place
from countertui.domain.records import Fact
from countertui.domain.rights import Act
from countertui.errors import UsageError
from countertui.ledger import registry, tables
from countertui.ledger.batch_states import hashes_of, kept_batch
from countertui.ledger.custody import Place as BatchPlace
from countertui.ledger.desk import Ground, Made, record, require_two
from countertui.ledger.erased import BY_REGISTER, destroy, here
from countertui.sync.ack import LEDGER_KEY_ID
from countertui.sync.registry_entries import Erase


class ErasureRefusedError(UsageError):
    """There is no such value, or it was erased before."""


def erase(ground: Ground, record_id: str, field: str, *, by: str, second: str, reason: str, id_: str) -> Made:
    """Erase one field's value of a record that is here, posted or not: a record of the desk signed by two people.

    record_id, id_: UUIDv7s, the latter of the desk's record.

    Raises ErasureRefusedError, NotAllowed, UsageError without a reason, KeptBatchAlteredError; nothing is changed then.
    """
    if not reason.strip():
        raise UsageError("Say why it is erased.", "Nothing was changed.", "Add --reason.")
    _require_people(ground, by, second)
    c = tables.record.c
    query = select(c.terminal, c.epoch, c.seq, c.h).where(c.id == record_id)
    posted = ground.connection.execute(query).first()
    found = _unposted(ground, record_id) if posted is None else (posted.terminal, posted.epoch, posted.seq, posted.h)
    if found is None:
        raise ErasureRefusedError("No record here has that id.", "Nothing was changed.")
    terminal, epoch, seq, h = found
    place = Place(terminal, epoch, seq, field)
    p = tables.personal.c
    noted = ground.connection.execute(select(p.erased_seq).where(here(place))).first()
    if noted is None:
        known = ", ".join(_fields(ground.connection, place)) or "none"
        raise ErasureRefusedError(
            "That record commits to no such field.", f"Nothing was changed. Its personal fields: {known}."
        )
    if noted.erased_seq == BY_REGISTER:
        raise ErasureRefusedError("It was erased before, before this ledger was restored.", "")
    if noted.erased_seq is not None:
        raise ErasureRefusedError(f"It was erased before, by the desk's record {noted.erased_seq}.", "")
    about = PlaceData(terminal=place.terminal, epoch=place.epoch, seq=place.seq, h=bytes(h).hex())
    data = ErasureData(about=about, field=field, reason=reason.strip())
    fact = Fact(id=id_, kind=DeskKind.ERASURE, operator=by, approver=second, data=data)
    made = record(ground.connection, ground.books, ground.key, fact, ground.now)
    carry_out(ground, made)
    _note_in_register(ground, place, (by, second))
    return made


def carry_out(ground: Ground, made: Made) -> None:
    """Destroy the value, and have the next snapshot tell the terminals to. Raises NotAllowed."""
    _require_people(ground, made.body["operator"], made.body["approver"])
    about, field = made.body["data"]["about"], made.body["data"]["field"]
    place = Place(about["terminal"], about["epoch"], about["seq"], field)
    destroy(ground.connection, place, made.seq)


def _note_in_register(ground: Ground, place: Place, by: Sequence[str]) -> None:
    """Have the terminals keep that it was erased, for a ledger restored from a backup that still has it."""
    register = registry.present(ground.connection, ground.books.ledger)
    data = Erase(terminal=place.terminal, epoch=place.epoch, seq=place.seq, field=place.field)
    signers = [(LEDGER_KEY_ID, ground.key)]
    registry.append(ground.connection, register, "erase", data, signers, by=by, now=ground.now)


def _unposted(ground: Ground, record_id: str) -> tuple[str, int, int, bytes] | None:
    """Where that record is in a batch that waits or was rejected, and its hash; its values are here all the same."""
    b, p = tables.batch.c, tables.personal.c
    of_it = (p.terminal == b.terminal) & (p.epoch == b.epoch) & p.seq.between(b.first_seq, b.last_seq)
    here = select(b.terminal, b.epoch, b.no, b.batch_hash)
    query = here.where(b.state != "posted", b.no > 0, exists().where(of_it))
    for each in ground.connection.execute(query.order_by(b.terminal, b.epoch, b.no)).all():
        batch = kept_batch(ground, BatchPlace(*each))
        for body, h in zip(batch.bodies, hashes_of(batch), strict=True):
            if body.get("id") == record_id:
                return each.terminal, each.epoch, body["seq"], h
    return None


def _require_people(ground: Ground, by: str, second: str) -> None:
    require_two(ground.connection, by, Act.ERASE, second, Act.AGREE, ground.now)


def _fields(connection: Connection, place: Place) -> list[str]:
    c = tables.personal.c
    query = select(c.field).where(c.terminal == place.terminal, c.epoch == place.epoch, c.seq == place.seq)
    return sorted(connection.execute(query).scalars())
