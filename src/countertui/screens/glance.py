"""An account at a glance: what it owes and for how long, its flags, everything else of its party, receipts, notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from countertui.counter.account_glance import AgedCharge, Glance, ReceiptSeen, glance
from countertui.counter.drafts import Form
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, may
from countertui.screens.account_writing import AccountWriting
from countertui.screens.area import Area, Command
from countertui.screens.finding import Finding
from countertui.screens.glance_rows import (
    Heading,
    Item,
    MarkedHolding,
    aging_rows,
    draw_item,
    flag_rows,
    items,
    numbers_to_add,
    title_row,
    where_row,
)
from countertui.widgets.field import Field
from countertui.widgets.line_list import LineList
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from countertui.counter.scans import Scanned

MOVES = {"up": -1, "down": 1, "pageup": -1, "pagedown": 1}


class GlanceArea(Area):
    """The box until an account is chosen; then its page. Letters are commands there, but while something is typed."""

    NAME = "glance"
    TITLE = "Account"
    HELP = (
        "All that is known of an account. On top its flags, what it owes and for how long; below every open charge, all"
        " that the same party, or a license's owner, has elsewhere, notes and receipts. F4 explains line by line how"
        " the balance came about. F9 adds all that they owe to the cart, or what Space has marked. Enter looks into"
        " what the cursor is on: a charge is explained, another account or a receipt shown. N writes a note, A another"
        " address, P another telephone number: each is recorded under your name, holds here at once, and reaches the"
        " others with the next data. Esc goes back."
    )

    def __init__(self) -> None:
        super().__init__()
        self.writing = AccountWriting()
        self.list: LineList[Item] = LineList(draw_item, dom_id="list")
        self._title = TextLine(classes="title")
        self._head = TextLine(dom_id="glance-head")
        self._seen: Glance | None = None
        self._marked: frozenset[str] = frozenset()
        self._trail: tuple[str, ...] = ()
        """The accounts that were looked at before this one; Esc goes back through them."""

    def compose(self) -> ComposeResult:
        self.finding = Finding(self.counter.desk, self.counter.run_worker)
        self.writing.keep_in(self.counter)
        yield self._title
        yield self.finding.box
        yield self.finding.results
        yield self._head
        yield self.list
        yield self.writing.field

    async def arrive(self) -> None:
        if self._seen is not None:
            await self.look_at(self._seen.number)
        else:
            self._show()

    async def put_away(self) -> None:
        await self.writing.put_away()
        self._show()

    async def begin(self) -> None:
        """Ask for an account."""
        self._seen, self._trail = None, ()
        self.finding.clear()
        self._show()

    async def look_at(self, number: str, *, before: tuple[str, ...] | None = None) -> None:
        """Show an account as it is now; before: those that Esc goes back to. Raises NotFound."""
        seen = await self.counter.desk.look(glance, number)
        if self._seen is None or self._seen.number != seen.number:
            self._marked = frozenset()
            self.list.cursor = None
        self._seen = seen
        if before is not None:
            self._trail = before
        self.writing.close()
        self._show()

    # Keys

    def commands(self) -> Sequence[Command]:
        if self._seen is None:
            return ()
        if self.writing.form:
            return [Command("f9", "Record", "Record what is typed.", self._record, on_bar=True)]
        person = self.counter.person
        keeps = person is not None and may(person.roles, Act.KEEP_ACCOUNTS)
        label = f"Add {len(self._marked)}" if self._marked else "Add all"
        return [
            Command("f4", "Explain", "How the balance came about, line by line.", self._explain, on_bar=True),
            Command("ctrl+e", "Explain", "How the balance came about, line by line.", self._explain),
            *(
                [Command("f9", label, "What is marked into the cart; else all owed.", self._add, on_bar=True)]
                if self.counter.takes_money and self.counter.session is not None
                else []
            ),
            *(
                [
                    Command("n", "Note", "Write a note about the account.", self._note, on_bar=True),
                    Command("a", "Address", "Write down another address.", self._address, on_bar=True),
                    Command("p", "Phone", "Write down another telephone number.", self._phone, on_bar=True),
                ]
                if keeps
                else []
            ),
        ]

    def ring(self) -> Sequence[Field]:
        if self._seen is None:
            return [self.finding.box]
        return [self.writing.field] if self.writing.form else ()

    def lacking(self, key: str) -> str:
        return "No account is shown yet: type one, then Enter." if self._seen is None else ""

    async def press(self, stroke: Stroke) -> None:
        if self._seen is None and stroke.key not in {"escape", "enter", "ctrl+j"}:
            await self.finding.press(stroke)
        elif self._seen is None or self.writing.form or stroke.key == "escape":
            await super().press(stroke)
        elif stroke.key in MOVES:
            self._move(stroke.key)
        elif stroke.key == "space":
            self._mark()
        elif stroke.key in {"enter", "ctrl+j"}:
            await self._choose()

    def records_on_enter(self) -> bool:
        return self.writing.form is not None

    async def enter(self, field: Field) -> None:
        if self.writing.form:
            await self._record()
        elif self.finding.text:
            await self._find()

    async def back(self) -> None:
        if self.writing.form:
            await self.writing.drop()
            self._show()
        elif self._seen is None and self.finding.box.value:
            self.finding.clear()
        elif self._seen is not None and self._trail:
            await self.look_at(self._trail[-1], before=self._trail[:-1])
        else:
            self._seen = None
            await self.counter.go_home()

    async def take_scan(self, scanned: Scanned) -> None:
        """A bill or an account's number shows that account. Raises Refused while something is typed."""
        if self.writing.form:
            raise Refused("A scan came while something is typed.", "Nothing was changed.", "F9 or Esc; scan again.")
        if scanned.kind != "account":
            raise Refused("That is no account.", "Nothing was changed.", "F3, then scan the receipt.")
        await self.look_at(scanned.key, before=() if self._seen is None else (*self._trail, self._seen.number))

    async def _find(self) -> None:
        try:
            found = await self.finding.chosen()
            if found.kind != "account":
                raise Refused("That is no account.", "", "Type its number, or part of a name or address.")
        except Refused:
            self.finding.typed_anew()
            raise
        self.finding.clear()
        await self.look_at(found.key)

    def _move(self, key: str) -> None:
        self.list.press(key)
        while isinstance(self.list.current, Heading):
            before = self.list.cursor
            self.list.move(MOVES[key])
            if self.list.cursor == before:  # at an end: back to the nearest row
                self.list.move(-MOVES[key])
                break

    def _mark(self) -> None:
        if not isinstance(self.list.current, MarkedHolding):
            raise Refused("Only accounts are marked.", "", "Choose one of the party's accounts with the arrows.")
        self._marked = self._marked ^ {self.list.current.holding.number}
        self._fill()

    async def _choose(self) -> None:
        item, seen = self.list.current, self._seen
        if seen is None:
            return
        if isinstance(item, MarkedHolding) and item.holding.number != seen.number:
            await self.look_at(item.holding.number, before=(*self._trail, seen.number))
        elif isinstance(item, ReceiptSeen):
            await self._show_receipt(item)
        elif item is None or isinstance(item, AgedCharge | MarkedHolding):
            await self._explain()

    async def _show_receipt(self, item: ReceiptSeen) -> None:
        from countertui.screens.receipts import ReceiptsArea

        if not item.here:
            raise Refused(
                f"Receipt {item.receipt_no} was not taken at this terminal.",
                "What is known of it stands in its row.",
                "Its own terminal can show it as printed.",
            )
        await (await self.counter.visit(ReceiptsArea)).show_receipt(item.receipt_no)

    async def _explain(self) -> None:
        from countertui.screens.explain import ExplainArea

        if self._seen is not None:
            item = self.list.current
            charge = item.charge.id if isinstance(item, AgedCharge) else None
            area = await self.counter.made(ExplainArea)
            await area.show(self._seen.number, charge, back_to=self.NAME)

    async def _add(self) -> None:
        from countertui.screens.account_asked import add_accounts
        from countertui.screens.payment import PaymentArea

        if self._seen is None:
            return
        numbers = numbers_to_add(self._seen, sorted(self._marked))
        if not numbers:
            raise Refused("Nothing is owed here.", "Nothing was added.", "Space marks an account all the same.")
        self._seen, self._marked = None, frozenset()
        await add_accounts(await self.counter.visit(PaymentArea), numbers)

    # What is written

    async def go_on_writing(self, form: Form, number: str) -> None:
        """Show an account and what was typed of it before. Raises NotFound."""
        await self.look_at(number, before=())
        await self._write(form)

    async def _note(self) -> None:
        await self._write(Form.ACCOUNT_NOTE)

    async def _address(self) -> None:
        await self._write(Form.ACCOUNT_ADDRESS)

    async def _phone(self) -> None:
        await self._write(Form.ACCOUNT_PHONE)

    async def _write(self, form: Form) -> None:
        if self._seen is not None:
            await self.writing.begin(form, self._seen)
            self.to(self.writing.field)

    def typed(self, field: Field) -> None:
        if field is self.finding.box:
            self.finding.look_again()
        else:
            self.writing.changed()

    async def _record(self) -> None:
        if self._seen is None or self.counter.person is None:
            return
        said = await self.writing.record(self.counter, self.counter.person)
        await self.look_at(self._seen.number)
        self.counter.tell(said, "It holds here now, and everywhere with the next data.")

    # What is shown

    def _show(self) -> None:
        found = self._seen is not None
        self.finding.box.display = self.finding.results.display = not found
        self._head.display = self.list.display = found
        if self._seen is None:
            self._title.say(((f" {self.TITLE}", "strong"), ("   number, name or address, then Enter", "")))
            self.to(self.finding.box)
            return
        rows = [where_row(self._seen), *flag_rows(self._seen), *aging_rows(self._seen)]
        self._head.styles.height = len(rows)
        self._title.say(title_row(self._seen))
        self._head.say(*rows)
        self._fill()
        self.to(None)

    def _fill(self) -> None:
        if self._seen is not None:
            self.list.show(items(self._seen, self._marked), cursor=self.list.cursor)
