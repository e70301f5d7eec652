"""The worklist: what records said that could not stand, oldest first; Enter opens one."""

from __future__ import annotations

from countertui.counter.ledger_answers import ages
from countertui.counter.ledger_items import Item, read_items
from countertui.domain.money import format_cents
from countertui.screens.ledger_desk.page import DeskPage
from countertui.widgets.lines import Row, fit
from countertui.widgets.stroke import Stroke


class LedgerItemsArea(DeskPage[Item]):
    """Enter opens an item; at the end of the list the next ones are asked for."""

    NAME = "ledger_items"
    ON_BAR = "rdbat"
    TITLE = "Error items"
    HELP = (
        "What a terminal's records said that could not be posted as it stands: from the oldest on, with its age, its"
        " terminal, what kind of thing it is and what waits in suspense for it. 0.00 means that no money waits, and"
        " somebody has to look. Enter opens one: its record, what was posted, what can be done, by two people. Page"
        " down at the end asks for more."
    )
    HINT = "  Nothing was asked of the ledger yet."

    def __init__(self) -> None:
        super().__init__()
        self._ages: dict[int, str] = {}
        self._more = False

    async def ask(self) -> None:
        answer = await self.answer("error-items", {})
        said = await self.counter.desk.look(read_items, answer.said)
        await self._keep_ages(list(said.items))
        self._more = said.more
        waits = f"{format_cents(said.suspense_cents)} in suspense" if said.open else "nothing waits"
        self.title(f"{self.TITLE}: {said.open} open, {waits}", answer)
        self.show_rows(said.items, hint="  Nothing waits: every record could be posted.")
        self._say_below()

    async def press(self, stroke: Stroke) -> None:
        before = self.list.cursor
        await super().press(stroke)
        at_end = self.list.cursor is not None and self.list.cursor == len(self.list.items) - 1
        if self._more and at_end and stroke.key in {"down", "pagedown"} and before == self.list.cursor:
            self.beside(self._ask_more)
        self._say_below()

    async def choose(self, item: Item) -> None:
        from countertui.screens.ledger_desk.item import LedgerItemArea

        await (await self.counter.made(LedgerItemArea)).open(item.id)

    async def _ask_more(self) -> None:
        answer = await self.answer("error-items", {"after": self.list.items[-1].id})
        said = await self.counter.desk.look(read_items, answer.said)
        await self._keep_ages(list(said.items))
        self._more = said.more
        self.list.show([*self.list.items, *said.items], cursor=self.list.cursor)

    async def _keep_ages(self, items: list[Item]) -> None:
        told = await self.counter.desk.look(ages, [item.made_at for item in items])
        self._ages |= {item.id: age for item, age in zip(items, told, strict=True)}

    def _say_below(self) -> None:
        item = self.list.current
        self.say_below(item.detail if item is not None and self.at is None else "")

    def draw(self, item: Item, width: int) -> Row:
        return (
            (fit(f" {item.id}", 6, right=True), "strong"),
            (fit(f"  {self._ages.get(item.id, '')}", 11), "dim"),
            (fit(item.terminal, 6), ""),
            (fit(item.words, width - 36), ""),
            (fit(format_cents(item.cents), 12, right=True), "strong" if item.cents else "dim"),
            (" ", ""),
        )
