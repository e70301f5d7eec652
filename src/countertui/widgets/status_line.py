"""Two fixed lines at the top: who works where; chips and business date. Words first; color only adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from countertui.domain.paper import width_of
from countertui.widgets.lines import Lines, PlainScreen, Row, fit


@dataclass(frozen=True, slots=True)
class Chip:
    """A word on the state of something: look is chip (as it should be), warn or bad; `short` where room is short."""

    text: str
    look: str = "chip"
    short: str = ""


_GRAVEST_FIRST = {"bad": 0, "warn": 1, "chip": 2}
_SIGNS = {"chip": "", "warn": "! ", "bad": "!! "}
_GAP = "  "


class StatusLine(Lines):
    """Line one: place and person, then a mark. Line two: chips, then the business date."""

    def __init__(self) -> None:
        super().__init__(dom_id="status")
        self._parts: tuple[str, ...] = ()
        self._mark = ""
        self._date = ""
        self._chips: tuple[Chip, ...] = ()

    def show_place(self, parts: Sequence[str], mark: str) -> None:
        """Say where and who; mark is DEMO or TRAINING, or nothing."""
        self._parts, self._mark = tuple(part for part in parts if part), mark
        self.redraw()

    def show_chips(self, chips: Sequence[Chip], date: str = "") -> None:
        """Show other chips, and the business date in words."""
        self._chips, self._date = tuple(chips), date
        self.redraw()

    def rows_for(self, width: int) -> Sequence[Row]:
        if self.is_attached and isinstance(self.screen, PlainScreen):
            return (self._in_one_line(width),)
        mark = f" {self._mark} " if self._mark else ""
        place = (fit(" " + " · ".join(self._parts), width - len(mark)), "strong")
        date = f" {self._date} " if self._date else ""
        room = width - width_of(date) - 1
        pieces: list[tuple[str, str]] = [(" ", "")]
        chips = [replace(chip, text=self.in_words(chip.text)) for chip in self._chips]
        for text, look in _fitting(chips, room):
            pieces += [(text, look), (_GAP[: room - width_of(text)], "")]
            room -= width_of(text) + len(pieces[-1][0])
        return ((place, (mark, "warn")), (*pieces, (" " * room + date, "strong")))

    def _in_one_line(self, width: int) -> Row:
        """Mark, chips, date, then who works where as far as there is room: one line that is read in one go."""
        first = " ".join(part for part in (self._mark, self._date) if part)
        first = f" {first} " if first else " "
        chips = [replace(chip, text=self.in_words(chip.text)) for chip in self._chips]
        said = ", ".join(text for text, _ in _fitting(chips, width - width_of(first)))
        where = f"{', ' if said else ''}{', '.join(reversed(self._parts))}"
        return ((first, "strong"), (said, ""), (fit(where, width - width_of(first + said)), ""))


def _fitting(chips: Sequence[Chip], room: int) -> list[tuple[str, str]]:
    """The chips' words, the gravest first, in that many cells: none is ever cut.

    Where they don't fit, what is well gives way, the last first, as far as it must; then the least grave say less, then
    a number stands for them.
    """
    ordered = sorted(chips, key=lambda chip: _GRAVEST_FIRST[chip.look])
    said = [(_SIGNS[chip.look] + chip.text, chip.look) for chip in ordered]
    amiss = [chip for chip in ordered if chip.look != "chip"]
    while len(said) > len(amiss) and _width(said) > room:
        said.pop()
    for n in reversed(range(len(amiss))):
        if _width(said) <= room:
            return said
        said[n] = (_SIGNS[amiss[n].look] + (amiss[n].short or amiss[n].text), amiss[n].look)
    left_out = 0
    while said and _width(said) + (len(f"{_GAP}+{left_out}") if left_out else 0) > room:
        said.pop()
        left_out += 1
    return [*said, (f"+{left_out}", "warn")] if left_out else said


def _width(said: Sequence[tuple[str, str]]) -> int:
    return sum(width_of(text) for text, _ in said) + len(_GAP) * max(0, len(said) - 1)
