"""Batches at the ledger: those that wait for people, oldest first, the rejected and the newest posted ones."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from textual.app import ComposeResult

from countertui.counter.ledger_answers import ages
from countertui.counter.ledger_batches import Batches, BatchRow, read_batches
from countertui.domain.money import format_cents
from countertui.domain.tenders import TenderKind
from countertui.domain.words import number_of
from countertui.screens.area import Command
from countertui.screens.ledger_desk.page import DeskPage
from countertui.widgets.lines import Row, fit
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine

_SHOWN = {
    "waiting": ("w", "Waiting", "waiting"),
    "rejected": ("x", "Rejected", "rejected"),
    "posted": ("o", "Posted", "posted, newest first"),
}
_NOTHING = {
    "waiting": "  No batch waits for anybody.",
    "rejected": "  No batch is rejected.",
    "posted": "  No batch is posted yet.",
}
_LOOKS = {"held": "bad", "rejected": "bad", "posted": "good"}
_AMOUNT = 11


class LedgerBatchesArea(DeskPage[BatchRow]):
    """Letters change which batches are listed; Enter opens one."""

    NAME = "ledger_batches"
    ON_BAR = "dea"
    TITLE = "Batches"
    HELP = (
        "The batches that terminals sent: W those that wait, X rejected ones, O the newest posted. Received: nothing is"
        " wrong with it, and people post batches in this city, or an earlier one waits. Held: its figures are not what"
        " its records add up to, or its key is in doubt; Enter says why. Released: another technician posts it. Amounts"
        " are what its terminal sealed, per tender. Enter opens one: to release, post, reject or reopen it."
    )
    HINT = "  Nothing was asked of the ledger yet."

    def __init__(self) -> None:
        super().__init__()
        self._which = "waiting"
        self._more = False
        self._in_all = ""
        self._ages: dict[tuple[str, int, int], str] = {}
        self._heads = TextLine(dom_id=f"{self.NAME}-heads")

    def compose(self) -> ComposeResult:
        title, *rest = super().compose()
        yield title
        yield self._heads
        yield from rest

    def commands(self) -> Sequence[Command]:
        if self.at is not None:
            return ()
        lists = [
            Command(key, label, f"Batches that are {words}.", self._list(which), on_bar=True)
            for which, (key, label, words) in _SHOWN.items()
            if which != self._which
        ]
        return [*lists, *super().commands()]

    async def ask(self) -> None:
        answer = await self.answer("batches", {"which": self._which})
        said = await self._read(answer.said)
        numbers = ", ".join(f"{number} {state}" for state, number in said.states.items())
        self.title(f"{self.TITLE} {_SHOWN[self._which][2]}: {len(said.batches)}{'+' if said.more else ''}", answer)
        self.show_rows(said.batches, hint=_NOTHING[self._which])
        self._in_all = numbers
        self._say_heads()
        self._say_below()

    async def press(self, stroke: Stroke) -> None:
        before = self.list.cursor
        await super().press(stroke)
        at_end = before is not None and before == self.list.cursor == len(self.list.items) - 1
        if self._more and at_end and stroke.key in {"down", "pagedown"}:
            self.beside(self._ask_more)
        self._say_below()

    async def choose(self, item: BatchRow) -> None:
        from countertui.screens.ledger_desk.batch import LedgerBatchArea

        await (await self.counter.made(LedgerBatchArea)).open(item.terminal, item.epoch, item.no)

    async def _ask_more(self) -> None:
        last = self.list.items[-1]
        seen = [last.received_at, last.terminal, last.epoch, last.no]
        answer = await self.answer("batches", {"which": self._which, "after": seen})
        said = await self._read(answer.said)
        self.list.show([*self.list.items, *said.batches], cursor=self.list.cursor)

    async def _read(self, told: Mapping[str, Any]) -> Batches:
        said = await self.counter.desk.look(read_batches, told)
        old = await self.counter.desk.look(ages, [each.received_at for each in said.batches])
        places = [(each.terminal, each.epoch, each.no) for each in said.batches]
        self._ages |= dict(zip(places, old, strict=True))
        self._more = said.more
        return said

    def _list(self, which: str) -> Callable[[], Awaitable[None]]:
        async def show() -> None:
            self._which = which
            self.list.show((), hint="  Asking the ledger …")
            self.ask_anew()

        return show

    def on_resize(self) -> None:
        self._say_heads()

    def _say_heads(self) -> None:
        heads = "".join(fit(head, _AMOUNT, right=True) for head in ("Cash", "Check", "Card"))
        left = fit("   Batch", 13) + fit("State", 10)
        room = self.size.width - len(left) - 3 * _AMOUNT - 15
        self._heads.say(((f"{left}{fit('Received', room)}{heads}{fit('Posted', 13, right=True)}", "dim"),))

    def _say_below(self) -> None:
        row = self.list.current
        if row is None or self.at is not None:
            self.say_below(self._in_all)
        else:
            self.say_below(row.reasons[0] if row.reasons else self._what_next(row))

    def _what_next(self, row: BatchRow) -> str:
        if row.state == "posted":
            made = number_of(row.error_items, "error item") if row.error_items else "no error item"
            return f"Posted by {row.posted_by or 'the ledger itself'}; {made}."
        if row.no != row.comes_first:
            return f"Batch {row.comes_first} of {row.terminal} comes first."
        released = f"Released by {row.released_by}: another technician posts it."
        return released if row.state == "released" else "One technician releases it, another posts it."

    def draw(self, item: BatchRow, width: int) -> Row:
        sums = [item.tenders.get(kind.value) for kind in (TenderKind.CASH, TenderKind.CHECK, TenderKind.CARD)]
        amounts = "".join(fit(format_cents(each.cents) if each else "", _AMOUNT, right=True) for each in sums)
        place = f" {item.terminal}/{item.epoch} {item.no}" if item.epoch > 1 else f" {item.terminal} {item.no}"
        posted = format_cents(item.net_cents) if item.state == "posted" and item.net_cents is not None else ""
        age = self._ages.get((item.terminal, item.epoch, item.no), "")
        return (
            (fit(place, 13), "strong"),
            (fit(item.state, 10), _LOOKS.get(item.state, "warn")),
            (fit(age, max(0, width - 23 - 3 * _AMOUNT - 14)), "dim"),
            (amounts, ""),
            (fit(posted, 13, right=True), "strong"),
            (" ", ""),
        )
