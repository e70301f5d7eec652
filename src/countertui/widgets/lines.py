"""Lines of text on the screen, of which only those that changed are drawn again.

A stock table draws itself whole at every change (40 ms and 14 kB a key, measured); these draw the changed lines.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from rich.segment import Segment
from textual.events import Resize
from textual.geometry import Region, Size
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from countertui.domain.paper import width_of

Row = tuple[tuple[str, str], ...]
"""One line: pieces of (text, look); look is none or strong, dim, good, warn, bad, chip, key, field, hint, cursor,
change."""


def shown(text: str) -> str:
    """Text as a terminal may be sent it: what it would obey instead of show becomes `?`."""
    if text.isprintable():
        return text
    return "".join("?" if unicodedata.category(letter)[0] == "C" else letter for letter in text)


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Cut or fill text to exactly `width` cells; what is cut ends in `…`."""
    text = shown(text)
    if width_of(text) > width:
        while text and width_of(text) > width - 1:
            text = text[:-1]
        text = f"{text}…" if width > 0 else ""
    gap = " " * max(0, width - width_of(text))
    return gap + text if right else text + gap


def shortened(text: str, width: int) -> str:
    """The text cut to at most `width` cells, `…` behind what is cut."""
    return fit(text, width).rstrip()


LOOKS = ("strong", "dim", "good", "warn", "bad", "chip", "key", "field", "hint", "cursor", "change")


class LinesScreen(Screen[None]):
    """The screen that lines stand on. It has the looks, once for all: each of them costs as much style as a widget."""

    COMPONENT_CLASSES = {f"lines--{look}" for look in LOOKS}

    def __init__(self, in_words: Callable[[str], str] = str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id)
        self.in_words = in_words
        """The program's words with the keys that a city has, where it has its own."""


class PlainScreen(LinesScreen):
    """For screen readers and braille: one thing below the other however wide it is, and nothing drawn but words."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow")]


_DRAWN = str.maketrans(dict.fromkeys("─│", " "))
"""What is drawn with letters, and read aloud as "box drawings light horizontal"."""


class Lines(Widget, can_focus=False):
    """Rows drawn one under the other from the top; `rows_for` says them for a width."""

    def __init__(self, *, dom_id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=dom_id, classes=classes)
        self._drawn: list[Row] = []
        self._drawn_for = Size(0, 0)

    def in_words(self, text: str) -> str:
        """The program's own words, in which keys are named, as they are to be read here; never for what is data."""
        return self.screen.in_words(text) if self.is_attached and isinstance(self.screen, LinesScreen) else text

    def rows_for(self, width: int) -> Sequence[Row]:
        """The rows to draw in `width` cells."""
        return ()

    def redraw(self) -> None:
        """Draw the rows that are no longer what they were."""
        width = self.content_size.width
        before = self._drawn
        self._draw_for(self.content_size)
        for y in range(max(len(before), len(self._drawn))):
            if before[y : y + 1] != self._drawn[y : y + 1]:
                self.refresh(Region(0, y, width, 1))

    def on_resize(self, event: Resize) -> None:
        self._draw_for(self.content_size)
        self.refresh()  # all of it: of the size it has now, a part may have been painted already

    def _draw_for(self, size: Size) -> None:
        self._drawn = list(self.rows_for(size.width)) if size.width else []
        self._drawn_for = size

    def render_line(self, y: int) -> Strip:
        width = self.content_size.width
        if self.content_size != self._drawn_for:
            self._draw_for(self.content_size)  # a screen is painted before its widgets are told their size
        row = self._drawn[y] if y < len(self._drawn) else ()
        base = self.rich_style
        looks = {"": base} | {
            word: base + self.screen.get_component_rich_style(f"lines--{word}", partial=True) for _, word in row if word
        }
        plain = isinstance(self.screen, PlainScreen)
        spoken = ((shown(text).translate(_DRAWN) if plain else shown(text), word) for text, word in row)
        strip = Strip([Segment(text, looks[word]) for text, word in spoken])
        return strip.adjust_cell_length(width, base)

    def plain_text(self) -> str:
        """What stands on the screen, without looks."""
        return "\n".join("".join(text for text, _ in row) for row in self._drawn)
