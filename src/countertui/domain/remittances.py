"""Mail and the dropbox: a batch of payments whose pieces and money are counted before the first is keyed in.

The control total is added up from the pieces of paper themselves, so that what was keyed in can be held against it:
the batch does not close until both agree, or a second person accepts the difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypedDict

from countertui.domain.money import Cents, format_cents
from countertui.domain.refusal import Refused
from countertui.domain.words import number_of

MOST_PIECES = 9_999


class Origin(StrEnum):
    """Where the pieces of a batch came from."""

    MAIL = "mail"
    DROPBOX = "dropbox"


class RemittanceRefused(Refused):
    """The batch can't be opened, added to or closed as it stands."""


class RemittanceOff(RemittanceRefused):
    """What was keyed in is not what was counted first: a second person accepts that for a reason, or it stays open."""


class RemittanceOpenData(TypedDict):
    """`remittance_open`: what was counted before; its record's id is the batch's, which each of its `pay` names."""

    origin: str
    pieces: int
    cents: int


class RemittanceCloseData(TypedDict):
    """`remittance_close`: which batch, what was counted first, and what was taken, voided pieces left out.

    reason: why a difference was accepted, by the approver; empty where there is none.
    """

    remittance: str
    open_seq: int
    origin: str
    pieces: int
    cents: int
    taken_pieces: int
    taken_cents: int
    reason: str


@dataclass(frozen=True, slots=True)
class Tally:
    """A number of pieces and what they add up to, in cents; of a difference either may be below zero."""

    pieces: int
    cents: Cents

    def less(self, other: Tally) -> Tally:
        """The difference."""
        return Tally(self.pieces - other.pieces, Cents(self.cents - other.cents))

    @property
    def words(self) -> str:
        """For a person."""
        return f"{number_of(self.pieces, 'piece')}, {format_cents(self.cents)}"


@dataclass(frozen=True, slots=True)
class Remittance:
    """An open batch: its id, the record that opened it, where its pieces came from, what was counted first."""

    id: str
    open_seq: int
    origin: Origin
    control: Tally


def checked_control(pieces: str, cents: Cents) -> Tally:
    """What was counted, as typed. Raises RemittanceRefused."""
    typed = pieces.strip()
    if not typed.isascii() or not typed.isdigit() or not 0 < int(typed[:8]) <= MOST_PIECES:
        raise RemittanceRefused(
            f"The pieces are a number from 1 to {MOST_PIECES:,}.", "No batch was opened.", "Count the checks, type it."
        )
    if cents <= 0:
        raise RemittanceRefused(
            "A batch needs its control total.", "No batch was opened.", "Add up the checks; type what they come to."
        )
    return Tally(int(typed), cents)


def tally(bodies: Iterable[Mapping[str, Any]], remittance: str) -> Tally:
    """What records took for a batch: its receipts less those of them that are void. bodies: in their order."""
    taken: dict[str, int] = {}
    for body in bodies:
        data = body["data"]
        if body["kind"] == "pay" and data.get("remittance") == remittance:
            taken[body["id"]] = data["total_cents"]
        elif body["kind"] == "void":
            taken.pop(data["original"]["id"], None)
    return Tally(len(taken), Cents(sum(taken.values())))


def difference_words(off: Tally) -> str:
    """How far what was taken is from what was counted: `1 piece too few, 84.17 too little`."""
    parts = []
    if off.pieces:
        parts.append(f"{number_of(abs(off.pieces), 'piece')} too {'many' if off.pieces > 0 else 'few'}")
    if off.cents:
        parts.append(f"{format_cents(abs(off.cents))} too {'much' if off.cents > 0 else 'little'}")
    return ", ".join(parts)


def is_sound(kind: str, data: object) -> bool:
    """Whether a record's data is an opening's or a close's at all: who signs a record may sign anything."""
    if not isinstance(data, dict):
        return False
    numbers = ("pieces", "cents") if kind == "remittance_open" else _CLOSE_NUMBERS
    texts = ("origin",) if kind == "remittance_open" else ("origin", "remittance", "reason")
    return (
        data.keys() == {*numbers, *texts}
        and all(type(data[name]) is int and data[name] >= 0 for name in numbers)
        and all(type(data[name]) is str for name in texts)
        and data["origin"] in frozenset(Origin)
    )


_CLOSE_NUMBERS = ("open_seq", "pieces", "cents", "taken_pieces", "taken_cents")
