"""Textual's driver for a terminal, which sends of each update only the cells that change."""

from __future__ import annotations

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from countertui.screens.changed_cells import ShownCells


class SparingDriver(LinuxDriver):
    """Sends of what is to be shown what is not there already."""

    def __init__(
        self, app: App[object], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._shown = ShownCells()

    def write(self, data: str) -> None:
        """Write what changes the terminal."""
        self._shown.sized(*self._get_terminal_size())
        if changing := self._shown.changing(data):
            super().write(changing)
