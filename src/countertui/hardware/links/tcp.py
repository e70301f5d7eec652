"""A device at a raw TCP port, IPv4 or IPv6."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
import time
from dataclasses import dataclass, field

from countertui.hardware.links.link import (
    BUSY,
    HUNG_UP,
    Cause,
    Deadlines,
    PrinterUncertainError,
    broken,
    cause_of,
    not_open,
    ready,
    refused,
)

_KNOCK_PORT, _KNOCK_MS = 80, 300
_FIRST_QUESTION = 3
"""Bytes of a DLE EOT: who hangs up over no more than that never listened."""
_NO_SUCH_NAME = Cause("no address", "its name is not known to the network", "Call a technician.")
_NO_NAMES = Cause("no address", "the network gives no address for its name", "Check this computer's network cable.")
_ONE_AT_A_TIME = Cause(BUSY.word, "it hung up at once, as printers do that another terminal is using", BUSY.press)

_Address = tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[str, int] | tuple[str, int, int, int]]


class _NamesLateError(OSError):
    """The resolver did not answer in time; it has no deadline of its own."""


def _addresses(host: str, port: int, within_ms: int) -> list[_Address]:
    """The host's addresses. A name is asked for beside, as the resolver may take minutes. Raises OSError."""
    with contextlib.suppress(socket.gaierror):
        return _resolved(host, port, socket.AI_NUMERICHOST)
    found: list[_Address] = []
    failures: list[OSError] = []

    def ask() -> None:
        try:
            found.extend(_resolved(host, port, 0))
        except OSError as error:
            failures.append(error)

    asking = threading.Thread(target=ask, name="address", daemon=True)
    asking.start()
    asking.join(within_ms / 1000)
    if failures:
        raise failures[0]
    if not found:
        raise _NamesLateError
    return found


def _resolved(host: str, port: int, flags: int) -> list[_Address]:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)  # type: ignore[return-value]


def _connected(addresses: list[_Address], within_ms: int) -> socket.socket:
    """A connection to the first address that answers, each with its share of `within_ms`. Raises OSError."""
    until = time.monotonic() + within_ms / 1000
    failure: OSError = TimeoutError()
    for number, (family, kind, protocol, _, address) in enumerate(addresses):
        made = socket.socket(family, kind, protocol)
        try:
            share = (until - time.monotonic()) / (len(addresses) - number)
            made.settimeout(max(share, 0.001))
            made.connect(address)
        except OSError as error:
            made.close()
            failure = error
        else:
            return made
    raise failure


def _is_awake(addresses: list[_Address]) -> bool:
    """Whether anybody answers at an address whose port doesn't: then the printer is on, and another terminal has it."""
    for family, kind, protocol, _, address in addresses:
        with socket.socket(family, kind, protocol) as knock:
            knock.settimeout(_KNOCK_MS / 1000)
            try:
                knock.connect((address[0], _KNOCK_PORT, *address[2:]))
            except ConnectionRefusedError:
                return True
            except OSError:
                continue
            return True
    return False


def _watch_for_silence(made: socket.socket) -> None:
    """Have the system ask a quiet peer every 2 s after 5 s: a printer that lost its power says no goodbye."""
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 5), ("TCP_KEEPINTVL", 2), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):
            made.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


@dataclass(slots=True)
class TcpLink:
    """A printer at a raw TCP port. One connection per job: most printers take only one at a time."""

    host: str
    port: int = 9100
    deadlines: Deadlines = field(default_factory=Deadlines)
    label: str = ""
    _socket: socket.socket | None = None
    _sent: int = 0
    _heard: bool = False

    @property
    def name(self) -> str:
        """What people call it, or host and port, as one writes them."""
        return self.label or (f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}")

    @property
    def answers(self) -> bool:
        """A printer may answer over TCP; whether it does, only trying tells."""
        return True

    def open(self) -> None:
        """Connect, to whichever of the host's addresses answers.

        Raises PrinterRefusedError; PrinterBusyError where the machine is awake but takes no connection.
        """
        self.close()
        self._sent, self._heard = 0, False
        try:
            addresses = _addresses(self.host, self.port, self.deadlines.connect_ms)
        except _NamesLateError as error:
            raise refused(self.name, _NO_NAMES) from error
        except OSError as error:
            raise refused(self.name, _NO_SUCH_NAME) from error
        try:
            made = _connected(addresses, self.deadlines.connect_ms)
        except TimeoutError as error:
            raise refused(self.name, BUSY if _is_awake(addresses) else cause_of(error)) from error
        except ConnectionResetError as error:
            raise refused(self.name, _ONE_AT_A_TIME) from error
        except OSError as error:
            raise refused(self.name, cause_of(error)) from error
        made.setblocking(False)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _watch_for_silence(made)
        self._socket = made

    def _opened(self) -> socket.socket:
        if self._socket is None:
            raise not_open(self.name)
        return self._socket

    def _broken(self, cause: Cause) -> PrinterUncertainError:
        never_ours = not self._heard and self._sent <= _FIRST_QUESTION
        return broken(self.name, _ONE_AT_A_TIME if never_ours else cause, self._sent)

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
            raise self._broken(cause_of(error)) from error
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
            raise self._broken(cause_of(error)) from error
        if not received:
            raise self._broken(HUNG_UP)
        self._heard = True
        return received

    def flush(self, wait_ms: int) -> None:
        """Nothing to wait for: what a peer took can't be told apart from what the network holds."""

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

    def abandon(self) -> None:
        """Reset the connection: what the network still holds goes no further."""
        if self._socket is None:
            return
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()
        self._socket = None
