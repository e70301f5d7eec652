"""A receipt as it was printed, and its record: number, hash, batch, and what it posted to the general ledger."""

from __future__ import annotations

from typing import Any

from countertui.counter.ledger_receipts import RecordSeen, read_record
from countertui.screens.ledger_desk.page import DeskPage
from countertui.screens.listing import text_row
from countertui.widgets.lines import Row


class LedgerRecordArea(DeskPage[str]):
    """Arrows turn the text; Esc goes back to where you were."""

    NAME = "ledger_record"
    TITLE = "Record at the ledger"
    HELP = (
        "The receipt as it was printed, without its code, which is on the paper alone; under it its record: who made"
        " it, its hash, the batch it came in, and the lines of its entry in the general ledger, credits with a minus."
        " Arrows turn the text. Esc goes back to where you were."
    )

    def __init__(self) -> None:
        super().__init__()
        self._args: dict[str, str | int] = {}
        self._drilled_from: type[DeskPage[Any]] | None = None

    def of(self, terminal: str, epoch: int, seq: int, drilled_from: type[DeskPage[Any]] | None = None) -> None:
        """Show that record next; Esc leads back to the page that was drilled from, the receipts if left out."""
        self._drilled_from = drilled_from
        self._args = {"terminal": terminal, "epoch": epoch, "seq": seq}
        self.list.show(())

    async def ask(self) -> None:
        answer = await self.answer("record_of", self._args)
        seen: RecordSeen = await self.counter.desk.look(read_record, answer.said)
        self.list.show(seen.lines, cursor=0)
        self.title(seen.title, answer)

    async def back(self) -> None:
        from countertui.screens.ledger_desk.receipts import LedgerReceiptsArea

        await self.back_to(self._drilled_from or LedgerReceiptsArea)

    def draw(self, item: str, width: int) -> Row:
        return text_row(item, width)
