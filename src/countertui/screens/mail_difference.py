"""Closing a batch of mail: at once where it agrees; else a lead accepts the difference for a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical

from countertui.counter.drafts import Form
from countertui.counter.remittances import Running, close_remittance
from countertui.counter.sign_on import second_person
from countertui.domain.remittances import RemittanceOff, RemittanceRefused
from countertui.domain.rights import Act
from countertui.screens.area import Command
from countertui.screens.credential import second_credential
from countertui.screens.kept_form import KeptForm
from countertui.widgets.field import Field
from countertui.widgets.second_person import SecondPerson
from countertui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from countertui.screens.mail import MailArea


class DifferenceForm(Vertical):
    """A reason, a lead's id and PIN; hidden until a batch was to be closed that does not agree."""

    def __init__(self, area: MailArea) -> None:
        super().__init__(id="mail-difference")
        self._area = area
        self._says = TextLine()
        self.reason = Field("Why is that accepted", dom_id="mail-reason", most=120)
        self.second = SecondPerson("mail-second")
        self.display = False

    def compose(self) -> ComposeResult:
        press = "Then a lead's id and PIN; Esc goes on with the batch."
        self.kept = KeptForm(self._area.counter, Form.MAIL_DIFFERENCE, {"reason": self.reason}, self._about, press)
        yield self._says
        yield self.reason
        yield self.second

    @property
    def fields(self) -> list[Field]:
        """The fields in the order of Tab."""
        return [self.reason, self.second.operator, self.second.pin]

    def commands(self) -> Sequence[Command]:
        """What keys do in it."""
        return [Command("f9", "Accept", "A lead accepts the difference.", self._accept, on_bar=True)]

    async def enter(self, field: Field) -> None:
        """Enter was pressed in a field. Raises RemittanceRefused, NotAllowed, WrongPin."""
        if field is self.second.pin:
            await self._accept()
        else:
            self._area.step(1)

    def typed(self, field: Field) -> None:
        """A field's text changed."""
        if field is self.reason:
            self.kept.changed()

    async def close(self, batch: Running) -> None:
        """Close a batch. Raises RemittanceOff where it does not agree, and asks a lead."""
        try:
            found = await self._area.counter.desk.job(close_remittance, self._area.session, batch.batch)
        except RemittanceOff:
            self._says.say(((f" The batch does not agree: {batch.off}.", "warn"),))
            self.second.ask("A lead accepts it:")
            self.display = True
            self._area.show_step()
            self._area.to(self.reason)
            await self.kept.bring_back()
            raise
        await self._tell_closed(found)

    def clear(self) -> None:
        """Hide; a reason that was typed stays kept."""
        self.reason.set("")
        self.second.clear()
        self.display = False

    async def _accept(self) -> None:
        area, batch = self._area, self._area.open_batch
        if batch is None:
            return
        reason = self.reason.value
        if not reason.strip():
            area.to(self.reason)
            raise RemittanceRefused("A difference needs a reason.", "The batch stays open.", "Type why; or Esc.")
        await self.kept.saved()
        with second_credential(self.second.operator, self.second.pin, area.to) as (lead, pin):
            approver = await area.counter.desk.job(second_person, lead, pin, Act.APPROVE, (area.session.operator,))
        await self._tell_closed(
            await area.counter.desk.job(close_remittance, area.session, batch.batch, approver, reason)
        )

    def _about(self) -> str:
        return self._area.open_batch.batch.id if self._area.open_batch is not None else ""

    async def _tell_closed(self, found: Running) -> None:
        self._area.go_on_with(None)
        await self._area.counter.go_home()
        off = f" {found.off[0].upper()}{found.off[1:]}: accepted." if found.off else " It agrees."
        self._area.counter.tell(f"The batch is closed: {found.taken.words}.{off}")
