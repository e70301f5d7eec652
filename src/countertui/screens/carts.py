"""Saved carts: parked ones, and those a crash or a sign-off left."""

from __future__ import annotations

from countertui.counter.cart import SavedCart, carts
from countertui.domain.money import format_cents
from countertui.screens.listing import ListArea
from countertui.screens.payment import PaymentArea
from countertui.widgets.lines import Row, fit


class CartsArea(ListArea[SavedCart]):
    """Enter takes a cart back; the one in hand is parked first, so that two never mix."""

    NAME = "carts"
    TITLE = "Carts: Enter takes one back"
    HELP = (
        "Carts that were parked or left by a crash. Enter takes one back in hand; a cart you have in hand is parked"
        " first."
    )
    HINT = "  No cart is parked."

    async def arrive(self) -> None:
        payment = await self.counter.made(PaymentArea)
        await payment.hand.saved()
        recording = payment.taking.checkout.recording
        found = await self.counter.desk.look(carts)
        self.list.show([c for c in found if c.id != payment.hand.held.cart.id and c.id not in recording], cursor=0)

    async def only_one(self) -> None:
        """If there is only one, take it back at once."""
        if len(self.list.items) == 1:
            await self.choose(self.list.items[0])
        elif not self.list.items:
            await self.counter.go("payment")
            self.counter.tell("No cart is parked.")

    async def choose(self, item: SavedCart) -> None:
        payment = await self.counter.made(PaymentArea)
        if payment.hand.held.cart.lines:
            await payment.hand.park()
        await payment.hand.take(item.id)
        await self.counter.go("payment")
        self.counter.tell(f"The cart of {payment.hand.held.name} is back.")

    def draw(self, item: SavedCart, width: int) -> Row:
        return (
            (f"  {item.saved_at[-16:]:<17}", "dim"),
            (fit(item.payor or f"{item.lines} line{'s' if item.lines > 1 else ''}", width - 55), ""),
            (fit(item.state, 10), "dim"),
            (fit(f"by {item.operator}", 14), "dim"),
            (fit(format_cents(item.total), 12, right=True), "strong"),
        )
