"""A device at a raw TCP port."""

from __future__ import annotations

import contextlib
import select
import socket
import time
from dataclasses import dataclass, field

from countertui.hardware.links.link import Deadlines, PrinterUncertainError, ready, refused, why


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
class TcpLink:
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
            raise refused(self.name, why(error)) from error
        made.setblocking(False)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = made

    def _opened(self) -> socket.socket:
        if self._socket is None:
            raise refused(self.name, "not connected")
        return self._socket

    def _broken(self, error: OSError) -> PrinterUncertainError:
        return PrinterUncertainError(f"{self.name}: the connection broke ({why(error)}).", self._sent)

    def write_some(self, data: bytes, wait_ms: int) -> int:
        """Hand over what the network takes within `wait_ms`; give how many bytes. Raises PrinterUncertainError."""
        opened = self._opened()
        if not ready(opened.fileno(), select.POLLOUT, wait_ms):
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
        if not ready(opened.fileno(), select.POLLIN, wait_ms):
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
