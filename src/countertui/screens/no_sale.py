"""Opening the drawer without a sale: a reason, and it is on the record."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from countertui.counter.cash_drawer import open_without_sale
from countertui.counter.drafts import Form
from countertui.domain.refusal import Refused
from countertui.screens.area import Area
from countertui.screens.kept_form import KeptForm
from countertui.widgets.field import Field
from countertui.widgets.text_line import TextLine


class NoSaleArea(Area):
    """One field; Enter opens."""

    NAME = "no_sale"
    TITLE = "No sale: open the drawer"
    HELP = (
        "Type why the drawer is opened without a sale, to make change for instance, and press Enter. Who opened it,"
        " when and why is recorded and stands in the X and Z reports. No money moves."
    )

    def __init__(self) -> None:
        super().__init__()
        self.reason = Field("Reason", dom_id="no-sale-reason", most=120)

    def compose(self) -> ComposeResult:
        self.kept = KeptForm(self.counter, Form.NO_SALE, {"reason": self.reason}, press="Enter opens the drawer.")
        yield TextLine(((" Open the drawer without a sale", "strong"), ("   Esc leaves it shut", "")), classes="title")
        yield self.reason

    def ring(self) -> Sequence[Field]:
        return [self.reason]

    async def arrive(self) -> None:
        self.to(self.reason)
        if not self.reason.value:
            await self.kept.bring_back()

    def typed(self, field: Field) -> None:
        self.kept.changed()

    async def put_away(self) -> None:
        await self.kept.saved()

    async def back(self) -> None:
        self.kept.forget()
        await super().back()

    def records_on_enter(self) -> bool:
        return True

    async def enter(self, field: Field) -> None:
        person, session = self.counter.person, self.counter.session
        if person is None or session is None:
            raise Refused("No drawer is open.", press="F2 opens one.")
        await self.kept.saved()
        seq = await self.counter.desk.job(open_without_sale, person, session, field.value)
        self.reason.set("")
        self.counter.devices.open_drawer(seq)
        await self.counter.go_home()
        self.counter.tell("The drawer opens.", "Who, when and why is recorded.")
