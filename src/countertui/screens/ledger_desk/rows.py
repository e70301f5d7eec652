"""Rows that pages of the desk have in common: words with an amount on the right, and words over several lines."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from countertui.domain.money import format_cents
from countertui.widgets.lines import Row, fit

_AMOUNT = 16


def amount_row(words: str, cents: int | None, room: int, look: str = "strong") -> Row:
    """Words, and an amount at the right end of so many columns; none where it is not known or not to be seen."""
    amount = "" if cents is None else format_cents(cents)
    return ((fit(words, room - _AMOUNT), ""), (fit(amount, _AMOUNT, right=True), look))


def wrapped(words: str, room: int, look: str = "") -> Iterator[Row]:
    """Words in as many rows as they take."""
    for line in textwrap.wrap(words, room) or [""]:
        yield ((f" {line}", look),)
