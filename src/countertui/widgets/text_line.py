"""Lines of text that are told what to say."""

from __future__ import annotations

from collections.abc import Sequence

from countertui.widgets.lines import Lines, Row


class TextLine(Lines):
    """A few fixed lines, each of pieces with their looks."""

    def __init__(self, *rows: Row, dom_id: str | None = None, classes: str | None = None) -> None:
        super().__init__(dom_id=dom_id, classes=classes)
        self._rows = rows

    def say(self, *rows: Row) -> None:
        """Say something else."""
        self._rows = rows
        self.redraw()

    def rows_for(self, width: int) -> Sequence[Row]:
        return self._rows
