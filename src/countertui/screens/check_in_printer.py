"""The printer's own check reader: it waits for a check as long as a check's row is asked, and no longer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any

from countertui.domain.refusal import Refused
from countertui.errors import CounterError

if TYPE_CHECKING:
    from countertui.domain.check_line import CheckLine
    from countertui.screens.app import CounterApp


class CheckInPrinter:
    """Nothing here is waited for by a key. A printer that waits for a check prints nothing until it is told to stop."""

    def __init__(self, counter: CounterApp) -> None:
        self._counter = counter
        self._stop = Event()

    def begin(self) -> None:
        """Let the printer that reads checks, if there is one, wait for the next."""
        from countertui.counter.read_check import read_check

        self.end()
        stop = self._stop = Event()
        loop = asyncio.get_running_loop()

        def told(printer: str) -> None:  # in the printer's thread
            loop.call_soon_threadsafe(self._tell, printer, stop)

        start: Callable[[Any], object] = self._counter.run_worker
        for reading in self._counter.desk.at_printers(read_check, told, stop):
            start(partial(self._read, reading, stop))

    def end(self) -> None:
        """No check is waited for any more."""
        self._stop.set()

    def _tell(self, printer: str, stop: Event) -> None:
        if not stop.is_set():
            self._counter.tell(f"The check can be put into {printer}.", press="Or type its number, then Enter.")

    async def _read(self, reading: Awaitable[CheckLine | None], stop: Event) -> None:
        try:
            line = await reading
        except (Refused, CounterError) as error:
            if not stop.is_set():
                self._counter.say(error)
        else:
            if line is not None and not stop.is_set():
                self._counter.reads.came(line)
