"""What the screens need from the room that plugs all together: jobs on one thread, looks on another, and a start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    from countertui.counter.station import Place, Run, Station
    from countertui.domain.city import CityRules
    from countertui.domain.device_reads import DeviceRead
    from countertui.ports.devices import Printer

P = ParamSpec("P")
R = TypeVar("R")


class Desk(Protocol):
    """The way from the screens to the counter. Functions take the Station first; their refusals arrive at the await."""

    @property
    def needs_passphrase(self) -> bool:
        """Whether an opener must type the passphrase; known before anything is opened."""

    @property
    def mark(self) -> str:
        """DEMO or TRAINING in such a city, else nothing; known before anything is opened."""

    @property
    def place(self) -> Place:
        """Where the counter stands; after `unlock`."""

    @property
    def rules(self) -> CityRules:
        """The city's rules; after `unlock`, and again after a new snapshot."""

    async def unlock(self, passphrase: str) -> None:
        """Open the store, then its keys, away from this thread. Raises Refused for a wrong passphrase, CounterError."""

    async def check(self) -> Sequence[str]:
        """The start checks, in a child process, then `after_check`; gives the faults that halt sales."""

    def job(self, function: Callable[Concatenate[Station, P], R], *args: P.args, **kwargs: P.kwargs) -> Awaitable[R]:
        """Put a job in the queue of the one working thread, at the call: jobs are done in the order of the calls."""

    def look(self, function: Callable[Concatenate[Station, P], R], *args: P.args, **kwargs: P.kwargs) -> Awaitable[R]:
        """Read on the other thread, while jobs go on."""

    def at_printers(
        self, function: Callable[Concatenate[Station, Run, Printer, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> Sequence[Awaitable[R]]:
        """Do it with each printer, each on the one thread that owns it, after what was asked of it before."""

    def errand(
        self, function: Callable[Concatenate[Station, Run, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> Awaitable[R]:
        """Do what may take its time (network, printer) on a thread of its own; `Run` does the store's part."""

    def listen(self, told: Callable[[DeviceRead], None]) -> None:
        """Listen to every scanner and check reader from now on, each in a thread of its own, which calls `told`."""
