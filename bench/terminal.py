"""A program in a real pseudo-terminal of 80x24: keys go in, and what it sends is read with the time it came."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Sequence
from types import TracebackType
from typing import NamedTuple

COLUMNS, LINES = 80, 24
SWITCHES = {"TEXTUAL_FPS": "120", "ESCDELAY": "25", "TEXTUAL_ANIMATIONS": "none"}
"""What the counter sets for itself: whoever is measured beside it has the same."""
PATIENCE = 20.0
_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|P[^\x1b]*\x1b\\|[ -/]*[0-~])")


class NothingSeenError(OSError):
    """A program under test didn't show what was waited for."""


class Chunk(NamedTuple):
    """Bytes that came in one read, and when, in milliseconds since what was asked."""

    ms: float
    data: bytes


class Terminal:
    """A program and its terminal, from exec on; `begun` is when that was (`time.perf_counter`)."""

    def __init__(self, command: Sequence[str]) -> None:
        self.leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        env = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "COLUMNS", "LINES")}
        self.begun = time.perf_counter()
        self.child = subprocess.Popen(
            command,
            stdin=follower,
            stdout=follower,
            stderr=follower,
            env=env | SWITCHES | {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
            start_new_session=True,
        )
        os.close(follower)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def send(self, keys: bytes) -> None:
        os.write(self.leader, keys)

    def wait_for(self, text: bytes, begun: float | None = None) -> tuple[float, bytes]:
        """Read until a text is on the screen; milliseconds since `begun` (now), and the text of all that was read."""
        begun = time.perf_counter() if begun is None else begun
        seen = b""
        while time.perf_counter() - begun < PATIENCE:
            if select.select([self.leader], [], [], 0.5)[0]:
                try:
                    seen += os.read(self.leader, 65536)
                except OSError:  # the program has ended
                    break
                shown = _ESCAPES.sub(b"", seen)
                if text in shown:
                    return (time.perf_counter() - begun) * 1000, shown
        raise NothingSeenError(f"{text!r} did not come; the screen's last bytes: {seen[-300:]!r}")

    def until_quiet(self, seconds: float) -> list[Chunk]:
        """What comes until the screen has stood still for so long; no more than for three times as long."""
        begun = time.perf_counter()
        chunks: list[Chunk] = []
        while time.perf_counter() < begun + 3 * seconds and select.select([self.leader], [], [], seconds)[0]:
            data = os.read(self.leader, 65536)
            chunks.append(Chunk((time.perf_counter() - begun) * 1000, data))
        return chunks

    def press(self, keys: bytes, quiet: float) -> list[Chunk]:
        """Send keys; what comes of them until the screen stands still for so many seconds."""
        self.send(keys)
        return self.until_quiet(quiet)

    def _end(self) -> None:
        """End the program as ctrl+q does, so that it ends its own children; kill it if it won't."""
        os.write(self.leader, b"\x11")
        until = time.perf_counter() + PATIENCE
        while self.child.poll() is None and time.perf_counter() < until:
            if select.select([self.leader], [], [], 0.05)[0]:
                try:
                    os.read(self.leader, 65536)
                except OSError:
                    break
        if self.child.poll() is None:
            try:
                self.child.wait(timeout=5)
            except subprocess.TimeoutExpired:
                os.killpg(self.child.pid, signal.SIGKILL)
                self.child.wait()
        os.close(self.leader)


def signed_on(terminal: Terminal) -> None:
    """As the cashier whose drawer is open, in the payment's one box."""
    terminal.wait_for(b"Alder Falls")
    terminal.press(b"rosa\r", 0.2)
    terminal.send(b"1111\r")
    terminal.wait_for(b"Find")
    terminal.until_quiet(0.5)


def left(terminal: Terminal) -> None:
    """As one leaves who is signed on: it is asked about first."""
    terminal.press(b"\x11", 0.1)
    terminal.send(b"y")
