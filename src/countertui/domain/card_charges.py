"""A card charge of which nobody knows whether it was made, and how it is settled against the card terminal's report.

What is asked of the card terminal is saved before the customer is asked. Where no answer came, or one that was approved
is in no receipt, a record says so: its id is the one that was saved. It is never charged again blindly.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypedDict

from countertui.domain.refusal import Refused


class CardChargeRefused(Refused):
    """A card charge can't be asked for, answered or settled like this."""


class Why(StrEnum):
    """Why it is not known whether a charge stands: no answer came; or it was approved, and its tender was taken off, or
    its cart not paid for when the drawer was closed.
    """

    NO_ANSWER = "no_answer"
    TAKEN_OFF = "taken_off"
    LEFT = "left"

    @property
    def words(self) -> str:
        """For a person."""
        return {
            "no_answer": "no answer came",
            "taken_off": "said to be reversed",
            "left": "cart left unpaid",
        }[self.value]


class CardVerdict(StrEnum):
    """What the card terminal's report says of a charge."""

    CHARGED = "charged"
    NOT_CHARGED = "not_charged"
    REVERSED = "reversed"


class CardLineData(TypedDict):
    """What a part of the charge was for."""

    account: str | None
    fee: str | None
    cents: int


class CardUnknownData(TypedDict):
    """`card_unknown`: cents were asked of the card terminal for a cart, and nobody knows whether they were charged.

    asked_at: local date and time. reference: the approval code, where the charge was approved.
    """

    cart: str
    cents: int
    asked_at: str
    why: str
    reference: str
    payor: str
    lines: list[CardLineData]


class CardSettledData(TypedDict):
    """`card_settled`: what two people found in the card terminal's report, which they name.

    unknown: the id of the `card_unknown` record, unknown_seq its place. reference, brand and last4 are empty for a
    charge that was not made.
    """

    unknown: str
    unknown_seq: int
    cart: str
    cents: int
    verdict: str
    reference: str
    brand: str
    last4: str
    report: str


def is_sound(kind: str, data: object) -> bool:
    """Whether a record's data has the shape of its kind at all: who signs a record may sign anything."""
    if not isinstance(data, dict):
        return False
    texts, numbers, rest = _UNKNOWN if kind == "card_unknown" else _SETTLED
    return (
        data.keys() == texts | numbers | rest
        and all(type(data[name]) is str for name in texts)
        and all(type(data[name]) is int and data[name] > 0 for name in numbers)
        and (_lines(data["lines"]) if rest else data["verdict"] in frozenset(CardVerdict))
    )


_UNKNOWN = (
    frozenset({"cart", "asked_at", "why", "reference", "payor"}),
    frozenset({"cents"}),
    frozenset({"lines"}),
)
_SETTLED = (
    frozenset({"unknown", "cart", "verdict", "reference", "brand", "last4", "report"}),
    frozenset({"unknown_seq", "cents"}),
    frozenset[str](),
)


def _lines(lines: Any) -> bool:
    return isinstance(lines, list) and all(
        isinstance(line, dict)
        and line.keys() == {"account", "fee", "cents"}
        and type(line["cents"]) is int
        and all(line[name] is None or type(line[name]) is str for name in ("account", "fee"))
        for line in lines
    )
