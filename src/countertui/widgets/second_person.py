"""A second person's credential, asked for in place: id and PIN side by side."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal

from countertui.domain.paper import width_of
from countertui.widgets.field import Field
from countertui.widgets.text_line import TextLine


class SecondPerson(Horizontal):
    """Two fields in one line, hidden until asked for."""

    def __init__(self, dom_id: str = "second-person") -> None:
        super().__init__(id=dom_id)
        self._words = TextLine(classes="words")
        self.operator = Field("Operator", most=32)
        self.pin = Field("PIN", secret=True, most=32)
        self.display = False

    def compose(self) -> ComposeResult:
        yield self._words
        yield self.operator
        yield self.pin

    def ask(self, words: str) -> None:
        """Show the fields, empty, and say whom they are for."""
        self.clear()
        self._words.say(((f" {words}", "warn"),))
        self._words.styles.width = width_of(words) + 1
        self.display = True

    def clear(self) -> None:
        """Forget what was typed and hide."""
        self.operator.set("")
        self.pin.set("")
        self.display = False
