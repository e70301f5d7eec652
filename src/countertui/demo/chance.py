"""Chance that is the same on every machine: picks from lists by the bits of a seeded generator."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

PICK_BITS = 16
"""A pick uses this many random bits: `wheel[bits & PICK_MASK]`."""
PICK_MASK = (1 << PICK_BITS) - 1
STEP = 7_368_787
"""A prime: multiplying by it permutes the residues of any number it doesn't divide."""


def stream(name: str) -> Random:
    """A generator for one part of the city. Only its getrandbits is used, which gives the same on every Python."""
    return Random(int.from_bytes(name.encode(), "big"))  # noqa: S311 - an invented city, not a secret


def skewed(words: Sequence[str], flatness: int) -> list[str]:
    """A wheel of 65,536 places on which earlier words have more places, about as 1 / (rank + flatness).

    Surnames and streets are like that: a few are everywhere, most are rare. Every word has a place.
    """
    weights = [10_000_000 // (rank + flatness) for rank in range(len(words))]
    total = sum(weights)
    size = 1 << PICK_BITS
    wheel: list[str] = []
    passed = 0
    for rank, (word, weight) in enumerate(zip(words, weights, strict=True)):
        passed += weight
        places = max(1, passed * size // total - len(wheel))
        room = size - len(wheel) - (len(words) - rank - 1)
        wheel.extend([word] * min(places, room))
    wheel.extend([words[0]] * (size - len(wheel)))
    return wheel


def scattered(n: int, size: int) -> int:
    """The n-th of `size` numbers from 0 that look drawn at random and never repeat. Size is no multiple of STEP."""
    return (n * STEP + 2_741_393) % size
