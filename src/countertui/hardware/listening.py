"""A device that speaks by itself, a scanner or check reader: listened to for as long as the counter is open."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from countertui.hardware.framing import QUIET_MS, Framer
from countertui.hardware.links.link import Link, PrinterError

MonoMs = Callable[[], int]
SOONEST_MS, LATEST_MS = 250, 10_000
"""How long to wait before the port is opened again: twice as long after each time that failed."""


@dataclass(slots=True)
class Listener:
    """Hands on what a device says, message by message, and comes back to it when it was unplugged.

    `run` is for a thread of its own, until `stop`; `on_message` and `on_state` are called in it. The state is `ok`, or
    why the device can't be heard, in one or two words. What arrives damaged is counted by the framer.
    """

    link: Link
    framer: Framer
    mono_ms: MonoMs
    on_message: Callable[[str], None]
    on_state: Callable[[str], None]
    _stopped: threading.Event = field(default_factory=threading.Event)
    _state: str = ""

    def run(self) -> None:
        """Listen until `stop`."""
        pause = SOONEST_MS
        while not self._stopped.is_set():
            try:
                self.link.open()
                self._tell("ok")
                pause = SOONEST_MS
                self._listen()
            except PrinterError as error:
                self.framer.give_up()
                self._tell(error.word)
                self._stopped.wait(pause / 1000)
                pause = min(2 * pause, LATEST_MS)
            finally:
                self.link.close()

    def stop(self) -> None:
        """End `run` within a fifth of a second."""
        self._stopped.set()

    def _listen(self) -> None:
        while not self._stopped.is_set():
            data = self.link.read_some(QUIET_MS)
            now = self.mono_ms()
            for message in self.framer.feed(data, now) if data else self.framer.settle(now):
                self.on_message(message)

    def _tell(self, state: str) -> None:
        if state != self._state:
            self._state = state
            self.on_state(state)
