"""What goes on beside the hands at the devices: papers that print, the drawer that opens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from countertui.errors import CounterError

if TYPE_CHECKING:
    from countertui.counter.print_queue import PrintNote
    from countertui.counter.slips import SlipSaid
    from countertui.counter.take_payment import Taken
    from countertui.screens.app import CounterApp


RETRY_S = 20.0


class PaperAndDrawer:
    """Nothing here is waited for by a key. What a person must see of it is told."""

    def __init__(self, counter: CounterApp) -> None:
        self._counter = counter
        self._asked_at = -RETRY_S

    def after(self, taken: Taken) -> None:
        """Open the drawer if the payment says so, and print: in that order, as change is given before the receipt."""
        self._start(partial(self._drawer_then_papers, taken))

    def open_drawer(self, seq: int) -> None:
        """Open the drawer for a record, `no_sale`."""
        self._start(partial(self._kick, seq, "It is recorded."))

    def print_what_waited(self) -> None:
        """Print what was refused, now that its printer is ready; not in haste, as it may refuse again."""
        if monotonic() - self._asked_at >= RETRY_S:
            self.print_papers()

    def print_papers(self) -> None:
        """Have every printer print what waits for it, beside each other."""
        if not self._counter.store_is_lost:
            from countertui.counter.print_queue import print_waiting
            from countertui.counter.slips import print_slips

            self._asked_at = monotonic()
            desk, loop = self._counter.desk, asyncio.get_running_loop()

            def told(said: SlipSaid) -> None:  # in the printer's thread
                loop.call_soon_threadsafe(self._tell_slip, said)

            for papers in (*desk.at_printers(print_waiting), *desk.at_printers(print_slips, told)):
                self._start(partial(self._printed, papers))

    def _tell_slip(self, said: SlipSaid) -> None:
        from countertui.screens.printing_words import slip_words

        if words := slip_words(said):
            self._counter.tell(*words)
        self._start(self._list_again)

    async def _list_again(self) -> None:
        """What may be done with a paper depends on how it stands now."""
        if self._counter.area.NAME == "printing":
            await self._counter.area.arrive()
            self._counter.show_keys()

    def _start(self, work: Callable[[], Awaitable[None]]) -> None:
        start: Callable[[Any], object] = self._counter.run_worker
        start(work)

    async def _drawer_then_papers(self, taken: Taken) -> None:
        if taken.opens_drawer:
            await self._kick(taken.seq, "The payment is recorded.")
        self.print_papers()

    async def _kick(self, seq: int, safe: str) -> None:
        from countertui.counter.cash_drawer import kick_drawer

        try:
            words = await self._counter.desk.errand(kick_drawer, seq)
        except CounterError as error:
            self._counter.say(error)
        else:
            if words:
                self._counter.tell(f"The drawer was not opened: {words}.", safe, "Open it with its key.")

    async def _printed(self, papers: Awaitable[list[PrintNote]]) -> None:
        from countertui.screens.printing_words import done_with_sheets, doubt_about

        try:
            notes = await papers
        except CounterError as error:
            self._counter.say(error)
        else:
            doubt, done = doubt_about(notes), done_with_sheets(notes)
            if doubt is not None:
                self._counter.tell(*doubt)
            elif done is not None and not self._counter.message.refuses:  # what was refused meanwhile is to be read
                self._counter.tell(*done)
        await self._list_again()
        self._counter.chips.ask()
