"""Papers not known to have come out: a person looks, and says what becomes of each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual.app import ComposeResult

from countertui.counter.paper_choices import (
    it_printed,
    later,
    not_wanted,
    print_again,
    printer_names,
    stop_waiting,
)
from countertui.counter.print_queue import PrintNote, unprinted
from countertui.counter.slips import endorse_again
from countertui.screens.area import Command
from countertui.screens.listing import ListArea
from countertui.screens.printing_words import detail_words, paper_words, state_words
from countertui.widgets.field import Field
from countertui.widgets.lines import Row, fit
from countertui.widgets.stroke import Stroke


class PrintingArea(ListArea[PrintNote]):
    """What keys do depends on what is known: where nothing left, no DUPLICATE is needed and nothing can be there."""

    NAME = "printing"
    TITLE = "Printing: what is not known to be on paper"
    HELP = (
        "Money never waits for paper: all of these are recorded. “uncertain” means that the printer had it and"
        " nobody knows how much came out: look, then I says that it is there, A prints it again as a DUPLICATE, O does"
        " at another printer, and L leaves it for later. “not printed” means that nothing left: it prints by itself"
        " when the printer is ready; A tries now, O another printer, L keeps it until you ask, N is for a paper nobody"
        " wants. One that prints and waits for paper goes on by itself; G gives up waiting. A check that may be"
        " endorsed is endorsed again only with a reason. Closing the drawer names what never printed."
    )
    HINT = "  Nothing waits to be printed or to be looked at."

    def __init__(self) -> None:
        super().__init__()
        self._printers: tuple[str, ...] = ()
        self._choosing = False
        self.reason = Field("Why once more", dom_id="endorse-reason", most=120)

    def compose(self) -> ComposeResult:
        yield from super().compose()
        self.reason.display = False
        yield self.reason

    def ring(self) -> Sequence[Field]:
        return [self.reason] if self.reason.display else []

    async def put_away(self) -> None:
        self._ask_reason(ask=False)

    def records_on_enter(self) -> bool:
        return True

    async def enter(self, field: Field) -> None:
        note, person = self.list.current, self.counter.person
        if note is None or person is None:
            return
        await self.counter.desk.job(endorse_again, person, note.job, field.value)
        self._ask_reason(ask=False)
        self.counter.devices.print_papers()
        await self._after()

    def _ask_reason(self, *, ask: bool) -> None:
        """A check is endorsed once; once more needs a reason."""
        self.reason.set("")
        self.reason.display = ask
        self.to(self.reason if ask else None)

    async def arrive(self) -> None:
        self._choosing = False
        self._printers = await self.counter.desk.look(printer_names)
        before = self.list.current
        notes = await self.counter.desk.look(unprinted)
        same = next((n for n, note in enumerate(notes) if before is not None and note.job == before.job), 0)
        self.list.show(notes, cursor=min(same, max(len(notes) - 1, 0)))
        self._say_what_keys_do()

    def commands(self) -> Sequence[Command]:
        note = self.list.current
        if note is None or self.reason.display:
            return ()
        if self._choosing:
            return [
                Command(str(n), name, f"Print it at {name}.", partial(self._print_at, name), on_bar=True)
                for n, name in enumerate(self._others(note), start=1)
            ]
        if note.state == "sending":
            return [Command("g", "Give up", "Wait no longer for the printer.", self._give_up, on_bar=True)]
        again = partial(self._print_at, "")
        if note.state == "uncertain":
            first = (
                Command("i", "It printed", "The paper is there.", self._there, on_bar=True),
                Command("a", "Again", "Print it again, marked DUPLICATE.", again, on_bar=True),
            )
        else:
            first = (
                Command("a", "Print now", "Try to print it now.", again, on_bar=True),
                Command("n", "None", "Nobody wants this paper.", self._none, on_bar=True),
            )
        other = Command("o", "Other printer", "Print it at another printer.", self._other, on_bar=True)
        last = Command("l", "Later", "Leave it; closing the drawer names it.", self._later, on_bar=True)
        return [*first, *((other,) if self._others(note) and not note.title else ()), last]

    async def press(self, stroke: Stroke) -> None:
        if stroke.key == "escape" and (self._choosing or self.reason.display):
            self._choosing = False
            self._ask_reason(ask=False)
            self._say_what_keys_do()
            return
        await super().press(stroke)
        self._say_what_keys_do()

    def _others(self, note: PrintNote) -> list[str]:
        return [name for name in self._printers if name != note.printer]

    async def _there(self) -> None:
        if self.list.current is not None:
            await self.counter.desk.job(it_printed, self.list.current.job)
            await self._after()

    async def _none(self) -> None:
        if self.list.current is not None:
            await self.counter.desk.job(not_wanted, self.list.current.job)
            await self._after()

    async def _later(self) -> None:
        if self.list.current is not None:
            await self.counter.desk.job(later, self.list.current.job)
            await self._after()

    async def _give_up(self) -> None:
        if self.list.current is not None:
            await self.counter.desk.look(stop_waiting, self.list.current.job)
            self.counter.tell("The printer is waited for no longer.", press="Look at the paper; this list says more.")
            await self._after()

    async def _other(self) -> None:
        note = self.list.current
        if note is None:
            return
        others = self._others(note)
        if len(others) == 1:
            await self._print_at(others[0])
        else:
            self._choosing = True
            self._say_what_keys_do()

    async def _print_at(self, printer: str) -> None:
        note, person = self.list.current, self.counter.person
        if note is None or person is None:
            return
        if note.kind == "endorsement" and note.state == "uncertain":
            self._ask_reason(ask=True)
            return
        await self.counter.desk.job(print_again, person, note.job, printer)
        self.counter.devices.print_papers()
        await self._after()

    async def _after(self) -> None:
        await self.arrive()
        self.counter.chips.ask()

    def _say_what_keys_do(self) -> None:
        keys = "   ".join(f"{command.key.upper()} {command.label}" for command in self.commands())
        self.title_line.say(((" Printing", "strong"), (f"   {keys}" if keys else "", "")))

    def draw(self, item: PrintNote, width: int) -> Row:
        at = item.printer if len(self._printers) > 1 else ""
        return (
            (fit(f"  {paper_words(item)}", 28), "strong"),
            (fit(state_words(item), 14), "warn" if item.state != "later" else ""),
            (fit(at, 15 if at else 0), ""),
            (fit(detail_words(item), max(width - 42 - (15 if at else 0), 0)), ""),
        )
