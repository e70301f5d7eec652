"""The opening count: drawer, business date, pieces per denomination against the fund. Nothing is tendered before."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from countertui.counter.drafts import Form
from countertui.counter.open_drawer import (
    DateNeedsLead,
    DrawerChoice,
    LeadNeeded,
    drawers,
    open_drawer,
    suggested_business_date,
)
from countertui.counter.station import Person
from countertui.domain.dates import us_date
from countertui.domain.drawers import CashCount, CountRefused, business_date
from countertui.domain.money import format_cents
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act
from countertui.screens.area import Area, Command
from countertui.screens.credential import second_one
from countertui.screens.kept_form import CHECK_COUNT, KeptForm
from countertui.widgets.denomination_grid import DenominationGrid
from countertui.widgets.field import Field
from countertui.widgets.line_list import LineList
from countertui.widgets.lines import Row, fit
from countertui.widgets.second_person import SecondPerson
from countertui.widgets.text_line import TextLine


class OpeningArea(Area):
    """Drawer, date, count; Enter in the last field, or F9 anywhere, opens the drawer."""

    NAME = "opening"
    TITLE = "Opening count"
    HELP = (
        "Type the drawer's code, check the business date, and count what lies in the drawer, piece by piece (1s5: a"
        " strap of 100 and 5; 2r: two rolls). The total must be the drawer's fund; if it is not, count again or have"
        " a lead approve the difference with their own id and PIN. F9 opens the drawer from any field. What you"
        " typed comes back if the program stops."
    )

    def __init__(self) -> None:
        super().__init__()
        self.drawer = Field("Drawer       ", dom_id="drawer", most=16, hint="code below")
        self.date = Field("Business date", dom_id="biz-date", most=16)
        self.grid = DenominationGrid()
        self.second = SecondPerson()
        self._difference = TextLine(dom_id="difference")
        self._looked_back = False
        self._again = self.date
        """What is typed again where a lead is asked, and Esc goes back to."""
        self._list: LineList[DrawerChoice] = LineList(self._draw, dom_id="drawers")

    def compose(self) -> ComposeResult:
        named = {"drawer": self.drawer, "date": self.date, **self.grid.by_name()}
        self.form = KeptForm(self.counter, Form.OPENING, named, press=CHECK_COUNT)
        yield TextLine(((" Open a drawer", "strong"),), classes="title")
        with Horizontal(id="opening-halves"):
            with Vertical(id="opening-left"):
                yield self.drawer
                yield self.date
                yield self._list
            with Vertical(id="opening-right"):
                yield self.grid
                yield self._difference
        yield self.second

    def commands(self) -> Sequence[Command]:
        return [Command("f9", "Open", "Open the drawer with what is typed.", self._open, on_bar=True)]

    def ring(self) -> Sequence[Field]:
        if self.second.display:
            return [self.second.operator, self.second.pin]
        return [self.drawer, self.date, *self.grid.fields]

    def rows(self) -> Sequence[Sequence[Field]]:
        if self.second.display:
            return super().rows()
        return [[self.drawer], [self.date], *self.grid.rows]

    async def arrive(self) -> None:
        self._list.show(await self.counter.desk.look(drawers))
        if not self._looked_back:
            self._looked_back = True
            if await self.form.bring_back():
                self.grid.retotal()
        if not self.date.value:
            self.date.set(us_date(await self.counter.desk.look(suggested_business_date)), selected=True)
        free = [choice for choice in self._list.items if choice.open_by is None]
        if not self.drawer.value and len(free) == 1:
            self.drawer.set(free[0].code, selected=True)
        if self.at is None:
            self.drawer.set(self.drawer.value, selected=True)  # a code that was kept is typed over
            self.to(self.drawer)
        self._show_difference()

    async def back(self) -> None:
        if self.second.display:
            self.second.clear()
            self._again.set(self._again.value, selected=True)
            self.to(self._again)
        elif not self.counter.starting.read():
            self.counter.tell("No drawer is open, so no money can be taken.", press="F10 has everything else.")

    def records_on_enter(self) -> bool:
        return self.at is self.grid.fields[-1] or super().records_on_enter()

    async def enter(self, field: Field) -> None:
        if field is self.second.operator:
            self.to(self.second.pin)
        elif field is self.second.pin:
            await self._approve()
        elif field is self.drawer:
            self._choice()
            self.step(1)
        elif field is self.date:
            business_date(field.value)
            self.step(1)
        elif field is self.grid.fields[-1]:
            await self._open()
        else:
            self._count()
            self.step(1)

    def typed(self, field: Field) -> None:
        if field in self.grid.fields or field is self.drawer:
            self.grid.retotal()
            self._show_difference()
        if field not in (self.second.operator, self.second.pin):
            self.form.changed()

    async def put_away(self) -> None:
        await self.form.saved()

    def _count(self) -> CashCount:
        with self.naming(self.grid.wrong):
            return self.grid.count()

    def _choice(self) -> DrawerChoice:
        typed = self.drawer.value.strip().casefold()
        for choice in self._list.items:
            if choice.code.casefold() == typed:
                if choice.open_by is not None:
                    raise Refused(f"Drawer {choice.code} is open under {choice.open_by}.", press="Choose another.")
                return choice
        raise Refused("That drawer is not one of this office's.", press="Type a code from the list.")

    async def _open(self, approver: Person | None = None) -> None:
        person = self.counter.person
        if person is None:
            return
        with self.naming(self.drawer):
            choice = self._choice()
        with self.naming(self.date):
            day = business_date(self.date.value)
        count = self._count()
        await self.form.saved()
        try:
            session = await self.counter.desk.job(open_drawer, person, choice.code, day, count, approver)
        except LeadNeeded as needed:
            if isinstance(needed, DateNeedsLead):
                self._again = self.date
            elif self.at is not None and not self.second.display:
                self._again = self.at
            self.second.ask("A lead approves it:")
            self.to(self.second.operator)
            raise
        self.counter.session = session
        self.second.clear()
        self.grid.clear()
        self.drawer.set("")
        self.date.set("")
        self.to(self.drawer)
        self.counter.show_status()
        self.counter.tell(f"Drawer {choice.code} is open with {format_cents(count.total)}.")
        await self.counter.go("payment")

    async def _approve(self) -> None:
        person = self.counter.person
        if person is not None:
            async with second_one(self.counter.desk, self.second, self.to, Act.APPROVE, (person.id,)) as approver:
                await self._open(approver)

    def _show_difference(self) -> None:
        typed = self.drawer.value.strip().casefold()
        choice = next((one for one in self._list.items if one.code.casefold() == typed), None)
        if choice is None:
            self._difference.say()
            return
        try:
            counted = self.grid.count().total
        except CountRefused:
            counted = None
        gap = "—" if counted is None else format_cents(counted - choice.fund_cents)
        even = counted == choice.fund_cents
        self._difference.say(
            ((" Fund         ", "dim"), (format_cents(choice.fund_cents), "strong")),
            ((" Difference   ", "dim"), (gap + ("  even" if even else ""), "good" if even else "warn")),
        )

    def _draw(self, choice: DrawerChoice, width: int) -> Row:
        state = f"open under {choice.open_by}" if choice.open_by else f"fund {format_cents(choice.fund_cents)}"
        look = "dim" if choice.open_by else ""
        return (
            ("  ", ""),
            (fit(choice.code, 6), "strong"),
            (fit(choice.name, width - 27) + " ", look),
            (fit(state, 18, right=True), look),
        )
