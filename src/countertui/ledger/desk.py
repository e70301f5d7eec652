"""The ledger's own journal: what people do at its desk, as signed records in a chain of their own.

The same form, hashes and signatures as a terminal's journal; terminal LEDGER, epoch 1, the ledger's key of the day.
A record is made in the transaction that carries it out: both are there, or neither.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, RowMapping, insert, select, update

from countertui.domain.desk_records import DESK
from countertui.domain.records import Fact, Head
from countertui.domain.records import body as body_of
from countertui.domain.rights import Act, NotAllowed, require, require_second_person
from countertui.ledger import tables, tree
from countertui.ledger.books import Books
from countertui.ledger.city_day import city_day, is_working_day
from countertui.ledger.staff import people_of
from countertui.ledger.turns import take_turn
from countertui.sync.batch import NO_BATCH
from countertui.sync.canonical import canonical
from countertui.sync.chain import genesis, record_hash, signed_message

EPOCH = 1
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ground:
    """What an act at the desk works on: an open transaction of the books, the ledger's key, the time (ISO 8601 UTC)."""

    connection: Connection
    books: Books
    key: Ed25519PrivateKey
    now: str


class Made(NamedTuple):
    """A record of the desk: its sequence number, its hash (32 bytes), its body."""

    seq: int
    h: bytes
    body: Body


def record(connection: Connection, books: Books, key: Ed25519PrivateKey, fact: Fact, now: str) -> Made:
    """Sign a fact as the next record of the desk's journal. `now` is ISO 8601 UTC.

    Its business date is the fact's; what it says was done is carried out by the caller, in the same transaction.
    """
    row = _place(connection, books, key)
    seq = row["last_seq"] + 1
    head = Head(
        ledger=books.ledger,
        terminal=DESK,
        epoch=EPOCH,
        seq=seq,
        utc=now,
        mono_ms=0,
        boot_id="",
        snapshot=0,
        cum_net=row["cum_net"] + fact.net_cents,
        cum_abs=row["cum_abs"] + abs(fact.net_cents),
    )
    data = canonical(body_of(head, fact, f"{DESK}-{seq}" if fact.draws_receipt_no else None))
    h = record_hash(seq, bytes.fromhex(row["head"]), data)
    public_key = key.public_key().public_bytes_raw().hex()
    return keep(connection, data, h, key.sign(signed_message(h)), public_key, now)


def keep(connection: Connection, data: bytes, h: bytes, sig: bytes, public_key: str, now: str) -> Made:
    """Put a signed record of the desk at the end of its journal."""
    body = json.loads(data)
    seq = body["seq"]
    row = {"terminal": DESK, "epoch": EPOCH, "seq": seq, "id": body["id"], "kind": body["kind"]}
    connection.execute(insert(tables.record).values(**row, h=h, entry=None, body=data))
    connection.execute(insert(tables.desk_signature).values(seq=seq, sig=sig, public_key=public_key, at=now))
    values = {"last_seq": seq, "head": h.hex(), "cum_net": body["cum_net"], "cum_abs": body["cum_abs"]}
    table = tables.terminal
    connection.execute(
        update(table)
        .where((table.c.code == DESK) & (table.c.epoch == EPOCH))
        .values(**values, posted_seq=seq, heard_at=now)
    )
    tree.append(connection, [h])
    take_turn(connection, DESK, EPOCH, seq, now)
    return Made(seq, h, body)


def open_desk(connection: Connection, ledger: str, public_key: bytes) -> None:
    """Give the desk its row among the terminals; its journal begins with this key (raw 32 bytes)."""
    connection.execute(
        insert(tables.terminal).values(
            code=DESK,
            epoch=EPOCH,
            office="",
            public_key=public_key.hex(),
            state="desk",
            batch_no=0,
            batch_hash=NO_BATCH,
            last_seq=0,
            head=genesis(ledger, DESK, EPOCH, public_key).hex(),
            cum_net=0,
            cum_abs=0,
            posted_no=0,
            posted_seq=0,
        )
    )


def require_right(connection: Connection, who: str, act: Act, now: str) -> None:
    """Raise NotAllowed unless that operator is known, works here today and may do this."""
    person = people_of(connection).get(who)
    day = city_day(connection, now)
    if person is None or not is_working_day(day, now, person.active_from, person.active_to):
        raise NotAllowed(f"{who} is not known here, or does not work here today.")
    require(who, person.roles, act)


def require_two(connection: Connection, who: str, act: Act, second: str, agrees: Act, now: str) -> None:
    """Raise NotAllowed unless one person may do this and another, in any spelling, may agree to it."""
    require_right(connection, who, act, now)
    require_right(connection, second, agrees, now)
    require_second_person(second, (who,))


def _place(connection: Connection, books: Books, key: Ed25519PrivateKey) -> RowMapping:
    table = tables.terminal
    query = select(table).where((table.c.code == DESK) & (table.c.epoch == EPOCH)).with_for_update()
    row = connection.execute(query).mappings().first()
    if row is None:
        open_desk(connection, books.ledger, key.public_key().public_bytes_raw())
        row = connection.execute(query).mappings().one()
    return row
