"""From exec to a typed key's echo on the sign-on screen, over a minimal Textual app doing likewise.

Both run in a real pseudo-terminal of 80x24. The key is typed the moment the first paint is seen; the clock stops when
the key is on the screen. The counter opens a store of 100,000 records while this goes on; the floor is an Input above a
list and nothing else. Both have the same switches of Textual and find their bytecode.
"""

from __future__ import annotations

import sys
import time

from bench.figures import Row, row
from bench.terminal import Terminal

from bench import till

GOAL = 1.3
RECORDS = 100_000
KEY = b"~"
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


def rows(records: int = RECORDS, rounds: int = 9, rest: int = 1) -> list[Row]:
    """`rest`: seconds before the next is started."""
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
            time.sleep(rest)  # the program before this one has children that are still ending
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
    with Terminal(command) as terminal:
        paint, _ = terminal.wait_for(PAINTED, terminal.begun)
        terminal.send(KEY)
        echo, seen = terminal.wait_for(KEY, terminal.begun)
        if then not in seen:
            terminal.wait_for(then)
        return paint, echo
