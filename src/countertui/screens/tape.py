"""The virtual tape: what this terminal did today, newest first; type to search, Enter shows the paper behind it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from countertui.counter.receipts import receipt_text
from countertui.counter.reports import z_report
from countertui.counter.tape import TapeEntry, fitting, tape
from countertui.domain.money import format_cents
from countertui.domain.refusal import Refused
from countertui.screens.area import Area, Command
from countertui.screens.listing import text_row
from countertui.widgets.field import Field
from countertui.widgets.line_list import LineList
from countertui.widgets.lines import Row, fit
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine

PAGES = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8}


class TapeArea(Area):
    """A list to type into, read once as one comes here; over it the paper of one entry."""

    NAME = "tape"
    TITLE = "Tape: all that was done here today"
    HELP = (
        "Everything this terminal recorded today, newest first: payments, voids, reprints, drawers opened, sign-ons."
        " Type words, a payor, an account, a check number, an amount or a time to find entries. Enter shows the"
        " receipt of an entry as printed, of a closed drawer its Z report; Esc goes back to the tape."
    )

    def __init__(self) -> None:
        super().__init__()
        self.filter = Field("Find", dom_id="filter", hint="any words, number, amount or time")
        self.list: LineList[TapeEntry] = LineList(draw_entry, dom_id="list", hint="  Nothing fits.")
        self.paper: LineList[str] = LineList(text_row, dom_id="paper")
        self._title = TextLine(classes="title")
        self._entries: Sequence[TapeEntry] = ()
        self._shown = ""

    def compose(self) -> ComposeResult:
        yield self._title
        yield self.filter
        yield self.list
        yield self.paper

    async def arrive(self) -> None:
        self._entries = await self.counter.desk.look(tape)
        self.filter.set("")
        self._fill()
        self._show_list()

    def commands(self) -> Sequence[Command]:
        if not self._shown:
            return ()
        return [
            Command("f3", "Receipts", "Go to this receipt: print it again, void it.", self._to_receipts, on_bar=True)
        ]

    def ring(self) -> Sequence[Field]:
        return () if self.paper.display else [self.filter]

    async def press(self, stroke: Stroke) -> None:
        if self.paper.display:
            if stroke.key == "escape":
                self._show_list()
            elif stroke.key in PAGES:
                self.paper.scroll_by(PAGES[stroke.key])
        elif not self.list.press(stroke.key):
            await super().press(stroke)

    def typed(self, field: Field) -> None:
        self._fill()

    async def enter(self, field: Field) -> None:
        entry = self.list.current
        if entry is None:
            return
        if entry.receipt_no:
            self._show_paper(
                f"Receipt {entry.receipt_no}", await self.counter.desk.look(receipt_text, entry.receipt_no)
            )
            self._shown = entry.receipt_no
        elif entry.session:
            self._show_paper("Z report", await self.counter.desk.look(z_report, entry.session))
        else:
            raise Refused("No paper belongs to this entry.", "", "Choose a receipt or a closed drawer.")

    async def back(self) -> None:
        if self.filter.value:
            self.filter.set("")
            self._fill()
        else:
            await self.counter.go_home()

    def _fill(self) -> None:
        self.list.show(fitting(self._entries, self.filter.value), cursor=0)

    def _show_list(self) -> None:
        self._shown = ""
        self.paper.display = False
        self.list.display = self.filter.display = True
        self._title.say(((f" {self.TITLE}", "strong"), ("   Enter shows its paper", "")))
        self.to(self.filter)

    def _show_paper(self, name: str, lines: Sequence[str]) -> None:
        self.paper.display = True
        self.list.display = self.filter.display = False
        self.to(None)
        self.paper.show(lines)
        self._title.say(((f" {name}", "strong"), ("   Esc goes back to the tape", "")))

    async def _to_receipts(self) -> None:
        from countertui.screens.receipts import ReceiptsArea

        await (await self.counter.visit(ReceiptsArea)).show_receipt(self._shown)


def draw_entry(entry: TapeEntry, width: int) -> Row:
    """One entry: time, what, about whom, by whom, amount."""
    amount = "" if entry.cents is None else format_cents(entry.cents)
    return (
        (fit(f" {entry.time}", 6) + " ", "dim"),
        (fit(entry.what, 23) + " ", "strong"),
        (fit(entry.about, width - 56) + " ", ""),
        (fit(entry.operator, 10) + " ", "dim"),
        (fit(amount, 12, right=True), "strong"),
    )
