"""Leaving the program: asked, since a key may be struck by mistake."""

from __future__ import annotations

from collections.abc import Sequence

from countertui.screens.area import Command
from countertui.screens.listing import ListArea

CARTS = "Carts are kept; Ctrl+K takes them back."


class LeaveArea(ListArea[str]):
    """Y leaves; N, Esc and the function keys do not."""

    NAME = "leave"
    TITLE = "Leave the program?"
    HELP = "Y leaves. Carts are kept and can be taken back; an open drawer stays open until it is counted and closed."

    async def arrive(self) -> None:
        drawer = ["The drawer stays open until it is counted and closed."] if self.counter.session else []
        self.list.show(["", "Y  leave      N  stay", "", *drawer, self.counter.in_words(CARTS)])

    def commands(self) -> Sequence[Command]:
        return [
            Command("y", "Leave", "Leave the program.", self._leave),
            Command("n", "Stay", "Go back.", self.back),
        ]

    async def _leave(self) -> None:
        await self.counter.put_away()
        self.counter.exit()
