"""What a committed count came to, and what a difference may come from, as rows."""

from __future__ import annotations

from collections.abc import Sequence

from countertui.domain.difference_finder import Explanation
from countertui.domain.drawers import OverShort
from countertui.domain.money import format_cents
from countertui.domain.words import number_of
from countertui.widgets.lines import Row, fit

MOST_LEADS = 7
"""Lines of what a difference may come from."""


def over_short_row(each: OverShort) -> Row:
    """One tender kind: how much, over or short, and how many pieces."""
    word = "even" if not each.cents else "over" if each.cents > 0 else "SHORT"
    pieces = f"  {'+' if each.count > 0 else ''}{number_of(each.count, 'piece')}" if each.count else ""
    look = "warn" if each.cents or each.count else "good"
    return (
        (fit(f"  {each.kind.label}", 16), ""),
        (fit(format_cents(abs(each.cents)), 12, right=True), "strong"),
        (f"  {word}{pieces}", look),
    )


def may_be_rows(told: Sequence[Explanation]) -> list[Row]:
    """Which receipts to look at; nothing where there is nothing to say."""
    if not told:
        return []
    more = [f"… and {len(told) - MOST_LEADS} more"] if len(told) > MOST_LEADS else []
    words = [*(f"{each.kind.label}: {each.words}" for each in told[:MOST_LEADS]), *more]
    remedies = dict.fromkeys(each.remedy for each in told[:MOST_LEADS] if each.remedy)
    rows: list[Row] = [((" It may come from", "dim"),), *(((f"  {each}", ""),) for each in words)]
    return [*rows, *(((f"  {each}", "warn"),) for each in remedies)]
