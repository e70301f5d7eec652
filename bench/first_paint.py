"""From exec to a typed key's echo on the sign-on screen, over a minimal Textual app doing likewise.

Both run in a real pseudo-terminal of 80x24. The key is typed the moment the first paint is seen; the clock stops when
the key is on the screen. The counter opens a store of 100,000 records while this goes on; the floor is an Input above a
list and nothing else. Both have the same switches of Textual and find their bytecode.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

from bench.figures import Row, row

from bench import till

GOAL = 1.3
RECORDS = 100_000
KEY = b"~"
COLUMNS, LINES = 80, 24
PATIENCE = 20.0
BEFORE_NEXT = 1.0
FLOOR = """
from textual.app import App
from textual.widgets import Input, OptionList


class Minimal(App):
    def compose(self):
        yield Input(placeholder="Operator id")
        yield OptionList(*[f"person {n}" for n in range(10)])


Minimal().run()
"""
PAINTED = b"Operator id"
OPENED = b"Alder Falls"
"""On the counter's screen once the store behind it is open; that is waited for after the clock has stopped."""
SWITCHES = {"TEXTUAL_FPS": "120", "ESCDELAY": "25", "TEXTUAL_ANIMATIONS": "none"}
_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|P[^\x1b]*\x1b\\|[ -/]*[0-~])")


class NothingSeenError(OSError):
    """A program under test didn't show what was waited for."""


def rows(records: int = RECORDS, rounds: int = 9) -> list[Row]:
    folder = till.years_folder(records)
    floor_file = till.BUILD / "minimal_app.py"
    floor_file.write_text(FLOOR, encoding="utf-8")
    floors: list[tuple[float, float]] = []
    values: list[tuple[float, float]] = []
    counter = [sys.executable, "-m", "countertui", "--dir", str(folder)]
    for n in range(rounds + 1):
        for work in ("floor", "value") if n % 2 else ("value", "floor"):
            if work == "floor":
                floors.append(_painted_and_echoed([sys.executable, str(floor_file)]))
            else:
                values.append(_painted_and_echoed(counter, OPENED))
            time.sleep(BEFORE_NEXT)  # the program before this one has children that are still ending
    floors, values = floors[1:], values[1:]
    paints = row("", [one[0] for one in floors], [one[0] for one in values], GOAL, "ms")
    return [
        row(
            "start to first key echoed",
            [one[1] for one in floors],
            [one[1] for one in values],
            GOAL,
            "ms",
            f"{rounds} rounds, {records:,} records; painted {paints['value']:.0f} over {paints['floor']:.0f} ms",
        )
    ]


def _painted_and_echoed(command: list[str], then: bytes = KEY) -> tuple[float, float]:
    """Milliseconds from exec to the paint, and to the key's echo. What comes `then` must come, whenever it does."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "COLUMNS", "LINES")}
    begun = time.perf_counter()
    child = subprocess.Popen(
        command,
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env=env | SWITCHES | {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
        start_new_session=True,
    )
    os.close(follower)
    try:
        paint, _ = wait_for(PAINTED, leader, begun)
        os.write(leader, KEY)
        echo, seen = wait_for(KEY, leader, begun)
        if then not in seen:
            wait_for(then, leader, begun)
        return paint, echo
    finally:
        end(child, leader)


def wait_for(text: bytes, leader: int, begun: float) -> tuple[float, bytes]:
    """Read until the text is on the screen; milliseconds since the start, and the text of all that was read."""
    seen = b""
    while time.perf_counter() - begun < PATIENCE:
        if select.select([leader], [], [], 0.5)[0]:
            try:
                seen += os.read(leader, 65536)
            except OSError:  # the program has ended
                break
            shown = _ESCAPES.sub(b"", seen)
            if text in shown:
                return (time.perf_counter() - begun) * 1000, shown
    raise NothingSeenError(f"{text!r} did not come; the screen's last bytes: {seen[-300:]!r}")


def end(child: subprocess.Popen[bytes], leader: int) -> None:
    """End the program as ctrl+q does, so that it ends its own children; kill it if it won't."""
    os.write(leader, b"\x11")
    until = time.perf_counter() + PATIENCE
    while child.poll() is None and time.perf_counter() < until:
        if select.select([leader], [], [], 0.05)[0]:
            try:
                os.read(leader, 65536)
            except OSError:
                break
    if child.poll() is None:
        try:
            child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    os.close(leader)
