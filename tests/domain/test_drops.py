"""Drops: what names a bag, what may go into it, what a record of one must say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.drawers import DENOMINATIONS, cash_count, drawer_moves
from countertui.domain.drops import DropRefused, bag_number, is_sound, require_droppable
from countertui.domain.money import Cents

counts = st.dictionaries(st.sampled_from(DENOMINATIONS), st.integers(1, 500), min_size=1)


def dropped(pieces: dict[Cents, int], **other: Any) -> dict[str, Any]:
    count = cash_count(dict(pieces))
    return {"drawer": "D1", "bag": "B1", "pieces": [[d, n] for d, n in count.pieces], "cents": count.total} | other


@given(counts)
def test_a_drop_takes_out_what_its_pieces_are_worth(pieces: dict[Cents, int]) -> None:
    data = dropped(pieces)
    assert is_sound(data)
    assert drawer_moves("drop", data) == [("cash", "drop", 0, -cash_count(dict(pieces)).total)]


@pytest.mark.parametrize(
    "other",
    [
        {"cents": 19_99},
        {"cents": 20_00.0},
        {"cents": True},
        {"pieces": []},
        {"pieces": [[20_00, 1], [20_00, 0]]},
        {"pieces": [[10_00, 1], [10_00, 1]]},
        {"pieces": [[20_00, -1], [20_00, 2]]},
        {"pieces": [[3_00, 1], [17_00, 1]]},
        {"pieces": [[20_00]]},
        {"pieces": [20_00]},
        {"pieces": "x"},
        {"bag": ""},
        {"bag": 7},
        {"drawer": None},
        {"more": 1},
    ],
)
def test_what_is_no_drop_is_told(other: dict[str, Any]) -> None:
    assert is_sound(dropped({Cents(20_00): 1}))
    assert not is_sound(dropped({Cents(20_00): 1}) | other)


@pytest.mark.parametrize("data", [None, [], "drop", {}, {"bag": "B1"}])
def test_other_shapes_are_none(data: object) -> None:
    assert not is_sound(data)


def test_a_bag_is_named_in_one_way() -> None:
    assert bag_number(" b 0471-a ") == bag_number("B0471-A") == "B0471-A"
    for typed in ("", "  ", "---", "B" * 25):
        with pytest.raises(DropRefused):
            bag_number(typed)


def test_nothing_and_more_than_is_there_is_no_drop() -> None:
    require_droppable(cash_count({20_00: 5}), Cents(100_00))
    with pytest.raises(DropRefused, match="Nothing is counted"):
        require_droppable(cash_count({}), Cents(100_00))
    with pytest.raises(DropRefused, match="more than this drawer can hold"):
        require_droppable(cash_count({20_00: 6}), Cents(100_00))
