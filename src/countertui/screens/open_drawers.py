"""The drawers open at this terminal: a lead counts one by surprise, or closes that of somebody who is not here."""

from __future__ import annotations

from collections.abc import Sequence

from countertui.counter.open_sessions import open_sessions
from countertui.counter.station import Session
from countertui.domain.dates import us_date
from countertui.domain.money import format_cents
from countertui.screens.area import Command
from countertui.screens.close import CloseArea
from countertui.screens.listing import ListArea
from countertui.screens.surprise_count import SurpriseCountArea
from countertui.widgets.lines import Row, fit


class OpenDrawersArea(ListArea[Session]):
    """Enter counts a drawer and closes it, whoever opened it; C counts it, and it goes on."""

    NAME = "open_drawers"
    TITLE = "Open drawers: Enter counts and closes one, C counts by surprise"
    HELP = (
        "The drawers that are open at this terminal. Enter counts and closes the marked one for an operator who is not"
        " here, with somebody who counts along and types id and PIN; the record holds all names. C counts the marked"
        " one by surprise: nothing is closed and no money moves."
    )
    HINT = "  No drawer is open at this terminal."

    def commands(self) -> Sequence[Command]:
        if self.list.current is None:
            return ()
        return [Command("c", "Count", "Count the marked drawer by surprise; it goes on.", self._surprise, on_bar=True)]

    async def arrive(self) -> None:
        self.list.show(await self.counter.desk.look(open_sessions), cursor=0)

    async def choose(self, item: Session) -> None:
        await (await self.counter.made(CloseArea)).count_for(item)
        await self.counter.go(CloseArea.NAME)

    async def _surprise(self) -> None:
        if self.list.current is not None:
            await (await self.counter.made(SurpriseCountArea)).count_for(self.list.current)
            await self.counter.go(SurpriseCountArea.NAME)

    def draw(self, item: Session, width: int) -> Row:
        return (
            (fit(f"  {item.drawer}", 8), "strong"),
            (fit(f"{item.operator_name} ({item.operator})", width - 60), ""),
            (fit(f" business date {us_date(item.biz_date)}", 26), "dim"),
            (fit(_began_with(item), 24, right=True), "dim"),
        )


def _began_with(session: Session) -> str:
    """Its fund, and what was counted at the opening where that was another amount."""
    fund = f"fund {format_cents(session.fund_cents)}"
    if session.opening_cents == session.fund_cents:
        return fund
    return f"{fund}, had {format_cents(session.opening_cents)}"
