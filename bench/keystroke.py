"""A key in a real pseudo-terminal to the last changed row of what it finds, among a million accounts, and its bytes.

The floor is a minimal Textual app at the same frame rate whose Input sets one Static: the same key, to that Static's
row. Both run side by side, and each key goes to one after the other. Of bytes the floor is what the changed lines hold,
80 columns each. Keys that change no result are left out.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pyte
from bench.figures import Row, row
from bench.lookup import city, floor_file, keystrokes
from bench.terminal import COLUMNS, LINES, Chunk, Terminal, left, signed_on

from bench import till

ACCOUNTS = 1_000_000
GOAL, BYTES_GOAL = 1.5, 1.5
QUIET = 0.12
RESULTS = range(3, LINES - 3)
"""Lines of the counter's screen among which results are; the box is above, what is due and the keys are below."""
ANSWER = range(3, LINES)
EMPTIED = b"\x1b"
FLOOR = """
from textual.app import App
from textual.widgets import Input, Static


class Minimal(App):
    def compose(self):
        yield Input(placeholder="Find")
        yield Static(id="answer")

    def on_input_changed(self, event):
        self.query_one("#answer", Static).update(f"answers {event.value}")

    def key_escape(self):
        self.query_one(Input).value = ""


Minimal().run()
"""
_OF_THE_TERMINAL = ("operator", "terminal", "drawer", "office", "city", "snapshot")
"""What the store's own records go with; everything else is the large city's."""


class Seen(NamedTuple):
    """What a key brought: milliseconds to the last changed row, bytes sent, and bytes that the changed lines hold."""

    ms: float
    sent: int
    held: int


class Watched:
    """A terminal whose screen is followed."""

    def __init__(self, terminal: Terminal, rows: range) -> None:
        self._terminal, self._rows = terminal, rows
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)

    def press(self, key: bytes) -> Seen | None:
        """What a key changes; None where none of the rows changed."""
        before = list(self._screen.display)
        chunks = self._terminal.press(key, QUIET)
        changed = [chunk.ms for chunk in chunks if self._changes(chunk)]
        lines = [new for old, new in zip(before, self._screen.display, strict=True) if old != new]
        if not changed:
            return None
        return Seen(changed[-1], sum(len(chunk.data) for chunk in chunks), len("".join(lines).encode()))

    def _changes(self, chunk: Chunk) -> bool:
        before = [self._screen.display[row] for row in self._rows]
        self._stream.feed(chunk.data)
        return before != [self._screen.display[row] for row in self._rows]


def rows(accounts: int = ACCOUNTS, keys: int = 400) -> list[Row]:
    floor_app = till.BUILD / "minimal_box.py"
    with _large_terminal(accounts) as folder:
        floor_app.write_text(FLOOR, encoding="utf-8")
        with (
            Terminal([sys.executable, "-m", "countertui", "--dir", str(folder)]) as counter,
            Terminal([sys.executable, str(floor_app)]) as minimal,
        ):
            signed_on(counter)
            minimal.wait_for(b"Find")
            minimal.until_quiet(0.2)
            ours, bare = _pressed(Watched(counter, RESULTS), Watched(minimal, ANSWER), _texts(accounts), keys)
            left(counter)
    took, floors = sorted(seen.ms for seen in ours), sorted(seen.ms for seen in bare)
    worst = len(took) * 99 // 100
    sent, held = [float(seen.sent) for seen in ours], [float(seen.held) for seen in ours]
    return [
        row("key to the last changed result, p50", floors, took, GOAL, "ms", f"{len(took)} keys"),
        row("key to the last changed result, p99", [floors[worst]], [took[worst]], GOAL, "ms"),
        row(
            "bytes sent a key",
            held,
            sent,
            BYTES_GOAL,
            "B",
            f"mean {statistics.mean(sent):,.0f}, at most {max(sent):,.0f}",
        ),
    ]


def _pressed(counter: Watched, minimal: Watched, texts: Iterator[str], keys: int) -> tuple[list[Seen], list[Seen]]:
    ours: list[Seen] = []
    bare: list[Seen] = []
    while len(ours) < keys:
        for letter in map(str.encode, next(texts)):
            if len(ours) % 2:
                floor, value = minimal.press(letter), counter.press(letter)
            else:
                value, floor = counter.press(letter), minimal.press(letter)
            if value is not None and floor is not None:
                ours.append(value)
                bare.append(floor)
        for watched in (counter, minimal):
            watched.press(EMPTIED)
    return ours, bare


def _texts(accounts: int) -> Iterator[str]:
    """What people type, whole: the longest of each run of beginnings."""
    reference = city(accounts)
    floor = floor_file(accounts, reference.file.path)
    typed = [text for _, text in keystrokes(floor, reference.file.path, 5)]
    floor.close()
    reference.close()
    whole = [text for text, after in zip(typed, [*typed[1:], ""], strict=True) if not after.startswith(text)]
    while True:
        yield from whole


@contextmanager
def _large_terminal(accounts: int) -> Iterator[Path]:
    """A terminal with an open drawer that looks things up in a large city."""
    reference = city(accounts)
    reference.close()
    with till.scratch(till.day_folder(20)) as folder:
        own, large = folder / "reference.db", till.BUILD / f"reference-of-a-terminal-{accounts}.db"
        if not large.exists() or large.stat().st_mtime < max(reference.file.path.stat().st_mtime, own.stat().st_mtime):
            shutil.copyfile(reference.file.path, large)
            _made_its_own(large, own)
        own.unlink()
        os.link(large, own)
        yield folder


def _made_its_own(large: Path, own: Path) -> None:
    made = sqlite3.connect(large, isolation_level=None)
    made.execute("ATTACH ? AS own", (str(own),))
    made.execute("BEGIN")
    for table in _OF_THE_TERMINAL:
        made.execute(f"DELETE FROM main.{table}")  # noqa: S608 - ours
        made.execute(f"INSERT INTO main.{table} SELECT * FROM own.{table}")  # noqa: S608 - ours
    made.execute("COMMIT")
    made.close()
