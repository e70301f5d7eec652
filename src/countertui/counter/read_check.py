"""Reading a check in the printer that has a reader."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Event

from countertui.counter.station import Run, Station
from countertui.domain.check_line import CheckLine
from countertui.ports.devices import Printer


def read_check(
    station: Station, _run: Run, printer: Printer, told: Callable[[str], None], stop: Event
) -> CheckLine | None:
    """Have a check put into that printer and read it; None if it is not the one that reads, or nobody waits any more.

    Runs on the thread that owns the printer, after its papers; `told` is called there with its name once it waits.
    Raises as `Printer.read_check`.
    """
    if printer is not station.check_printer or stop.is_set():
        return None
    return printer.read_check(partial(told, printer.name), stop)
