"""Taking what lies on a stick: the ledger's answers, and what the office's other terminals sealed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap

from textual.app import ComposeResult

from countertui.counter.take_stick import Brought, take_folder
from countertui.domain.refusal import Refused
from countertui.domain.words import number_of
from countertui.errors import CounterError
from countertui.screens.batches import BatchesArea
from countertui.screens.listing import ListArea
from countertui.widgets.field import Field
from countertui.widgets.lines import Row, fit
from countertui.widgets.stroke import Stroke

_ARROWS = frozenset({"up", "down", "pageup", "pagedown", "home", "end"})


class StickArea(ListArea[tuple[str, str]]):
    """A folder is typed; what came of it is listed line by line. It goes on when the screen is left."""

    NAME = "stick"
    TITLE = "Take a stick"
    HELP = (
        "Type the folder where the stick is, then Enter. Taken are the ledger's answers, its register of keys and its"
        " newest data for this terminal, and the batches that other terminals of this office exported to it"
        " (countertui batch export FOLDER): each is verified whole, or nothing of it is taken and the line says why."
        " Their closed drawers can then be deposited here. The same stick again changes nothing."
    )
    HINT = "  Other terminals write it: countertui batch export FOLDER."

    def __init__(self) -> None:
        super().__init__()
        self.folder = Field("Folder", dom_id="stick-folder", most=240, hint="where the stick is")
        self._busy = False

    def compose(self) -> ComposeResult:
        yield self.title_line
        yield self.folder
        yield self.list

    def ring(self) -> Sequence[Field]:
        return [self.folder]

    async def arrive(self) -> None:
        self.to(self.folder)

    async def back(self) -> None:
        await self.counter.go(BatchesArea.NAME)

    async def press(self, stroke: Stroke) -> None:
        if stroke.key not in _ARROWS or not self.list.press(stroke.key):
            await super().press(stroke)

    async def enter(self, field: Field) -> None:
        typed = field.value.strip()
        if not typed:
            raise Refused("No folder is typed.", "Nothing was taken.", "Type where the stick is.")
        if self._busy:
            raise Refused("That is still under way.", "It goes on beside other work.", "")
        self._busy = True
        self.counter.tell("Taking the stick \N{HORIZONTAL ELLIPSIS}", "It can be left.")
        self.counter.run_worker(self._take(Path(typed).expanduser()), group="sending")

    async def _take(self, folder: Path) -> None:
        loop = asyncio.get_running_loop()

        def progress(table: str, rows: int) -> None:
            loop.call_soon_threadsafe(self.counter.tell, f"Taking {table}: {number_of(rows, 'row')}")

        try:
            self._show(await self.counter.desk.errand(take_folder, folder, progress))
        except (Refused, CounterError) as error:
            self.counter.say(error)
        finally:
            self._busy = False
        self.counter.chips.ask()

    def _show(self, brought: Brought) -> None:
        width = max(20, self.size.width - 4)
        lines = [("good", each) for each in brought.said if each not in brought.faults]
        lines += [("warn", each) for each in brought.faults]
        self.list.show([(look, part) for look, line in lines for part in wrap(line, width)], cursor=0)
        told = number_of(len(brought.office), "batch", "batches")
        refused = f" {len(brought.faults)} refused: the list says why." if brought.faults else ""
        self.counter.tell(f"{told} of other terminals taken.{refused}")

    def draw(self, item: tuple[str, str], width: int) -> Row:
        look, line = item
        return ((fit(f"  {line}", width), look),)
