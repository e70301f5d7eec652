"""What a device at the counter read and says by itself: a code, a check's line, an identity card's holder."""

from __future__ import annotations

from dataclasses import dataclass, field

from countertui.domain.check_line import CheckLine
from countertui.domain.refusal import Refused


@dataclass(frozen=True, slots=True)
class ScannedText:
    """A scanned code's text, which may be anything that somebody held before the scanner."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CardHolder:
    """Who an identity card names, in its own letters. `cut`: the card says that a part of the name was cut off to fit.

    born: ISO date, empty where the card says none that can be. It is for the form on the screen: nothing keeps it.
    """

    first: str
    middle: str
    last: str
    suffix: str
    street: str
    city: str
    state: str
    postal_code: str
    cut: bool = False
    born: str = ""

    @property
    def name(self) -> str:
        """The name in the order it is spoken."""
        return " ".join(part for part in (self.first, self.middle, self.last, self.suffix) if part)

    def __repr__(self) -> str:
        """Without the person: nothing of a card may reach a log or a crash file."""
        return "CardHolder(...)"


DeviceRead = ScannedText | CheckLine | CardHolder | Refused
"""Refused: something was held before the device, and can't be made out."""
