"""The virtual printer's paper beside the areas, where a demo's screen is wide enough for both."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from countertui.widgets.paper_roll import PaperRoll

if TYPE_CHECKING:
    from countertui.screens.app import CounterApp

ROOMY = 124
"""Columns from which there is room for it: 80 for the areas, and a paper of 42 letters."""
ROOMY_FOR_HALVES = 156
"""Below, the areas stand beside it as on a narrow screen."""
EVERY_SECONDS = 0.5


class PaperBeside(PaperRoll):
    """Looks for what was printed while it is on the screen; goes away for good where the printer is a real one."""

    def __init__(self) -> None:
        super().__init__("virtual-paper")
        self.display = False

    def on_mount(self) -> None:
        self.set_interval(EVERY_SECONDS, self._look)

    async def _look(self) -> None:
        counter = cast("CounterApp", self.app)
        if not counter.starting.is_open or counter.store_is_lost or not counter.desk.place.mark:
            return
        self.display = counter.size.width >= ROOMY
        self.screen.set_class(self.display and counter.size.width < ROOMY_FOR_HALVES, "-beside")
        if not self.display:
            return
        from countertui.counter.virtual_paper import virtual_paper

        printed = await counter.desk.look(virtual_paper, counter.size.height)
        if printed is None:
            self.screen.remove_class("-beside")
            self.remove()  # not awaited: it ends with this very call
        else:
            self.show(printed)
