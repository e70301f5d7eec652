"""A bar chart in letters, for terminals: a line a bar, its length to an eighth of a letter."""

from __future__ import annotations

from collections.abc import Sequence

_EIGHTHS = " ▏▎▍▌▋▊▉█"


def bar_chart(bars: Sequence[tuple[str, int]], columns: int) -> list[str]:
    """Lines of a label, a bar and its number, none wider than `columns`; below zero a bar is drawn as none.

    Raises ValueError where there is no room for a bar beside labels and numbers.
    """
    if not bars:
        return []
    labels = max(len(label) for label, _ in bars)
    numbers = [f"{value:,}" for _, value in bars]
    room = columns - labels - max(map(len, numbers)) - 2
    if room < 1:
        raise ValueError(f"{columns} columns are too few for labels of {labels}")
    most = max(1, *(value for _, value in bars))
    return [
        f"{label:<{labels}} {_bar(value, most, room)} {number}"
        for (label, value), number in zip(bars, numbers, strict=True)
    ]


def _bar(value: int, most: int, room: int) -> str:
    """A bar of so many letters at most; what is above zero has an eighth at least."""
    eighths = max(1, value * room * 8 // most) if value > 0 else 0
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")
