"""A city's short codes: a few letters in the one box that stand for what else would be typed there."""

from __future__ import annotations

from collections.abc import Mapping

QUANTITY_MARK = "*"


def spelled_out(typed: str, codes: Mapping[str, str]) -> str | None:
    """What a short code stands for, with the quantity behind it (`P1*3`); None where it is no short code."""
    code, mark, quantity = typed.strip().partition(QUANTITY_MARK)
    means = codes.get(code.strip().upper())
    if means is None or not mark:
        return means
    return f"{means.partition(QUANTITY_MARK)[0]}{QUANTITY_MARK}{quantity}"


def begun(typed: str, codes: Mapping[str, str]) -> list[tuple[str, str]]:
    """The short codes that begin with what is typed, each with what it stands for."""
    start = typed.strip().upper()
    return [(code, means) for code, means in codes.items() if start and code.startswith(start) and code != start]
