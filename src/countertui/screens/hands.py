"""Fast hands: keys and pasted text are handled one after the other, each wholly, in the order they came.

Textual hands a key to the focused widget's own queue, while a function key acts at once: with a look-up under way,
a key could overtake the one before it. Here one worker takes them all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

Act = Callable[[], Awaitable[None]]


class Hands:
    """A queue of acts and the one worker that does them."""

    def __init__(self) -> None:
        self._acts: asyncio.Queue[Act] = asyncio.Queue()
        self._undone = 0

    @property
    def busy(self) -> bool:
        """Whether something that came has not been handled wholly."""
        return self._undone > 0

    def put(self, act: Act) -> None:
        """Do an act after all that came before it."""
        self._undone += 1
        self._acts.put_nowait(act)

    async def work(self) -> None:
        """Do acts for ever."""
        while True:
            act = await self._acts.get()
            try:
                await act()
            finally:
                self._undone -= 1
                self._acts.task_done()

    async def idle(self) -> None:
        """Wait until everything that came has been handled."""
        await self._acts.join()
