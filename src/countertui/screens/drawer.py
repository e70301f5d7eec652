"""What is done with one's running drawer beside taking money: a short list."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from countertui.screens.area import Command
from countertui.screens.hand_over import begin_hand_over
from countertui.screens.listing import ListArea
from countertui.widgets.lines import Row, fit


class DrawerArea(ListArea[Command]):
    """Letters, or arrows and Enter."""

    NAME = "drawer"
    TITLE = "Your drawer"
    HELP = (
        "What is done with your drawer while it is open: cash dropped into the safe, change for it out of the safe,"
        " and handing it over to somebody: drop the takings first, so that the fund stays (F4 there goes on with the"
        " hand-over). Each is on record and prints a slip to sign."
    )

    def commands(self) -> Sequence[Command]:
        if self.counter.session is None or not self.counter.takes_money:
            return ()
        return [
            Command("d", "Drop to safe", "Cash that leaves the drawer in a bag.", self._visit("drop")),
            Command("h", "Hand over", "Count, close; another takes it.", self._hand_over),
            Command("c", "Change", "Other pieces out of the safe.", self._visit("fund_change")),
        ]

    async def arrive(self) -> None:
        self.list.show(list(self.commands()), cursor=0)

    async def choose(self, item: Command) -> None:
        await item.run()

    async def _hand_over(self) -> None:
        await begin_hand_over(self.counter)

    def _visit(self, area: str) -> Callable[[], Awaitable[None]]:
        async def visit() -> None:
            await self.counter.go(area)

        return visit

    def draw(self, item: Command, width: int) -> Row:
        return (
            ("  ", ""),
            (f" {item.key.upper()} ", "key"),
            (f"  {item.label:<16}", "strong"),
            (fit(item.explains, width - 23), ""),
        )
