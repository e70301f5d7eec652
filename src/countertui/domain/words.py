"""Words that a person reads."""

from __future__ import annotations


def number_of(number: int, one: str, several: str = "") -> str:
    """A number with its word: `1 receipt`, `2 receipts`, `1,204 receipts`; `several` where an s doesn't make it."""
    return f"{number:,} {one if abs(number) == 1 else several or one + 's'}"
