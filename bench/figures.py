"""A row of the benchmarks: a value beside the floor it was measured with in the same run."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TypedDict

GOALS_MET, GOAL_MISSED = "ok", "over"


class Row(TypedDict):
    """`floor` and `value` are in `unit`; `ratio` is value over floor, to be at most `goal`."""

    name: str
    floor: float
    value: float
    ratio: float
    goal: float
    unit: str
    detail: str


def row(name: str, floors: Sequence[float], values: Sequence[float], goal: float, unit: str, detail: str = "") -> Row:
    """A row from the medians of what was measured in turn, in `unit`."""
    floor, value = statistics.median(floors), statistics.median(values)
    return Row(name=name, floor=floor, value=value, ratio=value / floor, goal=goal, unit=unit, detail=detail)


def verdict(of: Row) -> str:
    return GOALS_MET if of["ratio"] <= of["goal"] else GOAL_MISSED


def seconds(work: Callable[[], object]) -> float:
    """How long the work takes, seconds of wall time."""
    begun = perf_counter()
    work()
    return perf_counter() - begun
