"""Watching the clock: against the monotonic one, which nobody sets, and against what the ledger says the time is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from countertui.domain.clock import MAY_BE_OFF_MS
from countertui.domain.records import Fact, Kind
from countertui.errors import CounterError
from countertui.ports.clock import Clock

if TYPE_CHECKING:
    from countertui.counter.station import Station

PROGRAM = "countertui"
"""Who acts where nobody does: the program itself."""


@dataclass(slots=True)
class ClockWatch:
    """The clock as it was seen last, in milliseconds, and how far it is ahead of what is known to be the time."""

    offset: int | None = None
    """Wall time less monotonic time: the same for as long as nobody sets the clock."""
    ledger_ahead: int = 0
    """How far the ledger's clock was ahead when that was last recorded."""
    off_ms: int = 0

    def start(self, clock: Clock, behind_ms: int) -> None:
        """Begin to watch a clock that is this far behind the latest record."""
        self.offset = _offset(clock)
        self.off_ms = -behind_ms if behind_ms > MAY_BE_OFF_MS else 0

    def jumped_ms(self, clock: Clock) -> int:
        """How far the clock was set ahead since it was seen last (back: below 0); 0 for no more than it may be."""
        now = _offset(clock)
        before = self.offset = now if self.offset is None else self.offset
        return now - before if abs(now - before) > MAY_BE_OFF_MS else 0


def watch_clock(station: Station, ledger_ahead_ms: int | None = None) -> None:
    """Record that the clock jumped, or that it tells another time than the ledger's, each once.

    Never raises: the clock decides nothing. What a disk did not take is recorded at the next look.
    """
    watch = station.watch
    if station.store.halted is not None or station.checking:
        return
    try:
        if jumped := watch.jumped_ms(station.clock):
            _record(station, {"jumped_ms": jumped})
            watch.offset = _offset(station.clock)
            watch.off_ms += jumped
        if ledger_ahead_ms is None:
            return
        watch.off_ms = -ledger_ahead_ms if abs(ledger_ahead_ms) > MAY_BE_OFF_MS else 0
        if abs(ledger_ahead_ms - watch.ledger_ahead) > MAY_BE_OFF_MS:
            _record(station, {"ledger_ahead_ms": ledger_ahead_ms})
            watch.ledger_ahead = ledger_ahead_ms
    except CounterError:
        return  # whoever takes money next is told what is wrong with the disk


def _offset(clock: Clock) -> int:
    return clock.utc_ms() - clock.mono_ms()


def _record(station: Station, data: dict[str, int]) -> None:
    fact = Fact(station.ids(), Kind.CLOCK_CHANGE, PROGRAM, data)
    station.store.append(fact, station.recorder, station.clock)
