"""What a record of a surprise count must say."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.count_data import counted_data, difference_data, expected_data
from countertui.domain.drawers import DENOMINATIONS, Expected, TenderCount, cash_count, over_short
from countertui.domain.money import Cents
from countertui.domain.surprise_counts import is_sound
from countertui.domain.tenders import TenderKind

amounts = st.tuples(st.integers(0, 99), st.integers(0, 9_999_99))
counts = st.dictionaries(st.sampled_from([kind for kind in TenderKind if kind is not TenderKind.CASH]), amounts)
pieces = st.dictionaries(st.sampled_from(DENOMINATIONS), st.integers(1, 99))


def counted(of: dict[Cents, int], there: dict[TenderKind, tuple[int, int]], should: int) -> dict[str, Any]:
    cash = cash_count(dict(of))
    found = {kind: TenderCount(kind, n, Cents(cents)) for kind, (n, cents) in there.items()}
    found[TenderKind.CASH] = TenderCount(TenderKind.CASH, 0, cash.total)
    expected = {TenderKind.CASH: Expected(TenderKind.CASH, 0, Cents(should))}
    return {
        "drawer": "D1",
        "pieces": [[cents, n] for cents, n in cash.pieces],
        "counted": counted_data(found),
        "expected": expected_data(expected),
        "over_short": difference_data(over_short(expected, found)),
        "reason": "",
    }


@given(pieces, counts, st.integers(-50_00, 9_999_99))
def test_what_was_counted_says_how_far_off_it_is(
    of: dict[Cents, int], there: dict[TenderKind, tuple[int, int]], should: int
) -> None:
    assert is_sound(counted(of, there, should))


def _changed(path: tuple[Any, ...], value: object) -> dict[str, Any]:
    data: Any = deepcopy(counted({Cents(20_00): 2}, {TenderKind.CHECK: (1, 5_00)}, 35_00))
    at = data
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return data  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("drawer",), ""),
        (("reason",), None),
        (("pieces",), [[20_00, 1]]),
        (("pieces", 0, 0), 30_00),
        (("counted", 0, "cents"), 41_00),
        (("counted", 1, "count"), 2),
        (("expected", 0, "cents"), 35_01),
        (("over_short", 0, "cents"), 0),
        (("over_short", 1, "count"), True),
        (("counted",), []),
        (("counted", 0, "tender"), "check"),
        (("expected", 2), {"tender": "card"}),
        (("over_short",), None),
        (("more",), 1),
    ],
)
def test_what_does_not_add_up_is_told(path: tuple[Any, ...], value: object) -> None:
    assert not is_sound(_changed(path, value))


@pytest.mark.parametrize("data", [None, [], {}, "count"])
def test_other_shapes_are_none(data: object) -> None:
    assert not is_sound(data)
