"""Bags of deposits handed to a courier: who gave which bags to whom, for which receipt, seen by a second person.

A deposit is made, lies in the safe, goes with the courier and comes to the bank; whoever has it has signed for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import TypedDict

from countertui.domain.dates import us_moment
from countertui.domain.drops import LONGEST_BAG, bag_number
from countertui.domain.refusal import Refused

LONGEST_NAME, LONGEST_NUMBER = 60, 40
_MOST_BAGS = 200
_TIME = re.compile(
    r"(?:(?P<month>\d{1,2})/(?P<day>\d{1,2})(?:/(?P<year>\d{4}))?\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})"
)
_NOTHING = "Nothing was recorded."


class CourierData(TypedDict):
    """`courier`: the operator gave these bags away, the approver saw it. receipt: the courier's, or the seal's number.

    said_at: when, as the people say (local, `2026-11-23T16:40`); the record has its own time. badge may be empty.
    """

    company: str
    courier: str
    badge: str
    receipt: str
    said_at: str
    bags: list[str]


class CourierRefused(Refused):
    """Bags that can't be handed over like this; nothing was recorded."""


class CourierTimeRefused(CourierRefused):
    """A time that the bags can't have gone at."""


class Where(StrEnum):
    """Where a bag is, as far as that is known. DROPPED: cash of a drawer, in the safe until a deposit contains it."""

    DROPPED = "drop, in the safe"
    SAFE = "in the safe"
    COURIER = "with the courier"
    BANK = "at the bank"
    TAKEN_BACK = "taken back"


def courier_data(
    company: str, courier: str, badge: str, receipt: str, said_at: str, bags: Iterable[str]
) -> CourierData:
    """What is signed. Raises CourierRefused for what lacks; texts are checked and trimmed before, said_at is ISO."""
    asked = (
        (company, "A courier is of a company, or is a person of the city's.", "Type whose courier it is."),
        (courier or badge, "Nobody is named who takes the bags.", "Type the courier's name, or the badge's number."),
        (receipt, "A hand-over has the courier's receipt, or the seal's number.", "Type the number on it."),
    )
    for text, happened, press in asked:
        if not text:
            raise CourierRefused(happened, _NOTHING, press)
    numbers = [bag_number(bag) for bag in bags]
    if not numbers:
        raise CourierRefused("No bag is marked.", _NOTHING, "Mark the bags that go with Enter.")
    if len(set(numbers)) < len(numbers):
        raise CourierRefused("A bag is named twice.", _NOTHING, "Mark each bag once.")
    return CourierData(company=company, courier=courier, badge=badge, receipt=receipt, said_at=said_at, bags=numbers)


def said_time(typed: str, now: str) -> str:
    """When the bags went, as typed: `16:40`, `11/23 16:40` or with the year; local, ISO to the minute. now: local, ISO.

    Nothing typed is now. Raises CourierTimeRefused for what is no time.
    """
    text = " ".join(typed.split())
    if not text:
        return datetime.fromisoformat(now).isoformat(timespec="minutes")
    found = _TIME.fullmatch(text)
    today = date.fromisoformat(now[:10])
    try:
        if found is None:
            raise ValueError(text)
        year = int(found["year"] or today.year)
        day = date(year, int(found["month"]), int(found["day"])) if found["month"] else today
        return datetime.fromisoformat(f"{day}T{int(found['hour']):02d}:{found['minute']}").isoformat(timespec="minutes")
    except ValueError:
        happened, press = "That is no time of day.", "Type it like 16:40, or 11/23 16:40."
        raise CourierTimeRefused(happened, _NOTHING, press) from None


def require_possible(said_at: str, sealed: Mapping[str, str], now: str) -> None:
    """Raise CourierTimeRefused where bags can't have gone then; sealed: when each was, by bag. All local, ISO.

    It is at least as late as the last of them was sealed, whatever the clock says now.
    """
    at = _minute(said_at)
    if at > max(map(_minute, (now, *sealed.values()))):
        press = "Type when they went, or leave it empty for now."
        raise CourierTimeRefused(f"{us_moment(said_at)} is still to come.", _NOTHING, press)
    for bag, since in sealed.items():
        if at < _minute(since):
            raise CourierTimeRefused(
                f"Bag {bag} was sealed at {us_moment(since)}: it can't have gone at {us_moment(said_at)}.",
                _NOTHING,
                "Type when it went, or leave it empty for now.",
            )


def _minute(moment: str) -> str:
    return datetime.fromisoformat(moment).isoformat(timespec="minutes")


def handed_words(data: Mapping[str, str]) -> str:
    """Who has a bag and since when, for a person: `Loomis, Kim Roe, receipt 4471, 11/23/2026 16:40`."""
    badge = f"badge {data['badge']}" if data["badge"] else ""
    parts = [data["company"], data["courier"], badge, f"receipt {data['receipt']}", us_moment(data["said_at"])]
    return ", ".join(part for part in parts if part)


def why_not_handed(
    bag: str, *, deposited: bool, taken_back: bool, dropped: bool, before: Mapping[str, str] | None
) -> str:
    """Why a bag can't go with a courier, as a person reads it; empty where nothing is against it.

    before: the hand-over that it went with already.
    """
    if before is not None:
        return f"Bag {bag} went already: {handed_words(before)}."
    if taken_back:
        return f"The deposit in bag {bag} was taken back."
    if not deposited:
        inside = ", and is a drop: it goes to the bank inside a deposit" if dropped else ""
        return f"Bag {bag} is of no deposit made here{inside}."
    return ""


def is_sound(data: object) -> bool:
    """Whether a record's data is a hand-over at all: who signs a record may sign anything."""
    if not isinstance(data, dict) or data.keys() != CourierData.__required_keys__:
        return False
    texts = {name: data[name] for name in ("company", "courier", "badge", "receipt", "said_at")}
    if not all(type(text) is str and len(text) <= LONGEST_NAME for text in texts.values()):
        return False
    if not (data["company"] and data["receipt"] and (data["courier"] or data["badge"])):
        return False
    try:
        if datetime.fromisoformat(data["said_at"]).isoformat(timespec="minutes") != data["said_at"]:
            return False
    except ValueError:
        return False
    bags = data["bags"]
    if not isinstance(bags, list) or not 0 < len(bags) <= _MOST_BAGS:
        return False
    if not all(type(bag) is str and 0 < len(bag) <= LONGEST_BAG for bag in bags):
        return False
    return len(set(bags)) == len(bags)
