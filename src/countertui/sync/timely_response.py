"""An answer that has to come on: http.client waits anew for each byte, and for as many as come one by one."""

from __future__ import annotations

import io
import time
from http.client import HTTPResponse
from socket import socket

_WAITS = 6
"""How many of its line's deadlines the head of an answer may take, and what a body may stand still in all."""
_SLOWEST = 100
"""Bytes of a body each second: a tenth of what the slowest line carries that a counter could work over."""


class TimelyResponse(HTTPResponse):
    """Raises TimeoutError, as its socket does, once all its waits together are longer than what came is worth.

    Only time spent in `read1` and before the first one counts: not what is done with a piece meanwhile.
    """

    def __init__(self, sock: socket, *args: object, **options: object) -> None:
        super().__init__(sock, *args, **options)  # type: ignore[arg-type]  # passed on as they came
        self._left_s = _WAITS * (sock.gettimeout() or 0.0)
        self._wire = _InTime(self.fp, time.monotonic() + self._left_s)
        self.fp = io.BufferedReader(self._wire)

    def read1(self, n: int = -1) -> bytes:
        """The next piece of the body. Raises TimeoutError."""
        begun_s = time.monotonic()
        self._wire.until_s = begun_s + self._left_s
        piece = super().read1(n)
        self._left_s += len(piece) / _SLOWEST - (time.monotonic() - begun_s)
        return piece


class _InTime(io.RawIOBase):
    """What comes over a socket, until a time."""

    def __init__(self, source: io.BufferedReader, until_s: float) -> None:
        super().__init__()
        self._source = source
        self.until_s = until_s

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what the reader around it hands over
        if time.monotonic() > self.until_s:
            raise TimeoutError("the answer comes too slowly")
        return self._source.readinto1(buffer)

    def close(self) -> None:
        self._source.close()
        super().close()
