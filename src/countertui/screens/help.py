"""F1: what the screen one is on is for, and what its keys do now."""

from __future__ import annotations

from countertui.domain.paper import wrapped
from countertui.screens.area import Area, Command
from countertui.screens.listing import ListArea
from countertui.widgets.lines import Row, fit
from countertui.widgets.stroke import shown_key


class HelpArea(ListArea[Command | str]):
    """Made anew at each F1 from the commands there are."""

    NAME = "help"
    TITLE = "Help"
    HELP = "This explains the screen you came from. Esc goes back to it."

    def __init__(self) -> None:
        super().__init__()
        self._before: Area | None = None

    def explain(self, area: Area, commands: list[Command]) -> None:
        """Explain an area."""
        self._before = area
        self.title_line.say(((f" Help: {area.TITLE}", "strong"), ("   Esc goes back", "")))
        words = wrapped(area.HELP, max(20, self.app.size.width - 6))
        self.list.show(["", *words, "", *commands])

    async def back(self) -> None:
        if self._before is not None and self._before.id:
            await self.counter.go(self._before.id)

    def draw(self, item: Command | str, width: int) -> Row:
        if isinstance(item, str):
            return ((f"  {item}", ""),)
        return (
            ("  ", ""),
            (f"{shown_key(item.key):<8}", "strong"),
            (f"{item.label:<16}", ""),
            (fit(item.explains, width - 26), ""),
        )
