"""F1: what the screen one is on is for, and what its keys do now."""

from __future__ import annotations

from textual.events import Resize

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
        self._commands: list[Command] = []

    def explain(self, area: Area, commands: list[Command]) -> None:
        """Explain an area."""
        self._before, self._commands = area, commands
        self.title_line.say(((f" Help: {area.TITLE}", "strong"), ("   Esc goes back", "")))
        self._wrap(self.app.size.width)

    def on_resize(self, event: Resize) -> None:
        """A terminal that is made wider has longer lines."""
        self._wrap(event.size.width)

    def _wrap(self, width: int) -> None:
        if self._before is not None:
            words = wrapped(self.list.in_words(self._before.HELP), max(20, width - 6))
            self.list.show(["", *words, "", *self._commands])

    async def back(self) -> None:
        if self._before is not None and self._before.id:
            await self.counter.go(self._before.id, again=True)

    def draw(self, item: Command | str, width: int) -> Row:
        if isinstance(item, str):
            return ((f"  {item}", ""),)
        return (
            ("  ", ""),
            (f"{shown_key(item.key):<8}", "strong"),
            (f"{item.label:<16}", ""),
            (fit(self.list.in_words(item.explains), width - 26), ""),
        )
