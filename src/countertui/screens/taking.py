"""Taking: tenders laid beside the cart, the payment recorded beside the hands, and a failed one brought back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from countertui.counter.cart import Held
from countertui.counter.sign_on import second_person
from countertui.counter.station import Person
from countertui.counter.take_payment import CartChanged, Taken
from countertui.counter.tenders_allowed import TenderNotAllowed, approvable, tenders_broken
from countertui.domain.card_slips import CardSlip
from countertui.domain.cash_rounding import due_in, left
from countertui.domain.money import Cents, format_cents
from countertui.domain.paper_books import PaperReceipt
from countertui.domain.receipts import DrawLine, SettlementRefused, pays_fees_by_draw, require_covered, settle
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act
from countertui.domain.tender_rules import Breach, concern
from countertui.domain.tender_rules import Field as Needed
from countertui.domain.tenders import Tender, TenderKind
from countertui.errors import CounterError
from countertui.screens.asks import AskLead, AskTender
from countertui.screens.cart_in_hand import CartInHand
from countertui.screens.check_tender import SameChecks
from countertui.screens.checkout import Checkout
from countertui.screens.credential import second_credential
from countertui.screens.payment_words import last_words
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from countertui.screens.payment import PaymentArea


class Taking:
    """As soon as the tenders cover what is due, the payment is asked for, once; the next cart is already there."""

    def __init__(self, area: PaymentArea, hand: CartInHand) -> None:
        self._area = area
        self._hand = hand
        self._counter = area.counter
        self.checkout = Checkout(self._counter.desk, self._counter.run_worker, self._taken, self._failed)
        self.last = TextLine(dom_id="last", names_keys=True)
        self.unread: Refused | None = None
        self.unknown: dict[str, Held] = {}
        """Carts of which nobody knows whether they are recorded, by id: never taken again before a restart tells."""
        self._not_saved: CounterError | None = None
        self.same_checks = SameChecks()
        self._approved: dict[str, tuple[Person, frozenset[Breach]]] = {}
        """Who lets which of the city's rules of tenders be, by the cart's id."""
        self.doubted: set[str] = set()
        """Carts for which a card may have been charged already: no tender is laid without asking."""
        self._answered: dict[str, Person] = {}
        """Who answers for a paper receipt of no book known here, by the cart's id."""

    @property
    def remaining(self) -> Cents:
        """What the tenders laid don't cover, in cents, rounded where one is cash; never below zero."""
        return Cents(max(0, self._left(self._hand.held)))

    def due(self, kind: TenderKind) -> Cents:
        """What is still to be tendered, if it is by this kind, in cents; never below zero."""
        held, rules = self._hand.held, self._counter.desk.rules.tenders
        return due_in(kind, held.cart.total, held.tenders, rules.rounding)

    def _left(self, held: Held) -> Cents:
        return left(held.cart.total, held.tenders, self._counter.desk.rules.tenders.rounding)

    def require_something_to_pay(self) -> None:
        """Raise Refused while the box holds something, or nothing is due."""
        if self._area.finding.text:
            raise Refused("The box still holds something.", "Nothing was taken.", "Enter takes it, Esc clears it.")
        if not self._hand.held.cart.lines:
            raise Refused("There is nothing to pay for yet.", "", "Find an account or type a fee code.")

    def require_remaining(self) -> None:
        """Raise Refused where all is tendered, as after a payment that came back."""
        self.require_something_to_pay()
        if not self._hand.held.cart.total and not any(isinstance(x, DrawLine) for x in self._hand.held.cart.lines):
            raise Refused("Nothing is due in this cart.", "", "F4 types an amount; Del takes a line off.")
        if not self.remaining:
            raise Refused("All of it is tendered.", "Not recorded yet.", "F9 records it; Del takes a tender off.")

    async def exact_cash(self) -> None:
        """Take exact cash for all that remains; with nothing remaining, record the standing tenders."""
        self.require_something_to_pay()
        if self.remaining:
            exact = self.due(TenderKind.CASH)
            if not exact:
                raise Refused("What remains is less than the smallest coin taken.", "Nothing was taken.", "F6 to F8.")
            await self.tender(Tender(TenderKind.CASH, exact))
        else:
            await self._require_allowed(self._hand.held, "tenders", self.exact_cash)
            await self._commit(self._hand.held)

    async def tender(self, tender: Tender) -> None:
        """Lay a tender; once all is covered, take the payment. Raises SettlementRefused, and nothing was laid.

        A check that was taken today already is asked about first. What the city's rules don't let this be paid with
        raises TenderNotAllowed; where a lead may let it be, it asks for one.
        """
        if await self.same_checks.asks(self._area, tender):
            return
        held = Held(self._hand.held.cart, (*self._hand.held.tenders, tender))
        await self._require_allowed(held, tender.kind.label.lower(), partial(self.tender, tender))
        if self._left(held) > 0:
            await self._area.row_answered()
            self._hand.lay(tender)
        else:
            await self._commit(held)

    async def draw(self, line: DrawLine) -> None:
        """Let a deposit pay; once nothing is left, take the payment."""
        await self._area.row_answered()
        self._hand.add(line)
        if not self.remaining:
            await self.exact_cash()

    def require_covered(self, tender: Tender) -> None:
        """Raise SettlementRefused where this tender would take more than is due, and no change is given for that."""
        held = self._hand.held
        laid = (*held.tenders, tender)
        require_covered(Cents(-self._left(Held(held.cart, laid))), laid, self._counter.desk.rules.tenders)

    async def require_card_allowed(self, then: Callable[[], Awaitable[None]]) -> None:
        """Raise TenderNotAllowed, as `tender` does, before a card is charged at all: what its slip says comes later."""
        held = self._hand.held
        card = Tender(TenderKind.CARD, self.due(TenderKind.CARD), slip=CardSlip("", ""))
        await self._require_allowed(Held(held.cart, (*held.tenders, card)), "card", then)

    async def _require_allowed(self, held: Held, what: str, then: Callable[[], Awaitable[None]]) -> None:
        """Raise TenderNotAllowed for what of the rules nobody let be yet, having asked for a lead who may."""
        session = self._counter.session
        cards = held.cart.id in self.doubted or any(tender.kind is TenderKind.CARD for tender in held.tenders)
        concerned = concern(self._counter.desk.rules.tenders, held.tenders) or pays_fees_by_draw(held.cart)
        if session is None or not (cards or concerned):
            return  # without a drawer nothing is recorded
        found = await self._counter.desk.look(tenders_broken, session.biz_date, held.cart, held.tenders)
        _, let_be = self._approved.get(held.cart.id, (None, frozenset[Breach]()))
        if let_be.issuperset(found):
            return
        laid = "Nothing was recorded." if what == "tenders" else f"The {what} was not laid."
        if not approvable(found):
            self._point_at_lacking(found, laid)
            raise TenderNotAllowed(
                found, laid, "Esc, then another tender (F5 to F8); Del takes a line or a tender off."
            )
        self._area.ask(AskLead(found, what, then, self._as_asked()))
        raise TenderNotAllowed(found, laid, "Esc, then another tender; or a lead approves it with id and PIN.")

    def _as_asked(self) -> Callable[[], None]:
        """A way back to the tender that is being typed, as it is typed; nothing where none is."""
        asked, put_back = self._area.asking, self._area.inline.as_typed()

        def again() -> None:
            if isinstance(asked, AskTender):
                self._area.ask(asked)
                put_back()

        return again

    def _point_at_lacking(self, found: Sequence[Breach], laid: str) -> None:
        """Raise TenderNotAllowed with the keys at the field of the row that is all the tender lacks, if that is all.

        They would stand at its reference else, where what is typed replaces a charged card's approval code.
        """
        lacking = [breach.lacks for breach in found if breach.lacks is not None]
        if self._area.asking is not None and len(lacking) == len(found):
            row = self._area.inline
            self._area.to({Needed.MICR: row.micr, Needed.SLIP: row.slip}[lacking[0]])
            raise TenderNotAllowed(found, laid, "Type that, Enter; or Esc, then another tender.")

    async def approve(self, found: Sequence[Breach], then: Callable[[], Awaitable[None]]) -> None:
        """Let the lead whose id and PIN stand in the row answer for what is broken of the rules, then go on.

        Raises WrongPin, OperatorLocked, NotAllowed.
        """
        person, cart_id = self._counter.person, self._hand.held.cart.id
        if person is None:
            return
        row = self._area.inline
        with second_credential(row.text, row.pin, self._area.to) as (lead, pin):
            approver = await self._counter.desk.job(second_person, lead, pin, Act.APPROVE, (person.id,))
        self._approved[cart_id] = approver, frozenset(found)
        self._area.close_row()
        await then()

    async def key_in(self, paper: PaperReceipt, lead: Person | None) -> None:
        """Let the cart in hand be what a paper receipt says; `lead` answers for one of no book known here.

        Raises Refused where another payment is in hand.
        """
        if not self._hand.held.cart.id:
            await self._hand.fresh()
        if not self._hand.empty and self._hand.held.cart.paper is None:
            raise Refused(
                f"The cart of {self._hand.held.name} is in hand.", "It is as it was.", "F2, then Ctrl+K parks it."
            )
        self._hand.key_in(paper)
        self._answered.pop(self._hand.held.cart.id, None)
        if lead is not None:
            self._answered[self._hand.held.cart.id] = lead

    async def read(self, stroke: Stroke) -> None:
        """A payment went wrong: nothing is done until somebody has read that and pressed Esc."""
        if self.unread is not None and stroke.key != "escape":
            raise self.unread
        self.unread = None
        self._counter.message.clear()
        if self._not_saved is not None:
            error, self._not_saved = self._not_saved, None
            raise error

    def save_failed(self, error: CounterError) -> None:
        """A cart's change couldn't be saved: said at once, or once what went wrong with a payment was read."""
        if self.unread is None:
            self._counter.say(error)
        else:
            self._not_saved = error

    async def _commit(self, held: Held) -> None:
        session = self._counter.session
        if session is None:
            raise SettlementRefused("No drawer is open.", press="F2 opens one.")
        if self._counter.starting.halted:
            raise SettlementRefused(f"Sales are halted: {self._counter.starting.halted[0]}", press="Call support.")
        rules = self._counter.desk.rules
        settle(held.cart, held.tenders, rules.order, rules.tenders)
        self._area.close_row()
        by, _ = self._approved.get(held.cart.id, (None, ()))
        lead = by or self._answered.get(held.cart.id)
        self.checkout.commit(session, held, lead)
        self.last.say(((f" Recording {format_cents(held.cart.total)} from {held.name} …", "warn"),))
        await self._hand.fresh()

    def _taken(self, held: Held, taken: Taken) -> None:
        self.last.say(last_words(taken, held.cart))
        self._counter.devices.after(taken)

    def _failed(self, held: Held, error: Refused | CounterError) -> None:
        recorded: bool | None = getattr(error, "recorded", False)  # only a commit that erred says it otherwise
        if recorded is None:
            self.unknown[held.cart.id] = held
            self._counter.store_is_lost = True
        tell = {True: self._tell_recorded, False: self._bring_back, None: self._set_aside}[recorded]
        self._counter.hands.put(partial(tell, held, error))

    async def _tell_recorded(self, held: Held, error: Refused | CounterError) -> None:
        change = max(0, -self._left(held))
        total = format_cents(held.cart.total)
        self.last.say(
            (
                (f" RECORDED, not on paper yet: {total} from {held.name}  ", "warn"),
                (f" CHANGE {format_cents(change)} ", "change" if change else "strong"),
            )
        )
        await self._wait_until_read(f"RECORDED, {held.name}, {total}", "Its cart does not come back.", error)

    async def _set_aside(self, held: Held, error: Refused | CounterError) -> None:
        total = format_cents(held.cart.total)
        self.last.say(((f" NOT KNOWN whether recorded: {total} from {held.name}; set aside (Ctrl+K)", "bad"),))
        await self._wait_until_read(
            f"NOT KNOWN whether it is recorded, {held.name}, {total}", "Its cart is set aside; don't take it.", error
        )

    async def _bring_back(self, held: Held, error: Refused | CounterError) -> None:
        back = "Its cart is back."
        if not self._hand.empty:
            aside = await self._hand.park()
            back += f" The cart of {aside.name} is parked (Ctrl+K)."
        self._area.close_row()
        changes = await self._hand.bring_back_renewed(held)
        self.last.say(((f" NOT taken: {format_cents(held.cart.total)} from {held.name}", "bad"),))
        if changes and isinstance(error, CartChanged):
            error = _as_it_is_now(self._hand.held, self._left(self._hand.held), changes)
        elif changes:
            back += f" {' '.join(changes)}"
        await self._wait_until_read(f"NOT TAKEN, {held.name}", back, error)

    async def _wait_until_read(self, what: str, cart: str, error: Refused | CounterError) -> None:
        safe = f"{cart} {error.safe}".rstrip()
        self.unread = Refused(f"{what}: {error.happened}", safe, f"Esc, then: {error.press}")
        await self._counter.go("payment")
        self._counter.say(self.unread)


def _as_it_is_now(held: Held, still: Cents, changes: Sequence[str]) -> Refused:
    """What changed in a cart since it was tendered for, its figures now, and the key that goes on from there."""
    due, tendered = format_cents(held.cart.total), format_cents(sum(tender.cents for tender in held.tenders))
    again = f"F5 to F9 take the {format_cents(still)} that remains" if still > 0 else "F9 takes it as it is now"
    return Refused(
        " ".join(changes), f"Due {due} now, tendered {tendered}.", f"{again}; Del takes a line or a tender off."
    )
