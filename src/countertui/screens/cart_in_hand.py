"""The cart in hand: its lines and tenders, every change saved in the queue of jobs, the next cart's id at the ready."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace

from countertui.counter.cart import Held, drop_cart, new_cart, park_cart, save_cart, take_back
from countertui.counter.renew_cart import Renewed, renewed
from countertui.counter.station import Person
from countertui.domain.paper_books import PaperReceipt
from countertui.domain.receipts import Cart, CartLine
from countertui.domain.refusal import Refused
from countertui.domain.tenders import Tender
from countertui.errors import CounterError
from countertui.screens.beside import Start
from countertui.screens.desk import Desk

SPARES = 2
"""Carts made ahead, so that the next one starts while a payment is still being recorded."""
MOST_UNDO = 50


class CartInHand:
    """Its carts are of whoever `who` says at each change. `failed` is told when one couldn't be saved; `start` runs
    something beside the hands.
    """

    def __init__(
        self, desk: Desk, who: Callable[[], Person], start: Start, failed: Callable[[CounterError], None]
    ) -> None:
        self._desk = desk
        self._start = start
        self._who = who
        self._failed = failed
        self._spares: deque[asyncio.Future[Cart]] = deque()
        self._undo: list[Held] = []
        self._unsaved = 0
        self._all_saved = asyncio.Event()
        self.held = Held(Cart(""))

    def make_ready(self) -> None:
        """Have the ids of the next carts drawn, beside whatever else goes on."""
        while len(self._spares) < SPARES:
            self._spares.append(asyncio.ensure_future(self._desk.job(new_cart)))

    async def fresh(self) -> None:
        """Begin the next cart; waits only if no id is at the ready."""
        self.make_ready()
        self._undo.clear()
        self.held = Held(await self._spares.popleft())
        self._spares.append(asyncio.ensure_future(self._desk.job(new_cart)))

    def begin(self, cart_id: str) -> None:
        """Let an empty cart be in hand, under an id that one had before."""
        self._undo.clear()
        self.held = Held(Cart(cart_id))

    @property
    def empty(self) -> bool:
        """Whether there is nothing in the cart."""
        return self.held.empty

    def add(self, line: CartLine) -> None:
        """Add a line."""
        self._change(replace(self.held.cart, lines=(*self.held.cart.lines, line)))

    def put(self, n: int, line: CartLine) -> None:
        """Put another line in the place of one."""
        lines = self.held.cart.lines
        self._change(replace(self.held.cart, lines=(*lines[:n], line, *lines[n + 1 :])))

    def remove(self, n: int) -> None:
        """Take a line off, or, counting on behind the lines, a tender."""
        lines, tenders = self.held.cart.lines, self.held.tenders
        if n < len(lines):
            self._change(replace(self.held.cart, lines=(*lines[:n], *lines[n + 1 :])))
        else:
            n -= len(lines)
            self._hold(Held(self.held.cart, (*tenders[:n], *tenders[n + 1 :])))

    def name_payor(self, payor: str) -> None:
        """Say who pays."""
        self._change(replace(self.held.cart, payor=payor))

    def key_in(self, paper: PaperReceipt) -> None:
        """Let the cart be the payment that a paper receipt says; only dropping it undoes that."""
        self._change(replace(self.held.cart, paper=paper))
        self._undo = [Held(replace(held.cart, paper=paper), held.tenders) for held in self._undo[:-1]]

    def lay(self, tender: Tender) -> None:
        """Lay a tender beside the cart."""
        self._hold(Held(self.held.cart, (*self.held.tenders, tender)))

    def undo(self) -> bool:
        """Go back one change; says whether there was one. Raises Refused where that would take a charged card off."""
        if not self._undo:
            return False
        if any(tender.ask and tender not in self._undo[-1].tenders for tender in self.held.tenders):
            raise Refused("A card was charged for this cart.", "It is as it was.", "Del takes its tender off.")
        self.held = self._undo.pop()
        self._save(save_cart, self._who(), self.held)
        return True

    async def park(self) -> Held:
        """Set the cart aside and begin the next; gives what was set aside."""
        aside = self.held
        self._save(park_cart, self._who(), aside)
        await self.fresh()
        return aside

    async def take(self, cart_id: str) -> tuple[str, ...]:
        """Take a saved cart back in hand as it can be taken now; says what changed meanwhile. Raises CartGone."""
        again = await self._desk.job(renewed, await self._desk.job(take_back, cart_id), self._who().id)
        self.bring_back(again.held)
        return again.changes

    def bring_back(self, held: Held) -> None:
        """Take a cart in hand that was aside."""
        self._undo.clear()
        self.held = held
        self._save(save_cart, self._who(), held)

    async def bring_back_renewed(self, held: Held) -> tuple[str, ...]:
        """Take a cart in hand that was tendered for and not taken, as it can be taken now; says what changed.

        Where the store can't be asked it comes back as it was: that is told already, and the next try asks again.
        """
        try:
            again = await self._desk.job(renewed, held, self._who().id)
        except (Refused, CounterError):
            again = Renewed(held, ())
        self.bring_back(again.held)
        return again.changes

    async def drop(self) -> None:
        """Forget the cart for good and begin the next. Raises CartNotDropped, CounterError; it stays then."""
        await self._desk.job(drop_cart, self.held.cart.id)
        await self.fresh()

    async def saved(self) -> None:
        """Wait until every change is saved."""
        if self._unsaved:
            await self._all_saved.wait()

    def _change(self, cart: Cart) -> None:
        self._hold(Held(cart, self.held.tenders))

    def _hold(self, held: Held) -> None:
        self._undo = [*self._undo[-MOST_UNDO:], self.held]
        self.held = held
        self._save(save_cart, self._who(), held)

    def _save(self, function: Callable[..., None], *args: object) -> None:
        self._unsaved += 1
        self._all_saved.clear()
        self._start(self._tell_failure(self._desk.job(function, *args)))

    async def _tell_failure(self, saving: Awaitable[None]) -> None:
        try:
            await saving
        except CounterError as error:
            self._failed(error)
        finally:
            self._unsaved -= 1
            if not self._unsaved:
                self._all_saved.set()
