"""Taking what lies on a stick: the ledger's answers, and what the office's other terminals sealed."""

from __future__ import annotations

import asyncio
from pathlib import Path

from countertui.counter.take_stick import Brought, take_folder
from countertui.domain.words import number_of
from countertui.screens.stick_folder import StickFolderArea
from countertui.widgets.field import Field


class StickArea(StickFolderArea):
    """Enter takes it; what came of it is listed line by line."""

    NAME = "stick"
    TITLE = "Take a stick"
    HELP = (
        "The arrows choose a stick that is plugged in, or type the folder where it is; Enter takes it. Taken are the"
        " ledger's answers, its register of keys and its newest data for this terminal, and the batches that other"
        " terminals of this office wrote to it (there: F10, S, W): each is verified whole, or nothing of it is taken"
        " and the line says why. Their closed drawers can then be deposited here. The same stick again changes nothing."
    )
    UNDER_WAY = "Taking the stick \N{HORIZONTAL ELLIPSIS}"

    async def enter(self, field: Field) -> None:
        self.begin(self._take)

    async def _take(self, folder: Path) -> None:
        loop = asyncio.get_running_loop()

        def progress(table: str, rows: int) -> None:
            loop.call_soon_threadsafe(self.counter.tell, f"Taking {table}: {number_of(rows, 'row')}")

        self._show(await self.counter.desk.errand(take_folder, folder, progress))

    def _show(self, brought: Brought) -> None:
        lines = [("good", each) for each in brought.said if each not in (*brought.faults, *brought.notes)]
        self.tell_lines([*lines, *(("warn", each) for each in (*brought.notes, *brought.faults))])
        self.counter.tell(brought.told)
