"""The keys of the payment, and what they do with the cart in hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from countertui.domain.receipts import AccountLine, DrawLine
from countertui.domain.refusal import Refused
from countertui.domain.tenders import TenderKind
from countertui.screens.area import Command
from countertui.screens.asks import AskAmount, AskPayor, AskTender
from countertui.screens.card_tender import AskCard, AskReversed

if TYPE_CHECKING:
    from countertui.screens.payment import PaymentArea


def payment_commands(area: PaymentArea) -> Sequence[Command]:
    """What keys do at the payment now."""

    def to(act: Callable[[PaymentArea], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        return partial(act, area)

    commands = [
        Command("f4", "Amount", "Another amount for the line; Tab splits it by hand.", to(change_amount), on_bar=True),
        *tender_commands(area),
        Command("ctrl+t", "Deposit", "Let a trust deposit of the payor pay.", to(draw)),
        Command("ctrl+a", "Account", "All about an account: flags, party, notes.", to(look_at_account)),
        Command("ctrl+e", "Explain", "How its balance came about, line by line.", to(explain_account)),
        Command("ctrl+k", "Park", "Park the cart; with an empty cart, take one back.", to(park_or_take)),
        Command("ctrl+n", "Payor", "Name who pays.", to(ask_payor)),
        Command("ctrl+x", "Take off", "Take the current line or tender off; Del does, too.", to(take_off)),
        Command("ctrl+z", "Undo", "Undo the last change of the cart.", to(undo)),
    ]
    if not area.finding.box.value:
        commands.append(Command("delete", "Take off", "Take the current line or tender off.", to(take_off)))
    return commands


def tender_commands(area: PaymentArea) -> Sequence[Command]:
    """What keys take a tender; also while another one is being typed."""
    kinds = zip(("f5", "f6", "f7", "f8"), ("Cash", "Check", "Card", "M.order"), TenderKind, strict=True)
    return [
        *(
            Command(key, label, f"Tender: {kind.label.lower()}.", partial(area.ask_tender, kind), on_bar=True)
            for key, label, kind in kinds
        ),
        Command(
            "f9",
            "Exact",
            "Take what remains (cash or as typed), or record it.",
            partial(exact_cash, area),
            on_bar=True,
        ),
    ]


async def draw(area: PaymentArea) -> None:
    """Open the row that lets a trust deposit pay."""
    from countertui.screens.draw import ask_draw

    await ask_draw(area)


async def change_amount(area: PaymentArea) -> None:
    """Ask another amount for the current line."""
    n, lines = area.ticket.cursor, area.hand.held.cart.lines
    if n is None or n >= len(lines):
        raise Refused("There is no line to change.", "", "Find an account first, or choose its line.")
    line = lines[n]
    if isinstance(line, DrawLine):
        raise Refused("What is drawn is fixed.", "The cart is as it was.", "Del takes it off; Ctrl+T draws again.")
    if not isinstance(line, AccountLine):
        raise Refused("A fee's price is fixed.", "The cart is as it was.", f"Del takes it off; then {line.code}*2.")
    area.ask(AskAmount(n, line))


async def ask_payor(area: PaymentArea) -> None:
    """Ask who pays."""
    area.ask(AskPayor(area.hand.held.name if area.hand.held.cart.lines else ""))


async def take_off(area: PaymentArea) -> None:
    """Take the current line or tender off; a card that was charged is asked about."""
    held, n = area.hand.held, area.ticket.cursor
    tender = held.tenders[n - len(held.cart.lines)] if n is not None and n >= len(held.cart.lines) else None
    if tender is not None and tender.ask:
        area.ask(AskReversed(tender))
    elif n is not None:
        area.hand.remove(n)
        area.show_cart()


async def undo(area: PaymentArea) -> None:
    """Go back one change of the cart."""
    if not area.hand.undo():
        raise Refused("There is nothing to undo in this cart.", "", "")
    area.show_cart()


async def exact_cash(area: PaymentArea) -> None:
    """Take exactly what remains: by the tender that is being typed, else in cash."""
    if isinstance(area.asking, AskTender | AskCard):
        await area.asking.exact(area)
    else:
        await area.taking.exact_cash()
    area.show_cart()


async def look_at_account(area: PaymentArea) -> None:
    """Show the account that is typed, or that the line is, at a glance."""
    from countertui.screens.account_asked import look_at_account

    await look_at_account(area)


async def explain_account(area: PaymentArea) -> None:
    """Explain how the balance of that account came about."""
    from countertui.screens.account_asked import explain_account

    await explain_account(area)


async def park_or_take(area: PaymentArea) -> None:
    """Park the cart; with an empty one, take back the only parked one or list them."""
    if not area.hand.empty:
        aside = await area.hand.park()
        area.counter.tell(f"The cart of {aside.name} is parked.", press="Ctrl+K takes it back.")
        area.show_cart()
    else:
        from countertui.screens.carts import CartsArea

        await (await area.counter.visit(CartsArea)).only_one()
