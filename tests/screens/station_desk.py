"""A desk on a real station: every job is done at once, in the test's own thread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from counter_station import run_here
from countertui.counter.station import Place, Station
from countertui.domain.city import CityRules
from countertui.domain.device_reads import DeviceRead


class StationDesk:
    """The screens' way to a station that lies open; its check found nothing."""

    needs_passphrase = False

    def __init__(self, station: Station) -> None:
        self.station = station

    @property
    def mark(self) -> str:
        return self.station.place.mark

    @property
    def place(self) -> Place:
        return self.station.place

    @property
    def rules(self) -> CityRules:
        return self.station.rules

    async def unlock(self, passphrase: str) -> None:
        """It is open."""

    async def check(self) -> Sequence[str]:
        return ()

    def job(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Awaitable[Any]:
        return self._done(function, *args, **kwargs)

    def look(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Awaitable[Any]:
        return self._done(function, *args, **kwargs)

    def errand(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Awaitable[Any]:
        return self._done(function, run_here(self.station), *args, **kwargs)

    def at_printers(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> list[Awaitable[Any]]:
        return [self._done(function, run_here(self.station), each, *args, **kwargs) for each in self.station.printers]

    def listen(self, told: Callable[[DeviceRead], None]) -> None:
        """No scanner is there."""

    async def idle(self) -> None:
        """Nothing is ever left to do."""

    def _done(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Awaitable[Any]:
        made: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        try:
            made.set_result(function(self.station, *args, **kwargs))
        except Exception as error:
            made.set_exception(error)
        return made
