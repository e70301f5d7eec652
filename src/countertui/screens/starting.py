"""The start, beside the sign-on: the store and its keys opened, the journal checked; keys typed meanwhile are kept."""

from __future__ import annotations

import asyncio
import gc
import sys
from time import monotonic
from typing import TYPE_CHECKING

from countertui.domain.refusal import Refused
from countertui.errors import CounterError
from countertui.screens.ahead import load_ahead

if TYPE_CHECKING:
    from countertui.screens.app import CounterApp

CHECKING = "Checking the journal …"
YOUNG_SECONDS = 10.0
UNLOCK_AFTER_SECONDS = 0.05
SOON_SECONDS = (1.0, 1.5, 2.0, 3.0)
"""When the chips are asked for beside the usual beat: a made-up city's own ledger comes up meanwhile."""
SWITCH_SECONDS = 0.001
"""How long another thread's Python may hold up a key: the default of 5 ms makes echo ten times slower, measured."""


class Starting:
    """`halted` holds the faults that the start checks found; while there are any, no money is taken."""

    def __init__(self, app: CounterApp, poll_seconds: float) -> None:
        self._app = app
        self._poll_seconds = poll_seconds
        self._began = monotonic()
        self._fault: Refused | CounterError | None = None
        self.unlocked = asyncio.Event()
        self.checked = asyncio.Event()
        self.halted: tuple[str, ...] = ()
        self.notes: tuple[str, ...] = ()
        """What the last stop left behind; said again and again until somebody has read it."""
        self._waited: frozenset[str] = frozenset()
        """Those of the notes that are over with what they tell of."""

    @property
    def is_open(self) -> bool:
        """Whether the store and its keys are open."""
        return self.unlocked.is_set() and self._fault is None

    @property
    def stays_shut(self) -> bool:
        """Whether the store could not be opened."""
        return self._fault is not None

    @property
    def is_young(self) -> bool:
        """Whether the program started less than a moment ago."""
        return monotonic() - self._began < YOUNG_SECONDS

    def after_first_paint(self) -> None:
        """Begin what would slow the first key's echo: opening the store imports half the program on another thread."""
        gc.freeze()
        sys.setswitchinterval(SWITCH_SECONDS)
        if not self._app.desk.needs_passphrase:
            self._app.set_timer(UNLOCK_AFTER_SECONDS, lambda: self._app.run_worker(self._unlock_by_itself()))

    async def unlock(self, passphrase: str) -> None:
        """Open the store and its keys, then let the start checks run beside. Raises Refused for a wrong passphrase."""
        await self._app.desk.unlock(passphrase)
        self.unlocked.set()
        self._app.follow_keys()
        self._app.reads.listen()
        self._app.show_status()
        self._app.run_worker(self._check(), name="check")
        if self._poll_seconds:
            self._app.set_interval(self._poll_seconds, self._app.chips.ask)
            for seconds in SOON_SECONDS:
                self._app.set_timer(seconds, self._app.chips.ask)

    async def opened(self) -> None:
        """Wait until the store is open and checked. Raises what kept it from opening."""
        await self.unlocked.wait()
        if self._fault is not None:
            raise self._fault
        if not self.checked.is_set():
            self._app.tell(CHECKING)
            await self.checked.wait()
            if self._app.message.text == CHECKING:
                self._app.message.clear()

    async def remind(self) -> None:
        """Say what the last stop left behind, unless something else is being said or it was seen to since."""
        if not self.notes or self._app.message.text:
            return
        from countertui.counter.start_up import still_waits

        try:
            waits = await self._app.desk.look(still_waits)
        except (Refused, CounterError):  # the store says so itself; what was left is said as it was
            waits = list(self._waited)
        self.notes = tuple(note for note in self.notes if note in waits or note not in self._waited)
        if self.notes:
            self._app.tell(self.notes[0], " ".join(self.notes[1:]), "Esc: read.")

    def read(self) -> bool:
        """Whether that was being said: then it is read, and not said again."""
        if not self.notes or not self._app.message.text.startswith(self.notes[0]):
            return False
        self.notes = ()
        self._app.message.clear()
        return True

    async def _unlock_by_itself(self) -> None:
        try:
            await self.unlock("")
        except (Refused, CounterError) as error:
            self._fault = error
            self.unlocked.set()
            self._app.show_status()
            self._app.say(error)

    async def _check(self) -> None:
        from countertui.counter.start_up import left_behind, still_waits

        try:
            self.halted = tuple(await self._app.desk.check())
            self.notes = tuple(await self._app.desk.look(left_behind))
            self._waited = frozenset(await self._app.desk.look(still_waits))
        except (Refused, CounterError) as error:
            self.halted = (error.happened,)
        self.checked.set()
        self._app.run_worker(load_ahead, thread=True, name="load ahead")
        if self.halted:
            self._app.message.refuse(
                self.halted[0], "What is recorded stays as it is; no money is taken.", "Call support."
            )
        elif self.notes:
            self._app.message.clear()
            await self.remind()
        self._app.chips.ask()
