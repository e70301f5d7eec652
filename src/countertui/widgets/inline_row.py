"""The inline row: what is asked in the middle of things, in one line, instead of a dialog."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal

from countertui.domain.micr import begins_a_line
from countertui.domain.paper import width_of
from countertui.widgets.field import Field
from countertui.widgets.text_line import TextLine


class MicrField(Field):
    """A check's magnetic line: its account number may look like a card's, and has a check of its own."""

    def refuses(self, text: str) -> bool:
        """Whether text is a card number or the start of a magnetic stripe, and no check's line."""
        return text.startswith(("%", ";")) or (super().refuses(text) and not begins_a_line(text))


class InlineRow(Horizontal):
    """Words, then some fields: text, an amount, a check's magnetic line, a PIN; hidden until asked."""

    def __init__(self) -> None:
        super().__init__(id="inline")
        self._words = TextLine(classes="words")
        self.text = Field("", dom_id="inline-text", most=120)
        self.amount = Field("", dom_id="inline-amount", most=24)
        self.micr = MicrField("", dom_id="inline-micr", most=60)
        self.pin = Field("", dom_id="inline-pin", secret=True, most=32)
        self.display = False

    def compose(self) -> ComposeResult:
        yield self._words
        yield self.text
        yield self.amount
        yield self.micr
        yield self.pin

    @property
    def fields(self) -> list[Field]:
        """The fields that are asked now, in the order of Tab."""
        return [field for field in (self.text, self.amount, self.micr, self.pin) if field.display and self.display]

    def ask(
        self,
        words: str,
        *,
        text: str | None = None,
        amount: str | None = None,
        micr: str | None = None,
        pin: str | None = None,
    ) -> None:
        """Show the row; text, amount, micr and pin are labels of fields, None for a field not asked."""
        for field, label in ((self.text, text), (self.amount, amount), (self.micr, micr), (self.pin, pin)):
            field.label = label or ""
            field.display = label is not None
            field.set("")
        self._words.say(((f" {words}", "warn"),))
        self._words.styles.width = width_of(words) + 1
        self.display = True

    def close(self) -> None:
        """Hide and forget."""
        self.text.set("")
        self.amount.set("")
        self.micr.set("")
        self.pin.set("")
        self.display = False
