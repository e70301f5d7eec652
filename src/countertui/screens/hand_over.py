"""Handing a drawer over: once it is closed, who takes it counts its fund, and both type their PINs."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from countertui.counter.hand_over import take_over
from countertui.counter.open_drawer import LeadNeeded
from countertui.counter.sign_on import second_person, sign_off
from countertui.counter.station import Person, Session
from countertui.domain.drawers import CashCount
from countertui.domain.money import format_cents
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act
from countertui.screens.area import Area, Command
from countertui.screens.credential import second_credential
from countertui.widgets.denomination_grid import DenominationGrid
from countertui.widgets.field import Field
from countertui.widgets.second_person import SecondPerson
from countertui.widgets.text_line import TextLine


class HandOverArea(Area):
    """The fund's count, who takes it with PIN, and the PIN of who gives it; F9 hands the drawer over."""

    NAME = "hand_over"
    TITLE = "Hand the drawer over"
    HELP = (
        "Your drawer is closed; its fund stays in it. Who takes it over counts the fund, types id and PIN, and you type"
        " your PIN: both sign. F9 opens the drawer for them, with the same business date. If the count is not the fund,"
        " a lead approves it. A slip with both counts is printed. Esc leaves the drawer closed: anybody opens it"
        " with F2 then."
    )

    def __init__(self) -> None:
        super().__init__()
        self.grid = DenominationGrid("hand-over-grid")
        self.taker = Field("Who takes it", dom_id="hand-over-taker", most=32)
        self.taker_pin = Field("Their PIN   ", dom_id="hand-over-taker-pin", secret=True, most=32)
        self.own_pin = Field("Your PIN    ", dom_id="hand-over-own-pin", secret=True, most=32)
        self.second = SecondPerson("hand-over-lead")
        self._title = TextLine(classes="title")
        self._given: Session | None = None
        self._taking: Person | None = None

    def compose(self) -> ComposeResult:
        yield self._title
        yield self.grid
        yield self.taker
        yield self.taker_pin
        yield self.own_pin
        yield self.second

    def begin(self, closed: Session) -> None:
        """Hand over the drawer of that session, which is closed."""
        self._given = closed
        self._forget()
        self._title.say(
            ((f" Drawer {closed.drawer} is closed: ", "strong"), ("who takes it counts the fund, both sign; F9", ""))
        )

    def commands(self) -> Sequence[Command]:
        if self._given is None or self.second.display:
            return ()
        return [Command("f9", "Hand over", "Open the drawer for who takes it.", self._hand_over, on_bar=True)]

    def ring(self) -> Sequence[Field]:
        if self.second.display:
            return [self.second.operator, self.second.pin]
        return [*self.grid.fields, self.taker, self.taker_pin, self.own_pin]

    def rows(self) -> Sequence[Sequence[Field]]:
        if self.second.display:
            return super().rows()
        return [*self.grid.rows, [self.taker], [self.taker_pin], [self.own_pin]]

    async def arrive(self) -> None:
        if self.at not in self.ring():
            self.to(self.ring()[0])

    async def put_away(self) -> None:
        for field in (self.taker_pin, self.own_pin):
            field.set("")
        self.second.clear()
        self._taking = None

    async def back(self) -> None:
        if self.second.display:
            self.second.clear()
            self.to(self.grid.fields[0])
        else:
            await self.put_away()
            await super().back()

    def typed(self, field: Field) -> None:
        if field in self.grid.fields:
            self.grid.retotal()

    async def enter(self, field: Field) -> None:
        if field is self.second.operator:
            self.to(self.second.pin)
        elif field is self.second.pin:
            await self._approve()
        elif field is self.own_pin:
            await self._hand_over()
        else:
            if field in self.grid.fields:
                self._count()
            self.step(1)

    def _count(self) -> CashCount:
        with self.naming(self.grid.wrong):
            return self.grid.count()

    async def _hand_over(self) -> None:
        giver = self.counter.person
        if giver is None or self._given is None:
            raise Refused("No drawer is handed over.", press="F10, D, H begins it.")
        self._count()
        own = self.own_pin.value
        self.own_pin.set("")
        with second_credential(self.taker, self.taker_pin, self.to) as (operator, pin):
            self._taking = await self.counter.desk.job(second_person, operator, pin, Act.TAKE_MONEY, (giver.id,))
        with self.naming(self.own_pin):
            await self.counter.desk.job(second_person, giver.id, own, Act.TAKE_MONEY, ())
        await self._take(None)

    async def _approve(self) -> None:
        giver, taker = self.counter.person, self._taking
        if giver is None or taker is None:
            return
        took_part = giver.id, taker.id
        with second_credential(self.second.operator, self.second.pin, self.to) as (operator, pin):
            await self._take(await self.counter.desk.job(second_person, operator, pin, Act.APPROVE, took_part))

    async def _take(self, lead: Person | None) -> None:
        giver, closed, taker = self.counter.person, self._given, self._taking
        if giver is None or closed is None or taker is None:
            return
        count = self._count()
        try:
            await self.counter.desk.job(take_over, giver, closed, taker, count, lead)
        except LeadNeeded:
            self.second.ask("A lead approves it:")
            self.to(self.second.operator)
            raise
        self._given = None
        self._forget()
        self.counter.devices.print_papers()
        await self.counter.desk.job(sign_off, giver)
        await self.counter.sign_off()
        self.counter.tell(
            f"Drawer {closed.drawer} with {format_cents(count.total)} is {taker.name}'s.",
            "Both counts are recorded.",
            f"{taker.name} signs on.",
        )

    def _forget(self) -> None:
        self.grid.clear()
        for field in (self.taker, self.taker_pin, self.own_pin):
            field.set("")
        self.second.clear()
        self._taking = None
        self.to(None)
