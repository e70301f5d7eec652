"""From the payment to an account's page and back: which account is meant, and what comes into the cart from there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from countertui.domain.receipts import AccountLine
from countertui.domain.refusal import Refused
from countertui.domain.words import number_of
from countertui.screens.explain import ExplainArea
from countertui.screens.glance import GlanceArea

if TYPE_CHECKING:
    from countertui.screens.payment import PaymentArea


async def look_at_account(area: PaymentArea) -> None:
    """Show the page of the account that is typed, or that the ticket's line is. Raises Refused."""
    number = await _account_meant(area)
    page = await area.counter.made(GlanceArea)
    await page.look_at(number, before=())
    await area.counter.go(GlanceArea.NAME)
    area.finding.clear()


async def explain_account(area: PaymentArea) -> None:
    """Explain the balance of the account that is typed, or that the ticket's line is. Raises Refused."""
    number = await _account_meant(area)
    await (await area.counter.made(ExplainArea)).show(number, back_to=area.NAME)
    area.finding.clear()


async def add_accounts(area: PaymentArea, numbers: Sequence[str]) -> None:
    """Add what accounts owe to the cart, and say so; those in it already are passed over."""
    if area.asking is not None or area.splitting or area.taking.unread is not None:
        raise Refused("Something is asked there.", "Nothing was added.", "Answer it or Esc; F10, B, and once more.")
    there = {line.account for line in area.hand.held.cart.lines if isinstance(line, AccountLine)}
    new = [number for number in numbers if number not in there]
    for number in new:
        await area.add_account(number)
    area.show_cart()
    passed = f"; {number_of(len(numbers) - len(new), 'account')} in it already" if len(new) < len(numbers) else ""
    area.counter.tell(f"Added to the cart: {number_of(len(new), 'account')}{passed}.", press="Del takes a line off.")


async def _account_meant(area: PaymentArea) -> str:
    if area.finding.text:
        try:
            found = await area.finding.chosen()
            if found.kind != "account":
                raise Refused("That is no account.", "The cart is as it was.", "Type an account, then Ctrl+A.")
        except Refused:
            area.finding.typed_anew()
            raise
        return found.key
    n, lines = area.ticket.cursor, area.hand.held.cart.lines
    line = lines[n] if n is not None and n < len(lines) else None
    if isinstance(line, AccountLine):
        return line.account
    raise Refused("There is no account to look at.", "", "Type or scan one, then Ctrl+A; or F10, B.")
