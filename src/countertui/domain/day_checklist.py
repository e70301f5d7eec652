"""The office's close in order, as far as one terminal knows of it: what is done, what is open, what is not heard here.

What a terminal can't see is said as such and never counted as nothing. Nothing here blocks the close of a day: what is
left open is signed with a reason, and goes up to the ledger's worklist.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypedDict

from countertui.domain.refusal import Refused

LONGEST_NOTE = 140
"""Characters of what is said beside a step."""
_MOST_ITEMS = 100


class Step(StrEnum):
    """What is looked at, in the order in which an office closes."""

    CARTS = "carts"
    FORMS = "forms"
    PAPER = "paper"
    CARDS = "cards"
    DRAWERS = "drawers"
    OTHERS = "others"
    REQUESTS = "requests"
    CHANGE = "change"
    DEPOSITS = "deposits"
    UNSENT = "unsent"
    ERRORS = "errors"
    BAGS = "bags"
    SEAL = "seal"
    SEND = "send"

    @property
    def label(self) -> str:
        """The step for a person."""
        return _LABELS[self]


_LABELS = {
    Step.CARTS: "Carts parked or left",
    Step.FORMS: "Forms half-filled",
    Step.PAPER: "Papers not printed",
    Step.CARDS: "Card charges not known",
    Step.DRAWERS: "Drawers not closed here",
    Step.OTHERS: "Other terminals",
    Step.REQUESTS: "Requests waiting",
    Step.CHANGE: "Change asked for",
    Step.DEPOSITS: "Deposits asked back",
    Step.UNSENT: "Records not at the ledger",
    Step.ERRORS: "Error items",
    Step.BAGS: "Bank deposit",
    Step.SEAL: "Seal",
    Step.SEND: "Send",
}
ARRIVES = frozenset({Step.UNSENT, Step.SEAL, Step.SEND})
"""Solved by the sealing and sending that brings the record itself: a ledger that reads it has it all."""


class State(StrEnum):
    """How a step stands."""

    DONE = "done"
    OPEN = "open"
    NOT_HEARD = "not_heard"


class ItemData(TypedDict):
    """One step as it stood: open is how many, None where this terminal can't know; note says what, without names."""

    what: str
    state: str
    open: int | None
    note: str


class DayCheckedData(TypedDict):
    """`day_checked`: every step as it stood, in order, and why what was open was left so; the operator says it.

    The record's business date is the day that was closed. It moves no money.
    """

    items: list[ItemData]
    reason: str


class DayRefused(Refused):
    """The day is not closed like this; nothing was recorded."""


@dataclass(frozen=True, slots=True)
class Item:
    """One step of the list; open as in ItemData."""

    step: Step
    state: State
    open: int | None
    note: str = ""

    @property
    def words(self) -> str:
        """The state for a person: `done`, `3 open`, `not heard`."""
        if self.state is State.OPEN:
            return f"{self.open:,} open"
        return "done" if self.state is State.DONE else "not heard"

    @property
    def data(self) -> ItemData:
        """The item as its record has it."""
        return ItemData(what=self.step.value, state=self.state.value, open=self.open, note=self.note)


def found(step: Step, number: int, note: str = "") -> Item:
    """A step that is wholly seen here: done where nothing of it is open."""
    return Item(step, State.OPEN if number else State.DONE, number, note[:LONGEST_NOTE])


def not_heard(step: Step, note: str) -> Item:
    """A step of which this terminal can't say how it stands."""
    return Item(step, State.NOT_HEARD, None, note[:LONGEST_NOTE])


def in_order(items: Iterable[Item]) -> tuple[Item, ...]:
    """The items in the order of the close. Raises ValueError unless every step is there once: none is passed over."""
    by_step: dict[Step, Item] = {}
    for item in items:
        if item.step in by_step:
            raise ValueError(f"{item.step} is there twice")
        by_step[item.step] = item
    if lacking := [step.value for step in Step if step not in by_step]:
        raise ValueError(f"nothing is said of {', '.join(lacking)}")
    return tuple(by_step[step] for step in Step)


def left_open(items: Iterable[Item]) -> list[Item]:
    """What stays open if the day is closed now: all that sealing and sending do not bring about."""
    return [item for item in items if item.state is State.OPEN and item.step not in ARRIVES]


def first_open(items: Sequence[Item], since: Step | None = None) -> int | None:
    """Where to go on: the first step that is open, by its place in the list; None where none is.

    since: the step that was opened last; it is gone on from there, and what stands before it comes after all others.
    """
    places = [n for n, item in enumerate(items) if item.state is State.OPEN]
    begin = next((n for n, item in enumerate(items) if item.step is since), 0)
    return next((n for n in places if n >= begin), places[0] if places else None)


def day_checked(items: Iterable[Item], reason: str) -> DayCheckedData:
    """What is signed. Raises DayRefused where something is left open without a reason."""
    ordered = in_order(items)
    if not reason and (left := left_open(ordered)):
        raise DayRefused(
            f"Left open: {', '.join(said_open(item.data) for item in left)}.",
            "The day is not closed; nothing was recorded.",
            "Solve it (Enter opens it), or type why it is left, and Enter.",
        )
    return DayCheckedData(items=[item.data for item in ordered], reason=reason)


def said_open(item: Mapping[str, Any]) -> str:
    """An item of a record in words: `papers not printed: 2`."""
    known = item["what"] in frozenset(Step)
    label = Step(item["what"]).label.lower() if known else item["what"]
    return f"{label}: {item['open']:,}"


def left_in(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The items that a sound record left open, those aside that its arrival solves."""
    return [one for one in data["items"] if one["state"] == State.OPEN and one["what"] not in ARRIVES]


def is_sound(data: object) -> bool:
    """Whether a record's data is a checked day at all: who signs a record may sign anything.

    A step that is not known here is let pass: a terminal may look at more than its ledger knows of.
    """
    if not isinstance(data, dict) or data.keys() != {"items", "reason"} or type(data["reason"]) is not str:
        return False
    items = data["items"]
    if not isinstance(items, list) or not 0 < len(items) <= _MOST_ITEMS or not all(map(_is_item, items)):
        return False
    return len({item["what"] for item in items}) == len(items)


def _is_item(item: object) -> bool:
    if not isinstance(item, dict) or item.keys() != ItemData.__required_keys__:
        return False
    if any(type(item[name]) is not str for name in ("what", "state", "note")) or not item["what"]:
        return False
    number = item["open"]
    if item["state"] == State.NOT_HEARD:
        return number is None
    if type(number) is not int:
        return False
    return number == 0 if item["state"] == State.DONE else item["state"] == State.OPEN and number > 0
