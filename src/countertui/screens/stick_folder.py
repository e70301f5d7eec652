"""Where a stick is: chosen by the arrows from what is plugged in, or typed; then what came of it, line by line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from textwrap import wrap
from typing import NamedTuple

from textual.app import ComposeResult

from countertui.counter.write_stick import media
from countertui.domain.refusal import Refused
from countertui.errors import CounterError
from countertui.screens.batches import BatchesArea
from countertui.screens.listing import ListArea
from countertui.widgets.field import Field
from countertui.widgets.lines import Row, fit
from countertui.widgets.stroke import Stroke

_ARROWS = frozenset({"up", "down", "pageup", "pagedown"})


class StickLine(NamedTuple):
    """A folder that can be chosen, or a line of what came of it (folder is empty then)."""

    look: str
    words: str
    folder: str = ""


class StickFolderArea(ListArea[StickLine]):
    """Enter in the folder acts on it, which goes on when the screen is left."""

    HINT = "  No stick is shown by this machine: type its folder."
    UNDER_WAY = ""
    """What is told meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Field("Folder", dom_id=f"{self.NAME}-folder", most=240, hint="where the stick is")
        self._busy = False

    def compose(self) -> ComposeResult:
        yield self.title_line
        yield from self.ring()
        yield self.list

    def ring(self) -> Sequence[Field]:
        return [self.folder]

    async def arrive(self) -> None:
        self.to(self.folder)
        found = await self.counter.desk.look(media)
        chosen = found.index(self.folder.value) if self.folder.value in found else 0
        self.list.show([StickLine("", f"  {folder}", folder) for folder in found], cursor=chosen)
        if found and not self.folder.value:
            self.folder.set(found[0], selected=True)

    async def back(self) -> None:
        await self.counter.go(BatchesArea.NAME)

    async def press(self, stroke: Stroke) -> None:
        if stroke.key not in _ARROWS or not self.list.press(stroke.key):
            await super().press(stroke)
        elif self.list.current is not None and self.list.current.folder:
            self.folder.set(self.list.current.folder, selected=True)

    def begin(self, act: Callable[[Path], Awaitable[None]]) -> None:
        """Act on the folder that is typed. Raises Refused where none is, or another is under way."""
        typed = self.folder.value.strip()
        if not typed:
            raise Refused("No folder is typed.", "Nothing was done.", "Type where the stick is.")
        if self._busy:
            raise Refused("That is still under way.", "It goes on beside other work.", "")
        self._busy = True
        self.list.show((), hint="")
        self.counter.tell(self.UNDER_WAY, "It can be left.")

        async def acting() -> None:
            try:
                await act(Path(typed).expanduser())
            except (Refused, CounterError) as error:
                self.counter.say(error)
            finally:
                self._busy = False
            self.counter.chips.ask()

        self.counter.run_worker(acting(), group="sending")

    def tell_lines(self, lines: Sequence[tuple[str, str]]) -> None:
        """Show what came of it: look and words, each line wrapped."""
        width = max(20, self.size.width - 4)
        self.list.show([StickLine(look, f"  {part}") for look, line in lines for part in wrap(line, width)], cursor=0)

    def draw(self, item: StickLine, width: int) -> Row:
        words = item.words if item.folder else self.list.in_words(item.words)
        return ((fit(words, width), item.look),)
