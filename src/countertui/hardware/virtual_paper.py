"""The inside of a virtual ESC/POS printer: bytes in, paper and replies out. No sockets, no clock.

It obeys what an Epson TM printer obeys of the commands we and python-escpos send, holds data while it is offline, and
answers real-time commands at once. Command lengths and replies: Epson ESC/POS reference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

CODE_PAGES = {
    0: "cp437",
    2: "cp850",
    3: "cp860",
    4: "cp863",
    5: "cp865",
    16: "cp1252",
    17: "cp866",
    18: "cp852",
    19: "cp858",
}
NEAR_END_LINES = 20

_ESC_PARAMETERS = {
    "@": 0,
    "t": 1,
    "a": 1,
    "E": 1,
    "!": 1,
    "M": 1,
    "-": 1,
    "d": 1,
    "p": 3,
    "R": 1,
    "2": 0,
    "3": 1,
    "{": 1,
    "*": 0,
}
_GS_PARAMETERS = {"!": 1, "a": 1, "r": 1, "I": 1, "B": 1, "b": 1, "h": 1, "w": 1, "H": 1, "f": 1, "k": 0, "v": 0}
_ASB_FIXED = 0x10
_REAL_TIME_FIXED = 0x12


@dataclass(slots=True)
class Faults:
    """What is wrong with the printer. `lines_left` is how much paper there is, None for an endless roll."""

    paper_out: bool = False
    cover_open: bool = False
    mute: bool = False
    without_process_ids: bool = False
    lines_left: int | None = None


@dataclass(slots=True)
class Paper:
    """What came out: `lines` of text in order, the same as `receipts` between cuts, codes' contents, drawer kicks.

    `pictures` counts strips of dots.
    """

    lines: list[str] = field(default_factory=list)
    receipts: list[list[str]] = field(default_factory=list)
    qr_codes: list[str] = field(default_factory=list)
    barcodes: list[str] = field(default_factory=list)
    pictures: int = 0
    kicks: list[int] = field(default_factory=list)
    cuts: int = 0
    unknown: int = 0


@dataclass(slots=True)
class _Style:
    page: int = 0
    align: int = 0
    double: bool = False
    asb: int = 0


def _told_nobody(_line: str) -> None:
    """Nobody reads along."""


class PaperEngine:
    """A printer without its plug: `receive` bytes, `work` them off, take `replies`.

    `on_line` is told each line as it comes out, and `[QR] ...`, `[cut]` and `[drawer 2]` as they happen.
    """

    def __init__(self, columns: int = 42, on_line: Callable[[str], None] = _told_nobody) -> None:
        self.columns = columns
        self.faults = Faults()
        self.paper = Paper()
        self.replies = bytearray()
        self._on_line = on_line
        self._arriving = bytearray()
        self._buffer = bytearray()
        self._line = ""
        self._receipt: list[str] = []
        self._qr = ""
        self._style = _Style()

    @property
    def offline(self) -> bool:
        """Whether data is held instead of printed."""
        faults = self.faults
        return faults.paper_out or faults.cover_open or faults.lines_left == 0

    @property
    def held(self) -> int:
        """Bytes received and not yet worked off."""
        return len(self._buffer)

    def power_cycle(self) -> None:
        """Switch off and on: what was held is gone, what is half printed stays half printed."""
        self._arriving.clear()
        self._buffer.clear()
        self.replies.clear()
        self._line = ""
        self._style = _Style()

    def hang_up(self) -> None:
        """The computer's connection ended; automatic status belongs to it."""
        self._style.asb = 0
        self.replies.clear()

    def changed(self) -> None:
        """A fault was switched: tell it, if the computer asked to be told."""
        if self._style.asb:
            self._reply(self._asb())

    def receive(self, data: bytes) -> None:
        """Take bytes from the computer: real-time commands act now, the rest waits its turn."""
        self._arriving += data
        while self._arriving:
            if self._arriving[0] != 0x10:
                until = self._arriving.find(0x10)
                until = len(self._arriving) if until < 0 else until
                self._buffer += self._arriving[:until]
                del self._arriving[:until]
            elif not self._real_time():
                return

    def _real_time(self) -> bool:
        """Obey the real-time command that begins what arrived; false if more of it must come first."""
        arriving = self._arriving
        if len(arriving) < 2:
            return False
        length = {0x04: 3, 0x05: 3, 0x14: 5}.get(arriving[1], 1)
        if len(arriving) < length:
            return False
        command = bytes(arriving[:length])
        del arriving[:length]
        if command[1:2] == b"\x04":
            self._reply(bytes((self._answer(command[2]),)))
        elif command[1:3] == b"\x14\x01":
            self._kick(command[3])
        elif length == 1:
            self._buffer += command
        return True

    def _reply(self, data: bytes) -> None:
        if not self.faults.mute:
            self.replies += data

    @property
    def _near_end(self) -> bool:
        left = self.faults.lines_left
        return left is not None and left < NEAR_END_LINES

    @property
    def _out(self) -> bool:
        return self.faults.paper_out or self.faults.lines_left == 0

    def _answer(self, n: int) -> int:
        match n:
            case 1:
                return _REAL_TIME_FIXED | (0x08 if self.offline else 0)
            case 2:
                return _REAL_TIME_FIXED | (0x04 if self.faults.cover_open else 0) | (0x20 if self._out else 0)
            case 4:
                return _REAL_TIME_FIXED | (0x0C if self._near_end or self._out else 0) | (0x60 if self._out else 0)
            case _:
                return _REAL_TIME_FIXED

    def _paper_sensor(self) -> int:
        return (0x03 if self._near_end or self._out else 0) | (0x0C if self._out else 0)

    def _asb(self) -> bytes:
        first = _ASB_FIXED | (0x08 if self.offline else 0) | (0x20 if self.faults.cover_open else 0)
        return bytes((first, 0, self._paper_sensor(), 0))

    def work(self) -> bool:
        """Obey the next command or letter held; false if there is none, it is not complete, or nothing can move."""
        if self.offline or not self._buffer:
            return False
        length = self._length_of_next()
        if length is None or len(self._buffer) < length:
            return False
        command = bytes(self._buffer[:length])
        del self._buffer[:length]
        self._obey(command)
        return True

    def _length_of_next(self) -> int | None:
        held = self._buffer
        if held[0] not in {0x1B, 0x1D}:
            return 1
        if len(held) < 2:
            return None
        letter = chr(held[1])
        if letter in "kv*":
            return _length_of_picture(held)
        if held[0] == 0x1B:
            return 2 + _ESC_PARAMETERS.get(letter, 0)
        if letter == "(":
            return 5 + held[3] + 256 * held[4] if len(held) >= 5 else None
        if letter == "V":
            if len(held) < 3:
                return None
            return 4 if held[2] in {65, 66} else 3
        return 2 + _GS_PARAMETERS.get(letter, 0)

    def _obey(self, command: bytes) -> None:
        if command == b"\n":
            self._feed_line()
        elif command[0] >= 0x20:
            self._line += command.decode(CODE_PAGES.get(self._style.page, "cp437"), "replace")
        elif command[0] == 0x1B:
            self._obey_esc(chr(command[1]), command[2:])
        elif command[0] == 0x1D:
            self._obey_gs(chr(command[1]), command[2:])
        else:
            self.paper.unknown += 1

    def _obey_esc(self, letter: str, parameters: bytes) -> None:
        match letter:
            case "@":
                self._style = _Style()
                self._line = ""
            case "t":
                self._style.page = parameters[0]
            case "a":
                self._style.align = parameters[0] & 1
            case "*":
                self.paper.pictures += 1
            case "d":
                for _ in range(max(parameters[0], 1)):
                    self._feed_line()
            case "p":
                self._kick(parameters[0])
            case _ if letter not in _ESC_PARAMETERS:
                self.paper.unknown += 1

    def _obey_gs(self, letter: str, parameters: bytes) -> None:
        match letter:
            case "!":
                self._style.double = parameters[0] & 0x70 != 0
            case "a":
                self._style.asb = parameters[0]
                self.changed()
            case "r":
                self._reply(bytes((self._paper_sensor() if parameters[0] == 1 else 0,)))
            case "V":
                self._cut()
            case "k":
                code = parameters[2:].decode("ascii", "replace").removeprefix("{B").replace("{{", "{")
                self.paper.barcodes.append(code)
                self._on_line(f"[Code 128] {code}")
            case "v":
                self.paper.pictures += 1
                self._on_line("[picture]")
            case "(":
                self._obey_block(chr(parameters[0]), parameters[3:])
            case _ if letter not in _GS_PARAMETERS:
                self.paper.unknown += 1

    def _obey_block(self, letter: str, block: bytes) -> None:
        if letter == "k" and block[:2] == b"1P":
            self._qr = block[3:].decode("utf-8", "replace")
        elif letter == "k" and block[:2] == b"1Q":
            self.paper.qr_codes.append(self._qr)
            self._on_line(f"[QR] {self._qr}")
        elif letter == "H" and block[:2] == b"00" and not self.faults.without_process_ids:
            self._reply(b"\x37\x22" + block[2:6] + b"\x00")

    def _feed_line(self) -> None:
        cells = len(self._line) * (2 if self._style.double else 1)
        indent = max(self.columns - cells, 0) // 2 if self._style.align else 0
        text = (" " * indent + self._line).rstrip() if self._line else ""
        self._line = ""
        self.paper.lines.append(text)
        self._receipt.append(text)
        self._on_line(text)
        if self.faults.lines_left is not None:
            self.faults.lines_left = max(self.faults.lines_left - 1, 0)
            if self.faults.lines_left in {0, NEAR_END_LINES - 1}:
                self.changed()

    def _cut(self) -> None:
        self.paper.cuts += 1
        self.paper.receipts.append(self._receipt)
        self._receipt = []
        self._on_line("[cut]")

    def _kick(self, connector: int) -> None:
        pin = 2 if connector in {0, 48} else 5
        self.paper.kicks.append(pin)
        self._on_line(f"[drawer {pin}]")


def _length_of_picture(held: bytearray) -> int | None:
    """The length of GS k (function B), GS v 0 or ESC * with what follows; None while its own length is not there."""
    match bytes(held[:2]):
        case b"\x1dk":
            return 4 + held[3] if len(held) >= 4 else None
        case b"\x1dv":
            return 8 + (held[4] + 256 * held[5]) * (held[6] + 256 * held[7]) if len(held) >= 8 else None
        case b"\x1b*":
            return 5 + (held[3] + 256 * held[4]) * (3 if held[2] >= 32 else 1) if len(held) >= 5 else None
        case _:
            return 2
