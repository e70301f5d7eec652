"""The payment: one box on top, what it finds, the ticket, what is due. No dialog in the common case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container, Vertical

from countertui.counter.find import FeeAsksAmount, open_account, open_fee
from countertui.domain.dates import us_date
from countertui.domain.money import format_cents
from countertui.domain.receipts import AccountLine, CartLine, settle_line
from countertui.domain.refusal import Refused
from countertui.domain.tenders import TenderKind
from countertui.errors import CounterError
from countertui.screens.also_open import ONE_IS_PAID, also_open_words
from countertui.screens.area import Area, Command
from countertui.screens.asks import Ask, AskDrop, AskLead, AskPrice, AskTender, KeptAsk
from countertui.screens.card_tender import AskAnswer, AskCard, ask_what_came, begin_card
from countertui.screens.cart_in_hand import CartInHand
from countertui.screens.finding import Finding
from countertui.screens.kept_row import KeptRow
from countertui.screens.parts import PartsPanel
from countertui.screens.pasted import paste
from countertui.screens.payment_keys import payment_commands, tender_commands
from countertui.screens.payment_words import (
    HELP,
    cart_title,
    nothing_owed,
    raised_told,
    raised_words,
    totals_row,
)
from countertui.screens.taking import Taking
from countertui.widgets.field import Field
from countertui.widgets.inline_row import InlineRow
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine
from countertui.widgets.ticket import Ticket, TicketLine

if TYPE_CHECKING:
    from countertui.counter.scans import Scanned
    from countertui.counter.station import Person
    from countertui.domain.check_line import CheckLine


class PaymentArea(Area):
    """Keys go to the box, or to the inline row while it asks something."""

    NAME = "payment"
    TITLE = "Payment"
    HELP = HELP

    def __init__(self) -> None:
        super().__init__()
        self.parts = PartsPanel()
        self.ticket = Ticket()
        self.inline = InlineRow()
        self.totals = TextLine(dom_id="totals")
        self._ticket_title = TextLine(dom_id="ticket-title")
        self._ask: Ask | None = None
        self._splitting: int | None = None
        self._asked_about: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        counter = self.counter
        self.finding = Finding(counter.desk, counter.run_worker)
        self.hand = CartInHand(counter.desk, self._who, counter.run_worker, self._save_failed)
        self.hand.make_ready()  # while this is laid out: then nothing is waited for, and nothing painted without a cart
        self.taking = Taking(self, self.hand)
        self.kept_row = KeptRow(self)
        yield self.finding.box
        with Container(id="halves"):
            yield self.finding.results
            yield self.parts
            with Vertical(id="ticket-half"):
                yield self._ticket_title
                yield self.ticket
        yield self.inline
        yield self.totals
        yield self.taking.last

    async def arrive(self) -> None:
        if not self.hand.held.cart.id:
            await self.hand.fresh()
        if self.at is None and self._ask is None:
            self.to(self.finding.box)
        self.show_cart()

    async def put_away(self) -> None:
        self.counter.check_in_printer.end()
        await self.taking.checkout.settled()
        await self.put_row_away()
        if not self.hand.empty:
            await self.hand.park()
        await self.hand.saved()
        self.show_cart()

    def _who(self) -> Person:
        if self.counter.person is None:
            raise RuntimeError("a payment needs somebody signed on")
        return self.counter.person

    def _save_failed(self, error: CounterError) -> None:
        self.taking.save_failed(error)

    # Keys

    def commands(self) -> Sequence[Command]:
        if self._splitting is not None or self.taking.unread:
            return ()
        if self._ask is not None:
            return tender_commands(self) if isinstance(self._ask, AskTender | AskCard) else ()
        return payment_commands(self)

    def ring(self) -> Sequence[Field]:
        return self.inline.fields if self._ask is not None else [self.finding.box]

    async def press(self, stroke: Stroke) -> None:
        if self.taking.unread and not stroke.letter and stroke.key not in {"backspace", "left", "right"}:
            await self.taking.read(stroke)
        elif self._splitting is not None:
            await self._press_parts(stroke)
            self.kept_row.changed()
        elif self._ask is not None:
            used = await self._ask.take(self, stroke)
            if not used and self._ask is None:
                await self.counter.press(stroke)
            elif not used:
                await super().press(stroke)
                if isinstance(self._ask, AskCard) and self.at is self.inline.amount:
                    await self._ask.keep(self)
        elif stroke.pasted is not None:
            await paste(self, stroke.pasted, stroke.at)
        elif stroke.key in {"enter", "ctrl+j"}:
            await self.enter(self.finding.box)
        elif stroke.key == "escape":
            await self.back()
        elif self.finding.text or not self.ticket.press(stroke.key):
            await self.finding.press(stroke)
        self.show_cart()

    async def back(self) -> None:
        if isinstance(self._ask, AskLead):
            put_back = self._ask.put_back
            self.close_row()
            await ask_what_came(self)  # a card may have been charged for what nobody approved
            if self._ask is None:
                put_back()
        elif self._ask is not None:
            self._close_row_if_meant()
        elif self.counter.starting.read():
            return
        elif self.finding.box.value:
            self.finding.clear()
        elif not self.hand.empty:
            self.ask(AskDrop(self.hand.held.name))

    def _close_row_if_meant(self) -> None:
        """A reference that was typed is asked about once before it is dropped."""
        typed = tuple(field.value for field in self.inline.fields if field is not self.inline.amount)
        if isinstance(self._ask, AskTender) and any(typed) and typed != self._asked_about:
            self._asked_about = typed
            self.counter.tell(
                f"{self._ask.kind.label} {typed[0]} is not laid yet.", press="Enter lays it; Esc drops it."
            )
        else:
            self._asked_about = ()
            self.close_row()

    def typed(self, field: Field) -> None:
        if field is self.finding.box:
            self.finding.look_again()
        else:
            self.kept_row.changed()

    async def enter(self, field: Field) -> None:
        if self._ask is not None:
            await self._ask.enter(self, field)
        elif self.finding.text:
            try:
                await self._take()
            except Refused:
                self.finding.typed_anew()
                raise
        else:
            self.counter.message.keep()

    def lacking(self, key: str) -> str:
        return "" if self._ask is None and self._splitting is None else "Something is asked here: Enter answers, Esc."

    def records_on_enter(self) -> bool:
        return self._ask is not None or self._splitting is not None

    async def take_scan(self, scanned: Scanned) -> None:
        """Add what was scanned, or show the receipt. Raises Refused while something else is asked or to be read."""
        if self.taking.unread:
            raise self.taking.unread
        if self._ask is not None or self._splitting is not None:
            raise Refused(
                "A scan came while something is asked.", "Nothing was added.", "Answer it or Esc; scan again."
            )
        if scanned.kind == "receipt":
            await self._show_receipt(scanned.key)
            return
        self.finding.clear()
        await self.add_account(scanned.key, scanned.billed_cents)
        self.show_cart()

    async def take_check(self, line: CheckLine) -> None:
        """Fill the check's row. Raises Refused while something else is asked or to be read, or nothing is due."""
        from countertui.screens.check_tender import fill_tender

        await fill_tender(self, line)
        self.show_cart()

    # Cart

    async def _take(self) -> None:
        """Take what the box means into the cart; a receipt is shown instead."""
        found = await self.finding.chosen()
        if found.kind == "receipt":
            await self._show_receipt(found.key)
        elif found.kind == "application":
            await self._apply()
        elif found.kind == "past receipt":
            raise Refused(
                f"{found.number} was taken at another terminal: {found.name}, {found.address}.",
                "Nothing was added.",
                "Type the account's number to add what it owes.",
            )
        elif found.kind == "fee":
            line = await self.counter.desk.look(open_fee, found.key)
            self.finding.clear()
            if isinstance(line, FeeAsksAmount):
                self.ask(AskPrice(line))
            else:
                self.hand.add(line)
        else:
            await self.add_account(found.key)
            self.finding.clear()

    async def _apply(self) -> None:
        from countertui.screens.license_form import LicenseFormArea

        self.finding.clear()
        await (await self.counter.made(LicenseFormArea)).begin()
        await self.counter.go(LicenseFormArea.NAME)

    async def _show_receipt(self, number: str) -> None:
        from countertui.screens.receipts import ReceiptsArea

        self.finding.clear()
        await (await self.counter.visit(ReceiptsArea)).show_receipt(number)

    async def add_account(self, number: str, billed_cents: int | None = None) -> None:
        """Add all that an account owes; said where it is not what its bill says, or nothing."""
        if any(isinstance(line, AccountLine) and line.account == number for line in self.hand.held.cart.lines):
            raise Refused(f"{number} is already in this cart.", "Nothing was added.", "F4 changes its amount.")
        await self.taking.checkout.settled(number)
        operator = self.counter.person.id if self.counter.person is not None else ""
        line = await self.counter.desk.look(open_account, number, operator)
        if billed_cents and not line.amount:
            await self._refuse_as_paid(number)
        self.hand.add(line)
        elsewhere = await also_open_words(self.counter, self.hand.held.cart.id, [number])
        if not line.amount:
            self.counter.tell(nothing_owed(line), elsewhere, "F4 types an amount; Del takes the line off.")
        elif billed_cents not in (None, line.amount):
            self.counter.tell(
                f"The bill says {format_cents(billed_cents or 0)}; {format_cents(line.amount)} is owed now.",
                elsewhere,
                "F4 types another amount.",
            )
        elif line.raised:
            self.counter.tell(raised_told(line.raised), elsewhere, "Ctrl+E explains it; F4 types another amount.")
        elif elsewhere:
            self.counter.tell(elsewhere, ONE_IS_PAID, "F10, K lists carts; Del takes the line off here.")

    async def _refuse_as_paid(self, number: str) -> None:
        from countertui.counter.account_glance import last_receipt

        last = await self.counter.desk.look(last_receipt, number)
        by = f" (receipt {last.receipt_no}, {us_date(last.dated)})" if last is not None else ""
        raise Refused(
            f"The bill of {number} is already paid{by}: nothing is owed there.",
            "Nothing was added.",
            "To pay in advance type its number, Enter, then F4.",
        )

    def show_cart(self) -> None:
        """Show the cart as it is now."""
        held = self.hand.held
        items = [
            *map(self._ticket_line, held.cart.lines),
            *map(TicketLine, held.tenders),
        ]
        if items != list(self.ticket.items):
            kept = self.ticket.cursor if len(items) == len(self.ticket.items) else None
            self.ticket.show(items, cursor=kept if kept is not None else max(0, len(held.cart.lines) - 1))
        self._ticket_title.say(cart_title(held))
        self.totals.say(totals_row(held.cart, held.tenders, self.counter.desk.rules.tenders.rounding))

    def _ticket_line(self, line: CartLine) -> TicketLine:
        try:
            settled = settle_line(line, self.counter.desk.rules.order)
        except Refused:
            return TicketLine(line)
        credit = sum(part.cents for part in settled.allocations if part.charge is None)
        return TicketLine(line, settled.owed_after, credit, raised_words(settled.raised))

    # Asking

    @property
    def asking(self) -> Ask | None:
        """What the inline row asks now."""
        return self._ask

    @property
    def splitting(self) -> bool:
        """Whether a line is being split by hand."""
        return self._splitting is not None

    def ask(self, ask: Ask) -> None:
        """Ask something in the inline row."""
        self.counter.check_in_printer.end()
        self._ask = ask
        ask.open(self)

    def close_row(self) -> None:
        """Close the inline row or the parts; keys go to the box again."""
        self.counter.check_in_printer.end()
        done = self._splitting is not None or isinstance(self._ask, KeptAsk | AskAnswer)
        self._ask = None
        self._splitting = None
        if done:
            self.kept_row.changed()
        self.inline.close()
        self.parts.close()
        self.finding.results.display = True
        self.to(self.finding.box)

    async def row_answered(self) -> None:
        """Close the row, and wait until it is not kept any more: what goes into the cart now is not asked for again."""
        self.close_row()
        self.kept_row.changed()
        await self.kept_row.saved()

    async def put_row_away(self) -> None:
        """Hide what is asked about the cart in hand; what is being typed stays kept with it."""
        await self.kept_row.saved()
        self._ask = None
        self._splitting = None
        self.close_row()

    async def go_on_asking(self, cart_id: str) -> None:
        """Ask again what was being typed for a cart in which nothing was yet. Raises Refused where it can't be."""
        if self.hand.held.cart.id != cart_id:
            if not self.hand.empty:
                await self.hand.park()
            self.hand.begin(cart_id)
        await self.counter.go(self.NAME)
        await self.kept_row.bring_back()

    def split(self, n: int, line: AccountLine) -> None:
        """Split a line's amount over its charges by hand."""
        self.close_row()
        self._splitting = n
        self.finding.results.display = False
        self.parts.open(line, self.counter.desk.rules.order)
        self.to(self.parts.field)

    async def _press_parts(self, stroke: Stroke) -> None:
        if stroke.key == "escape":
            self.close_row()
        elif stroke.key in {"enter", "ctrl+j"}:
            line = self.parts.enter()
            other = self.parts.other_amount
            if line is not None and self._splitting is not None:
                self.hand.put(self._splitting, line)
                self.close_row()
                if other:
                    self.counter.tell(f"{line.account} pays {format_cents(line.amount)} now, as its parts add up.")
            elif other:
                self.counter.tell(other, press="Type the reason, or arrow up to the parts.")
        elif not self.parts.move(stroke.key):
            self.parts.field.press(stroke)

    async def ask_tender(self, kind: TenderKind) -> None:
        """Open the row of a tender. One that a card was asked for is answered first."""
        if isinstance(self._ask, AskCard):
            self._ask.ask_answer(self, None if kind is TenderKind.CARD else kind)
            return
        if kind is TenderKind.CARD and self.hand.held.cart.paper is None:
            await self.ask_card()  # the card of a paper receipt was charged when that was written
            return
        self.taking.require_remaining()
        before, typed = self._ask, self.inline.text.value.strip()
        self.ask(AskTender(kind))
        self._tell_not_laid(before, typed, kind)

    async def ask_card(self) -> None:
        """Have a card asked for what remains."""
        before, typed = self._ask, self.inline.text.value.strip()
        await begin_card(self)
        self._tell_not_laid(before, typed, TenderKind.CARD)

    def _tell_not_laid(self, before: Ask | None, typed: str, kind: TenderKind) -> None:
        """Say so where another tender's number was typed before this one was asked."""
        if isinstance(before, AskTender) and typed and before.kind is not kind:
            label = before.kind.reference_label
            self.counter.tell(f"{label} {typed} was not laid.", press="Type it again for it.")
