"""What every way to a device promises: deadlines on everything, typed faults, and words for a person."""

from __future__ import annotations

import errno
import select
from dataclasses import dataclass
from typing import Protocol

from countertui.errors import EnvironmentFault


class PrinterError(EnvironmentFault):
    """The printer could not be reached or stopped answering."""


class PrinterRefusedError(PrinterError):
    """Nothing was handed over: trying again is safe."""


class PrinterUncertainError(PrinterError):
    """The link broke after `bytes_sent` bytes were handed over on it; how many of them were printed is not known."""

    def __init__(self, happened: str, bytes_sent: int) -> None:
        super().__init__(
            happened, "What was recorded stays recorded.", "Look at the paper, then print again if need be."
        )
        self.bytes_sent = bytes_sent


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long a connect, a write and a read may take, in milliseconds each."""

    connect_ms: int = 3_000
    write_ms: int = 10_000
    read_ms: int = 1_000


class Link(Protocol):
    """An open or openable way to one printer, used by one worker at a time."""

    deadlines: Deadlines

    @property
    def name(self) -> str:
        """Which printer, for a person."""

    @property
    def answers(self) -> bool:
        """Whether bytes can come back at all."""

    def open(self) -> None:
        """Connect. Raises PrinterRefusedError."""

    def write_some(self, data: bytes, wait_ms: int) -> int:
        """Hand over what fits, waiting up to `wait_ms` for room; give how many bytes. Raises PrinterUncertainError."""

    def read_some(self, wait_ms: int) -> bytes:
        """Give what has come, waiting at most `wait_ms` for it; empty if nothing came. Raises PrinterUncertainError."""

    def close(self) -> None:
        """Let go of the port; never raises."""


def refused(name: str, why: str) -> PrinterRefusedError:
    """Nothing left for `name`, and why not."""
    return PrinterRefusedError(
        f"{name}: {why}.", "Nothing was sent; what was recorded stays recorded.", "Check the printer and try again."
    )


_WHY = {
    errno.ECONNREFUSED: "switched off or not a printer",
    errno.EHOSTUNREACH: "no way to its address",
    errno.ENETUNREACH: "no network",
    errno.ETIMEDOUT: "no answer",
    errno.ENOENT: "not plugged in",
    errno.ENXIO: "nothing reads from it",
    errno.EACCES: "not allowed to write to it",
    errno.ENOSPC: "no space left",
}


def why(error: OSError) -> str:
    """What the machine complains of, in words for a person."""
    if isinstance(error, TimeoutError):
        return "no answer"
    return _WHY.get(error.errno or 0, error.strerror or "unknown address")


def ready(descriptor: int, event: int, wait_ms: int) -> bool:
    """Whether a read or write would not block, waiting at most `wait_ms`. A broken link is ready, and errs in use."""
    waiting = select.poll()
    waiting.register(descriptor, event)
    return bool(waiting.poll(max(wait_ms, 0)))
