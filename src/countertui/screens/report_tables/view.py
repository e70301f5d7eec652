"""A report on the screen: its rows below their headings, and the keys for days, periods, files and the way on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from textual.app import ComposeResult

from countertui.counter.report_tables import today, write_report
from countertui.domain.refusal import Refused
from countertui.domain.report_lines import WIDTH, Layout
from countertui.domain.report_names import DAY_IN_KEY, OF_ONE, Named
from countertui.domain.report_period import By, Range, moved, range_of, range_of_period
from countertui.domain.report_table import Asked, Table, key_of
from countertui.errors import CounterError
from countertui.screens.area import Command
from countertui.screens.listing import ListArea
from countertui.widgets.field import Field
from countertui.widgets.lines import Row, fit
from countertui.widgets.text_line import TextLine

NARROWEST_ROOM = 40
SIDES = 3
"""Cells of a line that no text of a report has: the mark before it, the arrow behind it, and one between."""
UNITS = tuple(By)
FILES = {"c": (".csv", "CSV"), "x": (".xlsx", "XLSX"), "p": (".pdf", "PDF")}
_NAMED = [(key, name) for key, (_, name) in FILES.items()]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a report, and the row it is of; None for totals, charts and notes."""

    text: str
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is: which report of what, and which line was marked when they went on from it."""

    name: str
    asked: Asked
    by_periods: bool
    cursor: int | None = None


def lines_of(layout: Layout) -> list[Line]:
    """All lines below the headings."""
    found = [Line(text, n) for n, row in enumerate(layout.rows) for text in row]
    if layout.totals and layout.rows:
        found += [Line("-" * max(map(len, layout.totals))), *map(Line, layout.totals)]
    for more in (layout.bars, layout.notes):
        if more:
            found += [Line(""), *map(Line, more)]
    return found if layout.rows else [Line("none"), *found]


def heads_of(layout: Layout) -> list[Row]:
    """The headings of the columns."""
    return [((f" {text}", "dim"),) for text in layout.headings]


def title_of(table: Table) -> str:
    """What is shown, in one line."""
    asked = table.asked
    office = f", {asked.office}" if asked.office else ""
    return f"{table.title}{office}: {asked.days}"


class Walk:
    """Which report is looked at, and the way back from it."""

    def __init__(self) -> None:
        self.at = Place("", Asked(range_of_period("2000-01-01", By.MONTH)), by_periods=False)
        self.unit = By.MONTH
        self.year_from = 1
        self._before: list[Place] = []

    def begin(self, named: Named, day: str, year_from: int) -> None:
        """Look at a report of the month of that day, or of the unit that was chosen last."""
        self._before.clear()
        self.year_from = year_from
        days = self._around(day)
        self.at = Place(named.name, Asked(days), named.by_periods)

    def on(self, table: Table, row: int, cursor: int | None) -> bool:
        """Go on to what a row is made of; whether there is such a thing."""
        if table.drill is None:
            return False
        self._before.append(replace(self.at, cursor=cursor))
        asked = replace(table.asked, key=key_of(table, table.rows[row]))
        self.at = Place(table.drill.report, asked, by_periods=False)
        return True

    def back(self) -> bool:
        """Go back to what it was drilled from; whether it was."""
        if not self._before:
            return False
        self.at = self._before.pop()
        return True

    def next_unit(self, day: str) -> None:
        """Days by the next larger unit, around that day."""
        self.unit = UNITS[(UNITS.index(self.unit) + 1) % len(UNITS)]
        days = self._around(min(max(day, self.at.asked.range.since), self.at.asked.range.until))
        self._ask(range_=days)

    def turn(self, steps: int) -> None:
        """The days before, or behind: as long as the unit; of a part of one day, the next such part."""
        day, by = self._day_of_part(), self.at.asked.by or By.DAY
        if day:
            day = moved(day, by, steps, self.year_from)
            range_ = self.at.asked.range
            self._ask(range_=range_ if range_.since <= day <= range_.until else self._around(day), day=day)
            return
        self._ask(range_=self._around(moved(self.at.asked.range.since, self.unit, steps, self.year_from)))

    def days(self, typed: str) -> None:
        """Days as typed: one, or from one to another. Raises NoRange."""
        words = typed.replace("..", " ").split()
        since, until = (words[0], words[-1]) if words else ("", "")
        self._ask(range_=range_of(since, until))

    def of_office(self, code: str) -> None:
        """One office alone; empty: all."""
        self.at = replace(self.at, asked=replace(self.at.asked, office=code.strip().upper()), cursor=None)

    def next_periods(self) -> None:
        """Sums by the next longer period; after years, the range as one."""
        by = self.at.asked.by
        at = -1 if by is None else UNITS.index(by)
        self.at = replace(self.at, asked=replace(self.at.asked, by=UNITS[at + 1] if at + 1 < len(UNITS) else None))

    def _around(self, day: str) -> Range:
        return range_of_period(day, self.unit, self.year_from)

    def _day_of_part(self) -> str:
        """The day that a part is of; empty where it is of none."""
        place = DAY_IN_KEY.get(self.at.name) if self.at.asked.key else None
        return self.at.asked.key[place] if place is not None else ""

    def _ask(self, *, range_: Range, day: str = "") -> None:
        """Ask for other days; a part of one day is then of `day`, or as near to it as those days have it."""
        if self.at.name in OF_ONE:
            what = "session" if self.at.name == "receipts" else "deposit"
            raise Refused(f"This is of one {what}: there are no other days of it.", "", "Esc goes back.")
        key = self.at.asked.key
        if before := self._day_of_part():
            place = DAY_IN_KEY[self.at.name]
            day = max(range_.since, min(range_.until, day or before))
            key = (*key[:place], day, *key[place + 1 :])
        self.at = replace(self.at, asked=replace(self.at.asked, range=range_, key=key), cursor=None)


class ReportView(ListArea[Line]):
    """A report: arrows mark a line, Enter goes on from a row, Esc back; `read_anew` reads what `walk` is at."""

    HINT = "  Nothing was read yet."

    def __init__(self) -> None:
        super().__init__()
        self.walk = Walk()
        self.heads = TextLine(dom_id=f"{self.NAME}-heads")
        self.days = Field("Days, like 2026-11-01 2026-11-23", dom_id=f"{self.NAME}-days", most=24)
        self._table: Table | None = None
        self._choosing = False

    def compose(self) -> ComposeResult:
        self.days.display = False
        title, *rest = super().compose()
        yield title
        yield self.heads
        yield from rest
        yield self.days

    async def read_anew(self) -> None:
        """Read the report that is asked for, and show it."""
        raise TypeError(f"{self.NAME} does not say how it reads")

    def show_report(self, table: Table, layout: Layout) -> None:
        """Show what was read."""
        self._table = table
        heads = heads_of(layout)
        self.heads.styles.height = len(heads)
        self.heads.say(*heads)
        self.list.show(lines_of(layout), cursor=self.walk.at.cursor or 0)

    @property
    def is_choosing(self) -> bool:
        """Whether a kind of file is being chosen."""
        return self._choosing

    @property
    def room(self) -> int:
        """How wide a line of a report may be."""
        return max(NARROWEST_ROOM, (self.size.width or WIDTH) - SIDES)

    def commands(self) -> Sequence[Command]:
        if self.at is not None:
            return ()
        if self._choosing:
            return [Command(key, name, f"Write a {name} file.", self._write(key), on_bar=True) for key, name in _NAMED]
        periods = [
            Command("p", "Periods", "Sums by day, week, month, quarter, year, or none.", self._periods, on_bar=True)
        ]
        return [
            Command("left", "Before", "The days before these.", self._before),
            Command("right", "After", "The days after these.", self._after),
            Command("u", "Unit", "Days by day, week, month, quarter or year.", self._unit, on_bar=True),
            Command("g", "Days", "Type the first and the last day.", self._days, on_bar=True),
            *(periods if self.walk.at.by_periods else ()),
            Command("e", "Export", "Write a file: CSV, XLSX or PDF.", self._export, on_bar=True),
        ]

    def ring(self) -> Sequence[Field]:
        return [self.days] if self.days.display else super().ring()

    async def enter(self, field: Field) -> None:
        if field is not self.days:
            await super().enter(field)
            return
        with self.naming(field):
            self.walk.days(field.value)
        self._no_days()
        await self.read_anew()

    async def choose(self, item: Line) -> None:
        if item.row is None or self._table is None:
            return
        if not self.walk.on(self._table, item.row, self.list.cursor):
            raise Refused("There is nothing behind that row.", "", "Esc goes back.")
        await self.read_anew()

    async def back(self) -> None:
        if self.at is self.days:
            self._no_days()
        elif self.at is not None:
            await super().back()
        elif self._choosing:
            self._choosing = False
            self.counter.tell("No file was written.")
        elif self.walk.back():
            await self.read_anew()
        else:
            await self.counter.go("report_list")

    async def put_away(self) -> None:
        self._no_days()
        self._choosing = False
        await super().put_away()

    def draw(self, item: Line, width: int) -> Row:
        return ((fit(f" {item.text}", width), "" if item.row is not None else "strong"),)

    def _no_days(self) -> None:
        self.days.set("")
        self.days.display = False
        self.to(None)

    async def _before(self) -> None:
        self.walk.turn(-1)
        await self.read_anew()

    async def _after(self) -> None:
        self.walk.turn(1)
        await self.read_anew()

    async def _unit(self) -> None:
        self.walk.next_unit(await self.counter.desk.look(today))
        await self.read_anew()

    async def _days(self) -> None:
        self.days.display = True
        self.days.set(f"{self.walk.at.asked.range.since} {self.walk.at.asked.range.until}", selected=True)
        self.to(self.days)

    async def _periods(self) -> None:
        self.walk.next_periods()
        await self.read_anew()

    async def _export(self) -> None:
        if self._table is None:
            raise Refused("There is no report yet.", "Nothing was written.", "Wait for it, or R.")
        self._choosing = True
        self.counter.tell("Which file?", "", "C: CSV. X: XLSX. P: PDF. Esc: none.")

    def _write(self, key: str) -> Callable[[], Awaitable[None]]:
        async def write() -> None:
            self._choosing = False
            table, (ending, name) = self._table, FILES[key]
            if table is None:
                return
            self.counter.tell(f"Writing the {name} file ...")

            async def writing() -> None:
                try:
                    path = await self.counter.desk.errand(write_report, table, ending)
                    self.counter.tell(
                        f"{table.title} is in {path.parent.name}/{path.name}.", "It lies beside the store."
                    )
                except (Refused, CounterError) as error:
                    self.counter.say(error)

            self.counter.run_worker(writing(), group="report-file")

        return write
