"""Ways to a printer: TCP, and a file or device node. Every connect, write and read has a deadline in milliseconds."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
import stat
import time
from dataclasses import dataclass, field
from pathlib import Path
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


def _refused(name: str, why: str) -> PrinterRefusedError:
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


def _why(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "no answer"
    return _WHY.get(error.errno or 0, error.strerror or "unknown address")


def _connected(host: str, port: int, within_ms: int) -> socket.socket:
    """A connection to the first of the host's addresses that answers, all of them together `within_ms`."""
    until = time.monotonic() + within_ms / 1000
    failure: OSError = TimeoutError()
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        made = socket.socket(family, kind, protocol)
        try:
            made.settimeout(max(until - time.monotonic(), 0.001))
            made.connect(address)
        except OSError as error:
            made.close()
            failure = error
        else:
            return made
    raise failure


@dataclass(slots=True)
class TcpPrinter:
    """A printer at a raw TCP port, IPv4 or IPv6. One connection per job: most printers take only one at a time."""

    host: str
    port: int = 9100
    deadlines: Deadlines = field(default_factory=Deadlines)
    _socket: socket.socket | None = None
    _sent: int = 0

    @property
    def name(self) -> str:
        """Host and port, as one writes them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def answers(self) -> bool:
        """A printer may answer over TCP; whether it does, only trying tells."""
        return True

    def open(self) -> None:
        """Connect, to whichever of the host's addresses answers. Raises PrinterRefusedError."""
        self.close()
        self._sent = 0
        try:
            made = _connected(self.host, self.port, self.deadlines.connect_ms)
        except OSError as error:
            raise _refused(self.name, _why(error)) from error
        made.setblocking(False)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = made

    def _opened(self) -> socket.socket:
        if self._socket is None:
            raise _refused(self.name, "not connected")
        return self._socket

    def _broken(self, error: OSError) -> PrinterUncertainError:
        return PrinterUncertainError(f"{self.name}: the connection broke ({_why(error)}).", self._sent)

    def write_some(self, data: bytes, wait_ms: int) -> int:
        """Hand over what the network takes within `wait_ms`; give how many bytes. Raises PrinterUncertainError."""
        opened = self._opened()
        if not _ready(opened.fileno(), select.POLLOUT, wait_ms):
            return 0
        try:
            taken = opened.send(data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise self._broken(error) from error
        self._sent += taken
        return taken

    def read_some(self, wait_ms: int) -> bytes:
        """Give what the printer sent within `wait_ms`, or nothing. Raises PrinterUncertainError when it hung up."""
        opened = self._opened()
        if not _ready(opened.fileno(), select.POLLIN, wait_ms):
            return b""
        try:
            received = opened.recv(4096)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise self._broken(error) from error
        if not received:
            raise PrinterUncertainError(f"{self.name}: the printer hung up.", self._sent)
        return received

    def close(self) -> None:
        """End the connection; bytes already handed over still go out."""
        if self._socket is None:
            return
        # Closing over unread replies would reset the connection, and the printer could lose what it has not yet read.
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
            while self._socket.recv(4096):
                pass
        self._socket.close()
        self._socket = None


@dataclass(slots=True)
class FilePrinter:
    """A file, FIFO or device node (`/dev/usb/lp0`) that takes bytes and never answers. A file is appended to."""

    path: Path
    deadlines: Deadlines = field(default_factory=Deadlines)
    _descriptor: int | None = None
    _sent: int = 0

    @property
    def name(self) -> str:
        """The path."""
        return str(self.path)

    @property
    def answers(self) -> bool:
        """Nothing comes back from a file."""
        return False

    def open(self) -> None:
        """Open for appending, without waiting for a reader. Raises PrinterRefusedError."""
        self.close()
        self._sent = 0
        # O_NONBLOCK: a FIFO nobody reads, or a device without paper, would hold the open for ever.
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        if Path("/dev") in self.path.parents and Path("/dev/shm") not in self.path.parents:  # noqa: S108 - not written to
            flags &= ~os.O_CREAT  # an unplugged printer must not become a file in /dev; in /dev/shm are only files
        try:
            self._descriptor = os.open(self.path, flags, 0o600)
        except OSError as error:
            raise _refused(self.name, _why(error)) from error

    def write_some(self, data: bytes, wait_ms: int) -> int:
        """Hand over what is taken within `wait_ms`; give how many bytes. Raises PrinterUncertainError."""
        if self._descriptor is None:
            raise _refused(self.name, "not open")
        if not _ready(self._descriptor, select.POLLOUT, wait_ms):
            return 0
        try:
            taken = os.write(self._descriptor, data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise PrinterUncertainError(f"{self.name}: {_why(error)}.", self._sent) from error
        self._sent += taken
        return taken

    def read_some(self, wait_ms: int) -> bytes:
        """Nothing, at once."""
        return b""

    def close(self) -> None:
        """Close; a plain file is synced first, so that what it holds is what was sent."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                if stat.S_ISREG(os.fstat(self._descriptor).st_mode):
                    os.fsync(self._descriptor)
            with contextlib.suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = None


def _ready(descriptor: int, event: int, wait_ms: int) -> bool:
    """Whether a read or write would not block, waiting at most `wait_ms`. A broken link is ready, and errs in use."""
    waiting = select.poll()
    waiting.register(descriptor, event)
    return bool(waiting.poll(max(wait_ms, 0)))
