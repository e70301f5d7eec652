"""Surprise counts: a lead counts somebody's running drawer, unannounced and blind. No money moves by it."""

from __future__ import annotations

from typing import TypedDict

from countertui.domain.count_data import is_of_all_kinds
from countertui.domain.drawers import are_pieces
from countertui.domain.record_data import CountData
from countertui.domain.refusal import Refused
from countertui.domain.tenders import TenderKind

_LISTS = ("counted", "expected", "over_short")


class SurpriseCountData(TypedDict):
    """`surprise_count`: pieces are [denomination in cents, number]; each list holds every kind of tender once.

    expected is what the session's records came to just then; reason why it was counted, if anybody said. The
    operator is who counted, approver the drawer's own operator, where they signed it.
    """

    drawer: str
    pieces: list[list[int]]
    counted: list[CountData]
    expected: list[CountData]
    over_short: list[CountData]
    reason: str


class SurpriseRefused(Refused):
    """A drawer that is not counted by surprise; nothing was recorded."""


def is_sound(data: object) -> bool:
    """Whether a record's data is a surprise count's, its pieces are the cash it counted, and its differences follow."""
    if not isinstance(data, dict) or data.keys() != SurpriseCountData.__required_keys__:
        return False
    if type(data["drawer"]) is not str or not data["drawer"] or type(data["reason"]) is not str:
        return False
    if not are_pieces(data["pieces"]) or not all(is_of_all_kinds(data[name]) for name in _LISTS):
        return False
    counted, expected, over_short = ({each["tender"]: each for each in data[name]} for name in _LISTS)
    return counted[TenderKind.CASH]["cents"] == sum(d * n for d, n in data["pieces"]) and all(
        over_short[kind][what] == counted[kind][what] - expected[kind][what]
        for kind in TenderKind
        for what in ("count", "cents")
    )
