"""Cash for the safe: a bag's number, the pieces that go into it; F9 records it, and a slip is printed for the bag."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from countertui.counter.drafts import Form
from countertui.counter.drop_cash import drop_cash, drops
from countertui.counter.station import Person
from countertui.domain.drawers import CashCount, CountRefused
from countertui.domain.drops import DropNeedsLead, DropRefused
from countertui.domain.money import Cents, format_cents
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act
from countertui.screens.area import Area, Command
from countertui.screens.credential import second_one
from countertui.screens.hand_over import begin_hand_over
from countertui.screens.kept_form import CHECK_COUNT, KeptForm
from countertui.widgets.denomination_grid import DenominationGrid
from countertui.widgets.field import Field
from countertui.widgets.second_person import SecondPerson
from countertui.widgets.text_line import TextLine

MOST_NAMED = 4


class DropArea(Area):
    """The bag's number, then the pieces; Enter in the last field, or F9 anywhere, records the drop."""

    NAME = "drop"
    TITLE = "Drop to the safe"
    HELP = (
        "Cash that leaves your drawer for the safe while it stays open. Type the number printed on the bag, count what"
        " goes into it (2s13: two straps and 13 notes), and press F9. A slip is printed: sign it, have it signed, and"
        " seal it into the bag. The X report tells what was dropped; at the close only what is left is counted. F4 does"
        " the same for takings of a drawer that somebody else takes over: the drawer is counted and handed over next."
        " After a bag that was too much, a lead counts the next one along."
    )

    def __init__(self) -> None:
        super().__init__()
        self.bag = Field("Bag", dom_id="drop-bag", most=32, hint="the number printed on it")
        self.grid = DenominationGrid("drop-grid")
        self.second = SecondPerson("drop-second-person")
        self._before = TextLine(dom_id="drop-before")
        self._dropped = ""

    def compose(self) -> ComposeResult:
        named = {"bag": self.bag, **self.grid.by_name()}
        self.kept = KeptForm(self.counter, Form.DROP, named, self._session_id, CHECK_COUNT)
        yield TextLine(((" Cash for the safe", "strong"), ("   F9 records it, Esc leaves", "")), classes="title")
        yield self._before
        yield self.bag
        yield self.grid
        yield self.second

    def _session_id(self) -> str:
        return self.counter.session.id if self.counter.session is not None else ""

    def commands(self) -> Sequence[Command]:
        if self.counter.session is None or self.second.display:
            return ()
        return [
            Command("f4", "Hand over", "Record it; then count, close; another takes it.", self._hand_over, on_bar=True),
            Command("f9", "Drop", "Record what goes into the bag.", self._drop, on_bar=True),
        ]

    def ring(self) -> Sequence[Field]:
        if self.second.display:
            return [self.second.operator, self.second.pin]
        return [self.bag, *self.grid.fields]

    def rows(self) -> Sequence[Sequence[Field]]:
        if self.second.display:
            return super().rows()
        return [[self.bag], *self.grid.rows]

    async def arrive(self) -> None:
        session = self.counter.session
        self.second.clear()
        if session is None:
            return
        told = await self.counter.desk.look(drops, session)
        named = ", ".join(f"{each.bag} {format_cents(Cents(each.cents))}" for each in told[-MOST_NAMED:])
        more = f"{len(told) - MOST_NAMED} more, " if len(told) > MOST_NAMED else ""
        self._before.say(((f" Dropped before: {more}{named}" if told else " Nothing was dropped yet.", "dim"),))
        if not any(field.value for field in self.ring()):
            await self.kept.bring_back()
        self.grid.retotal()
        self.to(self.bag)

    def typed(self, field: Field) -> None:
        if not self.second.display:
            self.grid.retotal()
            self.kept.changed()

    async def put_away(self) -> None:
        self.second.clear()
        await self.kept.saved()

    async def back(self) -> None:
        if self.second.display:
            self.second.clear()
            self.to(self.bag)
        else:
            await super().back()

    def records_on_enter(self) -> bool:
        return self.at is self.grid.fields[-1] or super().records_on_enter()

    async def enter(self, field: Field) -> None:
        if field is self.second.operator:
            self.to(self.second.pin)
            return
        if field is self.second.pin:
            await self._drop_with_lead()
            return
        if field is self.grid.fields[-1]:
            await self._drop()
            return
        if field in self.grid.fields:
            self._count()
        self.step(1)

    def _count(self) -> CashCount:
        with self.naming(self.grid.wrong):
            return self.grid.count()

    async def _drop(self) -> None:
        await self._record()
        await self.counter.go_home()
        self._tell()

    async def _drop_with_lead(self) -> None:
        person = self.counter.person
        if person is None:
            return
        try:
            async with second_one(self.counter.desk, self.second, self.to, Act.APPROVE, (person.id,)) as lead:
                await self._record(lead)
        except DropRefused:  # the bag is at fault, not the lead: it is counted again
            self.second.clear()
            self.to(self.grid.fields[0])
            raise
        await self.counter.go_home()
        self._tell()

    async def _hand_over(self) -> None:
        await self._record()
        await begin_hand_over(self.counter)
        self._tell()

    async def _record(self, lead: Person | None = None) -> None:
        person, session = self.counter.person, self.counter.session
        if person is None or session is None:
            raise Refused("No drawer is open.", press="F2 opens one.")
        if not self.bag.value.strip():
            self.to(self.bag)
            raise CountRefused("A drop needs its bag's number.", "Nothing was recorded.", "Type what is printed on it.")
        count = self._count()
        await self.kept.saved()
        bag = self.bag.value
        try:
            await self.counter.desk.job(drop_cash, person, session, bag, count, lead)
        except DropNeedsLead:
            self.second.ask("A lead:")
            self.to(self.second.operator)
            raise
        self.second.clear()
        for field in self.ring():
            field.set("")
        self.grid.retotal()
        self.counter.devices.print_papers()
        self._dropped = f"{format_cents(count.total)} in bag {bag.strip().upper()}."

    def _tell(self) -> None:
        self.counter.tell(self._dropped, "It is recorded.", "Its slip goes to print.")
