"""The message bar: what happened, what is safe, what to press. It takes no key and hides nothing."""

from __future__ import annotations

from collections.abc import Sequence

from textual.events import Resize

from countertui.domain.paper import wrapped
from countertui.widgets.lines import Lines, Row, fit, shown

LEAST_LINES = 2
MOST_LINES = 6


class MessageBar(Lines):
    """Two lines, more for more words. A refusal begins with `!`: no color is needed to tell it from a notice."""

    def __init__(self) -> None:
        super().__init__(dom_id="message")
        self._parts = ("", "", "")
        self._look = ""
        self.times = 0
        """How often something was said: the same words again are news, too."""

    def refuse(self, happened: str, safe: str = "", press: str = "") -> None:
        """Say that something was not done."""
        self._show("bad", happened, safe, press)

    def tell(self, happened: str, safe: str = "", press: str = "") -> None:
        """Say that something was done, or what to do."""
        self._show("good", happened, safe, press)

    def clear(self) -> None:
        """Say nothing."""
        self._show("", "", "", "")

    def keep(self) -> None:
        """Leave it on the screen for one more key."""
        self.times += 1

    @property
    def text(self) -> str:
        """All that is said, as one sentence after the other."""
        return " ".join(part for part in self._parts if part)

    @property
    def refuses(self) -> bool:
        """Whether what is said is a refusal."""
        return self._look == "bad"

    def _show(self, look: str, *parts: str) -> None:
        self._look = look
        self.times += 1
        self._parts = (parts[0], parts[1], parts[2])
        self._make_room()
        self.redraw()

    def on_resize(self, event: Resize) -> None:
        self._make_room()
        super().on_resize(event)

    def _make_room(self) -> None:
        height = max(LEAST_LINES, len(self.rows_for(self.content_size.width)) if self.content_size.width else 0)
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height

    def rows_for(self, width: int) -> Sequence[Row]:
        happened, safe, press = (shown(self.in_words(part)) for part in self._parts)
        if not self.text:
            return ()
        head = ("! " if self._look == "bad" else "") + happened
        rest = " ".join(part for part in (safe, press) if part)
        if len(head) <= width - 2 and len(rest) <= width - 2:
            return (((f" {head}", self._look),), ((f" {rest}", ""),))
        lines = wrapped(f"{head} {rest}", width - 2)
        if len(lines) > MOST_LINES:
            lines = [*lines[: MOST_LINES - 1], fit(" ".join(lines[MOST_LINES - 1 :]), width - 2)]
        return tuple(((f" {line}", self._look if n == 0 else ""),) for n, line in enumerate(lines))
