"""The one box that takes everything: scan, number, name, address, fee code with quantity, receipt number."""

from __future__ import annotations

from countertui.domain.card_guard import CardNumberRefused
from countertui.widgets.field import Field
from countertui.widgets.stroke import Stroke

LONGEST = 200


class OneBox(Field):
    """A field that remembers, for one question, the text its card guard refused.

    An exact known number comes before the guard: an account number may look like a card's. Until the counter has
    answered, nothing of it stands on the screen.
    """

    def __init__(self) -> None:
        super().__init__(
            "Find", dom_id="box", most=LONGEST, hint="account, name, address, license, receipt no. or fee code (COPY*3)"
        )
        self._doubtful = ""
        self._known = ""

    def press(self, stroke: Stroke) -> bool:
        before = self.value[: self.caret] if not self.selected else ""
        try:
            return super().press(stroke)
        except CardNumberRefused:
            self._doubtful = before + (stroke.pasted if stroke.pasted is not None else stroke.letter)
            raise

    def take_doubtful(self) -> str:
        """The refused text, once."""
        doubtful, self._doubtful = self._doubtful, ""
        return doubtful

    def accept(self, text: str) -> None:
        """Put in a text that is a known number, whatever it looks like."""
        self._known = text
        self._swallowing = False
        self.set(text)

    def refuses(self, text: str) -> bool:
        return text != self._known and super().refuses(text)
