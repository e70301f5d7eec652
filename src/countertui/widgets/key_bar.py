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
        keys = self._keys if _needed(self._keys) <= width else _shortened(self._keys, width)
        spare = max(0, width - _needed(keys)) // max(1, len(keys))
        gap, room = " " * min(3, 1 + spare // 2), " " if spare else ""
        return (tuple(piece for key, label in keys for piece in ((key, "key"), (room + label + gap, ""))),)


def _needed(keys: Sequence[tuple[str, str]]) -> int:
    return sum(len(key) + len(label) + 1 for key, label in keys) - 1


def _shortened(keys: Sequence[tuple[str, str]], width: int) -> list[tuple[str, str]]:
    """With ^G for Ctrl+G, then with the longest labels cut: no key is ever cut off."""
    shorter = [(key.replace("Ctrl+", "^"), label) for key, label in keys]
    while _needed(shorter) > width and any(len(label) > 1 for _, label in shorter):
        longest = max(range(len(shorter)), key=lambda n: len(shorter[n][1]))
        shorter[longest] = (shorter[longest][0], shorter[longest][1][:-1])
    return shorter
