"""What the payment asks in its inline row: a tender, an amount, a fee's price, the payor, whether to drop the cart."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from countertui.counter.find import FeeAsksAmount, put_on_account, with_amount
from countertui.domain.card_guard import refuse_card_numbers
from countertui.domain.micr import MicrRefused, read_micr
from countertui.domain.money import format_cents, parse_amount
from countertui.domain.receipts import AccountLine
from countertui.domain.refusal import Refused
from countertui.domain.tender_rules import Breach
from countertui.domain.tenders import TenderKind, checked_tender
from countertui.widgets.field import Field
from countertui.widgets.stroke import Stroke

if TYPE_CHECKING:
    from countertui.screens.payment import PaymentArea


class Ask(Protocol):
    """Something asked in the inline row."""

    def open(self, area: PaymentArea) -> None:
        """Show what is asked."""

    async def enter(self, area: PaymentArea, field: Field) -> None:
        """Enter was pressed. Raises Refused; the row stays as typed."""

    async def take(self, area: PaymentArea, stroke: Stroke) -> bool:
        """A key before the row's fields get it; says whether it was used up."""


class Asked(StrEnum):
    """What is kept as asked, besides the tenders by their kind."""

    AMOUNT = "line"
    PARTS = "parts"
    PRICE = "price"
    PAYOR = "payor"
    DRAW = "draw"


@runtime_checkable
class KeptAsk(Protocol):
    """Something asked whose fields are kept with the cart as they are typed."""

    @property
    def keeps(self) -> tuple[str, str]:
        """What is asked, and about which account or fee: enough to ask it again."""


class _Typed:
    """An ask that leaves every key to its fields."""

    async def take(self, area: PaymentArea, stroke: Stroke) -> bool:
        return False


@dataclass(slots=True)
class AskTender(_Typed):
    """A tender of one kind: its reference where it has one, then its amount, prefilled with what remains.

    A check's magnetic line may be typed too; Enter in the fields before it goes without.
    """

    kind: TenderKind
    refused: tuple[str, Refused] | None = None
    """The amount of cash that was refused, as typed, and why."""

    @property
    def keeps(self) -> tuple[str, str]:
        return self.kind.value, ""

    def open(self, area: PaymentArea) -> None:
        row = area.inline
        micr = "MICR" if self.kind is TenderKind.CHECK else None
        row.ask(f"{self.kind.label}:", text=self.kind.reference_label or None, amount="Amount", micr=micr)
        row.amount.set(format_cents(area.taking.due(self.kind)), selected=True)
        area.to(row.fields[0])
        if self.kind is TenderKind.CHECK:
            area.counter.check_in_printer.begin()

    async def enter(self, area: PaymentArea, field: Field) -> None:
        row = area.inline
        if field is row.amount and self.kind.reference_label and not row.text.value.strip():
            area.to(row.text)
        try:
            micr = read_micr(row.micr.value)
        except MicrRefused:
            area.to(row.micr)
            raise
        typed = row.amount.value
        try:
            tender = checked_tender(self.kind, parse_amount(typed), row.text.value, micr)
            await area.taking.tender(tender)
        except Refused as refusal:
            if self.kind is TenderKind.CASH and typed != format_cents(area.taking.due(self.kind)):
                self.refused = typed, refusal
            raise

    async def exact(self, area: PaymentArea) -> None:
        """Take this tender, with the reference typed, for exactly what remains. Raises Refused; the row stays.

        Another amount that stands there was handed over: nothing is taken in its place, as change would be forgotten.
        """
        typed, exact = area.inline.amount.value, format_cents(area.taking.due(self.kind))
        if self.refused is not None and self.refused[0] == typed:
            raise self.refused[1]
        if typed.strip() and (handed := parse_amount(typed)) != area.taking.due(self.kind):
            raise Refused(
                f"{format_cents(handed)} is typed, {exact} is due.",
                "Nothing was taken.",
                "Enter takes what is typed; for the exact sum empty the amount, then F9.",
            )
        area.inline.amount.set(exact, selected=True)
        await self.enter(area, area.inline.amount)


@dataclass(frozen=True, slots=True)
class AskLead(_Typed):
    """A lead's credential for what is broken of the rules by `what` is laid; `then` goes on once it is given."""

    found: tuple[Breach, ...]
    what: str
    then: Callable[[], Awaitable[None]]
    put_back: Callable[[], None] = lambda: None
    """Asks again, as typed, what was asked before: nobody approves, and none of it is lost."""

    def open(self, area: PaymentArea) -> None:
        area.inline.ask(f"A lead approves the {self.what}:", text="Operator", pin="PIN")
        area.to(area.inline.text)

    async def enter(self, area: PaymentArea, field: Field) -> None:
        row = area.inline
        if field is row.text:
            area.to(row.pin)
            return
        await area.taking.approve(self.found, self.then)


@dataclass(frozen=True, slots=True)
class AskAmount(_Typed):
    """Another amount for a line; Tab goes on to its charges, one by one, F4 puts all of it on the account."""

    n: int
    line: AccountLine

    @property
    def keeps(self) -> tuple[str, str]:
        return Asked.AMOUNT, self.line.account

    def open(self, area: PaymentArea) -> None:
        area.inline.ask(f"{self.line.account}:", amount="Amount")
        area.inline.amount.set(format_cents(self.line.amount), selected=True)
        area.to(area.inline.amount)
        area.counter.tell("Enter takes the amount.", press="Tab splits it by hand; F4 puts it on account.")

    async def enter(self, area: PaymentArea, field: Field) -> None:
        cents = parse_amount(field.value)
        if not cents:
            raise Refused("An amount of zero pays nothing.", press="Esc, then Del, takes the line off.")
        area.hand.put(self.n, with_amount(self.line, cents))
        area.close_row()

    async def take(self, area: PaymentArea, stroke: Stroke) -> bool:
        if stroke.key == "f4":
            await self._put_on_account(area)
            return True
        if stroke.key != "tab":
            return False
        area.split(self.n, self.line)
        return True

    async def _put_on_account(self, area: PaymentArea) -> None:
        cents = parse_amount(area.inline.amount.value)
        if not cents:
            raise Refused("An amount of zero pays nothing.", press="Type what is paid on account, then F4.")
        line = put_on_account(with_amount(self.line, cents))
        area.hand.put(self.n, line)
        area.close_row()
        where = "stands on account and pays no charge" if line.on_account else "pays its charges"
        area.counter.tell(f"{line.account}: {format_cents(cents)} {where}.", press="F4, F4 changes that.")


@dataclass(frozen=True, slots=True)
class AskPrice(_Typed):
    """The price of a fee whose amount is typed."""

    fee: FeeAsksAmount

    @property
    def keeps(self) -> tuple[str, str]:
        return Asked.PRICE, f"{self.fee.code}*{self.fee.quantity}"

    def open(self, area: PaymentArea) -> None:
        area.inline.ask(f"{self.fee.code} {self.fee.description}:", amount="Amount")
        area.to(area.inline.amount)

    async def enter(self, area: PaymentArea, field: Field) -> None:
        cents = parse_amount(field.value)
        if not cents:
            raise Refused("An amount of zero pays nothing.", press="Type the fee's amount, like 84.17.")
        await area.row_answered()
        area.hand.add(self.fee.at(cents))


@dataclass(frozen=True, slots=True)
class AskPayor(_Typed):
    """Who pays, as the receipt shall say."""

    payor: str

    @property
    def keeps(self) -> tuple[str, str]:
        return Asked.PAYOR, ""

    def open(self, area: PaymentArea) -> None:
        area.inline.ask("Received from:", text="")
        area.inline.text.set(self.payor, selected=True)
        area.to(area.inline.text)

    async def enter(self, area: PaymentArea, field: Field) -> None:
        refuse_card_numbers(field.value, "The payor")
        area.hand.name_payor(field.value.strip())
        area.close_row()


@dataclass(frozen=True, slots=True)
class AskDrop:
    """Whether to drop the cart. Y does; every other key does not, and is then taken as what it is."""

    name: str

    def open(self, area: PaymentArea) -> None:
        area.inline.ask(f"Drop this cart ({self.name})?  Y yes   N no")
        area.to(None)

    async def enter(self, area: PaymentArea, field: Field) -> None:
        """Nothing is typed here."""

    async def take(self, area: PaymentArea, stroke: Stroke) -> bool:
        area.close_row()
        if stroke.letter in {"y", "Y"}:
            await area.hand.drop()
            area.show_cart()
            area.counter.tell(f"The cart of {self.name} was dropped.", "No money was taken for it.")
            return True
        return stroke.letter in {"n", "N"} or stroke.key in {"escape", "enter"}
