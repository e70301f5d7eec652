"""The reports there are: of this terminal's own journal, and of the ledger's books for who may look into them."""

from __future__ import annotations

from countertui.domain.report_names import OF_LEDGER, OF_TERMINAL, Named
from countertui.domain.rights import Act, may
from countertui.screens.listing import ListArea
from countertui.widgets.lines import Row, fit

HERE, LEDGER = "here", "ledger"


class ReportListArea(ListArea[tuple[str, Named]]):
    """Enter opens the one that is marked."""

    NAME = "report_list"
    TITLE = "Reports: Enter opens one"
    HELP = (
        "Reports as tables. Those of here are of this terminal's own journal and its closed drawers, at once and"
        " without a network; those of the ledger are of all offices, for leads, technicians, auditors and admins, who"
        " sign in there with their PIN. In a table the days, the periods and the files have their keys; Enter shows"
        " what a row is made of."
    )

    async def arrive(self) -> None:
        person = self.counter.person
        found = [(HERE, named) for named in OF_TERMINAL]
        if person is not None and may(person.roles, Act.SEE_LEDGER):
            found += [(LEDGER, named) for named in OF_LEDGER]
        cursor = self.list.cursor if len(self.list.items) == len(found) else 0
        self.list.show(found, cursor=cursor)

    async def choose(self, item: tuple[str, Named]) -> None:
        where, named = item
        if where == HERE:
            from countertui.screens.report_tables.own import OwnReportArea

            (await self.counter.made(OwnReportArea)).begin(named)
            await self.counter.go(OwnReportArea.NAME)
        else:
            from countertui.screens.report_tables.at_ledger import LedgerReportArea

            (await self.counter.made(LedgerReportArea)).begin(named)
            await self.counter.go(LedgerReportArea.NAME)

    def draw(self, item: tuple[str, Named], width: int) -> Row:
        where, named = item
        told = "this terminal" if where == HERE else "the ledger"
        return ((fit(f" {named.title}", 40), "strong"), (fit(told, width - 40), "dim"))
