"""Ctrl+T: let a trust deposit of the payor pay what is due, or a part of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from countertui.counter.trust import draw_line, drawable
from countertui.domain.money import format_cents, parse_amount
from countertui.domain.receipts import AccountLine
from countertui.domain.refusal import Refused
from countertui.domain.trust import Deposit
from countertui.screens.asks import Asked
from countertui.widgets.field import Field
from countertui.widgets.stroke import Stroke

if TYPE_CHECKING:
    from countertui.screens.payment import PaymentArea


@dataclass(frozen=True, slots=True)
class AskDraw:
    """Which deposit pays, and how much: the first of the payor's own, and all it can, stand there already."""

    deposits: Sequence[Deposit]

    @property
    def keeps(self) -> tuple[str, str]:
        """What is asked, to ask it again."""
        return Asked.DRAW, ""

    def open(self, area: PaymentArea) -> None:
        row = area.inline
        row.ask("Draw on:", text="Deposit", amount="Amount")
        if not self.deposits:
            area.to(row.text)
            area.counter.tell("Whose deposit pays is not known here.", press="Type its number, Enter, the amount.")
            return
        first = self.deposits[0]
        row.text.set(first.account, selected=True)
        row.amount.set(format_cents(min(first.available, area.taking.remaining)), selected=True)
        area.to(row.amount)
        held = [f"{each.account} {format_cents(each.available)}" for each in self.deposits[:4]]
        more = f" and {len(self.deposits) - 4} more" if len(self.deposits) > 4 else ""
        area.counter.tell(f"Held: {', '.join(held)}{more}.", press="Enter draws; Tab chooses another.")

    async def enter(self, area: PaymentArea, field: Field) -> None:
        row = area.inline
        number = row.text.value.strip().upper()
        if not number:
            area.to(row.text)
            raise Refused("Which deposit pays?", "Nothing was drawn.", "Type its number, like TD-0101.")
        if field is row.text and not row.amount.value.strip():
            row.amount.set(format_cents(area.taking.remaining), selected=True)
        if field is row.text:
            area.to(row.amount)
            return
        line = await area.counter.desk.look(draw_line, area.hand.held.cart, number, parse_amount(row.amount.value))
        await area.taking.draw(line)

    async def take(self, area: PaymentArea, stroke: Stroke) -> bool:
        return False


async def ask_draw(area: PaymentArea) -> None:
    """Open the row that draws on a deposit. Raises Refused where nothing is left to pay, or no deposit may pay it."""
    area.taking.require_remaining()
    await area.taking.checkout.settled()
    cart = area.hand.held.cart
    deposits = await area.counter.desk.look(drawable, cart)
    if not deposits and any(isinstance(line, AccountLine) for line in cart.lines):
        raise Refused(
            "Nobody whose accounts are in this cart has a deposit with money for all of it.",
            "Nothing was drawn.",
            "F5 to F8 take another tender.",
        )
    area.ask(AskDraw(deposits))
