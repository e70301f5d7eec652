"""Mail and the dropbox: a batch is counted, opened, keyed in piece by piece, and closed once it agrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from countertui.counter.cart import new_cart
from countertui.counter.checks_taken import taken_today
from countertui.counter.find import open_account, with_amount
from countertui.counter.remittances import Running, close_remittance, open_remittance, running
from countertui.counter.sign_on import second_person
from countertui.counter.take_payment import Taken, take_payment
from countertui.counter.tenders_allowed import TenderNotAllowed
from countertui.domain.micr import MicrRefused, read_micr
from countertui.domain.money import format_cents, parse_amount
from countertui.domain.receipts import AccountLine, Cart
from countertui.domain.refusal import Refused
from countertui.domain.remittances import Origin, RemittanceOff, RemittanceRefused
from countertui.domain.rights import Act
from countertui.domain.tenders import Tender, TenderKind, checked_tender
from countertui.errors import CounterError
from countertui.screens.area import Area, Command
from countertui.screens.credential import second_credential
from countertui.screens.finding import Finding
from countertui.screens.mail_words import HELP, kept_row, last_row, not_told, piece_row, progress_row
from countertui.widgets.field import Field
from countertui.widgets.inline_row import InlineRow
from countertui.widgets.second_person import SecondPerson
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from countertui.counter.scans import Scanned
    from countertui.counter.station import Session
    from countertui.domain.check_line import CheckLine

ORIGINS = {"1": Origin.MAIL, "m": Origin.MAIL, "2": Origin.DROPBOX, "d": Origin.DROPBOX}
KINDS = {
    "f5": ("Cash", TenderKind.CASH),
    "f6": ("Check", TenderKind.CHECK),
    "f8": ("M.order", TenderKind.MONEY_ORDER),
}


class MailArea(Area):
    """One thing at a time: a form that opens a batch, the box, a piece's row, or the question about a difference."""

    NAME = "mail"
    TITLE = "Mail and dropbox"
    HELP = HELP

    def __init__(self) -> None:
        super().__init__()
        self.origin = Field("From: 1 mail, 2 dropbox", dom_id="mail-origin", most=1)
        self.pieces = Field("Pieces                 ", dom_id="mail-pieces", most=4, hint="how many were counted")
        self.control = Field("Control total          ", dom_id="mail-control", most=24, hint="what they add up to")
        self.inline = InlineRow()
        self.reason = Field("Why is that accepted", dom_id="mail-reason", most=120)
        self.second = SecondPerson("mail-second")
        self._title = TextLine(classes="title")
        self._piece = TextLine(dom_id="mail-piece")
        self._progress = TextLine(dom_id="mail-progress")
        self._last = TextLine(dom_id="mail-last")
        self._batch: Running | None = None
        self._kept: tuple[AccountLine, ...] = ()
        """Accounts that the check in hand pays, before the one that is asked about."""
        self._line: AccountLine | None = None
        self._cart = Cart("")
        self._kind = TenderKind.CHECK
        self._seen_twice: Tender | None = None
        """A check that was taken today already, and is asked about."""
        self._accepting = False
        self._unread: Refused | None = None
        """What went wrong with a piece that is recorded, or may be: nothing is done until somebody read it."""

    def compose(self) -> ComposeResult:
        self.finding = Finding(self.counter.desk, self.counter.run_worker)
        yield self._title
        yield from (self.origin, self.pieces, self.control)
        yield self.finding.box
        yield self.finding.results
        yield self._piece
        yield self.inline
        yield self.reason
        yield self.second
        yield self._progress
        yield self._last

    async def arrive(self) -> None:
        self._batch = await self.counter.desk.look(running, self._session)
        self._last.say()
        self._next()

    async def put_away(self) -> None:
        self.second.clear()
        self.inline.close()

    @property
    def _session(self) -> Session:
        if self.counter.session is None:
            raise Refused("No drawer is open.", press="F2 opens one.")
        return self.counter.session

    # Keys

    def commands(self) -> Sequence[Command]:
        if self._unread is not None:
            return ()
        if self._batch is None:
            return [Command("f9", "Open", "Open the batch with what was counted.", self._open, on_bar=True)]
        if self._accepting:
            return [Command("f9", "Accept", "A lead accepts the difference.", self._accept, on_bar=True)]
        if self._line is None:
            return [Command("f9", "Close", "Close the batch, once it agrees.", self._close, on_bar=True)]
        kinds = [
            Command(key, label, f"This piece is: {kind.label.lower()}.", partial(self._is, kind), on_bar=True)
            for key, (label, kind) in KINDS.items()
        ]
        more = Command("f4", "Another", "The same check pays one more account.", self._another, on_bar=True)
        return [more, *kinds]

    def ring(self) -> Sequence[Field]:
        if self._batch is None:
            return [self.origin, self.pieces, self.control]
        if self._accepting:
            return [self.reason, self.second.operator, self.second.pin]
        return [self.finding.box] if self._line is None else self.inline.fields

    async def press(self, stroke: Stroke) -> None:
        if self._unread is not None:
            if stroke.key != "escape":
                raise self._unread
            self._unread = None
        elif self.at is not self.finding.box or stroke.key in {"escape", "enter", "ctrl+j"}:
            await super().press(stroke)
        else:
            await self.finding.press(stroke)

    async def back(self) -> None:
        if self._accepting or self._line is not None or self._kept:
            self._next()
        elif self._batch is not None and self.finding.box.value:
            self.finding.clear()
        else:
            await self.counter.go_home()

    async def enter(self, field: Field) -> None:
        if field in {self.origin, self.pieces} or (self._accepting and field is not self.second.pin):
            self.step(1)
        elif field is self.control:
            await self._open()
        elif field is self.second.pin:
            await self._accept()
        elif self._line is not None:
            await self._take()
        elif self.finding.text:
            await self._choose()

    async def take_scan(self, scanned: Scanned) -> None:
        """A stub, or an account's number, begins a piece. Raises Refused while something is asked."""
        if self._unread is not None:
            raise self._unread
        if self._batch is None or self._accepting or self._line is not None:
            raise Refused("A scan came while something is asked.", "Nothing was added.", "Answer it; scan again.")
        if scanned.kind != "account":
            raise Refused("That is no bill.", "Nothing was added.", "F3, then scan the receipt.")
        await self._ask(scanned.key)

    async def take_check(self, line: CheckLine) -> None:
        """Fill the row of the piece. Raises Refused while no check is asked."""
        if self._line is None or self._kind is not TenderKind.CHECK:
            raise Refused("A check was read before its account.", "Nothing of it was kept.", "Account first, then it.")
        self.inline.micr.fill(line.micr)
        if line.number:
            self.inline.text.set(line.number)
        self.to(self.inline.amount if self.inline.text.value else self.inline.text)

    # A batch

    async def _open(self) -> None:
        with self.naming(self.origin):
            origin = ORIGINS.get(self.origin.value.strip().lower())
            if origin is None:
                raise RemittanceRefused("The pieces come from the mail or the dropbox.", "", "Type 1 or 2.")
        with self.naming(self.control):
            cents = parse_amount(self.control.value)
        with self.naming(self.pieces):
            opened = await self.counter.desk.job(open_remittance, self._session, origin, self.pieces.value, cents)
        self._batch = opened
        self._next()
        control = opened.batch.control.words
        self.counter.tell(f"The batch is open: {control}.", press="Account, Enter; check no., Enter.")

    async def _close(self) -> None:
        if self._batch is None:
            return
        if self.finding.text or self._kept:
            raise Refused("A piece is begun.", "The batch stays open.", "Finish it, or Esc drops it.")
        try:
            await self._tell_closed(await self.counter.desk.job(close_remittance, self._session, self._batch.batch))
        except RemittanceOff:
            self._accepting = True
            self.second.ask("A lead accepts it:")
            self._show()
            self.to(self.reason)
            raise

    async def _accept(self) -> None:
        if self._batch is None:
            return
        if not self.reason.value.strip():
            self.to(self.reason)
            raise RemittanceRefused("A difference needs a reason.", "The batch stays open.", "Type why; or Esc.")
        with second_credential(self.second.operator, self.second.pin, self.to) as (lead, pin):
            approver = await self.counter.desk.job(second_person, lead, pin, Act.APPROVE, (self._session.operator,))
        batch, reason = self._batch.batch, self.reason.value
        found = await self.counter.desk.job(close_remittance, self._session, batch, approver, reason)
        await self._tell_closed(found)

    async def _tell_closed(self, found: Running) -> None:
        self._batch = None
        self._next()
        await self.counter.go_home()
        off = f" {found.off[0].upper()}{found.off[1:]}: accepted." if found.off else " It agrees."
        self.counter.tell(f"The batch is closed: {found.taken.words}.{off}")

    # A piece

    async def _choose(self) -> None:
        try:
            found = await self.finding.chosen()
            if found.kind != "account":
                raise Refused("A piece of mail pays an account.", "Nothing was added.", "Type its number or name.")
        except Refused:
            self.finding.typed_anew()
            raise
        await self._ask(found.key)

    async def _ask(self, number: str) -> None:
        """Ask what was sent for an account."""
        if any(line.account == number for line in self._kept):
            raise Refused(f"This check pays {number} already.", "Nothing was added.", "Type the other account.")
        self._line = await self.counter.desk.look(open_account, number)
        if not self._kept:
            self._cart = await self.counter.desk.job(new_cart)
            self._kind = TenderKind.CHECK
        self._seen_twice = None
        self.finding.clear()
        self._ask_row()

    def _ask_row(self) -> None:
        if self._line is None:
            return
        row, number = self.inline, self.inline.text.value if self._kept else ""
        micr = "MICR" if self._kind is TenderKind.CHECK else None
        row.ask(f"{self._kind.label}:", text=self._kind.reference_label or None, amount="Amount", micr=micr)
        row.text.set(number)
        row.amount.set(format_cents(self._line.amount), selected=True)
        self._show()
        self.to(row.fields[0] if not number else row.amount)

    async def _is(self, kind: TenderKind) -> None:
        if self._kept:
            raise Refused("The check in hand pays several accounts.", "It is as it was.", "Esc drops it.")
        self._kind = kind
        self._ask_row()

    async def _another(self) -> None:
        """Keep what this account gets of the check; the next account is found."""
        self._kept = (*self._kept, self._line_as_typed())
        self._line = None
        self._show()
        self.to(self.finding.box)

    def _line_as_typed(self) -> AccountLine:
        if self._line is None:
            raise Refused("There is no account yet.", "Nothing was taken.", "Type its number or name.")
        with self.naming(self.inline.amount):
            cents = parse_amount(self.inline.amount.value)
            if not cents:
                raise Refused("An amount of zero pays nothing.", "Nothing was taken.", "Type what was sent; or Esc.")
        return with_amount(self._line, cents)

    async def _take(self) -> None:
        """Record the piece and go on with the next."""
        if self._batch is None:
            return
        row = self.inline
        cart = replace(self._cart, lines=(*self._kept, self._line_as_typed()), remittance=self._batch.batch.id)
        if self._kind.reference_label and not row.text.value.strip():
            self.to(row.text)
        try:
            micr = read_micr(row.micr.value)
        except MicrRefused:
            self.to(row.micr)
            raise
        tender = checked_tender(self._kind, cart.total, row.text.value, micr)
        await self._ask_if_seen(tender)
        await self._record(cart, tender)

    async def _ask_if_seen(self, tender: Tender) -> None:
        if tender.micr is None or tender == self._seen_twice:
            return
        seen = await self.counter.desk.look(taken_today, tender.micr, tender.reference)
        if seen is not None:
            self._seen_twice = tender
            raise Refused(seen.words, "Nothing was taken.", "Esc drops it; Enter takes it once more.")

    async def _record(self, cart: Cart, tender: Tender) -> None:
        try:
            taken = await self.counter.desk.job(take_payment, self._session, cart, (tender,))
        except TenderNotAllowed as refusal:
            raise Refused(
                refusal.happened,
                "Nothing was taken.",
                "Esc, and set the piece aside: a lead takes it at F2, or accepts the difference.",
            ) from refusal
        except CounterError as error:
            recorded: bool | None = getattr(error, "recorded", False)  # only a commit that erred says it otherwise
            if recorded is False:
                raise
            self._unread = not_told(cart, error, recorded=bool(recorded))
            if recorded:
                self._count(cart)
            else:
                self.counter.store_is_lost = True
            self._next()
            raise self._unread from error
        self._after(taken, cart)

    def _count(self, cart: Cart) -> None:
        if self._batch is not None:
            self._batch = self._batch.with_piece(cart.total)

    def _after(self, taken: Taken, cart: Cart) -> None:
        self._count(cart)
        self._last.say(last_row(taken, cart))
        self.counter.devices.after(taken)
        self._next()

    def _next(self) -> None:
        """Ask for the next thing: a batch, or the next piece's account."""
        self._kept, self._line, self._accepting, self._seen_twice = (), None, False, None
        self.inline.close()
        self.second.clear()
        self.finding.clear()
        for field in (self.origin, self.pieces, self.control, self.reason):
            field.set("")
        self._show()
        self.to(self.origin if self._batch is None else self.finding.box)

    def _show(self) -> None:
        """Show what is asked now, and how far the batch is."""
        finding = self._batch is not None and self._line is None and not self._accepting
        for field in (self.origin, self.pieces, self.control):
            field.display = self._batch is None
        self.finding.box.display = finding
        self.finding.results.display = self._batch is not None
        self.inline.display = self._line is not None
        self.reason.display = self.second.display = self._accepting
        self._piece.say(piece_row(self._line, self._kept) if self._line is not None else kept_row(self._kept))
        if self._accepting and self._batch is not None:
            self._piece.say(((f" The batch does not agree: {self._batch.off}.", "warn"),))
        self._progress.display = self._batch is not None
        self._progress.say(progress_row(self._batch) if self._batch is not None else ())
        title = "Mail and dropbox" if self._batch is None else f"{self._batch.batch.origin.value.capitalize()} batch"
        asks = "Count first" if self._batch is None else "account, Enter; check no., Enter"
        self._title.say(((f" {title}", "strong"), (f"   {asks}", "")))
