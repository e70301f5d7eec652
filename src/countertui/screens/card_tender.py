"""A card at the payment: what it is asked for is saved first; then what its terminal said, or that nobody knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from countertui.counter.card_charges import CardAsk, ask_card, not_charged, say_unknown, unanswered
from countertui.counter.station import Session
from countertui.domain.card_slips import CardSlipRefused, read_slip
from countertui.domain.money import format_cents, parse_amount
from countertui.domain.refusal import Refused
from countertui.domain.tenders import Tender, TenderKind, checked_tender

if TYPE_CHECKING:
    from countertui.screens.payment import PaymentArea
    from countertui.widgets.field import Field
    from countertui.widgets.stroke import Stroke

_ANSWERS = "D declined   N not asked   U not known"
_SAID = "Y it is reversed; N it stays."


async def begin_card(area: PaymentArea) -> None:
    """Save what remains as asked of the card terminal, and open the row for its answer. Raises Refused."""
    area.taking.require_remaining()
    if await ask_what_came(area):
        return
    await area.taking.require_card_allowed(area.ask_card)
    cents = area.taking.due(TenderKind.CARD)
    area.ask(AskCard(await area.counter.desk.job(ask_card, _session(area), area.hand.held.cart, cents)))


async def ask_what_came(area: PaymentArea) -> bool:
    """Ask what the card terminal said, if it was asked for the cart in hand and nobody answered; says whether so."""
    charge = await area.counter.desk.job(unanswered, area.hand.held)
    if charge is not None:
        area.ask(AskAnswer(charge, AskCard(charge, await area.kept_row.card())))
    return charge is not None


def _session(area: PaymentArea) -> Session:
    if area.counter.session is None:
        raise Refused("No drawer is open.", "No card was asked.", "F2 opens one.")
    return area.counter.session


@dataclass(slots=True)
class AskCard:
    """What the card terminal answers: its approval code, and what the slip says of the card. Enter: it is approved.

    The amount may be another; as it is typed it is saved, before the customer is asked for it.
    """

    charge: CardAsk
    typed: tuple[str, str] = ("", "")
    """Code and slip as they stood when something else was asked in between."""

    @property
    def keeps(self) -> tuple[str, str]:
        """What is asked, to ask it again."""
        return TenderKind.CARD.value, ""

    def open(self, area: PaymentArea) -> None:
        row = area.inline
        row.ask("Card:", text=TenderKind.CARD.reference_label, amount="Amount", slip="Brand, last 4")
        row.amount.set(format_cents(self.charge.cents), selected=True)
        code, slip = self.typed
        row.text.set(code)
        row.slip.set(slip)
        area.to(row.text)
        cents = format_cents(self.charge.cents)
        area.counter.tell(f"{cents} is saved: key it on the card terminal.", press="Its code, Enter; or Esc: no code.")

    async def take(self, area: PaymentArea, stroke: Stroke) -> bool:
        if stroke.key != "escape":
            return False
        self.ask_answer(area)
        return True

    def ask_answer(self, area: PaymentArea, then: TenderKind | None = None) -> None:
        """Ask what the card terminal said; `then` is the tender that is wanted after."""
        self.typed = area.inline.text.value, area.inline.slip.value
        area.ask(AskAnswer(self.charge, self, then))

    async def keep(self, area: PaymentArea) -> None:
        """Save the amount as it stands in the row now, where it can be asked. Raises StoreHalted, NotWritten."""
        try:
            cents = parse_amount(area.inline.amount.value)
            area.taking.require_covered(Tender(TenderKind.CARD, cents))
        except Refused:
            return
        if cents and cents != self.charge.cents:
            job = area.counter.desk.job
            self.charge = await job(ask_card, _session(area), area.hand.held.cart, cents, self.charge)

    async def enter(self, area: PaymentArea, field: Field) -> None:
        row = area.inline
        with area.naming(row.amount):
            cents = parse_amount(row.amount.value)
            area.taking.require_covered(Tender(TenderKind.CARD, cents))
        await self.keep(area)
        if field is row.amount and not row.text.value.strip():
            area.to(row.text)
            area.counter.tell(
                f"{format_cents(cents)} is saved: key it on the card terminal.",
                press="Its code, Enter; or Esc: no code.",
            )
            return
        if not row.text.value.strip():
            raise Refused(
                "A card needs its approval code.", "Nothing is laid.", "Type it, Enter; declined or no answer: Esc."
            )
        try:
            slip = read_slip(row.slip.value)
        except CardSlipRefused:
            area.to(row.slip)
            raise
        await area.taking.tender(checked_tender(TenderKind.CARD, cents, row.text.value, ask=self.charge.id, slip=slip))

    async def exact(self, area: PaymentArea) -> None:
        """As Enter does."""
        await self.enter(area, area.inline.text)


@dataclass(frozen=True, slots=True)
class AskAnswer:
    """What the card terminal said, where no approval code was typed; `before` is the row it came from.

    Esc goes back there: nothing else is done for this cart before it is answered. `then` is the tender wanted after.
    """

    charge: CardAsk
    before: AskCard | None = None
    then: TenderKind | None = None

    def open(self, area: PaymentArea) -> None:
        area.inline.ask(f"Card {format_cents(self.charge.cents)}: what did it say?   {_ANSWERS}")
        area.to(None)
        area.counter.tell("It was to be asked; no answer is typed.", "The cart is as it was.", "Esc: it was approved.")

    async def enter(self, area: PaymentArea, field: Field) -> None:
        """Nothing is typed here."""

    async def take(self, area: PaymentArea, stroke: Stroke) -> bool:
        answer = stroke.letter.casefold()
        if stroke.key == "escape":
            area.ask(self.before or AskCard(self.charge))
        elif answer in {"d", "n"}:
            await self._not_charged(area, "The card was declined." if answer == "d" else "No card was asked.")
        elif answer == "u":
            await self._unknown(area)
        elif stroke.letter:
            raise Refused("D, N or U: what did the card terminal say?", "The cart is as it was.", "Esc: approved.")
        else:
            return False
        return True

    async def _not_charged(self, area: PaymentArea, said: str) -> None:
        await area.counter.desk.job(not_charged, self.charge)
        area.close_row()
        if self.then is not None:
            await area.ask_tender(self.then)
        area.counter.tell(said, "Nothing is laid for it.", "F5 to F9 take another tender." if self.then is None else "")

    async def _unknown(self, area: PaymentArea) -> None:
        held = area.hand.held
        await area.hand.saved()
        await area.counter.desk.job(say_unknown, _session(area), held, self.charge.id)
        area.close_row()
        area.taking.doubted.add(held.cart.id)
        await area.hand.fresh()
        area.counter.chips.ask()
        area.counter.tell(
            f"NOT KNOWN: card {format_cents(self.charge.cents)} of {held.payor}. The cart is set aside.",
            "It is on record; don't charge it again.",
            "F10, E settles it by the report.",
        )


@dataclass(frozen=True, slots=True)
class AskReversed:
    """Whether an approved charge was reversed on the card terminal, before its tender is taken off."""

    tender: Tender

    def open(self, area: PaymentArea) -> None:
        area.inline.ask(f"Is the card's {format_cents(self.tender.cents)} reversed on its terminal?   Y yes   N no")
        area.to(None)
        area.counter.tell(f"It was approved: {self.tender.reference}.", "It stays in the cart.", _SAID)

    async def enter(self, area: PaymentArea, field: Field) -> None:
        """Nothing is typed here."""

    async def take(self, area: PaymentArea, stroke: Stroke) -> bool:
        if stroke.letter in {"y", "Y"}:
            held = area.hand.held
            await area.hand.saved()
            await area.counter.desk.job(say_unknown, _session(area), held, self.tender.ask)
            area.close_row()
            area.taking.doubted.add(held.cart.id)
            await area.hand.take(held.cart.id)
            area.counter.chips.ask()
            area.counter.tell(
                "The card's tender is off, and on record as said to be reversed.",
                "",
                "F10, E settles it by the report.",
            )
        elif stroke.letter in {"n", "N"} or stroke.key == "escape":
            area.close_row()
        elif stroke.letter:
            raise Refused("It was approved.", "It stays in the cart.", _SAID)
        else:
            return False
        return True
