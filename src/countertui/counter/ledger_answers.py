"""The ledger's answers to its desk, read strictly as forms, and its moments as the clock here tells them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, TypeVar

from msgspec import Meta

from countertui.counter.ledger_desk import LedgerOffline, moment
from countertui.counter.station import Station
from countertui.domain.words import number_of
from countertui.forms import Form, ValidationError, read_as

Said = Annotated[str, Meta(max_length=2_000)]
"""A text of the ledger's."""
_Form = TypeVar("_Form", bound=Form)


def answer_as(form: type[_Form], said: Mapping[str, Any]) -> _Form:
    """What the ledger said, in this form. Raises LedgerOffline for an answer of any other."""
    try:
        return read_as(form, dict(said))
    except ValidationError as fault:
        raise another_version() from fault


def another_version() -> LedgerOffline:
    """What is told of an answer that has another form."""
    return LedgerOffline(
        "The ledger's answer cannot be read.",
        "Nothing was changed.",
        "It is of another version: call a technician.",
    )


def moments(station: Station, said: list[str]) -> list[str]:
    """Moments of the ledger's (ISO 8601 UTC) as local date and time."""
    return [moment(station, each) for each in said]


def ages(station: Station, moments: list[str]) -> list[str]:
    """How old each moment of the ledger's (ISO 8601 UTC) is by the clock here: `today`, `3 days`."""
    today = date.fromisoformat(station.clock.local_text()[:10])
    days = [(today - date.fromisoformat(moment(station, each)[:10])).days for each in moments]
    return ["today" if number <= 0 else number_of(number, "day") for number in days]


def ages_of_days(station: Station, days: list[str]) -> list[str]:
    """How old each date (ISO 8601) is by the clock here: `today`, `3 days`. Raises LedgerOffline for what is none."""
    today = date.fromisoformat(station.clock.local_text()[:10])
    try:
        old = [(today - date.fromisoformat(each)).days for each in days]
    except ValueError as fault:
        raise another_version() from fault
    return ["today" if number <= 0 else number_of(number, "day") for number in old]
