"""The paper that comes out of a virtual printer, beside the screen: the newest line at the bottom."""

from __future__ import annotations

from collections.abc import Sequence

from countertui.widgets.lines import Lines, Row, fit

MARKS = ("[cut]", "[drawer", "[QR]", "[Code 128]", "[slip", "[picture]")
"""How the virtual printer says what is no line of text."""


class PaperRoll(Lines):
    """Lines of text as they came out; what the printer did besides is dim."""

    def __init__(self, dom_id: str) -> None:
        super().__init__(dom_id=dom_id)
        self._printed: Sequence[str] = ()

    def show(self, printed: Sequence[str]) -> None:
        """Show these lines, the newest last."""
        if printed != self._printed:
            self._printed = printed
            self.redraw()

    def rows_for(self, width: int) -> Sequence[Row]:
        room = max(self.content_size.height - 1, 0)
        newest = [self._row(line, width) for line in self._printed[-room:]] if room else []
        empty: list[Row] = [()] * (room - len(newest))
        return [((fit(" Virtual printer", width), "dim"),), *empty, *newest]

    def _row(self, line: str, width: int) -> Row:
        look = "dim" if line.startswith(MARKS) else ""
        return ((fit(f" {line}", width), look),)
