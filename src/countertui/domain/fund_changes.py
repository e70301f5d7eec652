"""Change for a drawer: cash exchanged between a running drawer and the safe, piece for piece of equal worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

from countertui.domain.drawers import CashCount, are_pieces
from countertui.domain.money import Cents, format_cents
from countertui.domain.refusal import Refused

_KEYS = frozenset({"drawer", "out_pieces", "in_pieces", "cents"})


class FundChangeData(TypedDict):
    """`fund_change`: pieces are [denomination in cents, number], out of the drawer and into it; cents what each is
    worth. The operator has the drawer, the approver gave the change. request_seq: the request that it answers.
    """

    drawer: str
    out_pieces: list[list[int]]
    in_pieces: list[list[int]]
    cents: int
    request_seq: NotRequired[int]


class FundRequestData(TypedDict):
    """`fund_request`: the pieces that are wanted in the drawer, and what they are worth; nothing is given yet."""

    drawer: str
    in_pieces: list[list[int]]
    cents: int


class FundChangeRefused(Refused):
    """Change that can't be given like this; nothing was recorded."""


def require_equal(out: CashCount, back: CashCount) -> None:
    """Raise FundChangeRefused unless what leaves the drawer is worth what comes into it, and both are not the same."""
    if not out.total and not back.total:
        raise FundChangeRefused("Nothing is counted.", "Nothing was recorded.", "Count what leaves, and what comes.")
    if out.total != back.total:
        off = format_cents(Cents(abs(out.total - back.total)))
        more = "leaves than comes" if out.total > back.total else "comes than leaves"
        raise FundChangeRefused(f"{off} more {more}.", "Nothing was recorded.", "Count both again: they must be equal.")
    if out.pieces == back.pieces:
        raise FundChangeRefused("The same pieces leave and come.", "Nothing was recorded.", "Count what comes.")


def is_sound(data: object) -> bool:
    """Whether a record's data is that of change at all, and both sides are worth what it says."""
    if not isinstance(data, dict) or data.keys() - {"request_seq"} != _KEYS:
        return False
    return type(data.get("request_seq", 0)) is int and _is_worth(data, "out_pieces", "in_pieces")


def is_request_sound(data: object) -> bool:
    """Whether a record's data is a request for change at all, and its pieces are worth what it says."""
    if not isinstance(data, dict) or data.keys() != FundRequestData.__required_keys__:
        return False
    return _is_worth(data, "in_pieces")


def _is_worth(data: Mapping[str, Any], *sides: str) -> bool:
    if type(data["drawer"]) is not str or not data["drawer"] or type(data["cents"]) is not int or data["cents"] <= 0:
        return False
    return all(
        are_pieces(data[side]) and sum(cents * number for cents, number in data[side]) == data["cents"]
        for side in sides
    )
