"""Bars to both sides of a middle, in letters: what is over to the right of it, what is short to the left."""

from __future__ import annotations

from collections.abc import Callable, Sequence

_SHORT, _OVER, _MIDDLE = "-", "+", "|"


def signed_bars(bars: Sequence[tuple[str, int]], columns: int, written: Callable[[int], str]) -> list[str]:
    """Lines of a label, a bar of - or + and its number with the sign, none wider than `columns`.

    A bar's letters say which side it is: nothing is told by color. What is not nothing has one letter at least.
    Raises ValueError where there is no room for bars beside labels and numbers.
    """
    if not bars:
        return []
    labels = max(len(label) for label, _ in bars)
    numbers = [f"+{written(value)}" if value > 0 else written(value) for _, value in bars]
    side = (columns - labels - max(map(len, numbers)) - 3) // 2
    if side < 1:
        raise ValueError(f"{columns} columns are too few for labels of {labels}")
    most = max(1, *(abs(value) for _, value in bars))
    right = max(map(len, numbers))
    lines = []
    for (label, value), number in zip(bars, numbers, strict=True):
        below, above = _half(-value, most, side, _SHORT), _half(value, most, side, _OVER)
        lines.append(f"{label:<{labels}} {below:>{side}}{_MIDDLE}{above:<{side}} {number:>{right}}")
    return lines


def _half(value: int, most: int, side: int, letter: str) -> str:
    return letter * max(1, value * side // most) if value > 0 else ""
