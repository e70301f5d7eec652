"""Explain: how an account's balance came about, charge by charge and line by line, with rule and ordinance."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult

from countertui.counter.explain import Explained, explain
from countertui.domain.charge_working import Step, Working
from countertui.domain.dates import us_date
from countertui.domain.money import format_cents
from countertui.screens.area import Area
from countertui.screens.glance_rows import owed_words
from countertui.widgets.line_list import LineList
from countertui.widgets.lines import Row, fit
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine

PAGES = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8}
WHAT = 40
"""Cells for what a line is; its ordinance stands beside its amount where there is room, else below it."""


@dataclass(frozen=True, slots=True)
class Below:
    """A rule or ordinance that has a row of its own."""

    ordinance: str


Line = Working | Step | Below


class ExplainArea(Area):
    """Nothing is typed here; arrows scroll."""

    NAME = "explain"
    TITLE = "Explain"
    HELP = (
        "How what an account owes came about. Under each charge stand its lines, the oldest first: how it was billed,"
        " with the rule and ordinance; penalties; payments, voids and checks that came back since; and last, marked"
        " HERE, what this terminal took that is not posted yet. Each charge's lines add up to its balance. Below stands"
        " what the calendar adds to a license that is paid today, or takes off; it is not owed before. Arrows and"
        " page keys scroll; Esc goes back."
    )

    def __init__(self) -> None:
        super().__init__()
        self.list: LineList[Line] = LineList(draw_line, dom_id="list", hint="  Nothing is owed, and nothing was.")
        self._title = TextLine(classes="title")
        self._total = TextLine(dom_id="totals")
        self._back_to = ""

    def compose(self) -> ComposeResult:
        yield self._title
        yield self.list
        yield self._total

    async def show(self, number: str, charge: str | None = None, *, back_to: str) -> None:
        """Explain an account, from one charge on if one is named; Esc goes back to that area. Raises NotFound."""
        explained = await self.counter.desk.look(explain, number)
        self._back_to = back_to
        await self.counter.go(self.NAME)
        self._title.say(((f" {number}  {explained.name}", "strong"), ("   how its balance came about", "")))
        lines = lines_of(explained)
        self.list.show(lines)
        first = next((n for n, line in enumerate(lines) if isinstance(line, Working) and line.charge.id == charge), 0)
        self.list.scroll_by(first)
        self._total.say((("  OWED NOW  ", ""), (owed_words(explained.owed), "strong")))

    async def press(self, stroke: Stroke) -> None:
        if stroke.key in PAGES:
            self.list.scroll_by(PAGES[stroke.key])
        elif stroke.key == "escape":
            await self.back()

    async def back(self) -> None:
        await self.counter.go(self._back_to or "payment")


def lines_of(explained: Explained) -> list[Line]:
    """Every charge, its steps under it; then what paying today would add."""
    lines: list[Line] = []
    for working in (*explained.workings, *explained.if_paid):
        lines.append(working)
        for step in working.steps:
            lines.append(step)
            if len(step.what) + len(step.ordinance) > WHAT - 2 and step.ordinance:
                lines.append(Below(step.ordinance))
    return lines


def draw_line(line: Line, width: int) -> Row:
    """One row."""
    if isinstance(line, Below):
        return ((fit(f"{'':14}{line.ordinance}", width), "dim"),)
    if isinstance(line, Working):
        charge = line.charge
        return (
            (fit(f" {charge.description}, due {us_date(charge.due.isoformat())}", width - 13), "strong"),
            (fit(owed_words(charge.balance), 12, right=True), "strong"),
        )
    beside = line.ordinance if len(line.what) + len(line.ordinance) <= WHAT - 2 else ""
    day = us_date(line.dated) if line.dated else ""
    room = width - 12 - 13 - 6
    text = f"{line.what}  {beside}".rstrip()
    return (
        (fit(f" {day}", 12), "dim"),
        (fit(f"  {text}", room), ""),
        (" HERE " if line.here else "      ", "warn"),
        (fit(format_cents(line.cents), 12, right=True), ""),
        (" ", ""),
    )
