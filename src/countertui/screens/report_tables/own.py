"""A report of this terminal's own journal."""

from __future__ import annotations

from countertui.counter.report_tables import own_laid_out, today, year_from
from countertui.domain.report_names import Named
from countertui.screens.report_tables.view import ReportView, title_of


class OwnReportArea(ReportView):
    """Read at once, without a network."""

    NAME = "own_report"
    TITLE = "Report of this terminal"
    HELP = (
        "A report of this terminal's own journal. It has closed drawers alone: an open one is counted blind. Left and"
        " right go to the days before and behind, U makes them a day, a week, a month, a quarter or a year (the"
        " city's fiscal ones), G takes the first and the last day as typed. P adds up by period. Enter on a row shows"
        " what it is made of, Esc goes back. E writes a file into the folder reports"
        " beside the store: C CSV, X XLSX, P PDF."
    )

    def __init__(self) -> None:
        super().__init__()
        self._named: Named | None = None

    def begin(self, named: Named) -> None:
        """Show that report next, of this month."""
        self._named = named

    async def arrive(self) -> None:
        if self._named is not None:
            look = self.counter.desk.look
            self.walk.begin(self._named, await look(today), await look(year_from))
            self._named = None
        await self.read_anew()

    async def read_anew(self) -> None:
        place = self.walk.at
        if not place.name:
            return
        table, layout = await self.counter.desk.look(own_laid_out, place.name, place.asked, self.room)
        self.title_line.say(((f" {title_of(table)}", "strong"), (f"   as of {table.heading.as_of[11:16]}", "dim")))
        self.show_report(table, layout)
