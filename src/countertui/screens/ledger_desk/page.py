"""What every page of the technician's desk does: sign in at the ledger by PIN, ask it beside the hands, say of when."""

from __future__ import annotations

import textwrap
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from textual.app import ComposeResult
from textual.worker import WorkType

from countertui.counter.ledger_desk import SignedOut
from countertui.domain.refusal import Refused
from countertui.errors import CounterError
from countertui.screens.area import Command
from countertui.screens.ledger_desk.at_ledger import Answer, AtLedger
from countertui.screens.ledger_desk.pages import pages_for
from countertui.screens.listing import ListArea
from countertui.widgets.field import Field
from countertui.widgets.text_line import TextLine

Item = TypeVar("Item")


class DeskPage(ListArea[Item]):
    """A page: `ask` asks the ledger its question; without a session the PIN is asked for first."""

    HINT = "  Nothing was asked of the ledger yet."
    ON_BAR = "r"
    """The letters that stand on the key bar, of those that every page has: 80 columns don't hold all of them."""

    def __init__(self) -> None:
        super().__init__()
        self.pin = Field("Your PIN at the ledger", dom_id=f"{self.NAME}-pin", secret=True, most=32)
        self.below = TextLine(dom_id=f"{self.NAME}-below", names_keys=True)
        self._as_it_was = False

    def compose(self) -> ComposeResult:
        self.pin.display = False
        yield from super().compose()
        yield self.below
        yield self.pin

    async def at_ledger(self) -> AtLedger:
        """Who is signed in at the ledger from here: the same on every page."""
        from countertui.screens.ledger_desk.day import LedgerDayArea

        return (await self.counter.made(LedgerDayArea)).own_at_ledger

    async def ask(self) -> None:
        """Ask the ledger what this page shows, and show it; called beside the hands, on arrival and when asked anew."""

    async def arrive(self) -> None:
        self._stop_asking()
        as_it_was, self._as_it_was = self._as_it_was, False
        if (await self.at_ledger()).session is None:
            self._ask_pin()
        elif not as_it_was:
            self.ask_anew()

    def ask_anew(self) -> None:
        """Begin to ask; what was asked before and is not answered yet is not waited for."""
        self.beside(self.ask)

    def beside(self, does: Callable[[], Awaitable[None]]) -> None:
        """Do what may take its time beside the hands. What is refused is said; who was signed out signs in again."""

        async def doing() -> None:
            try:
                await does()
            except (Refused, CounterError) as error:
                if not self.is_attached:  # whoever asked has signed off: the next person's screen says nothing of it
                    return
                self.counter.say(error)
                if isinstance(error, SignedOut) and self.counter.area is self:
                    self._ask_pin()
            self.counter.show_keys()

        work: WorkType[None] = doing  # not begun before its turn: one that is not waited for is never begun
        self.counter.run_worker(work, group="ledger-desk", exclusive=True)

    async def appear(self) -> None:
        """Be looked at for something else than before: the list is empty until the ledger answers."""
        self.list.show((), hint="  Asking the ledger …")
        await self.counter.go(self.NAME)

    def show_rows(self, rows: Sequence[Item], hint: str) -> None:
        """List what the ledger told, the cursor in the row where it was; `hint` where there is nothing."""
        at = min(self.list.cursor or 0, len(rows) - 1) if rows else None
        self.list.show(rows, cursor=at, hint=hint)

    async def answer(self, name: str, args: Mapping[str, Any]) -> Answer:
        """The ledger's answer; the title says of when it is, and that it is an old one where it can't be reached."""
        answer = await (await self.at_ledger()).look(name, args)
        if answer.not_reached:
            self.counter.tell(answer.not_reached, f"This is what it answered at {answer.as_of[11:]}.", "R asks again.")
        return answer

    def say_below(self, words: str, most_lines: int = 3) -> None:
        """Say what the list has no room for, in as many lines as the words take."""
        room = max(20, self.counter.size.width - 2)
        lines = textwrap.wrap(words, room, max_lines=most_lines, placeholder=" …")
        self.below.say(*(((f" {line}", "dim"),) for line in lines))

    def title(self, words: str, answer: Answer) -> None:
        """Say what is shown, and of when."""
        old = bool(answer.not_reached)
        told = f"   as of {answer.as_of}: ledger not reached" if old else f"   as of {answer.as_of[11:]}"
        self.title_line.say(((f" {words}", "strong"), (told, "warn" if old else "dim")))

    def commands(self) -> Sequence[Command]:
        if self.at is not None:
            return ()
        person = self.counter.person
        pages = [page for page in pages_for(person.roles if person else ()) if page.area != self.NAME]
        shared = [
            Command("r", "Anew", "Ask the ledger again.", self.again),
            *(Command(page.key, page.label, page.explains, self._to(page.area)) for page in pages),
        ]
        return [replace(each, on_bar=each.key in self.ON_BAR) for each in shared]

    def ring(self) -> Sequence[Field]:
        return [self.pin] if self.pin.display else []

    async def enter(self, field: Field) -> None:
        if field is self.pin:
            await self._sign_in()

    async def back(self) -> None:
        from countertui.screens.ledger_desk.day import LedgerDayArea

        leaves = self.pin.display or isinstance(self, LedgerDayArea)
        self._stop_asking()
        await self.counter.go("menu" if leaves else LedgerDayArea.NAME)

    async def back_to(self, kind: type[DeskPage[Any]]) -> None:
        """Go back to where this was drilled into, which shows what it showed; out of the PIN, to the menu."""
        if self.at is not None:
            await DeskPage.back(self)
        else:
            (await self.counter.made(kind))._as_it_was = True
            await self.counter.go(kind.NAME)

    async def put_away(self) -> None:
        self.pin.set("")

    def _ask_pin(self) -> None:
        self.pin.set("")
        self.pin.display = True
        self.to(self.pin)

    def _stop_asking(self) -> None:
        self.pin.set("")
        self.pin.display = False
        self.to(None)

    async def again(self) -> None:
        """Ask anew, by a key."""
        self.ask_anew()

    def _to(self, area: str) -> Callable[[], Awaitable[None]]:
        async def go() -> None:
            await self.counter.go(area)

        return go

    async def _sign_in(self) -> None:
        person, pin = self.counter.person, self.pin.value
        self.pin.set("")
        if person is None or not pin:
            return

        async def sign_in() -> None:
            there = await self.at_ledger()
            await there.sign_in(person.id, pin)
            if not self.is_attached:
                there.sign_out()
                return
            self._stop_asking()
            self.counter.tell("You are signed in at the ledger, to look.", "Nothing is changed by it.", there.clock_off)
            await self.ask()

        self.counter.tell("Asking the ledger …", "", "")
        self.beside(sign_in)
