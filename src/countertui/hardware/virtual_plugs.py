"""The plugs of virtual devices: a loopback port, and a pseudo-terminal that is a serial port to whoever opens it."""

from __future__ import annotations

import contextlib
import errno
import os
import pty
import socket
import tty
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

LOOPBACK = "127.0.0.1"


class Plug(Protocol):
    """Where a device's bytes come in and go out; used by the device's thread alone, but for `power` and `drop`."""

    @property
    def address(self) -> dict[str, str | int]:
        """Where a program finds the device, as it is written into terminal.toml."""

    def watched(self, *, room: bool) -> Iterable[int]:
        """The descriptors that have something for the device; with `room`, also those that bring data."""

    def receive(self, most: int) -> bytes | None:
        """Up to `most` bytes that came, None if there are none, empty if the computer hung up."""

    def send(self, data: bytes | bytearray) -> int:
        """Hand over what fits; give how many bytes. What nobody can hear is gone."""

    def power(self, *, on: bool) -> bool:
        """Switched on or off; true if the connection ended by it."""

    def drop(self) -> bool:
        """The cable is pulled, or the connection breaks; true if one ended by it."""

    def plug_in(self) -> None:
        """The cable is put in again."""

    def close(self) -> None:
        """For good."""


class TcpPlug:
    """A loopback port that takes one connection at a time, as most printers do; off, it refuses."""

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self._listener: socket.socket | None = None
        self._connection: socket.socket | None = None
        self._listen()

    @property
    def address(self) -> dict[str, str | int]:
        """Host and port."""
        return {"host": LOOPBACK, "port": self.port}

    def _listen(self) -> None:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, self.port))
        listener.listen(8)
        listener.setblocking(False)
        self.port = listener.getsockname()[1]
        self._listener = listener

    def watched(self, *, room: bool) -> Iterable[int]:
        """The connection while there is room, the listener while nobody is connected."""
        if self._connection is not None:
            return [self._connection.fileno()] if room else []
        return [] if self._listener is None else [self._listener.fileno()]

    def _accept(self) -> None:
        if self._connection is None and self._listener is not None:
            with contextlib.suppress(OSError):  # whoever knocked may have left again
                self._connection, _ = self._listener.accept()
                self._connection.setblocking(False)

    def receive(self, most: int) -> bytes | None:
        """What the one who is connected sent."""
        self._accept()
        if self._connection is None:
            return None
        try:
            data = self._connection.recv(most)
        except BlockingIOError:
            return None
        except OSError:
            data = b""
        if not data:
            self.drop()
        return data

    def send(self, data: bytes | bytearray) -> int:
        """What the network takes."""
        if self._connection is None:
            return 0
        try:
            return self._connection.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            return len(data)

    def power(self, *, on: bool) -> bool:
        """Off, connections break and the port refuses; on, it is the same port."""
        if on:
            if self._listener is None:
                self._listen()
            return False
        if self._listener is not None:
            # Closed alone, it would go on listening for as long as the device's thread waits for it.
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        return self.drop()

    def plug_in(self) -> None:
        """Nothing to do: whoever connects, connects."""

    def drop(self) -> bool:
        """End the connection."""
        if self._connection is None:
            return False
        with contextlib.suppress(OSError):  # the other end may have gone first
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()
        self._connection = None
        return True

    def close(self) -> None:
        """End the connection and the port."""
        self.power(on=False)


class PtyPlug:
    """One end of a pseudo-terminal; a power cut shows on it as little as on a cable.

    The system names the port anew each time the cable is plugged in; a link at `lasting`, where one is wanted, stays.
    """

    def __init__(self, lasting: Path | None = None) -> None:
        self.path = ""
        self._lasting = lasting
        self._device = self._terminal = -1
        self.plug_in()

    @property
    def address(self) -> dict[str, str | int]:
        """The path of the serial port."""
        return {"serial": self.path}

    def plug_in(self) -> None:
        """Put the cable in (again)."""
        if self._device >= 0:
            return
        # The device keeps the terminal's end open too: otherwise reading fails whenever nobody else has it open.
        self._device, self._terminal = pty.openpty()
        tty.setraw(self._terminal)
        os.set_blocking(self._device, False)
        self.path = os.ttyname(self._terminal)
        if self._lasting is not None:
            self._lasting.unlink(missing_ok=True)
            self._lasting.symlink_to(self.path)

    def watched(self, *, room: bool) -> Iterable[int]:
        """The device's end, while there is room."""
        return [self._device] if room and self._device >= 0 else []

    def receive(self, most: int) -> bytes | None:
        """What came over the line."""
        if self._device < 0:
            return None
        try:
            return os.read(self._device, most) or None
        except OSError as error:
            if error.errno in {errno.EAGAIN, errno.EIO}:
                return None
            raise

    def send(self, data: bytes | bytearray) -> int:
        """A serial line takes everything; what nobody reads is lost."""
        if self._device >= 0:
            with contextlib.suppress(OSError):
                return os.write(self._device, data)
        return len(data)

    def power(self, *, on: bool) -> bool:
        """Nothing to be seen on the line."""
        return False

    def drop(self) -> bool:
        """Pull the cable: whoever has the port open gets an error."""
        if self._device < 0:
            return False
        if self._lasting is not None:
            self._lasting.unlink(missing_ok=True)
        os.close(self._device)
        os.close(self._terminal)
        self._device = self._terminal = -1
        return True

    def close(self) -> None:
        """Pull the cable for good."""
        self.drop()
