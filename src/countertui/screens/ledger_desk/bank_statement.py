"""One statement of the bank: the lines that it brought, and what each is by now."""

from __future__ import annotations

from collections.abc import Sequence

from countertui.counter.ledger_bank import BankFileLine, read_bank_file_lines
from countertui.domain.dates import us_date
from countertui.domain.money import format_cents
from countertui.domain.words import number_of
from countertui.screens.area import Command
from countertui.screens.ledger_desk.bank_files import LedgerBankFilesArea
from countertui.screens.ledger_desk.page import DeskPage
from countertui.widgets.lines import Row, fit


class LedgerBankStatementArea(DeskPage[BankFileLine]):
    """Enter opens the deposit that a line is, or the line; Esc goes back to the statements."""

    NAME = "ledger_bank_statement"
    TITLE = "Statement"
    PAGE = False
    HELP = (
        "The lines that one of the bank's files brought, in its order: the day of each, what the bank says of it,"
        " and what it is by now: the number of the deposit it was booked with, explained, or open. Enter opens"
        " that deposit with its drawers and receipts, where a booking can be taken back, or the line and what two"
        " people said of it. M fetches more. Esc goes back to the statements."
    )

    def __init__(self) -> None:
        super().__init__()
        self._file = 0
        self._more = False

    def of(self, file: int) -> None:
        """Show the lines of that statement next, by its record's number."""
        self._file, self._more = file, False
        self.list.show(())

    def commands(self) -> Sequence[Command]:
        more = [Command("m", "More", "Fetch more lines.", self._further, on_bar=True)]
        return [*(more if self._more and self.at is None else ()), *super().commands()]

    async def ask(self) -> None:
        await self._fetch(())

    async def choose(self, item: BankFileLine) -> None:
        from countertui.screens.ledger_desk.bank_deposit import LedgerBankDepositArea
        from countertui.screens.ledger_desk.bank_line import LedgerBankLineArea

        if item.deposit is not None:
            await (await self.counter.made(LedgerBankDepositArea)).open(item.deposit)
        else:
            await (await self.counter.made(LedgerBankLineArea)).open(item.line)

    async def back(self) -> None:
        await self.back_to(LedgerBankFilesArea)

    async def _further(self) -> None:
        self.beside(lambda: self._fetch(self.list.items))

    async def _fetch(self, there: Sequence[BankFileLine]) -> None:
        answer = await self.answer("bank.file", {"file": self._file, "after": len(there)})
        said = await self.counter.desk.look(read_bank_file_lines, answer.said)
        lines = [*there, *said.lines]
        self._more = said.more
        more = " and more" if said.more else ""
        self.title(f"{self.TITLE} {said.file}: {number_of(len(lines), 'line')}{more}", answer)
        self.list.show(lines, cursor=(self.list.cursor or 0) if lines else None, hint="  It brought no new line.")

    def draw(self, item: BankFileLine, width: int) -> Row:
        open_ = item.deposit is None and not item.explained
        state = f"deposit {item.deposit}" if item.deposit is not None else "explained" if item.explained else "open"
        return (
            (fit(f" {us_date(item.dated)}", 13), "dim"),
            (fit(item.words, width - 47) + " ", ""),
            (fit(state, 20), "warn" if open_ else "good"),
            (fit(format_cents(item.cents), 13, right=True), "strong"),
        )
