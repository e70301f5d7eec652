"""The start, beside the sign-on: the store and its keys opened, the journal checked; keys typed meanwhile are kept."""

from __future__ import annotations

import asyncio
import gc
import sys
from typing import TYPE_CHECKING

from countertui.domain.refusal import Refused
from countertui.errors import CounterError

if TYPE_CHECKING:
    from countertui.screens.app import CounterApp

UNLOCK_AFTER_SECONDS = 0.05
SWITCH_SECONDS = 0.001
"""How long another thread's Python may hold up a key: the default of 5 ms makes echo ten times slower, measured."""


class Starting:
    """`halted` holds the faults that the start checks found; while there are any, no money is taken."""

    def __init__(self, app: CounterApp, poll_seconds: float) -> None:
        self._app = app
        self._poll_seconds = poll_seconds
        self._fault: Refused | CounterError | None = None
        self.unlocked = asyncio.Event()
        self.checked = asyncio.Event()
        self.halted: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the store and its keys are open."""
        return self.unlocked.is_set() and self._fault is None

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
        self._app.show_status()
        self._app.run_worker(self._check(), name="check")
        if self._poll_seconds:
            self._app.set_interval(self._poll_seconds, self._app.chips.ask)

    async def opened(self) -> None:
        """Wait until the store is open and checked. Raises what kept it from opening."""
        await self.unlocked.wait()
        if self._fault is not None:
            raise self._fault
        if not self.checked.is_set():
            self._app.tell("Checking the journal …")
            await self.checked.wait()
            self._app.message.clear()

    async def _unlock_by_itself(self) -> None:
        try:
            await self.unlock("")
        except (Refused, CounterError) as error:
            self._fault = error
            self.unlocked.set()
            self._app.say(error)

    async def _check(self) -> None:
        from countertui.counter.start_up import left_behind

        notes: list[str] = []
        try:
            self.halted = tuple(await self._app.desk.check())
            notes = await self._app.desk.look(left_behind)
        except (Refused, CounterError) as error:
            self.halted = (error.happened,)
        self.checked.set()
        if self.halted:
            self._app.message.refuse(
                self.halted[0], "What is recorded stays as it is; no money is taken.", "Call support."
            )
        elif notes:
            self._app.tell(*notes[:3])
        self._app.chips.ask()
