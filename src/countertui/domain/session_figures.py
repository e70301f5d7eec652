"""What a drawer session adds up to by its own records: the figures that are signed at its close."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from countertui.domain.drawers import Expected, OverShort, TenderCount, drawer_moves, over_short
from countertui.domain.money import Cents
from countertui.domain.records import Kind
from countertui.domain.tenders import TenderKind

_PAY = Kind.PAY.value


class Counted(NamedTuple):
    """A committed count: its record's sequence number, what was found, and the difference it showed."""

    seq: int
    tenders: Mapping[TenderKind, TenderCount]
    difference: tuple[OverShort, ...]


@dataclass(slots=True)
class SessionFigures:
    """Sums over a session's records, added in the order of the journal; `through` is the last record looked at.

    moves: pieces and cents by (seq, tender, what). requested: receipts with a void asked for and not answered.
    """

    session: str
    through: int = 0
    opened: int = 0
    closed: bool = False
    moves: dict[tuple[int, str, str], tuple[int, int]] = field(default_factory=dict)
    last_move: int = 0
    counts: list[Counted] = field(default_factory=list)
    receipts: int = 0
    requested: dict[str, None] = field(default_factory=dict)
    _sums: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def add(self, seq: int, body: Mapping[str, Any]) -> None:
        """Add the record that follows, by its parsed body; another session's is passed over."""
        self.through = seq
        if body["session"] != self.session:
            return
        kind, data = body["kind"], body["data"]
        for tender, what, count, cents in drawer_moves(kind, data):
            move = seq, tender, what
            if move in self.moves:
                before = self.moves[move]
                self.moves[move] = before[0] + count, before[1] + cents
            else:
                self.moves[move] = count, cents
            total = self._sums[tender]
            total[0] += count
            total[1] += cents
            self.last_move = seq
        if kind == _PAY:
            self.receipts += 1
        else:
            self._other(seq, kind, data)

    def expected(self) -> dict[TenderKind, Expected]:
        """What should be in the drawer per tender kind, fund included; pieces of paper for all but cash."""
        return {
            kind: Expected(kind, 0 if kind is TenderKind.CASH else self._sums[kind][0], Cents(self._sums[kind][1]))
            for kind in TenderKind
            if kind in self._sums
        }

    def _other(self, seq: int, kind: str, data: Mapping[str, Any]) -> None:
        if kind == Kind.OPEN:
            self.opened = seq
        elif kind == Kind.CLOSE:
            self.closed = True
        elif kind == Kind.COUNT:
            found = {TenderKind(each["tender"]): each for each in data["counted"]}
            tenders = {kind: TenderCount(kind, each["count"], each["cents"]) for kind, each in found.items()}
            self.counts.append(Counted(seq, tenders, over_short(self.expected(), tenders)))
        elif kind == Kind.VOID_REQUEST:
            self.requested[data["original"]["receipt_no"]] = None
        elif kind in (Kind.VOID, Kind.VOID_REFUSAL):
            self.requested.pop(data["original"]["receipt_no"], None)
