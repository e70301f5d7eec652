"""What a record says, as terminals read it of the desk: one held for people may say anything, however long."""

from __future__ import annotations

_MOST_TEXT = 200


def word(said: object) -> str:
    """A text of a record, cut where nobody types so much; empty for none, as it reads for what is no text."""
    return "" if said is None else str(said)[:_MOST_TEXT]


def word_or_none(said: object) -> str | None:
    """The same, None for none."""
    return None if said is None else word(said)


def cents_or_none(said: object) -> int | None:
    """Cents, None for what is no whole number."""
    return said if type(said) is int else None
