"""Lists in which letters are commands: arrows choose, Enter does what is usual, Esc goes home."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.app import ComposeResult

from countertui.screens.area import Area
from countertui.widgets.line_list import LineList
from countertui.widgets.lines import Row, fit
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine

Item = TypeVar("Item")


class ListArea(Area, Generic[Item]):
    """A title and a list. Subclasses draw an item and say what Enter does with it."""

    HINT = "There is nothing here."

    def __init__(self) -> None:
        super().__init__()
        self.title_line = TextLine(((f" {self.TITLE}", "strong"),), classes="title")
        self.list: LineList[Item] = LineList(self.draw, dom_id="list", hint=self.HINT)

    def compose(self) -> ComposeResult:
        yield self.title_line
        yield self.list

    def draw(self, item: Item, width: int) -> Row:
        """One item as a row."""
        return ((f" {item}", ""),)

    async def choose(self, item: Item) -> None:
        """Enter was pressed on an item."""

    async def press(self, stroke: Stroke) -> None:
        if self.at is not None:
            await super().press(stroke)
        elif self.list.press(stroke.key):
            return
        elif stroke.key in {"enter", "ctrl+j"}:
            if self.list.current is not None:
                await self.choose(self.list.current)
        elif stroke.key == "escape":
            await self.back()


def text_row(line: str, width: int) -> Row:
    """A line of a paper on the screen."""
    return ((fit(f"   {line}", width), ""),)
