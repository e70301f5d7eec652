"""The bank's statements that were taken in: which days, how many lines were new, what accounts held."""

from __future__ import annotations

from collections.abc import Sequence

from countertui.counter.ledger_bank import BankFile, read_bank_files
from countertui.domain.dates import us_date
from countertui.domain.money import format_cents
from countertui.domain.words import number_of
from countertui.screens.area import Command
from countertui.screens.ledger_desk.bank import LedgerBankArea
from countertui.screens.ledger_desk.page import DeskPage
from countertui.widgets.lines import Row, fit
from countertui.widgets.stroke import Stroke


class LedgerBankFilesArea(DeskPage[BankFile]):
    """Enter opens one, M fetches older ones; Esc goes back to the bank."""

    NAME = "ledger_bank_files"
    TITLE = "Statements"
    PAGE = False
    HELP = (
        "The bank's files that were taken in, the newest first: its form, the day it was taken in, the days it told"
        " something new of, and how many of its lines were new. Under the list: who took it in, how many lines were"
        " there from an earlier file, and what it says that accounts held. Enter shows the lines it brought, and what"
        " each is by now. M fetches older ones. Esc goes back."
    )

    def __init__(self) -> None:
        super().__init__()
        self._more = False

    def commands(self) -> Sequence[Command]:
        more = [Command("m", "More", "Fetch older ones.", self._older, on_bar=True)]
        return [*(more if self._more and self.at is None else ()), *super().commands()]

    async def ask(self) -> None:
        await self._fetch(())

    async def press(self, stroke: Stroke) -> None:
        await super().press(stroke)
        self._say_below()

    async def choose(self, item: BankFile) -> None:
        from countertui.screens.ledger_desk.bank_statement import LedgerBankStatementArea

        (await self.counter.made(LedgerBankStatementArea)).of(item.seq)
        await self.counter.go(LedgerBankStatementArea.NAME)

    async def back(self) -> None:
        await self.back_to(LedgerBankArea)

    async def _older(self) -> None:
        self.beside(lambda: self._fetch(self.list.items))

    async def _fetch(self, there: Sequence[BankFile]) -> None:
        answer = await self.answer("bank.files", {"before": there[-1].seq if there else 0})
        said = await self.counter.desk.look(read_bank_files, answer.said)
        files = [*there, *said.files]
        self._more = said.more
        self.title(f"{self.TITLE}: {len(files):,}{' and more' if said.more else ''}", answer)
        self.list.show(files, cursor=(self.list.cursor or 0) if files else None, hint="  No file was taken in yet.")
        self._say_below()

    def _say_below(self) -> None:
        file = self.list.current
        if file is None or self.at is not None:
            self.say_below("")
            return
        held = [
            f"{each.account} held {format_cents(each.closed)} on {us_date(each.dated)}"
            for each in file.balances
            if each.closed is not None
        ]
        seen = f"{number_of(file.seen, 'line was', 'lines were')} there before" if file.seen else ""
        self.say_below("; ".join(each for each in (f"Taken in by {file.by}", seen, *held) if each))

    def draw(self, item: BankFile, width: int) -> Row:
        days = us_date(item.first_day) if item.first_day else "nothing new"
        if item.last_day != item.first_day:
            days = f"{days} to {us_date(item.last_day)}"
        return (
            (fit(f" {item.name}", width - 60), "strong"),
            (fit(item.form, 6), "dim"),
            (fit(f"taken {us_date(item.biz_date)}", 18), "dim"),
            (fit(days, 25), ""),
            (fit(f"{item.lines:,} new", 11, right=True), ""),
        )
