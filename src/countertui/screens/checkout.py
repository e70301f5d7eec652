"""Recording payments beside the hands: the cart that is being recorded is frozen, the next one is already there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from countertui.counter.cart import Held
from countertui.counter.station import Person, Session
from countertui.counter.take_payment import Taken, take_payment
from countertui.domain.receipts import FeeLine
from countertui.domain.refusal import Refused
from countertui.errors import CounterError
from countertui.screens.beside import Start
from countertui.screens.desk import Desk

TakenTold = Callable[[Held, Taken], None]
FailureTold = Callable[[Held, Refused | CounterError], None]


class Checkout:
    """Each payment is asked for once, in the order of the commits; `taken` and `failed` are told how it went."""

    def __init__(self, desk: Desk, start: Start, taken: TakenTold, failed: FailureTold) -> None:
        self._desk = desk
        self._start = start
        self._taken = taken
        self._failed = failed
        self.recording: dict[str, tuple[Held, asyncio.Event]] = {}

    def commit(self, session: Session, held: Held, approver: Person | None) -> None:
        """Record a payment, with who approved something about it. The call itself waits for nothing."""
        if held.cart.id not in self.recording:
            self.recording[held.cart.id] = held, asyncio.Event()
            self._start(self._record(held, self._desk.job(take_payment, session, held.cart, held.tenders, approver)))

    async def settled(self, account: str | None = None) -> None:
        """Wait for the payments under way, or those that touch an account, so that its balance is read after them."""
        for held, done in list(self.recording.values()):
            touched = {line.account for line in held.cart.lines if not isinstance(line, FeeLine)}
            if account is None or account in touched:
                await done.wait()

    async def _record(self, held: Held, asked: Awaitable[Taken]) -> None:
        try:
            taken = await asked
        except (Refused, CounterError) as error:
            self._end(held)
            self._failed(held, error)
        else:
            self._end(held)
            self._taken(held, taken)

    def _end(self, held: Held) -> None:
        _, done = self.recording.pop(held.cart.id)
        done.set()
