"""What runs beside the hands."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

Start = Callable[[Coroutine[Any, Any, None]], object]
"""Runs a coroutine beside the hands; what it raises unforeseen ends the program instead of passing unseen."""


class OneAtATime:
    """Something that must not run twice at once: asked for while it runs, it runs once more afterwards."""

    def __init__(self, start: Callable[[Any], object], act: Callable[[], Awaitable[None]]) -> None:
        self._start = start
        self._act = act
        self._again = False
        self._idle = asyncio.Event()
        self._idle.set()

    def ask(self) -> None:
        """See to it that it runs, wholly, after now."""
        self._again = True
        if self._idle.is_set():
            self._idle.clear()
            self._start(self._run)  # not a coroutine: one that the end of the program overtook would never be awaited

    async def done(self) -> None:
        """Wait until it has run for all that was asked."""
        await self._idle.wait()

    async def _run(self) -> None:
        try:
            while self._again:
                self._again = False
                await self._act()
        finally:
            self._idle.set()
