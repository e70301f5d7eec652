"""What deposits made here lack, oldest first: L gives one up as lost, by two people."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from countertui.counter.deposit_items import LackedItem, give_up, hands_of_item, lacked_items
from countertui.domain.card_guard import refuse_card_numbers
from countertui.domain.deposits import ReasonNeeded
from countertui.domain.money import format_cents
from countertui.domain.rights import Act
from countertui.screens.area import Command
from countertui.screens.credential import second_one
from countertui.screens.deposit_words import LACKED_HELP, lacked_row
from countertui.screens.listing import ListArea
from countertui.widgets.field import Field
from countertui.widgets.lines import Row
from countertui.widgets.second_person import SecondPerson


class DepositItemsArea(ListArea[LackedItem]):
    """Each with its age; L asks for a reason and a second person in place."""

    NAME = "deposit_items"
    TITLE = "What deposits lack"
    HELP = LACKED_HELP
    HINT = "No deposit made here lacks anything."

    def __init__(self) -> None:
        super().__init__()
        self.reason = Field("Why it is given up", dom_id="lacked-reason", most=120)
        self.second = SecondPerson("lacked-second")
        self._item: LackedItem | None = None

    def compose(self) -> ComposeResult:
        self.reason.display = False
        yield from super().compose()
        yield self.reason
        yield self.second

    async def arrive(self) -> None:
        self._stop_asking()
        self.list.show(await self.counter.desk.look(lacked_items), cursor=0)
        self.title_line.say(((f" {self.TITLE}", "strong"), ("   L gives up as lost; F1 says how each ends", "")))

    def commands(self) -> Sequence[Command]:
        if self._item is not None:
            return [Command("f9", "Record", "Record it; both answer for it.", self._record, on_bar=True)]
        item = self.list.current
        if item is None or item.row.cents < 0:
            return ()
        return [Command("l", "Lost", "Give up what is not to be found.", self._ask, on_bar=True)]

    def ring(self) -> Sequence[Field]:
        return [] if self._item is None else [self.reason, self.second.operator, self.second.pin]

    async def back(self) -> None:
        if self._item is None:
            await self.counter.go_home()
        else:
            self._stop_asking()

    async def put_away(self) -> None:
        self._stop_asking()

    async def enter(self, field: Field) -> None:
        if field is self.second.pin:
            await self._record()
        else:
            self.step(1)

    async def _ask(self) -> None:
        self._item = self.list.current
        self.reason.display = True
        self.second.ask("Second person:")
        self.to(self.reason)

    def _stop_asking(self) -> None:
        self._item = None
        self.reason.set("")
        self.reason.display = False
        self.second.clear()
        self.to(None)

    async def _record(self) -> None:
        person, item = self.counter.person, self._item
        if person is None or item is None:
            return
        reason = self.reason.value.strip()
        if not reason:
            with self.naming(self.reason):
                raise ReasonNeeded("It is given up for a reason.", press="Type why; both of you sign it.")
        refuse_card_numbers(reason, "The reason")
        had = await self.counter.desk.look(hands_of_item, item)
        async with second_one(self.counter.desk, self.second, self.to, Act.AGREE, (person.id, *had)) as second:
            await self.counter.desk.job(give_up, person, second, item.row.item, reason)
        await self.arrive()
        self.counter.tell(f"{item.row.item}, {format_cents(item.row.cents)}, is given up.", "It is recorded as short.")

    def draw(self, item: LackedItem, width: int) -> Row:
        return lacked_row(item, width)
