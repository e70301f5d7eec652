"""What the ledger has of terminals' journals beyond its books: batches nobody posted yet, and records told live.

None of it is posted, all of it was verified when it came; records whose own amounts don't add up count for nothing. A
batch is read out of the inbox once and remembered by its hash, as it never changes.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from countertui.domain.drawers import drawer_moves
from countertui.domain.records import Kind
from countertui.ledger import tables
from countertui.ledger.amounts import UnsoundRecordError, net_of
from countertui.ledger.deposits_in_books import place_of
from countertui.sync.batch import MAX_ENVELOPE, Batch, parse_batch
from countertui.sync.dsse import parse_envelope

Body = Mapping[str, Any]
Place = tuple[str, int]
"""Terminal and epoch."""
LIVE = "live"
"""Stands where a batch's state would: its terminal told of it, and has not sealed it, or not sent it."""
IN_CUSTODY = ("received", "held", "released", "rejected", "reopened")
"""The states of batches that are not posted; one that was set aside for a recovered one counts for nothing."""
_MOVES = frozenset({Kind.OPEN, Kind.PAY, Kind.VOID, Kind.REFUND, Kind.DROP})


@dataclass(slots=True)
class Part:
    """What a stretch of a journal says of one drawer session; sums are what it moved in the drawer, cents a tender.

    `opened` and `closed` are the data of its open and close record where they are in that stretch.
    """

    session: str
    operator: str = ""
    biz_date: str = ""
    open_seq: int | None = None
    opened: Body | None = None
    closed: Body | None = None
    close_seq: int | None = None
    receipts: int = 0
    dropped_cents: int = 0
    sums: dict[str, int] = field(default_factory=lambda: defaultdict(int))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Records of a terminal that are not in the books: of a batch in custody, or (batch_no None) told live."""

    terminal: str
    epoch: int
    batch_no: int | None
    state: str
    parts: tuple[Part, ...]
    sealed_through: int
    """The number of its last seal record; 0 where it has none."""
    bags: Mapping[tuple[str, int, str], str]
    """The sessions (terminal, epoch, id) that its deposits name, and in which bag."""


def beyond_books(connection: Connection, of: Place | None = None) -> Iterator[Stretch]:
    """Every stretch that is in custody or was told live, and is not posted; of one terminal, or of all."""
    batch, c = tables.batch.c, tables.provisional.c
    waiting = select(batch.terminal, batch.epoch, batch.no, batch.state, batch.sha256)
    waiting = waiting.where(batch.state.in_(IN_CUSTODY)).order_by(batch.terminal, batch.epoch, batch.no)
    live = select(c.terminal, c.epoch, c.body).order_by(c.terminal, c.epoch, c.seq)
    if of is not None:
        waiting = waiting.where(batch.terminal == of[0], batch.epoch == of[1])
        live = live.where(c.terminal == of[0], c.epoch == of[1])
    for row in connection.execute(waiting).all():
        yield Stretch(row.terminal, row.epoch, row.no, row.state, *_of_batch(connection, row.sha256))
    told: dict[Place, list[Body]] = defaultdict(list)
    for terminal, epoch, body in connection.execute(live):
        told[terminal, epoch].append(json.loads(bytes(body)))
    for (terminal, epoch), bodies in told.items():
        yield Stretch(terminal, epoch, None, LIVE, *_told(bodies))


def waiting_bodies(connection: Connection, terminal: str, epoch: int, first: int, last: int) -> list[tuple[Body, str]]:
    """The records of a terminal with those numbers that are in custody or were told live, and how they stand."""
    batch, c = tables.batch.c, tables.provisional.c
    here = (batch.terminal == terminal) & (batch.epoch == epoch) & (batch.first_seq <= last) & (batch.last_seq >= first)
    found: list[tuple[Body, str]] = []
    rows = connection.execute(
        select(batch.sha256, batch.state).where(here, batch.state.in_(IN_CUSTODY)).order_by(batch.no)
    ).all()
    for row in rows:
        found += [(body, row.state) for body in kept_batch_of(connection, row.sha256).bodies]
    mine = (c.terminal == terminal) & (c.epoch == epoch) & c.seq.between(first, last)
    told = connection.execute(select(c.body).where(mine).order_by(c.seq)).scalars()
    found += [(json.loads(bytes(body)), LIVE) for body in told]
    return [(body, state) for body, state in found if first <= body["seq"] <= last]


_Told = tuple[tuple[Part, ...], int, Mapping[tuple[str, int, str], str]]
_remembered: dict[str, _Told] = {}
_MOST_REMEMBERED = 256


def _of_batch(connection: Connection, sha256: str) -> _Told:
    """What a batch in custody says of sessions, remembered by the hash of its envelope."""
    if sha256 not in _remembered:
        found = _told(kept_batch_of(connection, sha256).bodies)
        while len(_remembered) >= _MOST_REMEMBERED:
            _remembered.pop(next(iter(_remembered)), None)
        _remembered[sha256] = found
        return found
    return _remembered[sha256]


def kept_batch_of(connection: Connection, sha256: str) -> Batch:
    """The batch in the envelope of that hash, which was verified when it was taken into custody."""
    table = tables.inbox
    envelope = connection.execute(select(table.c.bytes).where(table.c.sha256 == sha256)).scalar_one()
    return parse_batch(parse_envelope(bytes(envelope), MAX_ENVELOPE).payload)


def _told(bodies: Iterable[Body]) -> _Told:
    """What records say of sessions, the last seal among them, and the bags that deposits put sessions into."""
    parts: dict[str, Part] = {}
    bags: dict[tuple[str, int, str], str] = {}
    sealed = 0
    for body in bodies:
        if not is_sound(body):
            continue
        kind, session, seq = body.get("kind"), body.get("session"), body["seq"]
        if kind == Kind.SEAL:
            sealed = seq
        elif kind == Kind.DEPOSIT:
            bags |= dict.fromkeys(map(place_of, body["data"]["sessions"]), body["data"]["bag"])
        elif kind == Kind.DEPOSIT_TAKEN_BACK:
            bags = {place: bag for place, bag in bags.items() if bag != body["data"]["deposit"]["bag"]}
        if type(session) is not str or kind not in _MOVES | {Kind.CLOSE}:
            continue
        part = parts.setdefault(session, Part(session))
        data = body["data"]
        if kind == Kind.OPEN:
            part.operator, part.biz_date, part.open_seq, part.opened = body["operator"], body["biz_date"], seq, data
        elif kind == Kind.CLOSE:
            part.closed, part.close_seq = data, seq
            continue
        part.receipts += kind == Kind.PAY
        part.dropped_cents += data["cents"] if kind == Kind.DROP else 0
        for tender, _, _, cents in drawer_moves(str(kind), data):
            part.sums[tender] += cents
    return tuple(parts.values()), sealed, bags


def is_sound(body: Body) -> bool:
    """Whether a record's own amounts are there and add up: one that is held for people may say anything."""
    try:
        net_of(body)
    except (UnsoundRecordError, KeyError, TypeError, AttributeError, ValueError):
        return False
    return True
