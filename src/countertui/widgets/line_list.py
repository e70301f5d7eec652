"""A list of things, one a line, with a cursor that never jumps by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.geometry import Offset

from countertui.domain.paper import width_of
from countertui.widgets.lines import Lines, Row

Item = TypeVar("Item")


MARK = "›"
"""What stands where the cursor is, for whom a bar says nothing."""


def marked(row: Row) -> Row:
    """The row with MARK in its first cell, which lists leave free."""
    (first, look), *rest = row
    return ((MARK + first[1:], look), *rest) if first.startswith(" ") else row


class LineList(Lines, Generic[Item]):
    """Items drawn by `draw(item, width)`. The cursor is None until a key sets it; what it stands on is `current`."""

    def __init__(self, draw: Callable[[Item, int], Row], *, dom_id: str | None = None, hint: str = "") -> None:
        super().__init__(dom_id=dom_id)
        self._draw = draw
        self._hint = hint
        self._top = 0
        self.items: Sequence[Item] = ()
        self.cursor: int | None = None
        self.picked: Callable[[int], None] | None = None

    @property
    def current(self) -> Item | None:
        """The item under the cursor."""
        return self.items[self.cursor] if self.cursor is not None else None

    @property
    def cursor_at(self) -> Offset | None:
        """Where on the screen the item under the cursor begins; None where there is none."""
        return self.content_region.offset + Offset(0, self.cursor - self._top) if self.cursor is not None else None

    def show(self, items: Sequence[Item], cursor: int | None = None, hint: str | None = None) -> None:
        """Show other items; hint is what stands there when there are none."""
        self.items = items
        self._hint = self._hint if hint is None else hint
        self.cursor = cursor if cursor is not None and 0 <= cursor < len(items) else None
        self._top = 0
        self._keep_in_sight()
        self.redraw()

    def move(self, by: int) -> None:
        """Move the cursor; the first step lands on the first item, or from below on the last."""
        if not self.items:
            return
        last = len(self.items) - 1
        start = (-1 if by > 0 else last + 1) if self.cursor is None else self.cursor
        self.cursor = min(last, max(0, start + by))
        self._keep_in_sight()
        self.redraw()

    def scroll_by(self, by: int) -> None:
        """Scroll without a cursor."""
        self._top = max(0, min(len(self.items) - self.content_size.height, self._top + by))
        self.redraw()

    def press(self, key: str) -> bool:
        """Move by a key: arrows, page keys. Says whether it was one."""
        page = max(1, self.content_size.height - 1)
        by = {"up": -1, "down": 1, "pageup": -page, "pagedown": page}.get(key)
        if by is None:
            return False
        self.move(by)
        return True

    def rows_for(self, width: int) -> Sequence[Row]:
        if not self.items:
            return (((self.in_words(self._hint), "dim"),),) if self._hint else ()
        height = self.content_size.height
        self._top = max(0, min(self._top, len(self.items) - height))
        seen = range(self._top, min(len(self.items), self._top + height))
        rows = [self._row(n, width - 1) for n in seen]
        if rows and seen.start > 0:
            rows[0] = (*rows[0], ("↑", "dim"))
        if rows and seen.stop < len(self.items):
            rows[-1] = (*rows[-1], ("↓", "dim"))
        return rows

    def _row(self, n: int, width: int) -> Row:
        row = self._draw(self.items[n], width)
        # To the edge: the cursor is a whole bar then, and an arrow beside a row stands where the others do.
        if (left := width - sum(width_of(text) for text, _ in row)) > 0:
            row = (*row, (" " * left, ""))
        return tuple((text, "cursor") for text, _ in marked(row)) if n == self.cursor else row

    def _keep_in_sight(self) -> None:
        height = max(1, self.content_size.height)
        if self.cursor is not None:
            self._top = min(max(self._top, self.cursor - height + 1), self.cursor)

    def on_click(self, event: Click) -> None:
        n = self._top + event.y
        if n < len(self.items) and self.picked:
            self.picked(n)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        self.scroll_by(3)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        self.scroll_by(-3)
