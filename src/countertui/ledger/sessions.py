"""Drawer sessions as the journal's own records make them: open or closed, whose, and what is expected in the drawer.

A close's expected figures are a terminal's word; what stands here is added up from its open, pay, void and refund
records, across batches, and is what over and short are posted from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from countertui.domain.drawers import drawer_moves
from countertui.domain.records import Kind
from countertui.domain.tenders import TenderKind
from countertui.ledger import tables
from countertui.ledger.bulk import add_many, insert_many, run_many
from countertui.ledger.stored import record_at

Body = Mapping[str, Any]
Amount = tuple[int, int]
"""Pieces and cents of one tender kind."""

_MOST_PIECES = 1_000_000
_SESSION = ("terminal", "epoch", "id", "operator", "drawer", "biz_date", "open_seq")
_CLOSE = 'UPDATE "session" SET "close_seq" = ? WHERE "terminal" = ? AND "epoch" = ? AND "id" = ?'


@dataclass(slots=True)
class Session:
    """One operator, one drawer, one business date, from its open record to its close record, if it has one."""

    operator: str
    drawer: str
    biz_date: str
    open_seq: int
    close_seq: int | None = None
    said: dict[int, Body] = field(default_factory=dict)
    """The data of its opening and its close by their records' numbers; of this batch's records alone."""


@dataclass(slots=True)
class Sessions:
    """The sessions of one terminal's epoch: those in the books, and what a batch does to them, in its order."""

    connection: Connection
    terminal: str
    epoch: int
    moved: defaultdict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    """By session and tender: pieces and cents of this batch."""
    _known: dict[str, Session | None] = field(default_factory=dict)
    _opened: list[str] = field(default_factory=list)
    _closed: list[str] = field(default_factory=list)
    _counted: list[tuple[str, int, str, str, int, int]] = field(default_factory=list)

    def find(self, id_: object) -> Session | None:
        """The session of that id; None if none was opened."""
        if type(id_) is not str:
            return None
        if id_ not in self._known:
            self._known[id_] = session_at(self.connection, self.terminal, self.epoch, id_)
        return self._known[id_]

    def open_in_drawer(self, drawer: str) -> str | None:
        """The open session of this terminal that has the drawer, by its id; None if none has it."""
        c = tables.session.c
        here = (c.terminal == self.terminal) & (c.epoch == self.epoch) & (c.drawer == drawer) & c.close_seq.is_(None)
        stored = self.connection.execute(select(c.id).where(here).order_by(c.open_seq)).scalars().all()
        opened: list[str] = [*stored, *(id_ for id_ in self._opened if id_ not in stored)]
        for id_ in opened:
            session = self.find(id_)
            if session is not None and session.close_seq is None and session.drawer == drawer:
                return id_
        return None

    def open_drawers(self) -> list[str]:
        """The drawers of this terminal in which a session is open, each once, in order."""
        c = tables.session.c
        here = (c.terminal == self.terminal) & (c.epoch == self.epoch) & c.close_seq.is_(None)
        ids = [*self.connection.execute(select(c.id).where(here)).scalars().all(), *self._opened]
        sessions = map(self.find, ids)
        return sorted({one.drawer for one in sessions if one is not None and one.close_seq is None})

    def open(self, body: Body) -> None:
        """Begin a session that was not there before: what was counted is what is expected."""
        id_, data = body["session"], body["data"]
        session = Session(body["operator"], data["drawer"], body["biz_date"], body["seq"])
        session.said[body["seq"]] = data
        self._known[id_] = session
        self._opened.append(id_)
        self.move(id_, Kind.OPEN, data)

    def close(self, body: Body) -> None:
        """End an open session."""
        session = self.find(body["session"])
        if session is None:
            raise AssertionError("only a session that was opened is closed")
        session.close_seq = body["seq"]
        session.said[body["seq"]] = body["data"]
        self._closed.append(body["session"])
        place = self.terminal, self.epoch, body["session"]
        counted = body["data"]["counted"]
        self._counted += [(*place, each["tender"], _pieces(each.get("count")), each["cents"]) for each in counted]

    @property
    def closed(self) -> list[str]:
        """The sessions that the batch closed, by their ids."""
        return list(self._closed)

    def move(self, session: object, kind: str, data: Body) -> None:
        """Let a record move money in the drawer that it names, whether it may stand or not."""
        if type(session) is not str:
            return
        moved = self.moved
        for tender, _, count, cents in drawer_moves(kind, data):
            sums = moved[session, tender]
            sums[0] += count
            sums[1] += cents

    def expected(self, id_: str) -> dict[TenderKind, Amount]:
        """What should be in that session's drawer now: pieces and cents for every kind of tender."""
        c = tables.session_tender.c
        here = (c.terminal == self.terminal) & (c.epoch == self.epoch) & (c.session == id_)
        rows = self.connection.execute(select(c.tender, c["count"], c.cents).where(here))
        sums = {kind.value: (0, 0) for kind in TenderKind} | {tender: (count, cents) for tender, count, cents in rows}
        for kind in TenderKind:
            count, cents = self.moved.get((id_, kind.value), (0, 0))
            sums[kind.value] = sums[kind.value][0] + count, sums[kind.value][1] + cents
        return {kind: sums[kind.value] for kind in TenderKind}

    def said_at(self, session: Session, seq: int) -> Body:
        """The data of a session's opening or close. Raises AssertionError for a number that is none of its own."""
        if seq not in session.said:
            stored = record_at(self.connection, self.terminal, self.epoch, seq)
            if stored is None:
                raise AssertionError("a session's opening and close are in the books")
            session.said[seq] = stored.body["data"]
        return session.said[seq]

    def write(self) -> None:
        """Put what the batch did to its sessions into the books."""
        place = self.terminal, self.epoch
        found = [(id_, self._known[id_]) for id_ in self._opened]
        rows = [(*place, id_, s.operator, s.drawer, s.biz_date, s.open_seq) for id_, s in found if s is not None]
        insert_many(self.connection, tables.session, _SESSION, rows)
        ended = [(id_, self._known[id_]) for id_ in self._closed]
        run_many(self.connection, _CLOSE, [(s.close_seq, *place, id_) for id_, s in ended if s is not None])
        sums = [(*place, session, tender, *both) for (session, tender), both in self.moved.items()]
        keys = ("terminal", "epoch", "session", "tender")
        add_many(self.connection, tables.session_tender, keys, ("count", "cents"), sums)
        insert_many(self.connection, tables.counted, (*keys, "count", "cents"), self._counted)


def _pieces(count: object) -> int:
    """What a close says of pieces, which no sum depends on: 0 for what can't be a number of them."""
    return count if type(count) is int and 0 <= count <= _MOST_PIECES else 0


def session_at(connection: Connection, terminal: str, epoch: int, id_: str) -> Session | None:
    """A session in the books, of any terminal; None if there is none."""
    c = tables.session.c
    here = (c.terminal == terminal) & (c.epoch == epoch) & (c.id == id_)
    row = connection.execute(select(c.operator, c.drawer, c.biz_date, c.open_seq, c.close_seq).where(here)).first()
    return Session(*row) if row else None
