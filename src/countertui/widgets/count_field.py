"""A field for a number of pieces: digits, and one letter for a strap or roll; all else is refused as it is typed."""

from __future__ import annotations

from typing import NoReturn

from countertui.domain.drawers import MOST_PIECES, Pack, pieces_typed
from countertui.domain.refusal import Refused
from countertui.widgets.field import Field
from countertui.widgets.stroke import Stroke

MOST_DIGITS = len(str(MOST_PIECES)) + 1
"""A slip of one digit is seen; more of a card that is typed or swiped into a count is never kept."""
STRIPE = frozenset({"%", ";"})
"""What the magnetic stripe of a card begins with."""
PASTE_SECONDS = 0.03
"""Keys nearer than this come from no hand: a pasted text, from a terminal that doesn't say that it pastes."""


class CountField(Field):
    """How many there are of something; an empty one counts as none. pack: what they are bundled in, if in anything."""

    def __init__(self, label: str, pack: Pack | None = None) -> None:
        super().__init__(label, most=MOST_DIGITS)
        self._pack = pack
        self._before = ("", 0, False)
        self._pressed_at = float("-inf")
        self._dropping = False
        self._signed = False

    @property
    def number(self) -> int | None:
        """What was typed, as a number; None if it is none, or more than a drawer holds."""
        return pieces_typed(self.value, self._pack)

    def activate(self, active: bool) -> None:  # noqa: FBT001 - a state, not an option
        """A count that keys come back to is counted anew: the first digit replaces it, as 5 then 1 is no 51."""
        if active and not self.active:
            self.selected = bool(self.value)
        super().activate(active)

    def press(self, stroke: Stroke) -> bool:
        """Take a key. Raises Refused for what is no digit.

        A sign by hand stays to be seen, and there is no count until it is gone: left out, `1.2.3` was read as 123. Of a
        pasted text nothing is kept.
        """
        pasted = stroke.at - self._pressed_at < PASTE_SECONDS
        self._pressed_at = stroke.at
        if not pasted:
            self._before, self._signed = (self.value, self.caret, self.selected), False
        elif self._signed:
            self._refuse_pasted(stroke.letter)
        return super().press(stroke)

    def swallows(self, stroke: Stroke) -> bool:
        """Whether a key is the rest of a refused text, its tabs and Enters included; what is said stays."""
        if super().swallows(stroke):
            return True
        pasted = stroke.letter or stroke.key in {"tab", "enter", "ctrl+j"}
        self._dropping = self._dropping and bool(pasted) and stroke.at - self._pressed_at < PASTE_SECONDS
        if self._dropping:
            self._pressed_at = stroke.at
        return self._dropping

    def insert(self, text: str) -> None:
        """Put digits, or by hand the letter of a pack, in at the caret. Raises Refused for all else, too."""
        if text[:1] in STRIPE:
            self._swallowing = True  # the digits of the card come next
        digits = text.strip(" ")
        if (digits.isascii() and digits.isdigit()) or self.refuses(text):
            super().insert(digits)
        elif self._begins_pack(text):
            super().insert(text.lower())
        elif len(text) == 1 and text.isprintable() and text not in STRIPE and self.value == self._before[0]:
            self._signed = True
            super().insert(text)
            raise Refused(f"“{text}” is not a digit.", f"“{self.value}” is no count.", "Backspace, or type it anew.")
        else:
            self._refuse_pasted(text)

    def _begins_pack(self, text: str) -> bool:
        """Whether a letter typed by hand says that what stands there are packs: once, and after a number."""
        if self._pack is None or text.lower() != self._pack.letter or self.value != self._before[0]:
            return False
        return not self.selected and self.caret > 0 and self.value.isdigit()

    def _refuse_pasted(self, text: str) -> NoReturn:
        self.value, self.caret, self.selected = self._before
        self.redraw()
        self._dropping = True
        raise Refused(
            f"“{text[:12]}” is not a digit." if text.isprintable() else "A count takes digits only.",
            "The count is as it was.",
            "Type how many there are; Enter goes on.",
        )
