"""Bars in letters: as long as their numbers, never wider than the window, none for nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.bar_chart import bar_chart

bars = st.lists(st.tuples(st.text("Jan26-", max_size=8), st.integers(-5, 10**9)), max_size=8)


def test_lines_of_label_bar_and_number() -> None:
    assert bar_chart([("2026-10", 4), ("2026-11", 8), ("2026-12", 0)], 18) == [
        "2026-10 ████ 4",
        "2026-11 ████████ 8",
        "2026-12  0",
    ]


def test_too_few_columns_is_said() -> None:
    with pytest.raises(ValueError, match="too few"):
        bar_chart([("2026-10", 4)], 10)


@given(bars, st.integers(30, 100))
def test_no_line_is_wider_and_a_larger_number_has_no_shorter_bar(rows: list[tuple[str, int]], columns: int) -> None:
    lines = bar_chart(rows, columns)
    assert len(lines) == len(rows)
    assert all(len(line) <= columns for line in lines)
    lengths = [sum(" ▏▎▍▌▋▊▉█".index(letter) for letter in line if letter in "▏▎▍▌▋▊▉█") for line in lines]
    for (_, one), long in zip(rows, lengths, strict=True):
        assert (long > 0) == (one > 0)
        assert all(long <= other for (_, value), other in zip(rows, lengths, strict=True) if value >= one)
