"""Lines of text that are told what to say."""

from __future__ import annotations

from collections.abc import Sequence

from countertui.widgets.lines import Lines, Row


class TextLine(Lines):
    """A few fixed lines, each of pieces with their looks. `names_keys`: whether it says which key to press.

    What is strong there, as names and numbers are, is said as it is.
    """

    def __init__(
        self, *rows: Row, dom_id: str | None = None, classes: str | None = None, names_keys: bool = False
    ) -> None:
        super().__init__(dom_id=dom_id, classes=classes)
        self._rows = rows
        self._names_keys = names_keys or classes == "title"

    def say(self, *rows: Row) -> None:
        """Say something else."""
        self._rows = rows
        self.redraw()

    def rows_for(self, width: int) -> Sequence[Row]:
        if not self._names_keys:
            return self._rows
        return [
            tuple((text if look == "strong" else self.in_words(text), look) for text, look in row) for row in self._rows
        ]
