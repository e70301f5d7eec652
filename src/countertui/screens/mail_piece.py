"""A piece of mail: the accounts that it pays, what was sent, and its receipt; a lead lets a refused tender be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical

from countertui.counter.cart import new_cart
from countertui.counter.checks_taken import taken_today
from countertui.counter.find import open_account, with_amount
from countertui.counter.sign_on import second_person
from countertui.counter.station import Person
from countertui.counter.take_payment import take_payment
from countertui.counter.tenders_allowed import TenderNotAllowed, approvable
from countertui.domain.dates import us_date
from countertui.domain.micr import MicrRefused, read_micr
from countertui.domain.money import format_cents, parse_amount
from countertui.domain.receipts import AccountLine, Cart
from countertui.domain.reference import AccountKind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act
from countertui.domain.tenders import Tender, TenderKind, checked_tender
from countertui.errors import CounterError
from countertui.screens.also_open import tell_of_piece
from countertui.screens.area import Command
from countertui.screens.credential import second_credential
from countertui.screens.kept_piece import KeptPiece
from countertui.screens.mail_words import kept_row, piece_row, postmark_typed
from countertui.widgets.field import Field
from countertui.widgets.inline_row import InlineRow
from countertui.widgets.second_person import SecondPerson
from countertui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from countertui.domain.check_line import CheckLine
    from countertui.screens.mail import MailArea

KINDS = {
    "f5": ("Cash", TenderKind.CASH),
    "f6": ("Check", TenderKind.CHECK),
    "f8": ("M.order", TenderKind.MONEY_ORDER),
}


class Piece(Vertical):
    """Its account is found in the area's box, what was sent is asked in a row; F4 finds another account for the same.

    line: the account that is asked about. kept: accounts that the check in hand pays, before that one. cart: its id
    becomes the receipt's, and it knows the postmark, if one was typed.
    """

    def __init__(self, area: MailArea) -> None:
        super().__init__(id="mail-piece-row")
        self._area = area
        self.row = InlineRow()
        self.lead = SecondPerson("mail-lead")
        self._says = TextLine(dom_id="mail-piece")
        self.line: AccountLine | None = None
        self.kept: tuple[AccountLine, ...] = ()
        self.cart = Cart("")
        self.kind = TenderKind.CHECK
        self._seen_twice: Tender | None = None
        """A check that was taken today already, and is asked about."""
        self._marking = False
        """Whether the postmark is asked for."""
        self._refused: tuple[Cart, Tender] | None = None
        """What the city's rules refuse, and a lead is asked about."""

    def compose(self) -> ComposeResult:
        self.kept_texts = KeptPiece(self, self._area)
        yield self._says
        yield self.row
        yield self.lead

    # What is asked

    @property
    def begun(self) -> bool:
        """Whether there is something that Esc would drop."""
        return self.line is not None or bool(self.kept)

    @property
    def fields(self) -> list[Field]:
        """The fields in the order of Tab."""
        if self._refused is not None:
            return [self.lead.operator, self.lead.pin]
        return [self._area.finding.box] if self.line is None else self.row.fields

    def commands(self) -> Sequence[Command]:
        """What keys do now."""
        if self._refused is not None:
            return ()
        if self.line is None:
            return [Command("f9", "Close", "Close the batch, once it agrees.", self._area.close, on_bar=True)]
        kinds = [
            Command(key, label, f"This piece is: {kind.label.lower()}.", partial(self._is, kind), on_bar=True)
            for key, (label, kind) in KINDS.items()
        ]
        if self._marking:
            return ()
        mark = Command("ctrl+o", "Postmark", "Its postmark: what is late goes by it.", self._mark, on_bar=True)
        postmark = [mark] if self.line.account_kind == AccountKind.LICENSE else []
        more = Command("f4", "Another", "The same check pays one more account.", self._another, on_bar=True)
        return [more, *kinds, *postmark]

    async def enter(self, field: Field) -> None:
        """Enter was pressed in a field. Raises Refused; the piece stays as typed."""
        if field is self.lead.operator:
            self._area.step(1)
        elif field is self.lead.pin:
            await self._approve()
        elif self._marking:
            await self._marked()
        elif self.line is not None:
            await self._take()
        elif self._area.finding.text:
            await self._choose()

    async def back(self) -> None:
        """Esc was pressed: of a lead it goes back to the row, of a row it drops the piece."""
        if self._refused is not None:
            self._stop_asking_a_lead()
            self._area.to(self.row.fields[0])
        elif self._marking and self.line is not None:
            self._marking = False
            self._ask_row(self.line)
        else:
            self._area.next()
            self.kept_texts.changed()

    def typed(self, field: Field) -> None:
        """A field's text changed."""
        if field in (self.row.text, self.row.amount):
            self.kept_texts.changed()

    def clear(self) -> None:
        """Empty the row; what was typed of a piece stays kept."""
        self._stop_asking_a_lead()
        self.kept, self.line, self._seen_twice, self._marking = (), None, None, False
        self.row.close()
        self.show()

    def show(self) -> None:
        """Show the piece as it is."""
        self.row.display = self.line is not None and self._refused is None
        self._says.say(
            piece_row(self.line, self.kept, self.cart.postmarked) if self.line is not None else kept_row(self.kept)
        )

    async def fill(self, line: CheckLine) -> None:
        """A check was read. Raises Refused while no check is asked."""
        if self.line is None or self.kind is not TenderKind.CHECK or self._refused is not None or self._marking:
            raise Refused("A check was read before its account.", "Nothing of it was kept.", "Account first, then it.")
        self.row.micr.fill(line.micr)
        if line.number:
            self.row.text.set(line.number)
        self._area.to(self.row.amount if self.row.text.value else self.row.text)

    def put_back(self, cart: Cart, kind: TenderKind, line: AccountLine | None, kept: Sequence[AccountLine]) -> None:
        """Let a piece be in hand again that was begun before, under its cart's id."""
        self.cart, self.kind, self.kept, self.line = cart, kind, tuple(kept), line
        self._area.finding.clear()
        if line is not None:
            self._ask_row(line)
        self._area.show_step()

    # Its accounts

    async def ask(self, number: str) -> None:
        """Ask what was sent for an account. Raises Refused where the check in hand pays it already."""
        if any(line.account == number for line in self.kept):
            raise Refused(f"This check pays {number} already.", "Nothing was added.", "Type the other account.")
        if not self.kept:
            self.cart = await self._area.counter.desk.job(new_cart)
            self.kind = TenderKind.CHECK
        self.line = await self._area.counter.desk.look(
            open_account, number, self._area.session.operator, self.cart.postmarked
        )
        self._seen_twice = None
        self._area.finding.clear()
        self._ask_row(self.line)
        self.kept_texts.changed()
        await tell_of_piece(self._area.counter, self.cart.id, self.line)

    async def _choose(self) -> None:
        finding = self._area.finding
        try:
            found = await finding.chosen()
            if found.kind != "account":
                raise Refused("A piece of mail pays an account.", "Nothing was added.", "Type its number or name.")
        except Refused:
            finding.typed_anew()
            raise
        await self.ask(found.key)

    def _ask_row(self, line: AccountLine) -> None:
        row, number = self.row, self.row.text.value if self.kept else ""
        micr = "MICR" if self.kind is TenderKind.CHECK else None
        row.ask(f"{self.kind.label}:", text=self.kind.reference_label or None, amount="Amount", micr=micr)
        row.text.set(number)
        row.amount.set(format_cents(line.amount), selected=True)
        self._area.show_step()
        self._area.to(row.fields[0] if not number else row.amount)

    async def _is(self, kind: TenderKind) -> None:
        if self.kept:
            raise Refused("The check in hand pays several accounts.", "It is as it was.", "Esc drops it.")
        self.kind = kind
        if self.line is not None:
            self._ask_row(self.line)
        self.kept_texts.changed()

    async def _mark(self) -> None:
        """Ask for the postmark."""
        self._marking = True
        self.row.ask("Postmarked on", text="Day, like 8/3/2026; empty for none")
        if self.cart.postmarked:
            self.row.text.set(us_date(self.cart.postmarked), selected=True)
        self._area.to(self.row.text)

    async def _marked(self) -> None:
        """Have what is late or early worked out by the postmark. Raises Refused for what is no day or lies ahead."""
        line, typed = self.line, self.row.text.value.strip()
        if line is None:
            return
        with self._area.naming(self.row.text):
            day = postmark_typed(typed, self._area.session.biz_date) if typed else ""
        look, by = self._area.counter.desk.look, self._area.session.operator
        kept = [replace(await look(open_account, one.account, by, day), amount=one.amount) for one in self.kept]
        self.line = await look(open_account, line.account, by, day)
        self.cart, self.kept, self._marking = replace(self.cart, postmarked=day), tuple(kept), False
        self._ask_row(self.line)
        self.kept_texts.changed()
        await tell_of_piece(self._area.counter, self.cart.id, self.line)

    async def _another(self) -> None:
        """Keep what this account gets of the check; the next account is found."""
        self.kept = (*self.kept, self._line_as_typed())
        self.line = None
        self._area.show_step()
        self._area.to(self._area.finding.box)
        self.kept_texts.changed()

    def _line_as_typed(self) -> AccountLine:
        if self.line is None:
            raise Refused("There is no account yet.", "Nothing was taken.", "Type its number or name.")
        with self._area.naming(self.row.amount):
            cents = parse_amount(self.row.amount.value)
            if not cents:
                raise Refused("An amount of zero pays nothing.", "Nothing was taken.", "Type what was sent; or Esc.")
        return with_amount(self.line, cents)

    # Its receipt

    async def _take(self) -> None:
        """Record the piece and go on with the next."""
        batch, row = self._area.open_batch, self.row
        if batch is None:
            return
        cart = replace(self.cart, lines=(*self.kept, self._line_as_typed()), remittance=batch.batch.id)
        if self.kind.reference_label and not row.text.value.strip():
            self._area.to(row.text)
        try:
            micr = read_micr(row.micr.value)
        except MicrRefused:
            self._area.to(row.micr)
            raise
        tender = checked_tender(self.kind, cart.total, row.text.value, micr)
        await self._ask_if_seen(tender)
        await self._record(cart, tender)

    async def _ask_if_seen(self, tender: Tender) -> None:
        if tender.micr is None or tender == self._seen_twice:
            return
        seen = await self._area.counter.desk.look(taken_today, tender.micr, tender.reference)
        if seen is not None:
            self._seen_twice = tender
            raise Refused(seen.words, "Nothing was taken.", "Esc drops it; Enter takes it once more.")

    async def _record(self, cart: Cart, tender: Tender, lead: Person | None = None) -> None:
        area = self._area
        try:
            taken = await area.counter.desk.job(take_payment, area.session, cart, (tender,), lead)
        except TenderNotAllowed as refusal:
            raise self._refused_tender(cart, tender, refusal) from refusal
        except CounterError as error:
            recorded: bool | None = getattr(error, "recorded", False)  # only a commit that erred says it otherwise
            if recorded is False:
                raise
            raise area.wait_until_read(cart, error, recorded=bool(recorded)) from error
        area.taken(taken, cart)

    def _refused_tender(self, cart: Cart, tender: Tender, refusal: TenderNotAllowed) -> Refused:
        """What is said of a tender that the city's rules refuse; where a lead may let it be, one is asked."""
        if not refusal.breaches or not approvable(refusal.breaches):
            press = "Esc, and set the piece aside: a lead takes it at F2, or accepts the difference."
            return Refused(refusal.happened, "Nothing was taken.", press)
        self._refused = cart, tender
        self.lead.ask(f"A lead approves the {tender.kind.label.lower()}:")
        self._area.show_step()
        self._area.to(self.lead.operator)
        press = "A lead types id and PIN; or Esc, Esc, and set the piece aside."
        return Refused(refusal.happened, "Nothing was taken.", press)

    async def _approve(self) -> None:
        """Take what was refused with the lead's name in its record. Raises WrongPin, OperatorLocked, NotAllowed."""
        if self._refused is None:
            return
        area, (cart, tender) = self._area, self._refused
        with second_credential(self.lead.operator, self.lead.pin, area.to) as (lead, pin):
            approver = await area.counter.desk.job(second_person, lead, pin, Act.APPROVE, (area.session.operator,))
        self._stop_asking_a_lead()
        area.to(self.row.fields[0])
        await self._record(cart, tender, approver)

    def _stop_asking_a_lead(self) -> None:
        self._refused = None
        self.lead.clear()
        self.show()
