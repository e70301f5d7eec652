"""What may stand in a typed text: letters people read, never bytes a device obeys."""

from __future__ import annotations

import unicodedata

from countertui.domain.refusal import Refused

_LINE_BREAKS = "\u2028\u2029"


class TextRefused(Refused):
    """A typed text that holds characters no device may be sent."""


def refuse_controls(text: str, field: str) -> None:
    """Raise TextRefused if text holds control, format, unassigned or line-breaking characters."""
    if text.isascii() and text.isprintable():
        return
    if any(unicodedata.category(letter).startswith("C") or letter in _LINE_BREAKS for letter in text):
        raise TextRefused(f"{field} holds characters that can't be printed.", press="Type it again by hand.")


def composed(text: str) -> str:
    """The text with its letters composed (Unicode NFC): a record holds each text in one form only."""
    return unicodedata.normalize("NFC", text)


def same_person(one: str, other: str) -> bool:
    """Whether two operator ids name one person, however they are spelled (case, width, spaces, invisible marks)."""
    return person_key(one) == person_key(other)


def person_key(operator: str) -> str:
    """The spelling of an operator id under which a person is one person."""
    # Unicode's NFKC_Casefold (UAX #44), which also drops what can't be seen; here spaces go too.
    folded = unicodedata.normalize("NFKC", operator).casefold()
    seen = "".join(letter for letter in folded if unicodedata.category(letter)[0] not in "CZ")
    return unicodedata.normalize("NFKC", seen)
