"""The close of the day, step by step: how each stands, the area where it is solved, and the signature under it."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from textual.app import ComposeResult

from countertui.counter.day_checklist import DayList, close_day, day_list
from countertui.counter.drafts import Form
from countertui.domain.card_guard import refuse_card_numbers
from countertui.domain.dates import us_date
from countertui.domain.day_checklist import Item, State, Step, first_open, left_open
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, may
from countertui.domain.words import number_of
from countertui.screens.area import Command
from countertui.screens.kept_form import KeptForm
from countertui.screens.listing import ListArea
from countertui.screens.payment import PaymentArea
from countertui.widgets.field import Field
from countertui.widgets.lines import Row, fit
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine

SOLVED_IN = {
    Step.CARTS: "carts",
    Step.FORMS: "carts",
    Step.PAPER: "printing",
    Step.CARDS: "card_terminal",
    Step.OTHERS: "stick",
    Step.REQUESTS: "requests",
    Step.CHANGE: "fund_change",
    Step.DEPOSITS: "trust",
    Step.UNSENT: "batches",
    Step.ERRORS: "batches",
    Step.BAGS: "deposit",
    Step.SEAL: "batches",
    Step.SEND: "batches",
}
"""Of what is left: drawers are counted one by one, and the rest is solved elsewhere."""
_NOTE_ROWS = 2
_LOOKS = {State.DONE: "good", State.OPEN: "warn", State.NOT_HEARD: "dim"}


class DayChecklistArea(ListArea[Item]):
    """Enter opens where a step is solved; Esc there comes back; F9 closes the day with whatever is open."""

    NAME = "day_checklist"
    TITLE = "Day checklist"
    HELP = (
        "The office's close in order, as far as this terminal knows: each line says done, how many are open, or not"
        " heard, which is never the same as none. Enter opens the marked line where it is solved; Esc comes back from"
        " there, with every line read anew. F9 closes the day. What is open does not block it, but asks why: type the"
        " reason, Enter. All lines are signed as they stand, with the reason, and go up with the batch, which is sealed"
        " and sent at once; the ledger keeps a worklist item of what was left. After more work F9 closes it again."
    )
    HINT = "  The store can't be read."

    def __init__(self) -> None:
        super().__init__()
        self.reason = Field("Why it is left open", dom_id="day-reason", most=120)
        self._below = TextLine(dom_id="day-below", names_keys=True)
        self._seen: DayList | None = None
        self._at_step: Step | None = None

    def compose(self) -> ComposeResult:
        self.reason.display = False
        fields = {"reason": self.reason}
        self.kept = KeptForm(self.counter, Form.DAY_CHECK, fields, press="Enter closes the day.")
        yield from super().compose()
        yield self._below
        yield self.reason

    async def arrive(self) -> None:
        self._stop_asking()
        await self._read()
        if self._seen is not None:
            self.list.show(self._seen.items, cursor=first_open(self._seen.items, self._at_step) or 0)
        self._say_below()

    async def _read(self) -> None:
        self._seen = None
        if not self.counter.store_is_lost:
            await (await self.counter.made(PaymentArea)).hand.saved()
            self._seen = await self.counter.desk.look(day_list)
        day = f" {us_date(self._seen.biz_date)}" if self._seen is not None else ""
        self.title_line.say(((f" {self.TITLE}{day}", "strong"), ("   Enter opens where a line is solved", "")))

    def _say_below(self) -> None:
        """All that is said beside the marked line, whose row may be too short for it; and how the day stands."""
        marked = self.list.current
        told = wrap(marked.note, max(20, self.size.width - 3)) if marked is not None else []
        notes = [*told[:_NOTE_ROWS], *[""] * (_NOTE_ROWS - len(told))]
        self._below.say(*(((f" {note}", "dim"),) for note in notes), self._standing())

    def _standing(self) -> Row:
        """How the day itself stands."""
        if self._seen is None:
            return ()
        checked, left = self._seen.checked, left_open(self._seen.items)
        if checked is None:
            nothing = "Nothing needs a reason: F9 closes, seals, sends."
            words = f"{len(left)} left open: F9 asks why." if left else nothing
            return ((" Day not closed. ", "warn"), (words, ""))
        said = f" Day closed at {checked.at[11:16]} by {checked.operator}, {checked.left or 'nothing'} left open."
        if checked.since:
            return ((said, "warn"), (f" {number_of(checked.since, 'record')} since: F9 again.", ""))
        return ((said, "good"),)

    def commands(self) -> Sequence[Command]:
        if self._seen is None:
            return ()
        return [Command("f9", "Close day", "Close the day with what is open; seal, send.", self._close, on_bar=True)]

    async def press(self, stroke: Stroke) -> None:
        await super().press(stroke)
        self._say_below()

    def ring(self) -> Sequence[Field]:
        return [self.reason] if self.reason.display else []

    def records_on_enter(self) -> bool:
        return self.at is self.reason

    def typed(self, field: Field) -> None:
        self.kept.changed()

    async def put_away(self) -> None:
        await self.kept.saved()

    async def back(self) -> None:
        if self.at is None:
            self._at_step = None
            await self.counter.go_home()
        else:
            self.kept.forget()
            self._stop_asking()

    async def choose(self, item: Item) -> None:
        if item.step is Step.OTHERS and item.state is State.OPEN:
            raise Refused("A drawer of another terminal is closed there.", "Nothing is solved here.", "Ask who has it.")
        if item.step is Step.CHANGE and self.counter.session is None:
            raise Refused("Change is given at the drawer that asked for it.", press="Whose it is signs on: F10, D, C.")
        self._at_step = item.step
        area = SOLVED_IN[item.step] if item.step in SOLVED_IN else await self._of_drawers()
        await self.counter.go_and_back(area, self.NAME)
        if item.step is Step.OTHERS and item.state is State.NOT_HEARD:
            self.counter.tell(
                "What other terminals have open is not heard here.",
                "A stick brings it; with a network, the ledger's desk has it: F10, 3.",
            )

    async def _of_drawers(self) -> str:
        """Where drawers are counted by who is signed on. Raises Refused for those of others only."""
        person, session = self.counter.person, self.counter.session
        if person is not None and may(person.roles, Act.CLOSE_OTHERS):
            return "open_drawers"
        if session is None:
            raise Refused(
                "No drawer of yours is open here.", "Others' drawers stay as they are.", "A lead closes them."
            )
        from countertui.screens.close import CloseArea

        await (await self.counter.made(CloseArea)).count_for(session)
        return CloseArea.NAME

    async def enter(self, field: Field) -> None:
        await self._close()

    async def _close(self) -> None:
        person, seen = self.counter.person, self._seen
        if person is None or seen is None:
            return
        left = left_open(seen.items)
        closed = seen.checked is not None and not seen.checked.since
        if left and not closed and self.at is None:
            await self._ask_why(len(left))
            return
        refuse_card_numbers(self.reason.value, "The reason")
        await self.kept.saved()
        try:
            await self.counter.desk.job(close_day, person, seen, self.reason.value.strip())
        except Refused:
            await self._read()  # it may be another list by now
            if self._seen is not None:
                self.list.show(self._seen.items, cursor=self.list.cursor)
            self._say_below()
            raise
        self._stop_asking()
        from countertui.screens.batches import BatchesArea

        await self.counter.go_and_back(BatchesArea.NAME, self.NAME)
        (await self.counter.made(BatchesArea)).seal_and_send()

    async def _ask_why(self, left: int) -> None:
        self.reason.display = True
        self.to(self.reason)
        if not await self.kept.bring_back():
            self.counter.tell(f"{left} left open.", "Nothing is recorded yet.", "Type why, Enter; Esc leaves it.")

    def _stop_asking(self) -> None:
        self.reason.set("")
        self.reason.display = False
        self.to(None)

    def draw(self, item: Item, width: int) -> Row:
        return (
            (fit(f"  {item.step.label}", 28), "strong"),
            (fit(item.words, 13), _LOOKS[item.state]),
            (fit(item.note, width - 41), "dim"),
        )
