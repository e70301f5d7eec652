"""Two fixed lines at the top: who works where; chips and business date. Words first; color only adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from countertui.domain.paper import width_of
from countertui.widgets.lines import Lines, Row, fit


@dataclass(frozen=True, slots=True)
class Chip:
    """A short word on the state of something: look is chip (as it should be), warn or bad."""

    text: str
    look: str = "chip"


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
        mark = f" {self._mark} " if self._mark else ""
        place = (fit(" " + " · ".join(self._parts), width - len(mark)), "strong")
        signs = {"chip": "", "warn": "! ", "bad": "!! "}
        chips: list[tuple[str, str]] = [(" ", "")]
        for chip in self._chips:
            chips += [(f"{signs[chip.look]}{chip.text}", chip.look), ("  ", "")]
        date = f" {self._date} " if self._date else ""
        room = width - width_of(date)
        cut: list[tuple[str, str]] = []
        for text, look in chips:
            cut.append((text if width_of(text) <= room else fit(text, room), look))
            room -= width_of(cut[-1][0])
        return ((place, (mark, "warn")), (*cut, (" " * room + date, "strong")))
