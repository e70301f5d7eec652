"""A report of the ledger's books, asked for over the network by who is signed in there."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from countertui.counter.report_tables import answer_laid_out, today, year_from
from countertui.domain.report_names import Named
from countertui.screens.area import Command
from countertui.screens.ledger_desk.page import DeskPage
from countertui.screens.report_tables.view import Line, ReportView, title_of
from countertui.widgets.field import Field


class LedgerReportArea(ReportView, DeskPage[Line]):
    """As one of this terminal's own; without a session at the ledger the PIN is asked for first."""

    NAME = "ledger_report"
    TITLE = "Report of the ledger"
    HELP = (
        "A report of the ledger's books, of all offices; you sign in there with your PIN, which is sealed on its way."
        " Over days in which you have a drawer that you have not counted, nothing is shown. Left and right go to the"
        " days before and behind, U makes them a day, a week, a month, a quarter or a year (the city's fiscal ones), G"
        " takes the first and the last day as typed, O one office alone. P adds up by period. Enter on a row shows"
        " what it is made of, Esc goes back, R asks again. E writes a file into the folder reports"
        " beside the store: C CSV, X XLSX, P PDF."
    )

    def __init__(self) -> None:
        super().__init__()
        self.office = Field("Office code, empty for all", dom_id="ledger_report-office", most=16)
        self._named: Named | None = None

    def compose(self) -> ComposeResult:
        self.office.display = False
        yield from super().compose()
        yield self.office

    def begin(self, named: Named) -> None:
        """Show that report next, of this month."""
        self._named = named
        self.list.show(())
        self.heads.say()

    async def arrive(self) -> None:
        if self._named is not None:
            look = self.counter.desk.look
            self.walk.begin(self._named, await look(today), await look(year_from))
            self._named = None
        await super().arrive()

    async def read_anew(self) -> None:
        self.ask_anew()

    def ring(self) -> Sequence[Field]:
        return [self.office] if self.office.display else super().ring()

    async def enter(self, field: Field) -> None:
        if field is not self.office:
            await super().enter(field)
            return
        self.walk.of_office(field.value)
        self._no_office()
        await self.read_anew()

    async def back(self) -> None:
        if self.at is self.office:
            self._no_office()
        else:
            await super().back()

    async def put_away(self) -> None:
        self._no_office()
        await super().put_away()

    def _no_office(self) -> None:
        self.office.set("")
        self.office.display = False
        self.to(None)

    async def _office(self) -> None:
        self.office.display = True
        self.office.set(self.walk.at.asked.office, selected=True)
        self.to(self.office)

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
        if self.at is not None or self.is_choosing:
            return super().commands()
        return [
            *super().commands(),
            Command("o", "Office", "Of one office alone, or of all.", self._office, on_bar=True),
            Command("r", "Ask again", "Ask the ledger again.", self.again),
        ]
