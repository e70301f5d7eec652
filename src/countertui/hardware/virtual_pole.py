"""A virtual pole display: two lines of twenty letters, in the three dialects that are sold. Bytes in, a screen to read.

Epson ESC/POS (DM-D110), Logic Controls (LD9000) and CD5220 manuals.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

Dialect = Literal["epson", "logic-controls", "cd5220"]

WIDTH, HEIGHT = 20, 2
_CLEAR_STRING_MODE = 0x0C
_FIRST_LETTER, _LAST_LETTER = 0x20, 0x7E

_LENGTHS: dict[Dialect, dict[bytes, int]] = {
    "epson": {
        b"\x1b@": 2, b"\x0c": 1, b"\x0b": 1, b"\x1f$": 4, b"\x1f\x01": 2, b"\x1f\x02": 2, b"\x1fX": 3, b"\x1fC": 3,
        b"\x1b=": 3, b"\x1bt": 3, b"\x1bR": 3, b"\x1f\x0a": 2, b"\x1f\x0d": 2,
    },
    "logic-controls": {
        b"\x1f": 1, b"\x0e": 1, b"\x10": 2, b"\x11": 1, b"\x12": 1, b"\x04": 2, b"\x13": 1, b"\x14": 1,
    },
    "cd5220": {
        b"\x1b@": 2, b"\x0c": 1, b"\x0b": 1, b"\x1bl": 4, b"\x1b\x11": 2, b"\x1b\x12": 2, b"\x1b\x13": 2, b"\x1b*": 3,
        b"\x1b_": 3, b"\x1b=": 3, b"\x1bt": 3, b"\x1bQA": 24, b"\x1bQB": 24,
    },
}  # fmt: skip


class VirtualPole:
    """What a customer sees. `unknown` counts bytes that mean nothing to the display; `heard` is all that came."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.replies = bytearray()
        self.heard = bytearray()
        self.unknown = 0
        self.brightness = 4
        self.cursor_shown = True
        self.selected = True
        self._scrolls = False
        self._in_strings = False
        self._cells = [[" "] * WIDTH for _ in range(HEIGHT)]
        self._at = 0
        self._held = bytearray()

    @property
    def lines(self) -> tuple[str, str]:
        """The two lines, each of twenty letters."""
        return "".join(self._cells[0]), "".join(self._cells[1])

    def receive(self, data: bytes) -> None:
        """Take bytes, in whatever pieces."""
        self.heard += data
        self._held += data
        while self._held:
            length = self._length()
            if length is None or length > len(self._held):
                return
            command = bytes(self._held[:length])
            del self._held[:length]
            self._obey(command)

    def power_cycle(self) -> None:
        """Off and on: empty, and as it came from the factory."""
        fresh = VirtualPole(self.dialect)
        fresh.heard = self.heard
        self.__dict__.update(fresh.__dict__)

    def _length(self) -> int | None:
        """Of the next command or letter; None if more must come first."""
        held = bytes(self._held[:3])
        for prefix, length in _LENGTHS[self.dialect].items():
            if held.startswith(prefix):
                return length
            if prefix.startswith(held):
                return None
        return 1

    def _obey(self, command: bytes) -> None:
        if command[:2] == b"\x1b=":
            self.selected = bool(command[2] & 0x02)
        elif not self.selected:
            return
        elif len(command) == 1 and _FIRST_LETTER <= command[0] <= _LAST_LETTER:
            self._show(chr(command[0]))
        elif command in {b"\x0a", b"\x0d"}:
            self._at = (self._at + WIDTH) % (WIDTH * HEIGHT) if command == b"\x0a" else self._at - self._at % WIDTH
        elif not self._dialect_obeys(command):
            self.unknown += 1

    def _dialect_obeys(self, command: bytes) -> bool:
        if self._in_strings and command[0] != _CLEAR_STRING_MODE and command[:2] != b"\x1bQ":
            return False
        by_dialect: dict[Dialect, Callable[[bytes], bool]] = {
            "epson": self._epson,
            "logic-controls": self._logic_controls,
            "cd5220": self._cd5220,
        }
        return by_dialect[self.dialect](command)

    def _epson(self, command: bytes) -> bool:
        match command[:2]:
            case b"\x1b@" | b"\x0c":
                self._clear(initialise=command[0] == 0x1B)
            case b"\x0b":
                self._at = 0
            case b"\x1f$":
                return self._go_to(command[2], command[3])
            case b"\x1f\x01" | b"\x1f\x02":
                self._scrolls = command[1] == 0x02
            case b"\x1fX":
                self.brightness = command[2]
            case b"\x1fC":
                self.cursor_shown = command[2] not in {0, ord("0")}
            case b"\x1bt" | b"\x1bR":
                pass
            case _:
                return False
        return True

    def _logic_controls(self, command: bytes) -> bool:
        match command[0]:
            case 0x1F | 0x0E:
                self._clear(initialise=command[0] == 0x1F)
            case 0x10 if command[1] < WIDTH * HEIGHT:
                self._at = command[1]
            case 0x11 | 0x12:
                self._scrolls = command[0] == 0x12
            case 0x04 if command[1] in {0x20, 0x40, 0x60, 0xFF}:
                self.brightness = {0x20: 1, 0x40: 2, 0x60: 3, 0xFF: 4}[command[1]]
            case 0x13 | 0x14:
                self.cursor_shown = command[0] == 0x13
            case _:
                return False
        return True

    def _cd5220(self, command: bytes) -> bool:
        match command[:2]:
            case b"\x1b@" | b"\x0c":
                self._clear(initialise=command[0] == 0x1B)
            case b"\x0b":
                self._at = 0
            case b"\x1bl":
                return self._go_to(command[2], command[3])
            case b"\x1b\x11" | b"\x1b\x12" | b"\x1b\x13":
                self._scrolls = command[1] == 0x12
            case b"\x1b*":
                self.brightness = command[2]
            case b"\x1b_":
                self.cursor_shown = command[2] != 0
            case b"\x1bQ" if command[-1:] == b"\r" and all(
                _FIRST_LETTER <= letter <= _LAST_LETTER for letter in command[3:-1]
            ):
                self._in_strings = True
                self._cells[command[2] - ord("A")] = list(command[3:-1].decode("ascii"))
            case _:
                return False
        return True

    def _go_to(self, x: int, y: int) -> bool:
        if not (1 <= x <= WIDTH and 1 <= y <= HEIGHT):
            return False
        self._at = (y - 1) * WIDTH + x - 1
        return True

    def _clear(self, *, initialise: bool) -> None:
        self._cells = [[" "] * WIDTH for _ in range(HEIGHT)]
        self._at = 0
        self._in_strings = False
        if initialise:
            self._scrolls, self.cursor_shown, self.brightness = False, True, 4

    def _show(self, letter: str) -> None:
        if self._at == WIDTH * HEIGHT:
            if self._scrolls:
                self._cells = [self._cells[1], [" "] * WIDTH]
                self._at = WIDTH
            else:
                self._at = 0
        line, column = divmod(self._at, WIDTH)
        self._cells[line][column] = letter
        self._at += 1
