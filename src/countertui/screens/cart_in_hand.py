"""The cart in hand: its lines and tenders, every change saved in the queue of jobs, the next cart's id at the ready."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from countertui.counter.cart import drop_cart, new_cart, park_cart, save_cart, take_back
from countertui.counter.station import Person
from countertui.domain.receipts import AccountLine, Cart, CartLine
from countertui.domain.tenders import Tender
from countertui.errors import CounterError
from countertui.screens.beside import Start
from countertui.screens.desk import Desk

SPARES = 2
"""Carts made ahead, so that the next one starts while a payment is still being recorded."""
MOST_UNDO = 50


@dataclass(frozen=True, slots=True)
class Held:
    """A cart with the tenders laid beside it."""

    cart: Cart
    tenders: tuple[Tender, ...] = ()

    @property
    def name(self) -> str:
        """What a person calls the cart: payor, else the first line's name, else its fee."""
        first = self.cart.lines[0] if self.cart.lines else None
        if self.cart.payor or first is None:
            return self.cart.payor or "empty cart"
        return first.name if isinstance(first, AccountLine) else first.description

    @property
    def payor(self) -> str:
        """Whom the receipt will name: who was typed, else the first account's holder, else a walk-in."""
        holders = (line.name for line in self.cart.lines if isinstance(line, AccountLine))
        return self.cart.payor or next(holders, "Walk-in")


class CartInHand:
    """`failed` is told when a change couldn't be saved; `start` runs something beside the hands."""

    def __init__(self, desk: Desk, person: Person, start: Start, failed: Callable[[CounterError], None]) -> None:
        self._desk = desk
        self._start = start
        self._person = person
        self._failed = failed
        self._spares: deque[asyncio.Future[Cart]] = deque()
        self._undo: list[Held] = []
        self._laid_beside: dict[str, tuple[Tender, ...]] = {}
        self._unsaved = 0
        self._all_saved = asyncio.Event()
        self.held = Held(Cart(""))

    async def fresh(self) -> None:
        """Begin the next cart; waits only if no id is at the ready."""
        while len(self._spares) < SPARES:
            self._spares.append(asyncio.ensure_future(self._desk.job(new_cart)))
        self._undo.clear()
        self.held = Held(await self._spares.popleft())
        self._spares.append(asyncio.ensure_future(self._desk.job(new_cart)))

    @property
    def empty(self) -> bool:
        """Whether there is nothing in the cart."""
        return not self.held.cart.lines and not self.held.tenders

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
            self._remember()
            self.held = Held(self.held.cart, (*tenders[:n], *tenders[n + 1 :]))

    def name_payor(self, payor: str) -> None:
        """Say who pays."""
        self._change(replace(self.held.cart, payor=payor))

    def lay(self, tender: Tender) -> None:
        """Lay a tender beside the cart."""
        self._remember()
        self.held = Held(self.held.cart, (*self.held.tenders, tender))

    def undo(self) -> bool:
        """Go back one change; says whether there was one."""
        if not self._undo:
            return False
        self.held = self._undo.pop()
        self._save(save_cart, self._person, self.held.cart)
        return True

    async def park(self) -> Held:
        """Set the cart aside and begin the next; gives what was set aside."""
        aside = self.held
        self._laid_beside[aside.cart.id] = aside.tenders
        self._save(park_cart, self._person, aside.cart)
        await self.fresh()
        return aside

    async def take(self, cart_id: str) -> None:
        """Take a saved cart back in hand. Raises CartGone."""
        cart = await self._desk.job(take_back, cart_id)
        self.bring_back(Held(cart, self._laid_beside.pop(cart_id, ())))

    def bring_back(self, held: Held) -> None:
        """Take a cart in hand that was aside."""
        self._undo.clear()
        self.held = held
        self._save(save_cart, self._person, held.cart)

    async def drop(self) -> None:
        """Forget the cart for good and begin the next."""
        self._save(drop_cart, self.held.cart.id)
        await self.fresh()

    async def saved(self) -> None:
        """Wait until every change is saved."""
        if self._unsaved:
            await self._all_saved.wait()

    def _change(self, cart: Cart) -> None:
        self._remember()
        self.held = Held(cart, self.held.tenders)
        self._save(save_cart, self._person, cart)

    def _remember(self) -> None:
        self._undo = [*self._undo[-MOST_UNDO:], self.held]

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
