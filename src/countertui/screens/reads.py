"""What scanners, check readers and fast keys bring: handled among the hands' keys, each wholly, whatever has focus."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from countertui.domain.check_line import CheckLine
from countertui.domain.device_reads import DeviceRead, ScannedText
from countertui.domain.refusal import Refused
from countertui.errors import CounterError
from countertui.screens.bursts import Burst
from countertui.widgets.stroke import Stroke

if TYPE_CHECKING:
    from countertui.counter.scans import Scanned
    from countertui.screens.app import CounterApp


MOST_WAITING = 8
"""Reads that wait to be handled: a device gone mad must not hold the keys up."""


class Reads:
    """A read waits for the key before it and holds up the next, like a key; the devices' threads wait for nothing.

    dropped: how many came while too many waited.
    """

    def __init__(self, counter: CounterApp) -> None:
        self._counter = counter
        self._waiting = 0
        self.dropped = 0
        self._told = 0

    def listen(self) -> None:
        """Hear every scanner and check reader from now on."""
        loop = asyncio.get_running_loop()

        def told(read: DeviceRead) -> None:  # in the device's thread
            with contextlib.suppress(RuntimeError):  # the program has ended meanwhile
                loop.call_soon_threadsafe(self.came, read)

        self._counter.desk.listen(told)

    def came(self, read: DeviceRead) -> None:
        """A device read something: it is handled after what came before it."""
        if self._waiting >= MOST_WAITING:
            self.dropped += 1
            return
        self._waiting += 1
        self._counter.hands.put(partial(self._take_waiting, read))

    async def take_burst(self, burst: Burst) -> None:
        """Take a burst of keys as a scan, if it is one; else as the keys it came as, each wholly."""
        if burst.first_sent:
            await self._counter.area.take_back()
        # A bare number only with its Enter, for a slow line delivers what hands type at once.
        enter = burst.strokes[-1] if burst.ended else None
        await self._take_scan(burst.text, burst.strokes[0].at, enter, bare_too=burst.ended)

    async def _take_waiting(self, read: DeviceRead) -> None:
        try:
            await self._take(read)
        finally:
            self._waiting -= 1
        if not self._waiting and self.dropped > self._told:
            self._told = self.dropped
            self._counter.tell("A scanner or reader sends more than can be taken.", press="Look at it; unplug it.")

    async def _take(self, read: DeviceRead) -> None:
        if isinstance(read, ScannedText):
            await self._take_scan(read.text, monotonic(), None, bare_too=True)
            return
        self._counter.message.clear()
        try:
            if isinstance(read, Refused):
                raise read
            if self._counter.person is None:
                raise Refused("Nobody is signed on.", "Nothing of what was read was kept.", "Sign on, then once more.")
            if isinstance(read, CheckLine):
                await self._counter.area.take_check(read)
            else:
                await self._counter.area.take_card(read)
        except (Refused, CounterError) as error:
            self._counter.say(error)
        self._counter.show_keys()

    async def _take_scan(self, text: str, at: float, enter: Stroke | None, *, bare_too: bool) -> None:
        counter = self._counter
        try:
            scanned = await self._scanned(text, bare_too=bare_too)
            if scanned is not None:
                counter.message.clear()
                await counter.area.take_scan(scanned)
                counter.exercising.scanned()
        except (Refused, CounterError) as error:
            counter.say(error)
        else:
            if scanned is None:
                await self._type(Stroke(pasted=text, at=at), enter)
        counter.show_keys()

    async def _type(self, whole: Stroke, enter: Stroke | None) -> None:
        """What is no scan is typed wholly or not at all, and entered only then.

        Its letters are no commands, so that it needs a field.
        """
        counter = self._counter
        if counter.area.at is None or not counter.area.at.display:
            counter.say(Refused("What was scanned is not known here.", "Nothing was done.", "F2, then scan it again."))
            return
        said = counter.message.times
        await counter.press(whole)
        refused = counter.message.times != said and counter.message.refuses
        if enter is None or refused:
            return
        if counter.area.records_on_enter():
            counter.tell("That came as a scanner types.", "It is not taken yet.", "Look at it; Enter goes on.")
        else:
            await counter.press(enter)

    async def _scanned(self, text: str, *, bare_too: bool) -> Scanned | None:
        if self._counter.person is None or self._counter.store_is_lost:
            return None
        from countertui.counter.scans import recognise

        scanned = await self._counter.desk.look(recognise, text)
        return scanned if scanned is None or bare_too or not scanned.bare else None
