"""A drawer's money: counts by denomination, what is expected, over and short."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from countertui.domain.money import ZERO, Cents
from countertui.domain.record_data import RefundMethod
from countertui.domain.records import Kind
from countertui.domain.refusal import Refused
from countertui.domain.tenders import TenderKind

DENOMINATIONS: tuple[Cents, ...] = tuple(
    Cents(c) for c in (100_00, 50_00, 20_00, 10_00, 5_00, 2_00, 1_00, 50, 25, 10, 5, 1)
)
"""United States notes and coins, in cents, largest first."""
MOST_PIECES = 99_999
STRAP, ROLL = "s", "r"
"""How a strap of notes and a roll of coins are written in a count: `2r13` are two rolls and 13 more."""
_IN_A_STRAP = 100
_IN_A_ROLL = {50: 20, 25: 40, 10: 50, 5: 40, 1: 50}
"""Pieces of a strap of any note, and of a roll of a coin by its cents, as banks in the United States bundle them."""
_PAY = Kind.PAY.value
_EARLIEST, _LATEST = date(2000, 1, 1), date(2099, 12, 31)
_DATE = re.compile(
    r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})|(?P<us_m>\d{1,2})/(?P<us_d>\d{1,2})/(?P<us_y>\d{4})", re.ASCII
)


class CountRefused(Refused):
    """A count that can't be right."""


@dataclass(frozen=True, slots=True)
class CashCount:
    """Pieces per denomination, denomination in cents to number of pieces."""

    pieces: tuple[tuple[Cents, int], ...]

    @property
    def total(self) -> Cents:
        """What the pieces are worth, in cents."""
        return Cents(sum(denomination * number for denomination, number in self.pieces))


class Pack(NamedTuple):
    """What pieces of a denomination are bundled in: the letter it is written with, its name, its pieces."""

    letter: str
    name: str
    pieces: int


def pack_of(denomination: Cents) -> Pack:
    """What pieces of a denomination (cents) are bundled in: notes in straps, coins in rolls."""
    if denomination in _IN_A_ROLL:
        return Pack(ROLL, "roll", _IN_A_ROLL[denomination])
    return Pack(STRAP, "strap", _IN_A_STRAP)


def pieces_typed(typed: str, pack: Pack | None) -> int | None:
    """How many pieces a count says, like `13` or, where they come in packs, `2r` or `2r13`; empty is none.

    None for what is no count, and for more than a drawer holds.
    """
    match = re.fullmatch(r"(?:([0-9]{1,6})([a-z]))?([0-9]{0,6})", typed.strip().lower(), re.ASCII)
    if match is None or (match[2] and (pack is None or match[2] != pack.letter)):
        return None
    in_packs = int(match[1]) * pack.pieces if match[2] and pack is not None else 0
    number = in_packs + int(match[3] or 0)
    return number if number <= MOST_PIECES else None


@dataclass(frozen=True, slots=True)
class TenderCount:
    """One tender kind as counted: how many pieces of paper and what they add up to, in cents."""

    kind: TenderKind
    count: int
    cents: Cents


@dataclass(frozen=True, slots=True)
class Expected:
    """One tender kind as recorded: pieces and net cents that should be there (for cash, the fund included)."""

    kind: TenderKind
    count: int
    cents: Cents


@dataclass(frozen=True, slots=True)
class OverShort:
    """Counted less expected for one tender kind: cents over (positive) or short (negative), and pieces likewise."""

    kind: TenderKind
    cents: Cents
    count: int


Move = tuple[str, str, int, int]
"""What a record puts into a drawer (positive) or takes out: tender, why, pieces of paper, cents.

Why is fund, tender, change, void, refund or drop.
"""


def drawer_moves(kind: str, data: Mapping[str, Any]) -> list[Move]:
    """What a record of this kind does to its session's drawer; nothing for kinds that move no money in one.

    data is OpenData, PayData, VoidData, RefundData or DropData; `lines` may be left out.
    """
    if kind == _PAY:
        moves = [(tender["kind"], "tender", 1, tender["cents"]) for tender in data["tenders"]]
        if data["change_cents"]:
            moves.append(("cash", "change", 0, -data["change_cents"]))
        return moves
    if kind == Kind.VOID:
        moves = [(tender["kind"], "void", -1, -tender["cents"]) for tender in data["tenders"]]
        if data["change_cents"]:
            moves.append(("cash", "void", 0, data["change_cents"]))
        return moves
    if kind == Kind.REFUND:
        return [("cash", "refund", 0, -data["total_cents"])] if data["method"] == RefundMethod.CASH else []
    if kind == Kind.DROP:
        return [("cash", "drop", 0, -data["cents"])]
    return [("cash", "fund", 0, data["counted_cents"])] if kind == Kind.OPEN else []


def are_pieces(pieces: object) -> bool:
    """Whether what a record says are pieces: [denomination in cents, number], each denomination once."""
    if type(pieces) is not list or not all(_is_pieces(each) for each in pieces):
        return False
    return len({each[0] for each in pieces}) == len(pieces)


def _is_pieces(each: object) -> bool:
    return (
        type(each) is list
        and len(each) == 2
        and all(type(number) is int for number in each)
        and each[0] in DENOMINATIONS
        and 0 < each[1] <= MOST_PIECES
    )


def cash_kept(data: Mapping[str, Any]) -> int:
    """How much of a receipt was paid in cash, in cents, its change taken off. data is PayData."""
    cash = sum(tender["cents"] for tender in data["tenders"] if tender["kind"] == TenderKind.CASH)
    return int(cash - data["change_cents"])


def cash_count(pieces: Mapping[int, int]) -> CashCount:
    """Make a count from denomination (cents) to pieces.

    Raises CountRefused on unknown denominations and on fewer than 0 or more than MOST_PIECES pieces.
    """
    for denomination, number in pieces.items():
        if denomination not in DENOMINATIONS:
            raise CountRefused(f"{denomination} is not a note or coin.")
        if not 0 <= number <= MOST_PIECES:
            raise CountRefused(f"A count must be 0 to {MOST_PIECES:,}.", press="Type it again.")
    return CashCount(tuple((d, pieces[d]) for d in DENOMINATIONS if pieces.get(d)))


def over_short(
    expected: Mapping[TenderKind, Expected], counted: Mapping[TenderKind, TenderCount]
) -> tuple[OverShort, ...]:
    """Counted less expected, per tender kind; a kind missing on one side counts as zero there."""
    result = []
    for kind in TenderKind:
        should = expected.get(kind, Expected(kind, 0, ZERO))
        found = counted.get(kind, TenderCount(kind, 0, ZERO))
        count = 0 if kind is TenderKind.CASH else found.count - should.count
        result.append(OverShort(kind, Cents(found.cents - should.cents), count))
    return tuple(result)


def business_date(text: str) -> date:
    """Read a typed business date, `11/23/2026` or `2026-11-23`.

    Raises CountRefused for anything else, for dates that don't exist, and outside 2000 to 2099.
    """
    match = _DATE.fullmatch(text.strip(" "))
    if match is None:
        raise CountRefused("That is not a date.", press="Type it like 11/23/2026.")
    year, month, day = (int(match[name] or match[f"us_{name}"]) for name in "ymd")
    try:
        found = date(year, month, day)
    except ValueError:
        raise CountRefused("That date doesn't exist.", press="Type it like 11/23/2026.") from None
    if not _EARLIEST <= found <= _LATEST:
        raise CountRefused("That date is outside 2000 to 2099.", press="Type it like 11/23/2026.")
    return found
