"""A new PIN, typed twice and never shown."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from countertui.domain.refusal import Refused
from countertui.widgets.field import Field


class NewPin(Vertical):
    """Two fields, one below the other, hidden until asked for."""

    def __init__(self, dom_id: str = "new-pin") -> None:
        super().__init__(id=dom_id)
        self.pin = Field("New PIN    ", secret=True, most=32, hint="4 to 8 digits")
        self.again = Field("Once more  ", secret=True, most=32)
        self.display = False

    def compose(self) -> ComposeResult:
        yield self.pin
        yield self.again

    @property
    def fields(self) -> list[Field]:
        """Those that are asked now, in the order of Tab."""
        return [self.pin, self.again] if self.display else []

    def ask(self) -> None:
        """Show the fields, empty."""
        self.forget()
        self.display = True

    def clear(self) -> None:
        """Forget what was typed and hide."""
        self.forget()
        self.display = False

    def forget(self) -> None:
        """Forget what was typed."""
        self.pin.set("")
        self.again.set("")

    def take(self) -> str:
        """The new PIN, once. Raises Refused if it was typed in two ways."""
        pin, again = self.pin.value, self.again.value
        self.forget()
        if pin != again:
            raise Refused("The two PINs differ.", "Nothing was changed.", "Type the new PIN, Enter, and once more.")
        return pin
