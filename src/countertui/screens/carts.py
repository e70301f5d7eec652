"""Saved carts: parked ones, and those a crash or a sign-off left."""

from __future__ import annotations

from countertui.counter.cart import CartGone, Held, SavedCart, carts, take_back
from countertui.domain.money import format_cents
from countertui.domain.refusal import Refused
from countertui.screens.listing import ListArea
from countertui.screens.payment import PaymentArea
from countertui.widgets.lines import Row, fit


class CartsArea(ListArea[SavedCart]):
    """Enter takes a cart back; the one in hand is parked first, so that two never mix."""

    NAME = "carts"
    TITLE = "Carts: Enter takes one back"
    HELP = (
        "Carts that were parked or left by a crash, with the tenders laid beside them. Enter takes one back in hand,"
        " with what its accounts owe now; a cart you have in hand is parked first."
    )
    HINT = "  No cart is parked."

    def __init__(self) -> None:
        super().__init__()
        self._names: dict[str, str] = {}
        self._unknown: frozenset[str] = frozenset()

    async def arrive(self) -> None:
        payment = await self.counter.made(PaymentArea)
        await payment.hand.saved()
        recording = payment.taking.checkout.recording
        self._unknown = frozenset(payment.taking.unknown)
        found = [] if self.counter.store_is_lost else await self.counter.desk.look(carts)
        here = [c for c in found if c.id != payment.hand.held.cart.id and c.id not in recording]
        self._names = {c.id: await self._name_of(c) for c in here}
        self.list.show([*map(self._set_aside, payment.taking.unknown.values()), *here], cursor=0)

    async def _name_of(self, item: SavedCart) -> str:
        """Whom a cart is called by: its payor, else what its first line is for."""
        if item.payor:
            return item.payor
        try:
            return (await self.counter.desk.job(take_back, item.id)).name
        except CartGone:
            return ""

    def _set_aside(self, held: Held) -> SavedCart:
        cart, who = held.cart, self.counter.person.id if self.counter.person else ""
        self._names[cart.id] = held.name
        return SavedCart(cart.id, who, cart.payor, cart.total, len(cart.lines), "NOT KNOWN", "whether recorded")

    async def only_one(self) -> None:
        """If there is only one, take it back at once."""
        if len(self.list.items) == 1:
            await self.choose(self.list.items[0])
        elif not self.list.items:
            await self.counter.go("payment")
            self.counter.tell("No cart is parked.")

    async def choose(self, item: SavedCart) -> None:
        if item.id in self._unknown:
            raise Refused(
                f"Nobody knows yet whether the cart of {self._names[item.id]} is recorded.",
                "It can't be taken a second time by mistake.",
                "Restart the counter: it looks into the journal and says so.",
            )
        payment = await self.counter.made(PaymentArea)
        if not payment.hand.empty:
            await payment.hand.park()
        changes = await payment.hand.take(item.id)
        await self.counter.go("payment")
        held = payment.hand.held
        laid = ", ".join(f"{tender.kind.label.lower()} {format_cents(tender.cents)}" for tender in held.tenders)
        beside = f"Laid beside it: {laid}; not recorded yet. See that it is still there." if laid else ""
        self.counter.tell(f"The cart of {held.name} is back.", " ".join(changes), beside)

    def draw(self, item: SavedCart, width: int) -> Row:
        more = f"  +{item.lines - 1}" if item.lines > 1 else ""
        return (
            (f"  {item.saved_at[-16:]:<17}", "dim"),
            (fit(self._names.get(item.id, "") + more, width - 56) + " ", ""),
            (fit(item.state, 9) + " ", "dim"),
            (fit(f"by {item.operator}", 13) + " ", "dim"),
            (fit(format_cents(item.total), 12, right=True), "strong"),
        )
