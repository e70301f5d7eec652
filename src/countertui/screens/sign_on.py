"""Signing on: operator id and PIN, typed while the store is still being opened; a passphrase where one is needed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from countertui.domain.refusal import Refused
from countertui.domain.rights import Role
from countertui.domain.text import person_key
from countertui.domain.words import number_of
from countertui.screens.area import Area
from countertui.widgets.field import Field
from countertui.widgets.line_list import LineList
from countertui.widgets.lines import Row, fit
from countertui.widgets.new_pin import NewPin
from countertui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from countertui.counter.station import Person


class SignOnArea(Area):
    """Keys typed before the store is open are kept; Enter waits for it."""

    NAME = "sign_on"
    TITLE = "Sign on"
    HELP = (
        "Type your operator id, Enter, your PIN, Enter. The PIN is never shown. The list shows who may sign on here"
        " and narrows as you type. After too many wrong PINs a lead lets you try again. Who is new or forgot the PIN"
        " types the one-time code in place of it, then a PIN of their own, twice: 4 to 8 digits, no repeated digit,"
        " none in a row. Where a passphrase is asked for, it opens the terminal's keys once, at start; any opener's"
        " will do."
    )

    def __init__(self) -> None:
        super().__init__()
        self._title = TextLine(((" Sign on", "strong"),), classes="title")
        self.passphrase = Field("Passphrase ", dom_id="passphrase", secret=True, most=200)
        self.operator = Field("Operator id", dom_id="operator", most=32)
        self.pin = Field("PIN        ", dom_id="pin", secret=True, most=32)
        self.new = NewPin()
        self._code = ""
        self._list: LineList[Person] = LineList(self._draw, dom_id="people")
        self._people: Sequence[Person] = ()
        self._pins: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        self.passphrase.display = self.counter.desk.needs_passphrase
        yield self._title
        yield self.passphrase
        yield self.operator
        yield self.pin
        yield self.new
        yield self._list

    def ring(self) -> Sequence[Field]:
        return self.new.fields or [field for field in (self.passphrase, self.operator, self.pin) if field.display]

    async def arrive(self) -> None:
        for field in (self.passphrase, self.operator, self.pin):
            field.set("")
        self._forget_code()
        self.to(self.ring()[0])
        self.counter.run_worker(self._list_people(), group="people", exclusive=True)

    def records_on_enter(self) -> bool:
        return False  # who has a card with a code on it signs on by that

    async def enter(self, field: Field) -> None:
        if field is self.passphrase:
            await self._unlock()
        elif field is self.operator:
            self.to(self.pin)
        elif field is self.new.pin:
            self.to(self.new.again)
        elif field is self.new.again:
            await self._choose_pin()
        else:
            await self._sign_on()

    def typed(self, field: Field) -> None:
        if field is self.operator:
            self._show_people()

    async def back(self) -> None:
        """What the last stop left is read; else from the PIN, or a PIN to be chosen, to the id: nothing lies behind."""
        if not self.counter.starting.read() and self.at in {self.pin, *self.new.fields}:
            self._start_over()

    def _start_over(self) -> None:
        """Let the next person's id go where it is seen, never into the PIN."""
        self._forget_code()
        self.operator.set("")
        self.pin.set("")
        self.to(self.operator)
        self._show_people()

    def _forget_code(self) -> None:
        self._code = ""
        self.new.clear()

    async def _unlock(self) -> None:
        typed = self.passphrase.value
        self.passphrase.set("")
        await self.counter.starting.unlock(typed)
        self.passphrase.display = False
        self.to(self.operator)

    async def _sign_on(self) -> None:
        operator, pin = self.operator.value.strip(), self.pin.value
        self.pin.set("")
        await self.counter.starting.opened()
        from countertui.counter.sign_on import OperatorLocked, OwnPinNeeded, sign_on
        from countertui.screens.payment import PaymentArea

        checked = asyncio.ensure_future(self.counter.desk.job(sign_on, operator, pin))
        await self.counter.made(PaymentArea)  # unseen, where most go on, while the PIN is being checked
        try:
            person = await checked
        except OwnPinNeeded:
            self._code = pin
            self.new.ask()
            self.to(self.new.pin)
            self.counter.tell("That one-time code is right.", press="Choose a PIN of your own: type it twice.")
            return
        except Refused as refusal:
            known = any(person_key(one.id) == person_key(operator) for one in self._people)
            if isinstance(refusal, OperatorLocked) or not known:
                self._start_over()
            raise
        await self._begin(person)

    async def _choose_pin(self) -> None:
        from countertui.counter.own_pin import first_pin

        self.to(self.new.pin)  # whatever is refused of the new one, it is typed anew
        person = await self.counter.desk.job(first_pin, self.operator.value.strip(), self._code, self.new.take())
        self._forget_code()
        await self._begin(person)

    async def _begin(self, person: Person) -> None:
        from countertui.counter.sign_on import goes_on_with

        self.counter.person = person
        self.counter.session, choice = await self.counter.desk.look(goes_on_with, person)
        self.counter.show_status()
        await self.counter.exercising.resume()
        await self.counter.start(choice)
        await self._tell_set_aside(person)

    async def _tell_set_aside(self, person: Person) -> None:
        """Say that carts wait for who signed on with a drawer; what a crash left is said before."""
        if self.counter.session is None or self.counter.message.text or self.counter.starting.notes:
            return
        from countertui.counter.cart import set_aside_by

        if waiting := await self.counter.desk.look(set_aside_by, person):
            it = "takes it" if waiting == 1 else "takes one"
            self.counter.tell(f"You set {number_of(waiting, 'cart')} aside.", "", f"Ctrl+K {it} back.")

    async def _list_people(self) -> None:
        await self.counter.starting.unlocked.wait()
        if self.counter.person is not None or not self.counter.starting.is_open:
            return
        from countertui.counter.sign_on import demo_pins, people

        self._people = await self.counter.desk.look(people)
        self._pins = dict(await self.counter.desk.look(demo_pins))
        self._show_people()

    def _show_people(self) -> None:
        typed = self.operator.value.strip().casefold()
        fitting = [one for one in self._people if typed in one.id.casefold() or typed in one.name.casefold()]
        self._list.show(fitting, hint="Nobody of that id or name." if self._people else "")

    def _draw(self, person: Person, width: int) -> Row:
        roles = ", ".join(Role(role).value for role in person.roles)
        pin = f"{self.counter.desk.mark.lower()} PIN {self._pins[person.id]}" if person.id in self._pins else ""
        return (
            ("  ", ""),
            (fit(person.id, 14), "strong"),
            (fit(person.name, 24), ""),
            (fit(roles, 22), "dim"),
            (fit(pin, width - 62), "warn"),
        )
