"""Papers not known to have come out: a person looks, and says so."""

from __future__ import annotations

from collections.abc import Sequence

from countertui.counter.print_queue import PrintNote, it_printed, print_again, unprinted
from countertui.screens.area import Command
from countertui.screens.listing import ListArea
from countertui.widgets.lines import Row, fit


class PrintingArea(ListArea[PrintNote]):
    """I: it is there. A: print it again; a receipt then says DUPLICATE, as the first may exist."""

    NAME = "printing"
    TITLE = "Printing: I it is there, A print again"
    HELP = (
        "Look at the paper. I says it came out; A prints again. A receipt printed again says DUPLICATE. Money is not"
        " touched."
    )
    HINT = "  Everything is on paper."

    async def arrive(self) -> None:
        self.list.show(await self.counter.desk.look(unprinted), cursor=0)

    def commands(self) -> Sequence[Command]:
        if self.list.current is None:
            return ()
        return [
            Command("i", "It is there", "The paper came out.", self._there, on_bar=True),
            Command("a", "Again", "Print it again.", self._again, on_bar=True),
        ]

    async def _there(self) -> None:
        if self.list.current is not None:
            await self.counter.desk.job(it_printed, self.list.current.job)
            await self._after()

    async def _again(self) -> None:
        if self.list.current is not None and self.counter.person is not None:
            await self.counter.desk.job(print_again, self.counter.person, self.list.current.job)
            self.counter.printing.ask()
            await self._after()

    async def _after(self) -> None:
        await self.arrive()
        self.counter.chips.ask()

    def draw(self, item: PrintNote, width: int) -> Row:
        return (
            (fit(f"  {item.receipt_no or 'report'}", 14), "strong"),
            (fit(item.state, 12), "warn"),
            (fit(item.detail, width - 26), ""),
        )
