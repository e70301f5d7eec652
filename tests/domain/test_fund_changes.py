"""Change for a drawer: both sides are worth the same, always."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.drawers import DENOMINATIONS, cash_count, drawer_moves
from countertui.domain.fund_changes import FundChangeRefused, is_sound, require_equal

counts = st.dictionaries(st.sampled_from(DENOMINATIONS), st.integers(1, 50)).map(cash_count)
SOUND = {"drawer": "D1", "out_pieces": [[20_00, 1]], "in_pieces": [[5_00, 4]], "cents": 20_00}


@given(counts, counts)
def test_only_what_is_worth_the_same_is_changed_and_no_money_moves(out: Any, back: Any) -> None:
    data = {
        "drawer": "D1",
        "out_pieces": [[cents, n] for cents, n in out.pieces],
        "in_pieces": [[cents, n] for cents, n in back.pieces],
        "cents": out.total,
    }
    assert is_sound(data) is (out.total == back.total > 0)
    assert drawer_moves("fund_change", data) == []
    if out.total == back.total > 0 and out != back:
        require_equal(out, back)
    else:
        with pytest.raises(FundChangeRefused):
            require_equal(out, back)


@pytest.mark.parametrize(
    "other",
    [{"drawer": ""}, {"cents": 0}, {"cents": 20_00.0}, {"in_pieces": [[5_00, 3]]}, {"out_pieces": "x"}, {"more": 1}],
)
def test_what_is_no_change_is_told(other: dict[str, Any]) -> None:
    assert is_sound(SOUND)
    assert not is_sound(SOUND | other)
    assert not is_sound(None)
