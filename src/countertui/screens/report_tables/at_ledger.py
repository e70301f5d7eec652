"""A report of the ledger's books, asked for over the network by who is signed in there."""

from __future__ import annotations

from collections.abc import Sequence

from countertui.counter.report_tables import answer_laid_out, today
from countertui.domain.report_names import Named
from countertui.screens.area import Command
from countertui.screens.ledger_desk.page import DeskPage
from countertui.screens.report_tables.view import Line, ReportView, title_of


class LedgerReportArea(ReportView, DeskPage[Line]):
    """As one of this terminal's own; without a session at the ledger the PIN is asked for first."""

    NAME = "ledger_report"
    TITLE = "Report of the ledger"
    HELP = (
        "A report of the ledger's books, of all offices; you sign in there with your PIN, which is sealed on its way."
        " Over days in which you have a drawer that you have not counted, nothing is shown. Left and right go to the"
        " days before and behind, U makes them a day, a week, a month, a quarter or a year, G takes the first and the"
        " last day as typed. P adds up by period. Enter on a row shows what it is made of, Esc goes back, R asks"
        " again. E writes a file into the folder reports beside the store: C CSV, X XLSX, P PDF."
    )

    def __init__(self) -> None:
        super().__init__()
        self._named: Named | None = None

    def begin(self, named: Named) -> None:
        """Show that report next, of this month."""
        self._named = named
        self.list.show(())
        self.heads.say()

    async def arrive(self) -> None:
        if self._named is not None:
            self.walk.begin(self._named, await self.counter.desk.look(today))
            self._named = None
        await super().arrive()

    async def read_anew(self) -> None:
        self.ask_anew()

    async def ask(self) -> None:
        place = self.walk.at
        if not place.name:
            return
        asked = place.asked
        said = {"name": place.name, "since": asked.range.since, "until": asked.range.until, "key": list(asked.key)}
        by = asked.by.value if asked.by is not None else ""
        answer = await self.answer("report", {**said, "by": by, "office": asked.office})
        shown = await self.counter.desk.look(answer_laid_out, answer.said, answer.as_of, self.room)
        self.title(title_of(shown[0]), answer)
        self.show_report(*shown)

    def commands(self) -> Sequence[Command]:
        again = [Command("r", "Ask again", "Ask the ledger again.", self._again)] if self.at is None else []
        return [*super().commands(), *again]
