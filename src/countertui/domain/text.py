"""What may stand in a typed text: letters people read, never bytes a device obeys."""

from __future__ import annotations

import unicodedata

from countertui.domain.refusal import Refused

_LINE_BREAKS = "\u2028\u2029"
_DRAWN_AS_NOTHING = (
    *((0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F)),
    *((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF)),
    *((0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
)
"""Default_Ignorable_Code_Point (Unicode 15, DerivedCoreProperties), which `unicodedata` does not tell."""


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
    # Unicode's NFKC_Casefold (UAX #44), which also drops what is drawn as nothing; here spaces go too.
    folded = unicodedata.normalize("NFKC", operator).casefold()
    seen = "".join(
        letter for letter in folded if unicodedata.category(letter)[0] not in "CZ" and not _is_drawn_as_nothing(letter)
    )
    return unicodedata.normalize("NFKC", seen)


def _is_drawn_as_nothing(letter: str) -> bool:
    return any(first <= ord(letter) <= last for first, last in _DRAWN_AS_NOTHING)
