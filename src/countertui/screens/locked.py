"""Letting somebody with too many wrong PINs try again: by a lead."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from countertui.counter.sign_on import locked_people, unlock_operator
from countertui.counter.station import Person
from countertui.domain.rights import Act, may
from countertui.screens.area import Area
from countertui.screens.credential import second_one
from countertui.widgets.field import Field
from countertui.widgets.line_list import LineList
from countertui.widgets.lines import Row, fit
from countertui.widgets.second_person import SecondPerson
from countertui.widgets.text_line import TextLine


class LockedArea(Area):
    """Who is locked, then who lets them."""

    NAME = "locked"
    TITLE = "Unlock an operator"
    HELP = (
        "Whoever is locked is listed; type the id. A lead lets them try again with their own PIN; nobody unlocks"
        " themselves."
    )

    def __init__(self) -> None:
        super().__init__()
        self.operator = Field("Locked operator", dom_id="locked-operator", most=32)
        self.list: LineList[Person] = LineList(_draw, dom_id="locked-list", hint="   Nobody is locked.")
        self.second = SecondPerson("locked-second")

    def compose(self) -> ComposeResult:
        yield TextLine(((" Unlock an operator", "strong"),), classes="title")
        yield self.list
        yield self.operator
        yield self.second

    def ring(self) -> Sequence[Field]:
        return [self.operator, *([self.second.operator, self.second.pin] if self.second.display else [])]

    async def arrive(self) -> None:
        locked = await self.counter.desk.look(locked_people)
        self.list.show(locked)
        self.list.styles.height = max(1, len(locked))
        self.operator.set(locked[0].id if len(locked) == 1 else "", selected=True)
        self.second.clear()
        self.to(self.operator)

    def records_on_enter(self) -> bool:
        return True

    async def enter(self, field: Field) -> None:
        person = self.counter.person
        if field is self.operator and person is not None and may(person.roles, Act.APPROVE):
            await self._unlock(person)
        elif field is self.operator:
            self.second.ask("A lead lets them try again:")
            self.to(self.second.operator)
        elif field is self.second.operator:
            self.to(self.second.pin)
        else:
            locked = self.operator.value.strip()
            async with second_one(self.counter.desk, self.second, self.to, Act.APPROVE, (locked,)) as lead:
                await self._unlock(lead)

    async def _unlock(self, approver: Person) -> None:
        locked = self.operator.value.strip()
        await self.counter.desk.job(unlock_operator, approver, locked)
        await self.arrive()
        self.counter.tell(f"{locked} may try again.")


def _draw(person: Person, width: int) -> Row:
    return ((fit(f"   {person.id}", 12), "strong"), (fit(person.name, width - 12), ""))
