"""A field of a form with what is wrong with it beside it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Offset

from countertui.domain.paper import width_of
from countertui.widgets.field import Field
from countertui.widgets.lines import Row, fit

_MASKED = "•"
_OPEN_DIGITS = 4


class NotedField(Field):
    """`of` is the form's name for it. `noted`: what is wrong, empty for nothing; where it is said elsewhere, a mark."""

    def __init__(
        self, of: str, label: str, *, dom_id: str, most: int = 120, hint: str = "", said_elsewhere: bool = False
    ) -> None:
        super().__init__(label, dom_id=dom_id, most=most, hint=hint)
        self.of = of
        self.noted = ""
        self._said_elsewhere = said_elsewhere

    def note(self, words: str) -> None:
        """Say what is wrong; nothing where nothing is."""
        if words != self.noted:
            self.noted = words
            self.redraw()

    @property
    def cursor_at(self) -> Offset:
        before = width_of(self._shown_label) + 1
        return self.content_region.offset + Offset(
            before + min(self.caret, self._room(self.content_size.width) - before - 2), 0
        )

    def rows_for(self, width: int) -> Sequence[Row]:
        room = self._room(width)
        (row,) = super().rows_for(room)
        return (row,) if room == width else ((*row, (fit(self._words, width - room), "bad")),)

    @property
    def _words(self) -> str:
        return " !" if self._said_elsewhere else f" ! {self.noted}"

    def _room(self, width: int) -> int:
        return width - min(width_of(self._words), width * 2 // 3) if self.noted else width


class NumberField(NotedField):
    """A number of a person: only while it is typed is it read whole, then but for its last digits."""

    def shown(self) -> str:
        if self.active:
            return self.value
        kept = len(self.value) - _OPEN_DIGITS
        return "".join(_MASKED if letter.isdigit() and n < kept else letter for n, letter in enumerate(self.value))
