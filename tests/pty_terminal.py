"""A person at an 80x24 terminal: keys go into the real program's pseudo-terminal, the screen is read with pyte."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

import pexpect
import pyte

KEYS = {
    "F1": "\x1bOP",
    "F2": "\x1bOQ",
    "F3": "\x1bOR",
    "F4": "\x1bOS",
    "F5": "\x1b[15~",
    "F6": "\x1b[17~",
    "F7": "\x1b[18~",
    "F8": "\x1b[19~",
    "F9": "\x1b[20~",
    "F10": "\x1b[21~",
    "Enter": "\r",
    "Tab": "\t",
    "Esc": "\x1b",
    "Up": "\x1b[A",
    "Down": "\x1b[B",
    "Backspace": "\x7f",
    "Delete": "\x1b[3~",
    "Ctrl+K": "\x0b",
    "Ctrl+P": "\x10",
    "Ctrl+Q": "\x11",
    "Ctrl+X": "\x18",
}


class NotOnScreen(AssertionError):  # noqa: N818 - says what was seen
    """What was waited for didn't come; shows the screen as it is."""


class PtyTerminal:
    """The program under test and the person in front of it."""

    def __init__(
        self, command: str, arguments: list[str], env: dict[str, str], *, columns: int = 80, rows: int = 24
    ) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.child = pexpect.spawn(command, arguments, env=env, dimensions=(rows, columns), timeout=1)

    def __enter__(self) -> PtyTerminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.child.close(force=True)

    def press(self, *keys: str) -> None:
        """Press named keys (`F5`, `Enter`) or type text, one write each."""
        for key in keys:
            self.child.send(KEYS.get(key, key))

    def paste(self, text: str) -> None:
        """Send text in one write, as a scanner or a paste does."""
        self.child.send(text)

    def screen(self) -> str:
        """The screen as it is now."""
        self._read()
        return "\n".join(line.rstrip() for line in self._screen.display)

    def wait_for(self, *texts: str, seconds: float = 15) -> str:
        """Wait until all texts are on the screen; gives the screen. Raises NotOnScreen."""
        return self._wait(lambda shown: all(text in shown for text in texts), f"waited for {texts!r}", seconds)

    def wait_gone(self, text: str, seconds: float = 15) -> str:
        """Wait until a text is off the screen."""
        return self._wait(lambda shown: text not in shown, f"waited for {text!r} to go", seconds)

    def find(self, pattern: str) -> str:
        """The first group of a pattern on the screen. Raises NotOnScreen."""
        shown = self.screen()
        match = re.search(pattern, shown)
        if match is None:
            raise NotOnScreen(f"{pattern!r} is not on the screen:\n{shown}")
        return match.group(1)

    def wait_exit(self, seconds: float = 15) -> int | None:
        """Wait for the program's end; gives its exit status."""
        until = time.monotonic() + seconds
        while self.child.isalive() and time.monotonic() < until:
            self._read()
        self.child.close()
        return self.child.exitstatus

    def _wait(self, done: Callable[[str], bool], what: str, seconds: float) -> str:
        until = time.monotonic() + seconds
        while True:
            shown = self.screen()
            if done(shown):
                return shown
            if time.monotonic() > until or not self.child.isalive():
                raise NotOnScreen(f"{what}:\n{shown}")

    def _read(self) -> None:
        with suppress(pexpect.TIMEOUT, pexpect.EOF):
            self._stream.feed(self.child.read_nonblocking(65536, timeout=0.05))
