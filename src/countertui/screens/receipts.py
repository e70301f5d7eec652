"""Receipts of this terminal, newest first: found by typing, shown as printed, printed again, voided, refunded."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from countertui.counter.drafts import Form
from countertui.counter.open_sessions import open_sessions
from countertui.counter.receipts import ReceiptRow, already, receipt_text, receipts, reprint
from countertui.counter.slips import validate_stub
from countertui.domain.money import format_cents
from countertui.domain.refusal import Refused
from countertui.domain.tenders import TenderKind
from countertui.screens.area import Area, Command
from countertui.screens.listing import text_row
from countertui.screens.undoing import UndoPanel
from countertui.widgets.field import Field
from countertui.widgets.line_list import LineList
from countertui.widgets.lines import Row, fit
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine

STATE_WORDS = {
    "taken": "",
    "void_requested": "void asked",
    "void": "VOID",
    "refund_requested": "refund asked",
    "refunded": "REFUNDED",
    "returned": "CHECK BACK",
}
TENDERS = 15
SHORT_TENDERS = {TenderKind.MONEY_ORDER.label: "M.order"}
"""As on the key bar."""
REFUND_WORDS = {"ap_check": "AP check", "cash": "cash"}


class ReceiptsArea(Area):
    """A list to type into; Enter shows a receipt, on which letters are commands."""

    NAME = "receipts"
    TITLE = "Receipts"
    HELP = (
        "Type a number or a payor; Enter shows the receipt as printed. There R prints it again as a DUPLICATE, V"
        " voids it while its drawer is open, U asks for a refund after the close. A void needs a reason and a second"
        " person's id and PIN; with nobody there, leave the id empty and press Enter twice: the void is recorded as"
        " requested, for a lead to decide. A refund needs a reason and how it is paid, and waits for a lead."
    )

    def __init__(self) -> None:
        super().__init__()
        self.filter = Field("Find", dom_id="filter", hint="number or payor")
        self.list: LineList[ReceiptRow] = LineList(_draw, dom_id="list", hint="  No receipt fits.")
        self.paper: LineList[str] = LineList(text_row, dom_id="paper")
        self.undo = UndoPanel()
        self._title = TextLine(classes="title")
        self.row: ReceiptRow | None = None

    def compose(self) -> ComposeResult:
        self.paper.display = False
        self.undo.keep_in(self.counter)
        yield self._title
        yield self.filter
        yield self.list
        yield self.paper
        yield self.undo

    async def arrive(self) -> None:
        await self._show_list()

    async def put_away(self) -> None:
        await self.undo.saved()

    def typed(self, field: Field) -> None:
        if field is self.undo.reason:
            self.undo.changed()

    async def take_back(self) -> None:
        await super().take_back()
        if self.row is None:
            await self._fill()

    def commands(self) -> Sequence[Command]:
        if self.undo.display:
            return ()
        if self.row is None:
            return [Command("ctrl+r", "Reprint", "Print the marked receipt again.", self._reprint)]
        return [
            Command("r", "Reprint", "Print it again, marked DUPLICATE.", self._reprint, on_bar=True),
            Command("v", "Void", "Void it: reason, then a second person.", self._void, on_bar=True),
            Command("u", "Refund", "After the close: ask for the money to be given back.", self._refund, on_bar=True),
            Command("s", "Stub", "Put the customer's stub in: it is marked PAID.", self._stub, on_bar=True),
            Command("ctrl+r", "Reprint", "Print it again.", self._reprint),
        ]

    def ring(self) -> Sequence[Field]:
        return self.undo.fields if self.undo.display else [self.filter]

    async def press(self, stroke: Stroke) -> None:
        if self.undo.display:
            await self._press_undo(stroke)
        elif self.row is not None:
            if stroke.key == "escape":
                await self._show_list()
            elif stroke.key in {"up", "down", "pageup", "pagedown"}:
                self.paper.scroll_by({"up": -1, "down": 1, "pageup": -8, "pagedown": 8}[stroke.key])
        elif not self.list.press(stroke.key):
            before = self.filter.value
            await super().press(stroke)
            if self.filter.value != before:
                await self._fill()

    def records_on_enter(self) -> bool:
        return self.undo.display

    async def enter(self, field: Field) -> None:
        if self.list.current is not None:
            await self.show_receipt(self.list.current.receipt_no)

    async def back(self) -> None:
        if self.filter.value:
            self.filter.set("")
        else:
            await self.counter.go_home()

    async def show_receipt(self, receipt_no: str) -> None:
        """Show one receipt as printed, as it stands now. Raises ReceiptUnknown."""
        lines = await self.counter.desk.look(receipt_text, receipt_no)
        rows = await self.counter.desk.look(receipts, receipt_no)
        self.row = next((row for row in rows if row.receipt_no == receipt_no), None)
        if self.row is None:
            raise Refused(f"There is no receipt {receipt_no[:24]} here.", "", "F3 lists all there are.")
        self._swap(paper=True)
        self.paper.show(lines)
        state = state_words(self.row)
        self._title.say(
            ((f" Receipt {receipt_no}", "strong"), (f"  {state}   R reprint  V void  U refund  Esc list", ""))
        )

    async def _show_list(self) -> None:
        self.row = None
        self.undo.close()
        self._swap(paper=False)
        self._title.say(((" Receipts", "strong"), ("   Enter shows it, Ctrl+R prints it again", "")))
        self.filter.set("")
        self.to(self.filter)
        await self._fill()

    async def _fill(self) -> None:
        self.list.show(await self.counter.desk.look(receipts, self.filter.value.strip()), cursor=0)

    def _swap(self, *, paper: bool) -> None:
        self.paper.display = paper
        self.list.display = self.filter.display = not paper

    async def _reprint(self) -> None:
        row, person = self.row or self.list.current, self.counter.person
        if row is None or person is None:
            raise Refused("There is no receipt to print.", "", "")
        copy = await self.counter.desk.job(reprint, person, row.receipt_no)
        self.counter.devices.print_papers()
        self.counter.tell(f"Receipt {row.receipt_no} is printing, marked DUPLICATE {copy}.")

    async def _stub(self) -> None:
        if self.row is not None and self.counter.person is not None:
            await self.counter.desk.job(validate_stub, self.counter.person, self.row.receipt_no)
            self.counter.devices.print_papers()

    async def _void(self) -> None:
        await self._start_undoing(Form.VOID)

    async def _refund(self) -> None:
        row = self.row
        taken = row is not None and row.state == "taken"
        if (
            row is not None
            and taken
            and any(row.session == one.id for one in await self.counter.desk.look(open_sessions))
        ):
            raise Refused("Its drawer is still open.", "Nothing was asked for.", "V voids the receipt instead.")
        await self._start_undoing(Form.REFUND)

    async def go_on_undoing(self, form: Form, receipt_no: str) -> None:
        """Go on asking for a void or a refund. Raises ReceiptUnknown; Refused where the receipt doesn't stand."""
        await self.show_receipt(receipt_no)
        await self._start_undoing(form)

    async def _start_undoing(self, form: Form) -> None:
        if self.row is None:
            return
        if self.row.state != "taken":
            asked = self.row.state.endswith("_requested")
            raise Refused(
                already(self.row.receipt_no, self.row.state),
                "Nothing was recorded.",
                "F10, R lists requests." if asked else "Esc goes back to the list.",
            )
        await self.undo.begin(form, self.row, self.counter.desk.rules.void_reasons)
        self.to(self.undo.field)

    async def _press_undo(self, stroke: Stroke) -> None:
        if stroke.key == "escape":
            self.undo.drop()
            self.to(None)
            return
        done = await self.undo.press(stroke, self.counter)
        if not done:
            self.to(self.undo.field)
            return
        self.undo.close()
        self.to(None)
        if self.row is not None:
            await self.show_receipt(self.row.receipt_no)
        self.counter.tell(*done)


def state_words(row: ReceiptRow) -> str:
    """How a receipt stands, a refunded one with how it was paid back; nothing for one that stands."""
    if row.state == "refunded" and row.refund:
        return f"refunded, {REFUND_WORDS.get(row.refund, row.refund)}"
    return STATE_WORDS.get(row.state, row.state)


def tender_words(tenders: str, room: int) -> str:
    """The kinds of tender of a receipt in that many cells: the first and how many more where they don't fit."""
    kinds = [SHORT_TENDERS.get(kind, kind) for kind in tenders.split(" + ")]
    ways = " + ".join(kinds), "+".join(kinds), f"{kinds[0]}+{len(kinds) - 1} more"
    return next((words for words in ways if len(words) <= room), ways[-1])


def _draw(row: ReceiptRow, width: int) -> Row:
    return (
        (fit(f" {row.receipt_no}", 10) + " ", "strong"),
        (fit(row.time, 5) + " ", "dim"),
        (fit(row.payor, width - 66) + " ", ""),
        (fit(tender_words(row.tenders, TENDERS), TENDERS) + " ", "dim"),
        (fit(state_words(row), 18) + " ", "warn"),
        (fit(format_cents(row.total_cents), 12, right=True), "strong"),
    )
