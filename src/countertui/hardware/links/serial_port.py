"""A device at a serial port, also one behind a USB adapter that comes back under another name."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import termios
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import serial

from countertui.config.serial_ports import BY_ID, lasting_name
from countertui.hardware.links.link import (
    UNPLUGGED,
    Cause,
    Deadlines,
    PrinterUncertainError,
    broken,
    cause_of,
    not_open,
    ready,
    refused,
)

Parity = Literal["none", "even", "odd"]
Flow = Literal["none", "rts/cts", "xon/xoff"]

_DRAIN_PAUSE_S = 0.005
_DRAIN_AT_CLOSE_MS = 300
_NO_PORT = Cause("no port", "no serial port", "Call a technician: terminal.toml names something else.")
_ANOTHER = Cause(
    "unplugged", "not plugged in; another device is at its port now", "Plug it in again, or call a technician."
)
_HELD_UP = Cause("off", "it takes no more data", "Check that it is on, has paper, and that its cover is closed.")


@dataclass(frozen=True, slots=True)
class Line:
    """The settings of a serial line: bits per second, data bits, parity, stop bits, and who may say stop."""

    baud: int = 9600
    bits: int = 8
    parity: Parity = "none"
    stop: int = 1
    flow: Flow = "none"


USUAL_LINE = Line()


@dataclass(slots=True)
class SerialLink:
    """A printer at a serial port, held for this program alone while it is open.

    Once opened, a USB adapter is known by its identity in `by_id`: it is found again under any name, and another one
    that has got its name is never written to.
    """

    port: str
    line: Line = USUAL_LINE
    deadlines: Deadlines = field(default_factory=Deadlines)
    label: str = ""
    by_id: Path = BY_ID
    _port: serial.Serial | None = None
    _known_as: Path | None = None
    _sent: int = 0

    @property
    def name(self) -> str:
        """What people call it, or the port."""
        return self.label or self.port

    @property
    def answers(self) -> bool:
        """A printer may answer over its line, if its cable has that wire; only trying tells."""
        return True

    def open(self) -> None:
        """Take the port for this program alone. Raises PrinterRefusedError, PrinterBusyError if another has it."""
        self.close()
        self._sent = 0
        path = self._where()
        line = self.line
        try:
            self._port = serial.Serial(
                str(path),
                baudrate=line.baud,
                bytesize=line.bits,
                parity={"none": "N", "even": "E", "odd": "O"}[line.parity],
                stopbits=line.stop,
                rtscts=line.flow == "rts/cts",
                xonxoff=line.flow == "xon/xoff",
                timeout=0,
                write_timeout=0,
                exclusive=True,
            )
        except (OSError, termios.error) as error:  # pyserial lets both through
            raise refused(self.name, _why_not(error)) from error
        self._known_as = lasting_name(path, self.by_id) or self._known_as

    def _where(self) -> Path:
        """The port's name at this time. Raises PrinterRefusedError if another adapter has got it."""
        configured = Path(self.port)
        if self._known_as is None:
            return configured
        if self._known_as.exists():
            return self._known_as
        if lasting_name(configured, self.by_id) is not None:
            raise refused(self.name, _ANOTHER)
        return configured

    def _opened(self) -> serial.Serial:
        if self._port is None:
            raise not_open(self.name)
        return self._port

    def _broken(self, cause: Cause) -> PrinterUncertainError:
        return broken(self.name, cause, self._sent)

    def write_some(self, data: bytes, wait_ms: int) -> int:
        """Hand over what the line takes within `wait_ms`; give how many bytes. Raises PrinterUncertainError."""
        descriptor = self._opened().fileno()
        if not ready(descriptor, select.POLLOUT, wait_ms):
            return 0
        try:
            # Not pyserial's own write: it would try again for ever what would block.
            taken = os.write(descriptor, data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise self._broken(cause_of(error)) from error
        self._sent += taken
        return taken

    def read_some(self, wait_ms: int) -> bytes:
        """Give what came within `wait_ms`, or nothing. Raises PrinterUncertainError when the adapter is gone."""
        descriptor = self._opened().fileno()
        if not ready(descriptor, select.POLLIN, wait_ms):
            return b""
        try:
            received = os.read(descriptor, 4096)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise self._broken(cause_of(error)) from error
        if not received:
            raise self._broken(UNPLUGGED)
        return received

    def flush(self, wait_ms: int) -> None:
        """Wait until all of it has gone over the line. Raises PrinterUncertainError if the other end holds it up."""
        if not self._drained(wait_ms):
            raise self._broken(_HELD_UP)

    def _drained(self, wait_ms: int) -> bool:
        opened = self._opened()
        until = time.monotonic() + wait_ms / 1000
        try:
            while opened.out_waiting:
                if time.monotonic() >= until:
                    return False
                time.sleep(_DRAIN_PAUSE_S)
        except OSError as error:
            raise self._broken(cause_of(error)) from error
        return True

    def close(self) -> None:
        """Let go of the port. What a held-up line still has is dropped: it would print later by itself."""
        if self._port is None:
            return
        with contextlib.suppress(OSError, termios.error, PrinterUncertainError):
            # The system's own close waits up to 30 seconds for what is left to go out.
            if not self._drained(_DRAIN_AT_CLOSE_MS):
                self._port.reset_output_buffer()
        with contextlib.suppress(OSError, termios.error):
            self._port.close()
        self._port = None

    def abandon(self) -> None:
        """Let go of the port, and at once of what the line still has."""
        if self._port is not None:
            with contextlib.suppress(OSError, termios.error):
                self._port.reset_output_buffer()
        self.close()


def _why_not(error: OSError | termios.error) -> Cause:
    number = error.errno if isinstance(error, OSError) else error.args[0]
    if number is None or number in {errno.ENOTTY, errno.EISDIR, errno.EINVAL}:
        return _NO_PORT
    return cause_of(OSError(number, os.strerror(number)))
