"""The inline row: what is asked in the middle of things, in one line, instead of a dialog."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Horizontal

from countertui.domain.micr import Micr, begins_a_line
from countertui.domain.paper import width_of
from countertui.widgets.field import Field
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine

AMOUNT_BESIDE_ANOTHER = 22
"""So that a check's number of ten digits is read whole on 80 columns, and a card's approval code."""
_CHANGING = frozenset({"backspace", "ctrl+h", "delete", "ctrl+u", "ctrl+w"})


class MicrField(Field):
    """A check's magnetic line: its account number may look like a card's, and has a check of its own.

    What a reader read is masked, and replaced as a whole by the first key that would change it.
    """

    _read: Micr | None = None

    def fill(self, micr: Micr) -> None:
        """Put in what a reader read."""
        self.set(f"{micr.routing} {micr.account}")
        self._read = micr
        self.caret = 0
        self.redraw()

    def as_read(self) -> Callable[[], None]:
        """A way to put back what a reader read; nothing where it was typed."""
        read = self._read
        return (lambda: self.fill(read)) if read is not None else (lambda: None)

    def set(self, value: str, *, selected: bool = False) -> None:
        self._read = None
        super().set(value, selected=selected)

    def press(self, stroke: Stroke) -> bool:
        if self._read is not None:
            if stroke.pasted is None and not stroke.letter and stroke.key not in _CHANGING:
                return False
            self.set("")
        return super().press(stroke)

    def typed_anew(self) -> None:
        if self._read is None:
            super().typed_anew()

    def shown(self) -> str:
        return self._read.masked if self._read is not None else super().shown()

    def refuses(self, text: str) -> bool:
        """Whether text is a card number or the start of a magnetic stripe, and no check's line."""
        return text.startswith(("%", ";")) or (super().refuses(text) and not begins_a_line(text))


class InlineRow(Horizontal):
    """Words, then some fields: text, an amount, a check's magnetic line, a card's slip, a PIN; hidden until asked."""

    def __init__(self) -> None:
        super().__init__(id="inline")
        self._words = TextLine(classes="words")
        self.text = Field("", dom_id="inline-text", most=120)
        self.amount = Field("", dom_id="inline-amount", most=24)
        self.micr = MicrField("", dom_id="inline-micr", most=60)
        self.slip = Field("", dom_id="inline-slip", most=30)
        self.pin = Field("", dom_id="inline-pin", secret=True, most=32)
        self.display = False

    def compose(self) -> ComposeResult:
        yield self._words
        yield self.text
        yield self.amount
        yield self.micr
        yield self.slip
        yield self.pin

    @property
    def fields(self) -> list[Field]:
        """The fields that are asked now, in the order of Tab."""
        return [field for field in self._all if field.display and self.display]

    @property
    def _all(self) -> tuple[Field, ...]:
        return self.text, self.amount, self.micr, self.slip, self.pin

    def ask(
        self,
        words: str,
        *,
        text: str | None = None,
        amount: str | None = None,
        micr: str | None = None,
        slip: str | None = None,
        pin: str | None = None,
    ) -> None:
        """Show the row; text, amount, micr, slip and pin are labels of fields, None for a field not asked."""
        for field, label in zip(self._all, (text, amount, micr, slip, pin), strict=True):
            field.label = label or ""
            field.display = label is not None
            field.set("")
        self.amount.styles.width = AMOUNT_BESIDE_ANOTHER if micr is not None or slip is not None else None
        self._words.say(((f" {words}", "warn"),))
        self._words.styles.width = width_of(words) + 1
        self.display = True

    def as_typed(self) -> Callable[[], None]:
        """A way to put back what stands in the fields now, once they are asked again; a PIN is left out."""
        values = [(field, field.value) for field in self._all if field is not self.pin]
        put_micr_back = self.micr.as_read()

        def put_back() -> None:
            for field, value in values:
                field.set(value)
            put_micr_back()

        return put_back

    def close(self) -> None:
        """Hide and forget."""
        for field in self._all:
            field.set("")
        self.display = False
