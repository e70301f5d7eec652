"""Texts that are wrapped to the width there is, and take as many lines as they need."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Size

from countertui.domain.paper import wrapped
from countertui.widgets.lines import Lines, Row


class TaskLines(Lines):
    """Nothing is shown, and no line taken, while there is nothing to say."""

    def __init__(self, *, dom_id: str) -> None:
        super().__init__(dom_id=dom_id)
        self._texts: tuple[str, ...] = ()
        self.display = False

    def say(self, *texts: str) -> None:
        """Say other texts, each on lines of its own."""
        self._texts, self.display = texts, bool(texts)
        self.refresh(layout=True)
        self.redraw()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def rows_for(self, width: int) -> Sequence[Row]:
        return [((f" {line}", "strong"),) for line in self._lines(width)]

    def _lines(self, width: int) -> list[str]:
        return [line for text in self._texts for line in wrapped(text, max(1, width - 2))]
