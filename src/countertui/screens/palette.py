"""Ctrl+P: every command there is now, narrowed by typing, done by Enter."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from countertui.screens.area import Area, Command
from countertui.widgets.field import Field
from countertui.widgets.line_list import LineList
from countertui.widgets.lines import Row, fit
from countertui.widgets.stroke import Stroke, shown_key
from countertui.widgets.text_line import TextLine


def _how_far(command: Command, words: Sequence[str]) -> int:
    """How far a command is from what is typed: words that begin none of its name's, worse none of its explanation's."""
    name, explained = (f" {text.casefold()}" for text in (command.label, command.explains))
    return sum((f" {word}" not in name) + (f" {word}" not in name + explained) for word in words)


class PaletteArea(Area):
    """The commands of the area it was called from, and of the whole program."""

    NAME = "palette"
    TITLE = "Commands"
    HELP = "Type part of a command's name, choose with the arrows, Enter does it. Esc goes back."

    def __init__(self) -> None:
        super().__init__()
        self._field = Field("Command", dom_id="palette-field", hint="type part of its name")
        self._list: LineList[Command] = LineList(self._draw, dom_id="list", hint="No command of that name here.")
        self._all: list[Command] = []
        self._before: Area | None = None

    def compose(self) -> ComposeResult:
        yield TextLine(((" Commands", "strong"), ("   Esc goes back", "")), classes="title")
        yield self._field
        yield self._list

    def list_commands(self, area: Area, commands: list[Command]) -> None:
        """List the commands of an area."""
        self._before, self._all = area, commands
        self._field.set("")
        self.to(self._field)
        self.typed(self._field)

    def ring(self) -> Sequence[Field]:
        return [self._field]

    def typed(self, field: Field) -> None:
        words = field.value.casefold().split()
        fitting = [one for one in self._all if all(word in f"{one.label} {one.explains}".casefold() for word in words)]
        self._list.show(sorted(fitting, key=lambda one: _how_far(one, words)), cursor=0)

    async def press(self, stroke: Stroke) -> None:
        if not self._list.press(stroke.key):
            await super().press(stroke)

    def records_on_enter(self) -> bool:
        return True

    async def enter(self, field: Field) -> None:
        command = self._list.current
        await self.back()
        if command is not None:
            await command.run()

    async def back(self) -> None:
        if self._before is not None and self._before.id:
            await self.counter.go(self._before.id)

    def _draw(self, command: Command, width: int) -> Row:
        return (
            (f"  {shown_key(command.key):<8}", "strong"),
            (f"{command.label:<16}", ""),
            (fit(self._list.in_words(command.explains), width - 26), ""),
        )
