"""One batch: what is wrong with it, what was done, its receipts; released by one, posted by another, or rejected."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

from msgspec import structs

from countertui.counter.ledger_answers import moments
from countertui.counter.ledger_batches import BatchPage, BatchReceipt, read_batch
from countertui.domain.dates import us_date_said, us_moment
from countertui.domain.tenders import TenderKind
from countertui.screens.area import Command
from countertui.screens.ledger_desk.acting import ActingPage, Wanted
from countertui.screens.ledger_desk.at_ledger import Answer
from countertui.screens.ledger_desk.rows import amount_row, wrapped
from countertui.widgets.lines import Row

_STEPS: Mapping[str, tuple[str, str, str]] = {
    "release": ("l", "Release", "Release it; another technician posts it."),
    "post": ("p", "Post", "Post it: another released it."),
    "reject": ("j", "Reject", "Reject it: it stays in custody, those after it wait."),
    "reopen": ("o", "Reopen", "Reopen it, by two people: it is released and posted anew."),
}
_DONE = {"release": "released", "post": "posted", "reject": "rejected", "reopen": "reopened"}


Listed = tuple[Row, BatchReceipt | None]
"""A line of the page, and the receipt that it is."""


class LedgerBatchArea(ActingPage[Listed]):
    """Letters take the steps that who looks could take now."""

    NAME = "ledger_batch"
    TITLE = "Batch"
    PAGE = False
    PARENT = "ledger_batches"
    HELP = (
        "One batch: what its terminal sealed, what is wrong with it, what people did with it, its receipts, which"
        " Enter opens, posted or not. L releases it and P posts it: never the same person, and neither took money"
        " or had a drawer in it. J rejects it, with a reason; O reopens a rejected one, by two people. M fetches"
        " more receipts. Only the steps that you could take now are offered. A batch that is posted stays posted:"
        " what is wrong in it is an error item."
    )

    def __init__(self) -> None:
        super().__init__()
        self._place: tuple[str, int, int] = ("", 1, 1)
        self._page: BatchPage | None = None
        self._answer: Answer | None = None
        self._times: Sequence[str] = ()

    async def open(self, terminal: str, epoch: int, no: int) -> None:
        """Show a batch."""
        self._place, self._page = (terminal, epoch, no), None
        await self.appear()

    @property
    def _called(self) -> str:
        terminal, epoch, no = self._place
        return f"Batch {no} of {terminal}{f'/{epoch}' if epoch > 1 else ''}"

    def _named(self) -> dict[str, str | int]:
        terminal, epoch, no = self._place
        return {"terminal": terminal, "epoch": epoch, "no": no}

    async def ask(self) -> None:
        answer = await self.answer("batch", self._named())
        page = await self.counter.desk.look(read_batch, answer.said)
        told = [page.batch.received_at, *(step.at for step in page.history)]
        self._times = await self.counter.desk.look(moments, told)
        self._page, self._answer = page, answer
        self._show()

    def commands(self) -> Sequence[Command]:
        if self.at is not None or self._page is None:
            return () if self.at is not None else super().commands()
        offered = [step for step in _STEPS if step in self._page.may]
        return [
            *(Command(*_STEPS[step], self._begin(step), on_bar=True) for step in offered),
            *([Command("m", "More", "Fetch more receipts.", self._ask_more, on_bar=True)] if self._page.more else []),
            Command("r", "Anew", "Ask the ledger again.", self.again, on_bar=True),
        ]

    def on_resize(self) -> None:
        if self._page is not None:
            self._show()

    async def choose(self, item: Listed) -> None:
        receipt = item[1]
        if receipt is None or self._page is None:
            return
        from countertui.screens.ledger_desk.record import LedgerRecordArea

        terminal, epoch, _ = self._place
        (await self.counter.made(LedgerRecordArea)).of(terminal, epoch, receipt.seq, LedgerBatchArea)
        await self.counter.go(LedgerRecordArea.NAME)

    def draw(self, item: Listed, width: int) -> Row:
        return item[0]

    def _begin(self, step: str) -> Callable[[], Awaitable[None]]:
        async def begin() -> None:
            held = self._page is not None and self._page.batch.state != "received"
            why = {"post": "", "release": "needed" if held else "asked"}.get(step, "needed")
            wanted = Wanted(
                act=f"batch.{step}",
                args=self._named(),
                question=f"{_STEPS[step][1]} batch {self._place[2]} of {self._place[0]}?",
                about=f"{step} {self._called.lower()}",
                done=f"{self._called} is {_DONE[step]}.",
                id=await self.new_id(),
                why=why,
                two=step == "reopen",
            )
            await self.want(wanted)

        return begin

    async def _ask_more(self) -> None:
        self.beside(self._fetch_more)

    async def _fetch_more(self) -> None:
        before = self._page
        if before is None:
            return
        answer = await self.answer("batch", self._named() | {"skip": len(before.receipts)})
        page = await self.counter.desk.look(read_batch, answer.said)
        self._page = structs.replace(page, receipts=[*before.receipts, *page.receipts])
        self._show()

    def _show(self) -> None:
        if self._page is None or self._answer is None:
            return
        self.title(f"{self._called}: {self._page.batch.state}", self._answer)
        room = max(40, self.size.width - 4)
        rows: list[Listed] = [(row, None) for row in _rows(self._page, self._times, room)]
        rows += _receipts(self._page, room)
        self.list.show(rows, cursor=self._marked(rows))

    def _marked(self, rows: Sequence[Listed]) -> int | None:
        """The receipt that was marked, wherever it stands now; the first where none was. A line that was stays so."""
        current = self.list.current
        if current is not None and current[1] is None:
            return min(self.list.cursor or 0, len(rows) - 1)
        seq = current[1].seq if current is not None and current[1] is not None else 0
        places = {receipt.seq: n for n, (_, receipt) in enumerate(rows) if receipt is not None}
        return places.get(seq, min(places.values())) if places else None


def _rows(page: BatchPage, times: Sequence[str], room: int) -> Iterator[Row]:
    batch = page.batch
    records = f"records {batch.first_seq} to {batch.last_seq}"
    yield (
        (f" {batch.office}, {records}, received {us_moment(times[0])}, by {', '.join(page.people) or 'nobody'}", ""),
    )
    for reason in batch.reasons:
        yield from wrapped(reason, room, "warn")
    if batch.comes_first != batch.no:
        yield ((f" Batch {batch.comes_first} of {batch.terminal} comes first.", "warn"),)
    for kind in TenderKind:
        if (sums := batch.tenders.get(kind.value)) is not None:
            yield amount_row(f"   {kind.label} sealed ({sums.count})", sums.cents, room)
    if batch.state == "posted" and batch.net_cents is not None:
        yield amount_row(f"   Posted by {batch.posted_by or 'the ledger itself'}", batch.net_cents, room)
    for step, at in zip(page.history, times[1:], strict=True):
        people = f"{step.by} and {step.second}" if step.second else step.by
        why = f": {step.reason}" if step.reason else ""
        yield from wrapped(
            f"{_DONE.get(step.step, step.step).capitalize()} {us_moment(at)} by {people}{why}", room, "dim"
        )
    released = list(dict.fromkeys(step.by for step in page.history if step.step == "release"))
    if released and batch.state in ("released", "reopened"):
        them = f"{' and '.join(released)}, who released it, never"
        yield from wrapped(
            f"Another technician posts it: {them} {'do' if len(released) > 1 else 'does'}.", room, "warn"
        )


def _receipts(page: BatchPage, room: int) -> Iterator[Listed]:
    if page.receipts:
        yield ((" Its receipts, voids and refunds: Enter opens one.", "dim"),), None
    for receipt in page.receipts:
        day = us_date_said(receipt.biz_date)
        what = "" if receipt.kind == "pay" else receipt.kind
        words = f"   {receipt.receipt_no:10} {day} {receipt.operator:8} {what:7}{receipt.payor}"
        yield amount_row(words, receipt.cents, room), receipt
    if page.more:
        yield ((" There are more: M fetches them.", "dim"),), None
