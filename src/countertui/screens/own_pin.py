"""Changing one's own PIN."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from countertui.counter.own_pin import change_pin
from countertui.screens.area import Area
from countertui.widgets.field import Field
from countertui.widgets.new_pin import NewPin
from countertui.widgets.text_line import TextLine


class OwnPinArea(Area):
    """The present PIN, then the new one twice."""

    NAME = "own_pin"
    TITLE = "Change your PIN"
    HELP = (
        "Type your present PIN, Enter, the new one, Enter, and the new one once more, Enter. It holds here at once,"
        " elsewhere from the next snapshot. No repeated digit, no digits in a row, not your own id. Who forgot a PIN"
        " gets a one-time code from an admin and a second person; it is typed here or where one signs on."
    )

    def __init__(self) -> None:
        super().__init__()
        self.present = Field("Present PIN", dom_id="present-pin", secret=True, most=32)
        self.new = NewPin("change-pin")

    def compose(self) -> ComposeResult:
        yield TextLine(((" Change your PIN", "strong"), ("   Esc leaves it as it is", "")), classes="title")
        yield self.present
        yield self.new

    def ring(self) -> Sequence[Field]:
        return [self.present, *self.new.fields]

    async def arrive(self) -> None:
        self.present.set("")
        self.new.ask()
        self.to(self.present)

    async def put_away(self) -> None:
        self.present.set("")
        self.new.forget()

    async def back(self) -> None:
        await self.put_away()
        await super().back()

    async def enter(self, field: Field) -> None:
        if field is self.present:
            self.to(self.new.pin)
        elif field is self.new.pin:
            self.to(self.new.again)
        else:
            await self._change()

    async def _change(self) -> None:
        person = self.counter.person
        if person is None:
            return
        self.to(self.new.pin)  # whatever is refused of the new one, it is typed anew
        pin, present = self.new.take(), self.present.value
        self.present.set("")
        self.to(self.present)
        await self.counter.desk.job(change_pin, person, present, pin)
        await self.counter.go_home()
        self.counter.tell("Your PIN is changed.", "It holds here at once, elsewhere from the next snapshot.")
