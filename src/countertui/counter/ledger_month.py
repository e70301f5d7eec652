"""A month at the ledger, read strictly from its answer: open or closed, and what belongs to it still."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countertui.counter.ledger_answers import Said, answer_as
from countertui.counter.station import Station
from countertui.forms import Cents, Count, Form


class MonthTiedOut(Form, frozen=True, kw_only=True):
    """Who signed its tie-out last."""

    by: Said
    second: Said
    at: Said


class MonthChange(Form, frozen=True, kw_only=True):
    """Who closed or opened it, and why."""

    what: Said
    at: Said
    reason: Said
    by: Said
    second: Said


class MonthAtLedger(Form, frozen=True, kw_only=True):
    """How a month stands; dated: the day (ISO) on which what comes of it is posted once it is closed."""

    month: Said
    state: Said
    over: bool
    dated: Said
    drawers: Count
    waiting: Count
    waiting_cents: Cents
    signed: MonthTiedOut | None
    history: list[MonthChange]


def read_month(_station: Station, said: Mapping[str, Any]) -> MonthAtLedger:
    """The answer to `month`."""
    return answer_as(MonthAtLedger, said)
