"""Counts as records hold them: every kind of tender once, in the order of TenderKind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from countertui.domain.drawers import Expected, OverShort, TenderCount
from countertui.domain.money import ZERO
from countertui.domain.record_data import CountData
from countertui.domain.tenders import TenderKind


def counted_data(counted: Mapping[TenderKind, TenderCount]) -> list[CountData]:
    """What was counted; a kind that was not is none of it."""
    found = (counted.get(kind, TenderCount(kind, 0, ZERO)) for kind in TenderKind)
    return [CountData(tender=each.kind.value, count=each.count, cents=each.cents) for each in found]


def expected_data(expected: Mapping[TenderKind, Expected]) -> list[CountData]:
    """What is expected; a kind that never came is none of it."""
    found = (expected.get(kind, Expected(kind, 0, ZERO)) for kind in TenderKind)
    return [CountData(tender=each.kind.value, count=each.count, cents=each.cents) for each in found]


def difference_data(found: Sequence[OverShort]) -> list[CountData]:
    """Over and short."""
    return [CountData(tender=each.kind.value, count=each.count, cents=each.cents) for each in found]


def is_of_all_kinds(rows: object) -> bool:
    """Whether that is such a list."""
    return (
        type(rows) is list
        and all(type(each) is dict and each.keys() == CountData.__required_keys__ for each in rows)
        and [each["tender"] for each in rows] == [kind.value for kind in TenderKind]
        and all(type(each[what]) is int for each in rows for what in ("count", "cents"))
    )
