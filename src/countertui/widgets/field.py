"""A field of one line: label and text. It is told its keys one by one, so that none is ever out of order."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Offset

from countertui.domain.card_guard import CardNumberRefused, begins_a_stripe, holds_card_number
from countertui.domain.paper import width_of
from countertui.domain.refusal import Refused
from countertui.domain.text import refuse_controls
from countertui.widgets.lines import Lines, Row, fit
from countertui.widgets.stroke import Stroke

SHORT = 12
BURST_SECONDS = 0.15
"""Keys nearer than this after a refused number are the rest of the same burst."""


class Field(Lines):
    """A card number empties the field: CardNumberRefused.

    `selected` text, behind `»`, is replaced by the first letter typed. A hint stands in parentheses.
    """

    def __init__(
        self, label: str = "", *, dom_id: str | None = None, secret: bool = False, most: int = 60, hint: str = ""
    ) -> None:
        super().__init__(dom_id=dom_id)
        self.label = label
        self.hint = hint
        self.value = ""
        self.caret = 0
        self.selected = False
        self.active = False
        self.secret = secret
        self.most = most
        self._swallowing = False
        self._last_at = 0.0
        self._before_last = ("", 0, False)

    def set(self, value: str, *, selected: bool = False) -> None:
        """Put a text in, the caret behind it."""
        self.value, self.caret, self.selected = value, len(value), selected and bool(value)
        self.redraw()

    def typed_anew(self) -> None:
        """A short entry or a number was refused: it stays to be read, and the first letter replaces it.

        A long text is edited.
        """
        if len(self.value) <= SHORT or not any(letter.isalpha() for letter in self.value):
            self.set(self.value, selected=True)

    def activate(self, active: bool) -> None:  # noqa: FBT001 - a state, not an option
        """Show whether keys go here."""
        self.active = active
        self.set_class(active, "-active")
        self.redraw()

    def press(self, stroke: Stroke) -> bool:
        """Take a key or a pasted text; says whether it was one for a field. Raises Refused; what was there is kept."""
        self._before_last = self.value, self.caret, self.selected
        if stroke.pasted is not None:
            self.insert(stroke.pasted)
        elif stroke.letter and stroke.letter.isprintable() and not stroke.key.startswith("ctrl+"):
            self.insert(stroke.letter)
        elif not self._edit(stroke.key):
            return False
        self.redraw()
        return True

    def take_back(self) -> None:
        """Be as before the last key: it was the first of something that wasn't meant for this field."""
        self.value, self.caret, self.selected = self._before_last
        self.redraw()

    def insert(self, text: str) -> None:
        """Put text in at the caret. Raises Refused for control characters, card numbers and too long a text."""
        refuse_controls(text, self.label.strip() or "The text")
        before, after = ("", "") if self.selected else (self.value[: self.caret], self.value[self.caret :])
        whole = before + text + after
        if self.refuses(whole):
            self.set("")
            self._swallowing = True
            raise CardNumberRefused(
                "That looked like a card number, so it was not kept.",
                press="Cards go through the card terminal. Type its approval code.",
            )
        if len(whole) > self.most:
            raise Refused(
                f"{self.label.strip() or 'The text'} holds at most {self.most} characters.", press="Shorten it."
            )
        self.value, self.caret, self.selected = whole, len(before + text), False

    def refuses(self, text: str) -> bool:
        """Whether text is a card number or the start of a magnetic stripe."""
        return begins_a_stripe(text) or holds_card_number(text)

    def swallows(self, stroke: Stroke) -> bool:
        """Whether a key is the rest of a refused burst, its Enter included; asked of every key before anything."""
        near = stroke.at - self._last_at < BURST_SECONDS
        self._last_at = stroke.at
        if not self._swallowing:
            return False
        self._swallowing = near and stroke.key not in {"enter", "ctrl+j"}
        return near

    def _edit(self, key: str) -> bool:
        if key in {"backspace", "ctrl+h"}:
            self._cut(max(0, self.caret - 1), self.caret)
        elif key == "delete":
            self._cut(self.caret, self.caret + 1)
        elif key == "ctrl+u":
            self._cut(0, len(self.value))
        elif key == "ctrl+w":
            self._cut(len(self.value[: self.caret].rstrip().rpartition(" ")[0]), self.caret)
        elif key in {"left", "right", "home", "end"}:
            steps = {"left": self.caret - 1, "right": self.caret + 1, "home": 0, "end": len(self.value)}
            self.caret = min(len(self.value), max(0, steps[key]))
            self.selected = False
        else:
            return False
        return True

    def _cut(self, start: int, end: int) -> None:
        if self.selected:
            start, end = 0, len(self.value)
        self.value = self.value[:start] + self.value[end:]
        self.caret, self.selected = start, False

    def shown(self) -> str:
        """The text as it stands on the screen."""
        return "•" * len(self.value) if self.secret else self.value

    @property
    def cursor_at(self) -> Offset:
        """Where on the screen the next letter will stand."""
        before = width_of(self._shown_label) + 1
        return self.content_region.offset + Offset(before + min(self.caret, self.content_size.width - before - 2), 0)

    @property
    def _shown_label(self) -> str:
        return f" {self.label} " if self.label else " "

    def rows_for(self, width: int) -> Sequence[Row]:
        label = self._shown_label
        room = max(1, width - width_of(label) - 2)
        text = self.shown()
        start = max(0, self.caret - room + 1)
        text, caret = text[start : start + room], self.caret - start
        head = (label, "dim"), (("»" if self.selected else "›") if self.active else " ", "strong")
        hint = f"({self.hint})" if self.hint else ""
        if not self.active:
            return ((*head, (fit(text or hint, room), "field" if text else "hint")),)
        if self.selected:
            return ((*head, (text, "cursor"), (fit("", room - width_of(text)), "field")),)
        at, behind = text[caret : caret + 1] or " ", fit(text[caret + 1 :], room - width_of(text[:caret]) - 1)
        if not text:
            return ((*head, (" ", "cursor"), (fit(hint, room - 1), "hint")),)
        return ((*head, (text[:caret], "field"), (at, "cursor"), (behind, "field")),)
