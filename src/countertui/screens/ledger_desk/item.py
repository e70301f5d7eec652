"""One error item: its record, what was posted of it, and its correction, worked out before two people agree to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from countertui.counter.ledger_answers import ages, moments
from countertui.counter.ledger_items import ItemPage, read_item
from countertui.domain.dates import us_date_said, us_moment
from countertui.domain.error_items import Way
from countertui.domain.money import format_cents
from countertui.domain.rights import Act, may
from countertui.screens.area import Command
from countertui.screens.ledger_desk.at_ledger import Answer
from countertui.screens.ledger_desk.correcting import CorrectingPage, Correction, working_rows
from countertui.screens.ledger_desk.rows import amount_row, wrapped
from countertui.widgets.lines import Row

if TYPE_CHECKING:
    pass


class LedgerItemArea(CorrectingPage[Row]):
    """A letter says where the money goes; the working stands there before anybody's PIN is asked for."""

    NAME = "ledger_item"
    TITLE = "Error item"
    PAGE = False
    PARENT = "ledger_items"
    HELP = (
        "One error item: what the record says, what was posted, what has been done; V shows its record. A letter"
        " says what shall become of it: W where the record says, N to an account, H to one charge, G to a GL"
        " account, L that it was looked at and no money moves, P that a late license is put right as the city's"
        " rows give. O dates the correction on another day than today. Then the working stands there: what is"
        " taken, what is given, what the entry posts. Type why, your PIN, and let a second person type theirs."
        " Neither may have taken part in what it is about. Nothing is done before the ledger says so; Esc drops"
        " it."
    )

    def __init__(self) -> None:
        super().__init__()
        self._item = 0
        self._page: ItemPage | None = None
        self._answer: Answer | None = None
        self._told: Sequence[str] = ("", "")

    async def open(self, item: int) -> None:
        """Show an item."""
        self._item, self._page = item, None
        await self.appear()

    async def ask(self) -> None:
        answer = await self.answer("error-item", {"item": self._item})
        page = await self.counter.desk.look(read_item, answer.said)
        (age,) = await self.counter.desk.look(ages, [page.item.made_at])
        (made,) = await self.counter.desk.look(moments, [page.item.made_at])
        self._page, self._answer, self._told = page, answer, (age, made)
        self.show()

    def commands(self) -> Sequence[Command]:
        page, person = self._page, self.counter.person
        if self.at is not None or page is None or person is None:
            return super().commands() if self.at is None else ()
        record = Command("v", "Record", "Its record: as printed, hash, batch, entry.", self._record, on_bar=True)
        ways = self._ways()
        return [
            *self.ways_here(ways),
            *([record] if page.record is not None else []),
            *([self.another_day()] if ways else []),
            Command("r", "Anew", "Ask the ledger again.", self.again),
        ]

    def correction(self, way: Way, to: str) -> Correction:
        return Correction(
            read="error-item.proposal",
            act="error-item.correct",
            args={"item": self._item},
            question=f"Item {self._item}",
            about=f"error item {self._item}",
            done=f"Error item {self._item} is closed.",
        )

    def draw(self, item: Row, width: int) -> Row:
        return item

    def _ways(self) -> list[Way]:
        """What who looks can do with the item."""
        page, person = self._page, self.counter.person
        if page is None or person is None or not may(person.roles, Act.CORRECT):
            return []
        return [Way(way) for way in page.ways if way in set(Way)]

    async def _record(self) -> None:
        from countertui.screens.ledger_desk.record import LedgerRecordArea

        if self._page is not None:
            item = self._page.item
            (await self.counter.made(LedgerRecordArea)).of(item.terminal, item.epoch, item.seq, LedgerItemArea)
            await self.counter.go(LedgerRecordArea.NAME)

    def show(self) -> None:
        page, answer = self._page, self._answer
        if page is None or answer is None:
            return
        self.title(f"{self.TITLE} {page.item.id}: {page.item.words}", answer)
        self.say_dated(self._ways())
        working = self.working
        rows = list(working_rows(working) if working is not None else _rows(page, self._told, self._room))
        self.list.show(rows, cursor=None)

    @property
    def _room(self) -> int:
        return max(40, self.size.width - 4)


def _rows(page: ItemPage, told: Sequence[str], room: int) -> Iterator[Row]:
    item, record = page.item, page.record
    yield from wrapped(item.detail, room, "strong")
    age, made = told
    state = "closed" if item.state != "open" else f"open since {us_moment(made)} ({age})"
    yield ((f" {format_cents(item.cents)} in suspense, {state}, {item.office} {item.terminal}", ""),)
    if page.is_mine:
        yield ((" You took part in it: somebody else corrects it.", "warn"),)
    elif item.state == "open":
        yield from wrapped(page.helps, room, "warn")
    if record is None:
        yield ((" Its record is not in the books as it was said to be.", "bad"),)
    else:
        what = " ".join(each for each in ((record.kind or "").replace("_", " "), record.receipt_no or "") if each)
        day = us_date_said(record.biz_date) if record.biz_date else ""
        yield ((f" Record {item.seq} of {item.terminal}/{item.epoch}: {what} {day} by {', '.join(page.people)}", ""),)
        if record.payor:
            yield ((f"   {record.payor}", ""),)
        for line in record.lines:
            yield amount_row(f"   {line.account or line.fee or ''}  {line.description or ''}", line.cents, room)
        for tender in record.tenders:
            yield amount_row(f"   paid by {(tender.kind or '').replace('_', ' ')}", tender.cents, room)
    if page.lines:
        yield ((" Posted:", "dim"),)
        for part in page.lines:
            yield amount_row(f"   {part.account}  {part.name}", part.cents, room)
    for each in page.corrections:
        yield from wrapped(f"Corrected by {each.by} and {each.second}: {each.reason}", room, "good")
