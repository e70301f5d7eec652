"""A key's echo while the printer hangs in the middle of a receipt, over the same with a printer that is idle.

The counter runs in a real pseudo-terminal of 80x24, its printer is a virtual one in this process. A payment is taken
by keys; hung, the printer takes the receipt's first bytes and then neither takes nor says anything. A key is typed into
the one box; the clock stops when it is on the screen, and it is taken back before the next.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

from bench.figures import Row, row
from bench.first_paint import (
    COLUMNS,
    KEY,
    LINES,
    PATIENCE,
    SWITCHES,
    NothingSeenError,
    end,
    wait_for,
)

from bench import till
from countertui.hardware.virtual_printer import VirtualPrinter

GOAL = 1.5
BACKSPACE = b"\x7f"
QUIET = 0.05
INTO_A_JOB = 120
"""Bytes after which the printer hangs: the drawer is open, the receipt's first line on its way."""
EXACT_CASH = b"\x1b[20~"


def rows(payments: int = 20, keys: int = 60, rounds: int = 4) -> list[Row]:
    idle: list[float] = []
    hung: list[float] = []
    for n in range(rounds):
        for hangs in (False, True) if n % 2 else (True, False):
            (hung if hangs else idle).extend(_echoes(payments, keys, hangs=hangs))
    detail = f"{len(idle)} keys each; the slowest {max(idle):.0f} ms idle, {max(hung):.0f} ms while it hangs"
    return [row("key echoed while the printer hangs", idle, hung, GOAL, "ms", detail)]


def _echoes(payments: int, keys: int, *, hangs: bool) -> list[float]:
    """Milliseconds from each key to its echo."""
    with till.scratch(till.day_folder(payments)) as folder, VirtualPrinter() as printer:
        table = f'[[printer]]\nname = "bench"\nhost = "{printer.host}"\nport = {printer.port}\n'
        (folder / "terminal.toml").write_text(table, encoding="utf-8")
        leader, child = _started(folder)
        try:
            _signed_on(leader)
            if hangs:
                printer.at_byte(INTO_A_JOB, lambda: _hang(printer))
            _paid(leader)
            if not printer.wait_for(lambda paper: printer.engine.faults.hung if hangs else paper.cuts > 0, PATIENCE):
                raise NothingSeenError("nothing was printed")
            _until_quiet(leader, 1.0)
            return [_echo(leader) for _ in range(keys)]
        finally:
            _leave(leader)
            end(child, leader)


def _hang(printer: VirtualPrinter) -> None:
    printer.engine.faults.hung = True


def _started(folder: Path) -> tuple[int, subprocess.Popen[bytes]]:
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "COLUMNS", "LINES")}
    child = subprocess.Popen(
        [sys.executable, "-m", "countertui", "--dir", str(folder)],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env=env | SWITCHES | {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
        start_new_session=True,
    )
    os.close(follower)
    return leader, child


def _signed_on(leader: int) -> None:
    """As the cashier whose drawer is open, in the payment's one box."""
    begun = time.perf_counter()
    wait_for(b"Alder Falls", leader, begun)
    os.write(leader, b"rosa\r")
    _until_quiet(leader, 0.5)
    os.write(leader, b"1111\r")
    wait_for(b"Find", leader, time.perf_counter())
    _until_quiet(leader, 1.0)


def _paid(leader: int) -> None:
    os.write(leader, b"COPY")
    wait_for(b"COPY", leader, time.perf_counter())
    _until_quiet(leader, 0.5)
    os.write(leader, b"\r")
    _until_quiet(leader, 0.5)
    os.write(leader, EXACT_CASH)
    wait_for(b"taken", leader, time.perf_counter())


def _leave(leader: int) -> None:
    """As one does who is signed on: it is asked about first."""
    os.write(leader, b"\x11")
    _until_quiet(leader, 0.3)
    os.write(leader, b"y")


def _echo(leader: int) -> float:
    begun = time.perf_counter()
    os.write(leader, KEY)
    milliseconds, _ = wait_for(KEY, leader, begun)
    _until_quiet(leader, QUIET)
    os.write(leader, BACKSPACE)
    _until_quiet(leader, QUIET)
    return milliseconds


def _until_quiet(leader: int, seconds: float) -> None:
    """Until the screen has stood still for so long; no more than three times as long."""
    until = time.perf_counter() + 3 * seconds
    while time.perf_counter() < until and select.select([leader], [], [], seconds)[0]:
        os.read(leader, 65536)
