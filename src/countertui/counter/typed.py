"""What a person types into a record: in one form, no card numbers, no control characters, no longer than its field."""

from __future__ import annotations

from countertui.domain.card_guard import refuse_card_numbers
from countertui.domain.refusal import Refused
from countertui.domain.text import composed, refuse_controls

LONGEST_PAYOR = 60
LONGEST_REASON = 120


class TextTooLong(Refused):
    """A typed text is longer than its field."""


def checked_text(typed: str, field: str, longest: int) -> str:
    """The text as it is kept, without blanks around it. Raises CardNumberRefused, TextRefused, TextTooLong."""
    text = composed(typed.strip())
    refuse_card_numbers(text, field)
    refuse_controls(text, field)
    if len(text) > longest:
        raise TextTooLong(f"{field} is longer than {longest} characters.", press="Say it shorter.")
    return text
