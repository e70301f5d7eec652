"""What opens a batch of mail: where it came from, how many pieces were counted, what they add up to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical

from countertui.counter.drafts import Form
from countertui.counter.remittances import open_remittance
from countertui.domain.money import parse_amount
from countertui.domain.remittances import Origin, RemittanceRefused
from countertui.screens.area import Command
from countertui.screens.kept_form import KeptForm
from countertui.widgets.field import Field

if TYPE_CHECKING:
    from countertui.screens.mail import MailArea

ORIGINS = {"1": Origin.MAIL, "m": Origin.MAIL, "2": Origin.DROPBOX, "d": Origin.DROPBOX}


class ControlForm(Vertical):
    """Three fields; Enter in the last, or F9 anywhere, opens the batch."""

    def __init__(self, area: MailArea) -> None:
        super().__init__(id="mail-control-form")
        self._area = area
        self.origin = Field("From: 1 mail, 2 dropbox", dom_id="mail-origin", most=1)
        self.pieces = Field("Pieces                 ", dom_id="mail-pieces", most=4, hint="how many were counted")
        self.control = Field("Control total          ", dom_id="mail-control", most=24, hint="what they add up to")

    def compose(self) -> ComposeResult:
        named = {"origin": self.origin, "pieces": self.pieces, "control": self.control}
        self.kept = KeptForm(self._area.counter, Form.MAIL_BATCH, named, press="F9 opens the batch.")
        yield from self.fields

    @property
    def fields(self) -> list[Field]:
        """The fields in the order of Tab."""
        return [self.origin, self.pieces, self.control]

    def commands(self) -> Sequence[Command]:
        """What keys do in it."""
        return [Command("f9", "Open", "Open the batch with what was counted.", self._open, on_bar=True)]

    async def enter(self, field: Field) -> None:
        """Enter was pressed in a field. Raises RemittanceRefused, AmountRefused."""
        if field is self.control:
            await self._open()
        else:
            self._area.step(1)

    def typed(self, field: Field) -> None:
        """A field's text changed."""
        self.kept.changed()

    def clear(self) -> None:
        """Empty the fields; what was typed stays kept."""
        for field in self.fields:
            field.set("")

    async def _open(self) -> None:
        area = self._area
        with area.naming(self.origin):
            origin = ORIGINS.get(self.origin.value.strip().lower())
            if origin is None:
                raise RemittanceRefused("The pieces come from the mail or the dropbox.", "", "Type 1 or 2.")
        with area.naming(self.control):
            cents = parse_amount(self.control.value)
        await self.kept.saved()
        with area.naming(self.pieces):
            opened = await area.counter.desk.job(open_remittance, area.session, origin, self.pieces.value, cents)
        area.go_on_with(opened)
        area.counter.tell(
            f"The batch is open: {opened.batch.control.words}.", press="Account, Enter; check no., Enter."
        )
