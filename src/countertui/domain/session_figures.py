"""What a drawer session adds up to by its own records: the figures that are signed at its close."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from countertui.domain.drawers import Expected, OverShort, TenderCount, drawer_moves, over_short
from countertui.domain.money import Cents
from countertui.domain.records import Kind
from countertui.domain.tenders import TenderKind


class Counted(NamedTuple):
    """A committed count: its record's sequence number, what was found, and the difference it showed."""

    seq: int
    tenders: Mapping[TenderKind, TenderCount]
    difference: tuple[OverShort, ...]


@dataclass(slots=True)
class SessionFigures:
    """Sums over a session's records, in the order of the journal; `through` is the last record looked at.

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
    _sums: dict[str, list[int]] = field(default_factory=dict)

    def add(self, records: Iterable[tuple[int, str, str | None, Mapping[str, Any]]]) -> None:
        """Add the records that follow: seq, kind, session and data (without its lines) of each, other sessions' too."""
        for seq, kind, session, data in records:
            self.through = seq
            if session != self.session:
                continue
            for tender, what, count, cents in drawer_moves(kind, data):
                before = self.moves.get((seq, tender, what), (0, 0))
                self.moves[seq, tender, what] = (before[0] + count, before[1] + cents)
                total = self._sums.setdefault(tender, [0, 0])
                total[0] += count
                total[1] += cents
                self.last_move = seq
            if kind == Kind.PAY:
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
