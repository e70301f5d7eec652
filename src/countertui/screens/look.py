"""F10, L: the theme that suits one's eyes, and where one's work starts; kept for each person at this terminal."""

from __future__ import annotations

from dataclasses import dataclass, replace

from countertui.counter.choices import choose, own_choice
from countertui.domain.appearance import STARTS, THEMES, Choice
from countertui.screens.listing import ListArea
from countertui.widgets.lines import Row, fit

_THEMES = {
    "": "As this terminal has it.",
    "default": "Light on dark, in many colors.",
    "high-contrast": "White on black, every word at least 7 to 1.",
    "16-colors": "The terminal's own; a text console's.",
}
_STARTS = {
    "": ("Payment", "The box, as ever."),
    "mail": ("Mail, dropbox", "A batch of mail or of the dropbox."),
    "glance": ("Account book", "The box of an account's page."),
    "receipts": ("Receipts", "This terminal's receipts."),
    "menu": ("Menu", "Everything by its letter."),
}


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be chosen: of which kind, its value, in words."""

    kind: str
    value: str
    label: str
    explains: str


OPTIONS = (
    *(Option("theme", value, value or "terminal's", _THEMES[value]) for value in ("", *THEMES)),
    *(Option("start", value, *_STARTS[value]) for value in ("", *STARTS)),
)


class LookArea(ListArea[Option]):
    """Enter chooses, at once."""

    NAME = "look"
    TITLE = "Look and start"
    HELP = (
        "Choose a theme with the arrows and Enter: it is there at once, and again whenever you sign on here. Below,"
        " choose where you start after signing on with an open drawer. A terminal of 16 colors, and one where"
        " NO_COLOR is set, keeps the theme of these. Every screen says the same words in every theme. For screen"
        " readers and braille there is a plain mode: start the counter with --plain, or set it in terminal.toml."
    )

    def __init__(self) -> None:
        super().__init__()
        self._choice = Choice()

    async def arrive(self) -> None:
        if self.counter.person is not None:
            self._choice = await self.counter.desk.look(own_choice, self.counter.person)
        self.title_line.say(((f" {self.TITLE}", "strong"), ("   Enter chooses", "")))
        self.list.show(OPTIONS, cursor=self.list.cursor or 0)

    async def choose(self, item: Option) -> None:
        person = self.counter.person
        if person is None:
            return
        by_kind = {"theme": replace(self._choice, theme=item.value), "start": replace(self._choice, start=item.value)}
        self._choice = by_kind[item.kind]
        self.counter.wear(self._choice)
        self.list.redraw()
        await self.counter.desk.job(choose, person, self._choice)
        self.counter.tell(f"{_KINDS[item.kind]}: {item.label}.", "Kept for you at this terminal.")

    def draw(self, item: Option, width: int) -> Row:
        chosen = item.value == (self._choice.theme if item.kind == "theme" else self._choice.start)
        return (
            ("  ", ""),
            (fit(_KINDS[item.kind], 8), "dim"),
            ("(x) " if chosen else "( ) ", "strong"),
            (fit(item.label, 16), "strong"),
            (fit(item.explains, width - 30), ""),
        )


_KINDS = {"theme": "Theme", "start": "Start"}
