"""The bottom line: what the function keys do here. The stock Footer leaks memory at each change of screen."""

from __future__ import annotations

from collections.abc import Sequence

from countertui.widgets.lines import Lines, Row


class KeyBar(Lines):
    """Labels of the function keys, `(F5, Cash)`, in the order given."""

    def __init__(self) -> None:
        super().__init__(dom_id="key-bar")
        self._keys: tuple[tuple[str, str], ...] = ()

    def show(self, keys: Sequence[tuple[str, str]]) -> None:
        """Show other keys."""
        self._keys = tuple(keys)
        self.redraw()

    def rows_for(self, width: int) -> Sequence[Row]:
        needed = sum(len(key) + len(label) for key, label in self._keys) + len(self._keys)
        spare = max(0, width - needed) // max(1, len(self._keys))
        gap, room = " " * min(3, 1 + spare // 2), " " if spare else ""
        return (tuple(piece for key, label in self._keys for piece in ((key, "key"), (room + label + gap, ""))),)
