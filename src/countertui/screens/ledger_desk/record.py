"""A receipt as it was printed, and its record: number, hash, batch, and what it posted to the general ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from countertui.counter.ledger_receipts import RecordSeen, read_record
from countertui.domain.rights import Act, may
from countertui.screens.area import Command
from countertui.screens.ledger_desk.page import DeskPage
from countertui.screens.listing import text_row
from countertui.widgets.lines import Row


class LedgerRecordArea(DeskPage[str]):
    """Arrows turn the text; Esc goes back to where you were."""

    NAME = "ledger_record"
    TITLE = "Record at the ledger"
    HELP = (
        "The receipt as it was printed, without its code, which is on the paper alone; under it its record: who"
        " made it, its hash, the batch it came in, and the lines of its entry in the general ledger, credits with"
        " a minus. M moves money of a posted receipt to where it belongs, by two people. Arrows turn the text. Esc"
        " goes back to where you were."
    )

    def __init__(self) -> None:
        super().__init__()
        self._args: dict[str, str | int] = {}
        self._is_payment = False
        self._drilled_from: type[DeskPage[Any]] | None = None

    def of(self, terminal: str, epoch: int, seq: int, drilled_from: type[DeskPage[Any]] | None = None) -> None:
        """Show that record next; Esc leads back to the page that was drilled from, the receipts if left out."""
        self._drilled_from = drilled_from
        self._args, self._is_payment = {"terminal": terminal, "epoch": epoch, "seq": seq}, False
        self.list.show(())

    def commands(self) -> Sequence[Command]:
        person = self.counter.person
        moves = self._is_payment and self.at is None and person is not None and may(person.roles, Act.CORRECT)
        move = Command("m", "Move", "Move its money to where it belongs, by two people.", self._move, on_bar=True)
        return [*([move] if moves else []), *super().commands()]

    async def _move(self) -> None:
        from countertui.screens.ledger_desk.move import LedgerMoveArea

        await (await self.counter.made(LedgerMoveArea)).open(self._args)

    async def ask(self) -> None:
        answer = await self.answer("record_of", self._args)
        seen: RecordSeen = await self.counter.desk.look(read_record, answer.said)
        self.list.show(seen.lines, cursor=0)
        self._is_payment = seen.is_payment
        self.title(seen.title, answer)

    async def back(self) -> None:
        from countertui.screens.ledger_desk.receipts import LedgerReceiptsArea

        await self.back_to(self._drilled_from or LedgerReceiptsArea)

    def draw(self, item: str, width: int) -> Row:
        return text_row(item, width)
