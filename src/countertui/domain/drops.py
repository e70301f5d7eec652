"""Drops: cash that leaves a running drawer for the office's safe, in a numbered bag.

What was dropped is still the session's: expected in its drawer no more, and in its bank deposit again.
"""

from __future__ import annotations

from typing import TypedDict

from countertui.domain.drawers import CashCount, are_pieces
from countertui.domain.money import Cents, format_cents
from countertui.domain.refusal import Refused

LONGEST_BAG = 24


class DropData(TypedDict):
    """`drop`: pieces are [denomination in cents, number]; cents is what they are worth. approver: a witness, if any."""

    drawer: str
    bag: str
    pieces: list[list[int]]
    cents: int


class DropRefused(Refused):
    """A drop that can't be as it was typed; nothing was recorded."""


class DropTooMuch(DropRefused):
    """More than a drawer should hold by its records."""


class DropNeedsLead(DropRefused):
    """A bag of this drawer was too much before: bag after bag, that would tell what is expected in it."""


def bag_number(typed: str) -> str:
    """A bag's number as it is kept: capitals, no spaces. Raises DropRefused for one that names no bag."""
    bag = "".join(typed.split()).upper()
    if not bag or len(bag) > LONGEST_BAG or not any(map(str.isalnum, bag)):
        raise DropRefused("A drop needs its bag's number.", "Nothing was recorded.", "Type what is printed on the bag.")
    return bag


def require_droppable(count: CashCount, there: Cents) -> None:
    """Raise DropRefused for no cash, and DropTooMuch for more than a drawer should hold (cents)."""
    if not count.total:
        raise DropRefused("Nothing is counted into the bag.", "Nothing was recorded.", "Count what goes into it.")
    if count.total > there:
        raise DropTooMuch(
            f"{format_cents(count.total)} is more than this drawer can hold.",
            "Nothing was recorded.",
            "Count the bag again; a lead counts a drawer that has too much.",
        )


def is_sound(data: object) -> bool:
    """Whether a record's data is a drop's at all, and its pieces are worth what it says."""
    if not isinstance(data, dict) or data.keys() != DropData.__required_keys__:
        return False
    if type(data["cents"]) is not int or not all(type(data[name]) is str and data[name] for name in ("drawer", "bag")):
        return False
    pieces = data["pieces"]
    return are_pieces(pieces) and data["cents"] == sum(d * n for d, n in pieces) > 0
