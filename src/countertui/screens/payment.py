"""The payment: one box on top, what it finds, the ticket, what is due. No dialog in the common case."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual.app import ComposeResult
from textual.containers import Container, Vertical

from countertui.counter.find import FeeAsksAmount, Found, open_account, open_fee
from countertui.counter.take_payment import Taken
from countertui.domain.card_guard import CardNumberRefused
from countertui.domain.money import format_cents
from countertui.domain.receipts import AccountLine, SettlementRefused, remaining, settle, settle_line
from countertui.domain.refusal import Refused
from countertui.domain.tenders import Tender, TenderKind
from countertui.domain.text import TextRefused
from countertui.errors import CounterError
from countertui.screens.area import Area, Command
from countertui.screens.asks import Ask, AskAmount, AskDrop, AskPayor, AskPrice, AskTender
from countertui.screens.cart_in_hand import CartInHand, Held
from countertui.screens.checkout import Checkout
from countertui.screens.lookup import Lookup
from countertui.screens.parts import PartsPanel
from countertui.screens.payment_words import HELP, draw_found, last_words, payment_commands, totals_row
from countertui.widgets.field import Field
from countertui.widgets.inline_row import InlineRow
from countertui.widgets.line_list import LineList
from countertui.widgets.one_box import OneBox
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine
from countertui.widgets.ticket import Ticket, TicketLine


class PaymentArea(Area):
    """Keys go to the box, or to the inline row while it asks something."""

    TITLE = "Payment"
    HELP = HELP

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.box = OneBox()
        self.results: LineList[Found] = LineList(draw_found, id="results")
        self.parts = PartsPanel()
        self.ticket = Ticket()
        self.inline = InlineRow()
        self.totals = TextLine(id="totals")
        self.last = TextLine(id="last")
        self._ticket_title = TextLine(id="ticket-title")
        self._ask: Ask | None = None
        self._splitting: int | None = None
        self._must_read = False

    def compose(self) -> ComposeResult:
        yield self.box
        with Container(id="halves"):
            yield self.results
            yield self.parts
            with Vertical(id="ticket-half"):
                yield self._ticket_title
                yield self.ticket
        yield self.inline
        yield self.totals
        yield self.last

    async def on_mount(self) -> None:
        counter = self.counter
        person = counter.person
        if person is None:
            raise RuntimeError("a payment needs somebody signed on")
        self.hand = CartInHand(counter.desk, person, counter.run_worker, counter.say)
        self.checkout = Checkout(counter.desk, counter.run_worker, self._taken, self._failed)
        self.lookup = Lookup(counter.desk, self._found)
        self.results.picked = self._picked

    async def arrive(self) -> None:
        if not self.hand.held.cart.id:
            await self.hand.fresh()
        if self.at is None and self._ask is None:
            self.to(self.box)
        self.show_cart()

    # Keys --------------------------------------------------------------------------------------------------------------

    def commands(self) -> Sequence[Command]:
        if self._ask is not None or self._splitting is not None or self._must_read:
            return ()
        return payment_commands(self)

    def ring(self) -> Sequence[Field]:
        return self.inline.fields if self._ask is not None else [self.box]

    async def press(self, stroke: Stroke) -> None:
        if self._must_read and not stroke.letter and stroke.key not in {"backspace", "left", "right"}:
            await self._read(stroke)
        elif self._splitting is not None:
            await self._press_parts(stroke)
        elif self._ask is not None:
            used = await self._ask.take(self, stroke)
            if not used and self._ask is None:
                await self.counter.press(stroke)
            elif not used:
                await super().press(stroke)
        elif stroke.pasted is not None:
            await self._paste(stroke)
        elif not (stroke.key in {"up", "down", "pageup", "pagedown"} and self._move(stroke.key)):
            await self._press_box(stroke)
        if self._ask is None:
            self.show_cart()

    async def _press_box(self, stroke: Stroke) -> None:
        try:
            await super().press(stroke)
        except CardNumberRefused:
            await self._only_if_known(self.box.take_doubtful())

    async def _only_if_known(self, doubtful: str) -> None:
        """An exact known number comes before the guard. Raises CardNumberRefused for all else."""
        self.lookup.want("")
        found = await self.lookup.answer(doubtful)
        self.lookup.forget()
        if not any(one.exact for one in found):
            raise CardNumberRefused(
                "That looked like a card number, so it was not kept.",
                press="Cards go through the card terminal. Type its approval code.",
            )
        self.box.accept(doubtful)
        self.typed(self.box)

    async def _paste(self, stroke: Stroke) -> None:
        """Each line of a pasted text is typed and entered, one after the other; the first refusal is told at the end."""
        lines = (stroke.pasted or "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if any(not line.isprintable() for line in lines):
            raise TextRefused(
                "The pasted text holds control characters; none of it was taken.", press="Type it by hand."
            )
        refusals: list[Refused] = []
        for n, line in enumerate(lines):
            try:
                if line:
                    await self._press_box(Stroke(pasted=line, at=stroke.at + n))
                if n < len(lines) - 1:
                    await self.enter(self.box)
            except Refused as refusal:
                refusals.append(refusal)
        if refusals:
            raise refusals[0]

    async def _read(self, stroke: Stroke) -> None:
        """A payment came back: nothing is done until somebody has read that."""
        if stroke.key != "escape":
            raise Refused(
                "Read this first: a payment was NOT taken and its cart is back.", press="Esc goes on with it."
            )
        self._must_read = False
        self.counter.message.clear()

    def _move(self, key: str) -> bool:
        return self.results.press(key) if self.results.items else self.ticket.press(key)

    def _picked(self, n: int) -> None:
        self.results.move(n - (self.results.cursor if self.results.cursor is not None else -1))

    def typed(self, field: Field) -> None:
        if field is self.box:
            self.lookup.want(self.box.value.strip())

    def _found(self, text: str, found: list[Found]) -> None:
        self.results.show(found, hint="Nothing found yet." if text else "")

    async def back(self) -> None:
        if self._ask is not None:
            self.close_row()
        elif self.box.value:
            self._clear_box()
        elif not self.hand.empty:
            self.ask(AskDrop(self.hand.held.name))

    async def enter(self, field: Field) -> None:
        if self._ask is not None:
            await self._ask.enter(self, field)
            self.show_cart()
        elif self.box.value.strip():
            try:
                await self._take(await self._chosen(self.box.value.strip()))
            except Refused:
                self.box.set(self.box.value, selected=True)  # what comes next replaces it
                raise

    # Cart --------------------------------------------------------------------------------------------------------------

    async def _chosen(self, text: str) -> Found:
        """The result under the cursor, else the exact one, else the only one; of several none is guessed."""
        if self.results.current is not None and self.lookup.answered[0] == text:
            return self.results.current
        found = await self.lookup.answer(text)
        exact = [one for one in found if one.exact] or found
        if not exact:
            raise Refused(
                f"Nothing goes by “{text[:24]}”.", "The cart is as it was.", "Type it again, or part of a name."
            )
        if len(exact) > 1:
            self.results.show(found, cursor=0)
            raise Refused(
                f"{len(found)} fit “{text[:24]}”.", "Nothing was added.", "Choose with the arrows, then Enter."
            )
        return exact[0]

    async def _take(self, found: Found) -> None:
        desk = self.counter.desk
        if found.kind == "receipt":
            self._clear_box()
            area = await self.counter.go("receipts")
            await area.show_receipt(found.key)  # type: ignore[attr-defined]
            return
        if found.kind == "fee":
            line = await desk.look(open_fee, found.key)
        else:
            line = await self._account_line(found.key)
        self._clear_box()
        if isinstance(line, FeeAsksAmount):
            self.ask(AskPrice(line))
        else:
            self.hand.add(line)

    async def _account_line(self, number: str) -> AccountLine:
        if any(isinstance(line, AccountLine) and line.account == number for line in self.hand.held.cart.lines):
            raise Refused(f"{number} is already in this cart.", "Nothing was added.", "F4 changes its amount.")
        await self.checkout.settled(number)
        return await self.counter.desk.look(open_account, number)

    def _clear_box(self) -> None:
        self.box.set("")
        self.lookup.forget()
        self.results.show([], hint="")

    @property
    def remaining(self) -> int:
        """What is still to be tendered, in cents; never below zero."""
        return max(0, remaining(self.hand.held.cart, self.hand.held.tenders))

    def show_cart(self) -> None:
        """Show the cart as it is now."""
        held = self.hand.held
        order = self.counter.desk.rules.order
        lines = []
        for line in held.cart.lines:
            try:
                lines.append(TicketLine(line, settle_line(line, order).owed_after))
            except Refused:
                lines.append(TicketLine(line))
        items = [*lines, *(TicketLine(tender) for tender in held.tenders)]
        if items != list(self.ticket.items):
            kept = self.ticket.cursor if len(items) == len(self.ticket.items) else None
            self.ticket.show(items, cursor=kept if kept is not None else len(held.cart.lines) - 1)
        name = f"  from {held.name}" if held.cart.lines else ""
        count = f"  {len(held.cart.lines)} lines" if len(held.cart.lines) > 1 else ""
        self._ticket_title.say(((" Cart", "strong"), (name, ""), (count, "dim")))
        self.totals.say(totals_row(held.cart, held.tenders))

    # Asking ------------------------------------------------------------------------------------------------------------

    def ask(self, ask: Ask) -> None:
        """Ask something in the inline row."""
        self._ask = ask
        ask.open(self)

    def close_row(self) -> None:
        """Close the inline row or the parts; keys go to the box again."""
        self._ask = None
        self._splitting = None
        self.inline.close()
        self.parts.close()
        self.results.display = True
        self.to(self.box)

    def split(self, n: int, line: AccountLine) -> None:
        """Split a line's amount over its charges by hand."""
        self.close_row()
        self._splitting = n
        self.results.display = False
        self.parts.open(line)
        self.to(self.parts.field)

    async def _press_parts(self, stroke: Stroke) -> None:
        if stroke.key == "escape":
            self.close_row()
        elif stroke.key in {"enter", "ctrl+j"}:
            line = self.parts.enter()
            if line is not None and self._splitting is not None:
                self.hand.put(self._splitting, line)
                self.close_row()
        elif not self.parts.move(stroke.key):
            self.parts.field.press(stroke)

    async def ask_tender(self, kind: TenderKind) -> None:
        """Open the row of a tender."""
        self._require_something_to_pay()
        self.ask(AskTender(kind))

    async def exact_cash(self) -> None:
        """Take exact cash for all that remains; with nothing remaining, try the standing tenders again."""
        self._require_something_to_pay(again=True)
        if self.remaining:
            await self.tender(Tender(TenderKind.CASH, self.remaining))  # type: ignore[arg-type]
        else:
            await self._commit(self.hand.held)

    async def change_amount(self) -> None:
        """Ask another amount for the current line."""
        n = self.ticket.cursor
        line = self.hand.held.cart.lines[n] if n is not None and n < len(self.hand.held.cart.lines) else None
        if n is None or line is None:
            raise Refused("There is no line to change.", "", "Find an account first.")
        if not isinstance(line, AccountLine):
            raise Refused("A fee's price is fixed.", "The cart is as it was.", f"Del takes it off; then {line.code}*2.")
        self.ask(AskAmount(n, line))

    async def ask_payor(self) -> None:
        """Ask who pays."""
        self.ask(AskPayor(self.hand.held.name if self.hand.held.cart.lines else ""))

    async def take_off(self) -> None:
        """Take the current line or tender off."""
        if self.ticket.cursor is not None:
            self.hand.remove(self.ticket.cursor)
            self.show_cart()

    async def undo(self) -> None:
        """Go back one change of the cart."""
        if not self.hand.undo():
            raise Refused("There is nothing to undo in this cart.", "", "")
        self.show_cart()

    async def park_or_take(self) -> None:
        """Park the cart; with an empty one, take back the only parked one or list them."""
        if self.hand.held.cart.lines:
            aside = await self.hand.park()
            self.counter.tell(f"The cart of {aside.name} is parked.", press="Ctrl+K takes it back.")
        else:
            await self.hand.saved()
            area = await self.counter.go("carts")
            await area.only_one()  # type: ignore[attr-defined]
        self.show_cart()

    def _require_something_to_pay(self, *, again: bool = False) -> None:
        if self.box.value.strip():
            raise Refused("The box still holds something.", "Nothing was taken.", "Enter takes it, Esc clears it.")
        if not self.hand.held.cart.lines:
            raise Refused("There is nothing to pay for yet.", "", "Find an account or type a fee code.")
        if not self.remaining and not again:
            raise Refused("All of it is tendered.", "Not recorded yet.", "F9 records it; Del takes a tender off.")

    # Taking ------------------------------------------------------------------------------------------------------------

    async def tender(self, tender: Tender) -> None:
        """Lay a tender; once all is covered the payment is taken. Raises SettlementRefused, then nothing was laid."""
        held = Held(self.hand.held.cart, (*self.hand.held.tenders, tender))
        if remaining(held.cart, held.tenders) > 0:
            self.hand.lay(tender)
            self.close_row()
        else:
            await self._commit(held)
        self.show_cart()

    async def _commit(self, held: Held) -> None:
        session = self.counter.session
        if session is None:
            raise SettlementRefused("No drawer is open.", press="F2 opens one.")
        if self.counter.halted:
            raise SettlementRefused(f"Sales are halted: {self.counter.halted[0]}", press="Call support.")
        settle(held.cart, held.tenders, self.counter.desk.rules.order)
        self.close_row()
        self.checkout.commit(session, held)
        self.last.say(((f" Recording {format_cents(held.cart.total)} from {held.name} …", "warn"),))
        await self.hand.fresh()
        self.show_cart()

    def _taken(self, held: Held, taken: Taken) -> None:
        self.last.say(last_words(taken))
        self.counter.print_now()

    def _failed(self, held: Held, error: Refused | CounterError) -> None:
        if getattr(error, "recorded", False):  # the commit's answer was lost, but the record is there
            self.counter.say(error)
            return
        self.counter.hands.put(partial(self._bring_back, held, error))

    async def _bring_back(self, held: Held, error: Refused | CounterError) -> None:
        parked = ""
        if not self.hand.empty:
            aside = await self.hand.park()
            parked = f" The cart of {aside.name} is parked (Ctrl+K)."
        self.close_row()
        self.hand.bring_back(held)
        self._must_read = True
        self.last.say(((f" NOT taken: {format_cents(held.cart.total)} from {held.name}", "bad"),))
        self.counter.message.refuse(
            f"NOT TAKEN, {held.name}: {error.happened}", f"Its cart is back.{parked}", f"Esc, then: {error.press}"
        )
        self.show_cart()
