"""The receipts of a drawer, or of an office's day, as the ledger has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from countertui.counter.ledger_receipts import LedgerReceipt, ReceiptPage, read_receipts
from countertui.domain.money import format_cents
from countertui.screens.area import Command
from countertui.screens.ledger_desk.page import DeskPage
from countertui.widgets.lines import Row, fit

_UNUSUAL = frozenset({"VOID", "REFUNDED", "CHECK BACK"})


class LedgerReceiptsArea(DeskPage[LedgerReceipt]):
    """Enter shows a receipt and its record; Esc goes back to the day."""

    NAME = "ledger_receipts"
    TITLE = "Receipts at the ledger"
    HELP = (
        "The receipts of the drawer or the office that was marked, in the order of their records, with what took some"
        " of them back. Posted: it is in the books. Live: its terminal told of it, and has not sealed it or not sent"
        " it; else its batch is here and stands as is said. Enter shows the receipt as it was printed and its record."
        " M fetches more where there are more. Esc goes back to where you were."
    )

    def __init__(self) -> None:
        super().__init__()
        self._of = ""
        self._sessions: list[dict[str, Any]] = []
        self._next: tuple[int, int] | None = None
        self._drilled_from: type[DeskPage[Any]] | None = None
        self._rows: tuple[LedgerReceipt, ...] = ()

    def of(
        self, words: str, sessions: Sequence[tuple[str, int, str]], drilled_from: type[DeskPage[Any]] | None = None
    ) -> None:
        """Show the receipts of these sessions (terminal, epoch, id) next; words: whose they are.

        Esc leads back to the page that was drilled from, the day if left out.
        """
        self._of, self._next, self._rows, self._drilled_from = words, None, (), drilled_from
        self._sessions = [{"terminal": t, "epoch": epoch, "session": id_} for t, epoch, id_ in sessions]
        self.list.show(())

    def commands(self) -> Sequence[Command]:
        more = [Command("m", "More", "Fetch more receipts.", self._more, on_bar=True)]
        return [*(more if self._next is not None and self.at is None else ()), *super().commands()]

    async def ask(self) -> None:
        await self._fetch({"sessions": self._sessions}, ())

    async def _more(self) -> None:
        at, after = self._next or (0, 0)
        self.beside(lambda: self._fetch({"sessions": self._sessions, "at": at, "after": after}, self._rows))

    async def _fetch(self, args: dict[str, Any], before: tuple[LedgerReceipt, ...]) -> None:
        answer = await self.answer("receipts_of", args)
        page: ReceiptPage = await self.counter.desk.look(read_receipts, answer.said)
        cursor = self.list.cursor if before else 0
        self._rows, self._next = (*before, *page.rows), page.next
        self.list.show(self._rows, cursor=cursor, hint="  No receipt is known of it.")
        self.title(f"{self._of}: {len(self._rows):,}{' and more' if page.next else ''}", answer)

    async def choose(self, item: LedgerReceipt) -> None:
        from countertui.screens.ledger_desk.record import LedgerRecordArea

        (await self.counter.made(LedgerRecordArea)).of(item.terminal, item.epoch, item.seq)
        await self.counter.go(LedgerRecordArea.NAME)

    async def back(self) -> None:
        from countertui.screens.ledger_desk.day import LedgerDayArea

        await self.back_to(self._drilled_from or LedgerDayArea)

    def draw(self, item: LedgerReceipt, width: int) -> Row:
        return (
            (fit(f" {item.receipt_no}", 12), "strong"),
            (fit(item.at[11:], 6), "dim"),
            (fit(item.payor, width - 64) + " ", ""),
            (fit(item.tenders, 20) + " ", "dim"),
            (fit(item.state, 12), "warn" if item.state in _UNUSUAL else ""),
            (fit(format_cents(item.cents), 12, right=True), "strong"),
        )
