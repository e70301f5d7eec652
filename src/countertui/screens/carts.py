"""What was set aside: parked carts, those a crash or a sign-off left, and half-filled forms."""

from __future__ import annotations

from collections.abc import Sequence

from countertui.counter.cart import CartGone, Held, SavedCart, carts, drop_parked, take_back
from countertui.counter.drafts import SavedForm, drop_form, forms
from countertui.domain.dates import us_date
from countertui.domain.money import format_cents
from countertui.domain.refusal import Refused
from countertui.domain.words import number_of
from countertui.screens.also_open import also_open_words
from countertui.screens.area import Command
from countertui.screens.card_tender import ask_what_came
from countertui.screens.kept_forms import form_name, go_on_with_form, require_own
from countertui.screens.listing import ListArea
from countertui.screens.payment import PaymentArea
from countertui.widgets.lines import Row, fit
from countertui.widgets.stroke import Stroke

SetAside = SavedCart | SavedForm


class CartsArea(ListArea[SetAside]):
    """Enter takes a cart back, Del drops it; the one in hand is parked first, so that two never mix."""

    NAME = "carts"
    TITLE = "Carts and forms: Enter takes one back, Del drops one"
    HELP = (
        "Carts that were parked or left by a crash, with the tenders laid beside them. Enter takes one back in hand,"
        " with what its accounts owe now; a cart you have in hand is parked first. A cart that was parked too long is"
        " marked EXPIRED: Ctrl+K passes over it, Enter takes it back all the same. Del drops one, after a Y; not while"
        " money is laid beside it. Below are forms that somebody began and neither recorded nor dropped: Enter goes on"
        " with your own."
    )
    HINT = "  No cart is parked, no form half-filled."

    def __init__(self) -> None:
        super().__init__()
        self._names: dict[str, str] = {}
        self._unknown: frozenset[str] = frozenset()
        self._asked: SetAside | None = None

    def commands(self) -> Sequence[Command]:
        if self.list.current is None:
            return ()
        return [Command("delete", "Drop", "Drop the marked cart or form; asks first.", self._ask_drop)]

    async def press(self, stroke: Stroke) -> None:
        asked, self._asked = self._asked, None
        if asked is None or not stroke.letter:
            await super().press(stroke)
        elif stroke.letter in {"y", "Y"}:
            await self._drop(asked)

    async def _drop(self, asked: SetAside) -> None:
        if isinstance(asked, SavedForm):
            await self.counter.desk.job(drop_form, asked)
            what, safe = form_name(asked), "Nothing of it was recorded."
        else:
            await self.counter.desk.job(drop_parked, asked.id)
            what, safe = f"The cart of {self._names[asked.id]}", "No money was taken for it."
        await self.arrive()
        self.counter.tell(f"{what} was dropped.", safe)

    async def arrive(self) -> None:
        self._asked = None
        payment = await self.counter.made(PaymentArea)
        await payment.hand.saved()
        recording = payment.taking.checkout.recording
        self._unknown = frozenset(payment.taking.unknown)
        found = [] if self.counter.store_is_lost else await self.counter.desk.look(carts)
        here = [c for c in found if c.id != payment.hand.held.cart.id and c.id not in recording]
        self._names = {c.id: await self._name_of(c) for c in here}
        begun = [] if self.counter.store_is_lost else await self.counter.desk.look(forms)
        self.list.show([*map(self._set_aside, payment.taking.unknown.values()), *here, *begun], cursor=0)

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
        return SavedCart(cart.id, who, cart.payor, cart.total, len(cart.lines), "NOT KNOWN if taken", "")

    async def only_one(self) -> None:
        """If there is only one that has not expired, take it back at once."""
        saved = [item for item in self.list.items if isinstance(item, SavedCart)]
        good = [item for item in saved if not item.expired]
        if len(good) == 1:
            await self.choose(good[0])
        elif not saved:
            await self.counter.go("payment")
            self.counter.tell("No cart is parked.")

    async def choose(self, item: SetAside) -> None:
        if isinstance(item, SavedForm):
            await go_on_with_form(self.counter, item)
        else:
            await self._take_back(item)

    async def _take_back(self, item: SavedCart) -> None:
        self._require_known(item)
        if self.counter.session is None:
            raise Refused(
                "A cart is taken back with a drawer open.", "It is kept.", "F2 opens one; Del drops the cart."
            )
        await self.take(item.id)

    async def take(self, cart_id: str) -> None:
        """Take a cart back in hand, the one there parked. Raises CartGone."""
        payment = await self.counter.made(PaymentArea)
        await payment.put_row_away()
        if not payment.hand.empty:
            await payment.hand.park()
        changes = await payment.hand.take(cart_id)
        await self.counter.go("payment")
        held = payment.hand.held
        laid = ", ".join(f"{tender.kind.label.lower()} {format_cents(tender.cents)}" for tender in held.tenders)
        beside = f"Laid beside it: {laid}; not recorded yet. See that it is still there." if laid else ""
        elsewhere = await also_open_words(self.counter, cart_id, held.cart.accounts)
        said = " ".join(words for words in (*changes, elsewhere) if words)
        self.counter.tell(f"The cart of {held.name} is back.", said, beside)
        await ask_what_came(payment)
        if payment.asking is None:
            await payment.kept_row.bring_back()

    async def _ask_drop(self) -> None:
        item = self.list.current
        if isinstance(item, SavedForm):
            require_own(self.counter, item)
            what = form_name(item)
        elif item is not None:
            self._require_known(item)
            what = f"the cart of {self._names[item.id]}"
        else:
            return
        self._asked = item
        self.counter.tell(f"Drop {what}?", "", "Y drops it; any other key keeps it.")

    def _require_known(self, item: SavedCart) -> None:
        if item.id in self._unknown:
            raise Refused(
                f"Nobody knows yet whether the cart of {self._names[item.id]} is recorded.",
                "It can't be taken a second time by mistake.",
                "Restart the counter: it looks into the journal and says so.",
            )

    def draw(self, item: SetAside, width: int) -> Row:
        if isinstance(item, SavedForm):
            return (
                (f"  {age_words(item.minutes):<9}", "dim"),
                (fit(form_name(item), width - 57) + " ", ""),
                (fit(state_words(item, "begun"), 18) + " ", "bad" if item.expired else "dim"),
                (fit(f"by {item.operator}", 13 + 13) + " ", "dim"),
            )
        more = f"  +{item.lines - 1}" if item.lines > 1 else ""
        return (
            (f"  {age_words(item.minutes) if item.saved_at else '':<9}", "dim"),
            (fit(self._names.get(item.id, "") + more, width - 57) + " ", ""),
            (fit(state_words(item, item.state), 18) + " ", "bad" if item.expired else "dim"),
            (fit(f"by {item.operator}", 13) + " ", "dim"),
            (fit(format_cents(item.total), 12, right=True), "strong"),
        )


def age_words(minutes: int) -> str:
    """How long ago something was saved, in minutes, hours or days."""
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 24 * 60 else number_of(minutes // (24 * 60), "day")


def state_words(item: SetAside, state: str) -> str:
    """What state something is in, and until which day it is good."""
    if not item.expires:
        return state
    return f"EXPIRED {us_date(item.expires)[:5]}" if item.expired else f"{state} till {us_date(item.expires)[:5]}"
