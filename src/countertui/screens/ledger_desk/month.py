"""A month of the books: closed or opened again by two people, who see before what belongs to it still."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence

from countertui.counter.ledger_answers import moments
from countertui.counter.ledger_month import MonthAtLedger, read_month
from countertui.domain.dates import us_date_said, us_moment
from countertui.domain.money import format_cents
from countertui.domain.rights import Act, may
from countertui.domain.words import number_of
from countertui.screens.area import Command
from countertui.screens.ledger_desk.acting import ActingPage, Wanted
from countertui.screens.ledger_desk.at_ledger import Answer
from countertui.screens.ledger_desk.rows import wrapped
from countertui.widgets.lines import Row


class LedgerMonthArea(ActingPage[Row]):
    """C closes the month, O opens it again: each by two people."""

    NAME = "ledger_month"
    TITLE = "Month"
    PAGE = False
    PARENT = "ledger_tie_out"
    HELP = (
        "One month of the books. C closes it: nothing is dated into it any more, and what comes in of it later is"
        " posted on the first open day after it, with its money in suspense until two people say where it belongs. O"
        " opens it again, with a reason. Both take two people. What belongs to the month and is not posted yet stands"
        " here before they sign. A month that is not over is closed with a reason only. Esc goes back to the tie-out."
    )

    def __init__(self) -> None:
        super().__init__()
        self._month = ""
        self._said: MonthAtLedger | None = None
        self._answer: Answer | None = None
        self._times: Sequence[str] = ()

    async def open(self, month: str) -> None:
        """Show a month, YYYY-MM."""
        self._month, self._said = month, None
        await self.appear()

    async def ask(self) -> None:
        answer = await self.answer("month", {"month": self._month})
        said = await self.counter.desk.look(read_month, answer.said)
        told = [*([said.signed.at] if said.signed is not None else []), *(each.at for each in said.history)]
        self._times = await self.counter.desk.look(moments, told)
        self._said, self._answer = said, answer
        self._show()

    def commands(self) -> Sequence[Command]:
        said, person = self._said, self.counter.person
        if self.at is not None:
            return ()
        anew = Command("r", "Anew", "Ask the ledger again.", self.again, on_bar=True)
        if said is None or person is None or not may(person.roles, Act.CORRECT):
            return [anew]
        if said.state == "closed":
            return [
                Command("o", "Open", "Open it again, by two people.", self._begin("open"), on_bar=True),
                anew,
            ]
        return [Command("c", "Close", "Close it, by two people.", self._begin("close"), on_bar=True), anew]

    def on_resize(self) -> None:
        self._show()

    def draw(self, item: Row, width: int) -> Row:
        return item

    def _begin(self, what: str) -> Callable[[], Awaitable[None]]:
        async def begin() -> None:
            said = self._said
            if said is None:
                return
            wanted = Wanted(
                act=f"period.{what}",
                args={"month": said.month},
                question=f"{what.capitalize()} {said.month}?",
                about=f"{what} {said.month}",
                done=f"{said.month} is {'closed' if what == 'close' else 'open again'}.",
                id=await self.new_id(),
                why="asked" if what == "close" and said.over else "needed",
            )
            await self.want(wanted)

        return begin

    def _show(self) -> None:
        if self._said is None or self._answer is None:
            return
        self.title(f"{self.TITLE} {self._said.month}: {self._said.state}", self._answer)
        self.list.show(list(_rows(self._said, self._times, max(40, self.size.width - 4))), cursor=self.list.cursor)


def _rows(said: MonthAtLedger, times: Sequence[str], room: int) -> Iterator[Row]:
    history = list(zip(times[len(times) - len(said.history) :], said.history, strict=True))
    if not said.over and said.state == "open":
        yield from wrapped("The month is not over: whoever closes it now says why.", room, "warn")
    if said.signed is None:
        yield from wrapped("Its tie-out is not signed.", room, "warn")
    else:
        yield from wrapped(
            f"Its tie-out was signed {us_moment(times[0])} by {said.signed.by} and {said.signed.second}.", room
        )
    if said.drawers:
        drawers = number_of(said.drawers, "drawer of it is", "drawers of it are")
        yield from wrapped(f"{drawers} not posted whole, as far as was heard.", room, "warn")
    else:
        yield from wrapped("Every drawer of it that was heard of is posted.", room)
    if said.waiting:
        waits = f"with {format_cents(said.waiting_cents)} in suspense"
        items = number_of(said.waiting, "error item waits", "error items wait")
        yield from wrapped(f"{items} because it was closed, {waits}: E lists them.", room, "warn")
    day = us_date_said(said.dated)
    if said.state == "closed":
        yield from wrapped(f"It is closed: what comes of it is posted on {day}, its money in suspense.", room)
        yield from wrapped("Opened again, it takes what comes from then on; what was posted later stays there.", room)
    else:
        yield from wrapped(f"Closed, what comes of it later is posted on {day}, its money in suspense.", room)
        yield from wrapped("Closing it and opening it again post nothing by themselves.", room)
    for at, each in history:
        why = f": {each.reason}" if each.reason else ""
        what = f"{each.what.capitalize()} {us_moment(at)} by {each.by} and {each.second}{why}"
        yield from wrapped(what, room, "dim")
