"""What every way to a device promises: deadlines on everything, typed faults, and words for a person."""

from __future__ import annotations

import errno
import select
from dataclasses import dataclass
from typing import Protocol

from countertui.errors import EnvironmentFault

_SAFE = "Nothing was sent; what was recorded stays recorded."


class PrinterError(EnvironmentFault):
    """The printer could not be reached or stopped answering. `word` is the same in one or two words, for a chip."""

    def __init__(self, happened: str, safe: str = "", press: str = "", *, word: str = "off") -> None:
        super().__init__(happened, safe, press)
        self.word = word


class PrinterRefusedError(PrinterError):
    """Nothing was handed over: trying again is safe."""


class PrinterBusyError(PrinterRefusedError):
    """It is there, but somebody else has it: another terminal, another program, jobs that wait before this one."""


class PrinterUncertainError(PrinterError):
    """The link broke after `bytes_sent` bytes were handed over on it; how many of them were printed is not known."""

    def __init__(self, happened: str, bytes_sent: int, *, word: str = "off") -> None:
        super().__init__(
            happened,
            "What was recorded stays recorded.",
            "Look at the paper, then print again if need be.",
            word=word,
        )
        self.bytes_sent = bytes_sent


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long a connect, a write and a read may take, in milliseconds each."""

    connect_ms: int = 3_000
    write_ms: int = 10_000
    read_ms: int = 1_000


class Link(Protocol):
    """An open or openable way to one device, used by one worker at a time."""

    deadlines: Deadlines

    @property
    def name(self) -> str:
        """Which device, for a person."""

    @property
    def answers(self) -> bool:
        """Whether bytes can come back at all."""

    def open(self) -> None:
        """Connect. Raises PrinterRefusedError."""

    def write_some(self, data: bytes, wait_ms: int) -> int:
        """Hand over what fits, waiting up to `wait_ms` for room; give how many bytes. Raises PrinterUncertainError."""

    def read_some(self, wait_ms: int) -> bytes:
        """Give what has come, waiting at most `wait_ms` for it; empty if nothing came. Raises PrinterUncertainError."""

    def flush(self, wait_ms: int) -> None:
        """Wait until what was written has left this machine; where nothing can be heard, that is all there is to know.

        Raises PrinterUncertainError if it has not within `wait_ms`, PrinterRefusedError if none of it was taken at all.
        """

    def close(self) -> None:
        """Let go of the port; what was handed over still goes out. Never raises."""

    def abandon(self) -> None:
        """Let go of the port, and of what was handed over and has not yet left this machine. Never raises."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a device can't be used: in one or two words, in a sentence, and what a person does about it."""

    word: str
    why: str
    press: str


BUSY = Cause(
    "busy", "in use by another terminal or program", "Wait a moment: what waits here is printed when it is free."
)
SILENT = Cause("off", "no answer", "Switch it on and check its cable.")
UNPLUGGED = Cause("unplugged", "not plugged in", "Plug it in and switch it on.")
HUNG_UP = Cause("off", "it hung up", "Check that it is on, and that no other terminal is using it.")
_FORBIDDEN = Cause(
    "not allowed", "this program may not use it", "Call a technician: docs/devices.md says what to allow."
)
_CAUSES = {
    errno.ECONNREFUSED: Cause(
        "off",
        "switched off, in use by another terminal, or not a printer",
        "Switch it on; if it is on, wait a moment and try again.",
    ),
    errno.EHOSTUNREACH: Cause("off", "no way to its address", "Switch it on and check its network cable."),
    errno.ENETUNREACH: Cause("no network", "no network", "Check this computer's network cable."),
    errno.ETIMEDOUT: SILENT,
    errno.ENOENT: UNPLUGGED,
    errno.ENODEV: UNPLUGGED,
    errno.EIO: UNPLUGGED,
    errno.ENXIO: Cause("off", "nothing reads from it", "Call a technician."),
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EBUSY: BUSY,
    errno.EAGAIN: BUSY,
    errno.ENOSPC: Cause("disk full", "no space left", "Call a technician."),
}


def cause_of(error: OSError) -> Cause:
    """What the machine complains of, for a person."""
    if isinstance(error, TimeoutError):
        return SILENT
    known = _CAUSES.get(error.errno or 0)
    return known or Cause("off", error.strerror or "unknown address", "Call a technician.")


def refused(name: str, cause: Cause) -> PrinterRefusedError:
    """Nothing left for `name`, and why."""
    kind = PrinterBusyError if cause is BUSY or cause.word == BUSY.word else PrinterRefusedError
    return kind(f"{name}: {cause.why}.", _SAFE, cause.press, word=cause.word)


def broken(name: str, cause: Cause, bytes_sent: int) -> PrinterUncertainError:
    """The link to `name` broke while it was used, and why."""
    return PrinterUncertainError(f"{name}: the connection broke ({cause.why}).", bytes_sent, word=cause.word)


def not_open(name: str) -> PrinterRefusedError:
    """Somebody reads or writes without opening."""
    return refused(name, Cause("off", "not connected", "Try again."))


def ready(descriptor: int, event: int, wait_ms: int) -> bool:
    """Whether a read or write would not block, waiting at most `wait_ms`. A broken link is ready, and errs in use."""
    waiting = select.poll()
    waiting.register(descriptor, event)
    return bool(waiting.poll(max(wait_ms, 0)))
