"""The deposits made here: the last interim becomes the final, a wrong one is taken back; either by two people."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from countertui.counter.deposit_view import DepositRow, deposit_view
from countertui.counter.deposits_made import deposit_data, hands_in, make_final, take_back
from countertui.domain.card_guard import refuse_card_numbers
from countertui.domain.deposits import ReasonNeeded
from countertui.domain.rights import Act
from countertui.screens.area import Command
from countertui.screens.credential import second_one
from countertui.screens.deposit_words import MADE_HELP, made_row
from countertui.screens.listing import ListArea
from countertui.widgets.field import Field
from countertui.widgets.lines import Row
from countertui.widgets.second_person import SecondPerson


class DepositsMadeArea(ListArea[DepositRow]):
    """F makes the last one the final, T takes one back; both ask for a second person in place."""

    NAME = "deposits_made"
    TITLE = "Deposits made here"
    HELP = MADE_HELP
    HINT = "No deposit was made here."

    def __init__(self) -> None:
        super().__init__()
        self.reason = Field("Why it is taken back", dom_id="made-reason", most=120)
        self.second = SecondPerson("made-second")
        self._row: DepositRow | None = None
        self._bank = ""

    def compose(self) -> ComposeResult:
        self.reason.display = False
        yield from super().compose()
        yield self.reason
        yield self.second

    async def arrive(self) -> None:
        self._stop_asking()
        view = await self.counter.desk.look(deposit_view)
        self._bank = view.bank
        self.list.show(view.made, cursor=0)
        self.title_line.say(((f" {self.TITLE}", "strong"), ("   F the final, T takes back", "")))

    def commands(self) -> Sequence[Command]:
        if self._row is not None:
            return [Command("f9", "Record", "Record it; both answer for it.", self._record, on_bar=True)]
        row = self.list.current
        if row is None or row.back_seq is not None:
            return ()
        found = [Command("t", "Take back", "Take a wrong deposit back.", self._ask_why, on_bar=True)]
        if row.final_seq is None:
            found.append(Command("f", "Final", "Let it be the final of its day.", self._ask_final, on_bar=True))
        return found

    def ring(self) -> Sequence[Field]:
        if self._row is None:
            return []
        asked = [self.reason] if self.reason.display else []
        return [*asked, self.second.operator, self.second.pin]

    async def back(self) -> None:
        if self._row is None:
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

    async def _ask_why(self) -> None:
        self.reason.display = True
        self._ask()

    async def _ask_final(self) -> None:
        self._ask()

    def _ask(self) -> None:
        self._row = self.list.current
        self.second.ask("Second person:")
        self.to(self.ring()[0])

    def _stop_asking(self) -> None:
        self._row = None
        self.reason.set("")
        self.reason.display = False
        self.second.clear()
        self.to(None)

    async def _record(self) -> None:
        person, row = self.counter.person, self._row
        if person is None or row is None:
            return
        back, reason = self.reason.display, self.reason.value.strip()
        if back and not reason:
            with self.naming(self.reason):
                raise ReasonNeeded("A deposit is taken back for a reason.", press="Type why.")
        refuse_card_numbers(reason, "The reason")
        data = await self.counter.desk.look(deposit_data, row.seq)
        took_part = person.id, *hands_in(data)
        async with second_one(self.counter.desk, self.second, self.to, Act.AGREE, took_part) as second:
            if back:
                await self.counter.desk.job(take_back, person, second, row.seq, reason)
            else:
                await self.counter.desk.job(make_final, person, second, row.seq)
        await self.arrive()
        told = "is taken back" if back else "is the final of its day"
        press = "Its drawers can be deposited again, in another bag." if back else ""
        self.counter.tell(f"{row.slip_no} {told}.", "It is recorded.", press)

    def draw(self, item: DepositRow, width: int) -> Row:
        return made_row(item, width, self._bank)
