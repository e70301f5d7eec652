"""The inside of a virtual ESC/POS printer: bytes in, paper and replies out. No sockets, no clock.

It obeys what an Epson TM printer obeys of the commands we and python-escpos send, holds data while it is offline, and
answers real-time commands at once. Command lengths and replies: Epson ESC/POS reference.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from countertui.hardware.escpos_commands import command_length, is_known
from countertui.hardware.paper_faults import Faults, Paper
from countertui.hardware.virtual_drawer import VirtualDrawer
from countertui.hardware.virtual_slip import SlipStation

CODE_PAGES = {
    0: "cp437",
    2: "cp850",
    3: "cp860",
    4: "cp863",
    5: "cp865",
    13: "cp857",
    16: "cp1252",
    17: "cp866",
    18: "cp852",
    19: "cp858",
}
NEAR_END_LINES = 20

_ASB_FIXED = 0x10
_REAL_TIME_FIXED = 0x12
_CUTTER_ERROR = 0x08
_IGNORED = frozenset(b"\x00\x0d\x18")


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

    `on_line` is told each line as it comes out, and `[QR] ...`, `[cut]` and `[drawer 2]` as they happen. `reads_ahead`
    is how many lines it takes in before the first of them is on paper; `taken_in` are all those lines.
    """

    def __init__(
        self, columns: int = 42, on_line: Callable[[str], None] = _told_nobody, *, reads_ahead: int = 0
    ) -> None:
        self.columns = columns
        self.faults = Faults()
        self.paper = Paper()
        self.drawer = VirtualDrawer()
        self.slip = SlipStation(self._say)
        self.taken_in: list[str] = []
        self.replies = bytearray()
        self._on_line = on_line
        self._reads_ahead = reads_ahead
        self._arriving = bytearray()
        self._buffer = bytearray()
        self._to_come: deque[Callable[[], None]] = deque()
        self._line = ""
        self._receipt: list[str] = []
        self._qr = ""
        self._style = _Style()
        self._cutter_stopped = False

    @property
    def offline(self) -> bool:
        """Whether data is held instead of printed."""
        return self.faults.paper_out or self.faults.cover_open or self.faults.lines_left == 0 or self._cutter_stopped

    @property
    def held(self) -> int:
        """Bytes received and not yet worked off; those of a command that is still coming take no room."""
        length = command_length(self._buffer)
        return len(self._buffer) if length is not None and length <= len(self._buffer) else 0

    def power_cycle(self) -> None:
        """Switch off and on: what was held is gone, what is half printed stays half printed."""
        self._forget()
        self.replies.clear()
        self.slip.power_cycle()
        self._style = _Style()
        self._cutter_stopped = False
        self.faults.hung = False

    def _forget(self) -> None:
        self._arriving.clear()
        self._buffer.clear()
        self._to_come.clear()
        self._line = ""

    def hang_up(self) -> None:
        """The computer's connection ended; automatic status belongs to it."""
        self._style.asb = 0
        self.replies.clear()

    def changed(self) -> None:
        """A fault was switched: tell it, if the computer asked to be told."""
        if self._style.asb:
            self._say(self._asb())

    def receive(self, data: bytes) -> None:
        """Take bytes from the computer: real-time commands act now, the rest waits its turn."""
        self._arriving += data
        while self._arriving:
            if self._arriving[0] != 0x10 or self._inside_a_command():
                until = self._arriving.find(0x10, 1)
                until = len(self._arriving) if until < 0 else until
                self._buffer += self._arriving[:until]
                del self._arriving[:until]
            elif not self._real_time():
                return

    def _inside_a_command(self) -> bool:
        if not self.faults.real_time_between_only:
            return False
        at = 0
        while at < len(self._buffer):
            length = command_length(self._buffer, at)
            if length is None:
                return True
            at += length
        return at > len(self._buffer)

    def _real_time(self) -> bool:
        """Obey the real-time command that begins what arrived; false if more of it must come first."""
        arriving = self._arriving
        length = command_length(arriving)
        if length is None or len(arriving) < length:
            return False
        command = bytes(arriving[:length])
        del arriving[:length]
        if command[1:3] == b"\x04\x08":
            self._say(bytes((_REAL_TIME_FIXED | self.slip.micr_bits(),)))
        elif command[1:2] == b"\x04":
            self._say(bytes((self._answer(command[2]),)))
        elif command[1:2] == b"\x05":
            self._recover(command[2])
        elif command[1:3] == b"\x14\x01":
            self._kick(command[3])
        elif command[1:3] == b"\x14\x08" and not self.faults.without_clearing:
            self._forget()
            self._say(b"\x37\x25\x00")
        elif length == 1:
            self._buffer += command
        return True

    def _recover(self, n: int) -> None:
        """DLE ENQ: 1 goes on after an error, 2 forgets what was held, 3 ends the wait for a slip."""
        if n == 3 and self.slip.cancel():
            self._forget()
        if n in {1, 2} and self._cutter_stopped and not self.faults.cutter_jammed:
            self._cutter_stopped = False
            if n == 2:
                self._forget()
            self.changed()

    def clear_jam(self) -> None:
        """A person freed the cutter and pressed the button."""
        if not self.faults.cutter_jammed:
            self._cutter_stopped = False

    def _say(self, data: bytes) -> None:
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
        bits = 0
        match n:
            case 1:
                bits = (0x08 if self.offline else 0) | (0x04 if self.drawer.pin3_high else 0)
            case 2:
                bits = (0x04 if self.faults.cover_open else 0) | (0x20 if self._out else 0)
                bits |= 0x40 if self._cutter_stopped else 0
            case 3:
                bits = _CUTTER_ERROR if self._cutter_stopped else 0
            case 4:
                bits = (0x0C if self._near_end or self._out else 0) | (0x60 if self._out else 0)
            case 5:
                bits = self.slip.real_time_bits()
        return _REAL_TIME_FIXED | bits

    def _paper_sensor(self) -> int:
        return (0x03 if self._near_end or self._out else 0) | (0x0C if self._out else 0)

    def _asb(self) -> bytes:
        first = _ASB_FIXED | (0x08 if self.offline else 0) | (0x20 if self.faults.cover_open else 0)
        first |= 0x04 if self.drawer.pin3_high else 0
        second = _CUTTER_ERROR if self._cutter_stopped else 0
        slip_third, slip_fourth = self.slip.asb_bits()
        return bytes((first, second, self._paper_sensor() | slip_third, slip_fourth))

    def work(self) -> bool:
        """Obey the next command or letter held, or print the next line that was read ahead.

        False if there is none, it is not complete, or nothing can move.
        """
        if self.offline or self.faults.hung or self.slip.waiting:
            return False
        if self._buffer[:1] == b"\0":
            self._buffer = self._buffer.lstrip(b"\0")
        length = command_length(self._buffer) if len(self._to_come) <= self._reads_ahead else None
        if length is not None and len(self._buffer) >= length:
            command = bytes(self._buffer[:length])
            del self._buffer[:length]
            self._obey(command)
        elif not self._to_come:
            return False
        else:
            self._to_come.popleft()()
            return True
        while self._to_come and not self._reads_ahead and not self.offline:
            self._to_come.popleft()()
        return True

    def _obey(self, command: bytes) -> None:
        if command == b"\n":
            self._end_line()
        elif command == b"\f":
            self._later(self._eject)
        elif command[0] >= 0x20:
            self._line += command.decode(CODE_PAGES.get(self._style.page, "cp437"), "replace")
        elif command[0] in _IGNORED:
            return
        elif not is_known(command) or command[0] == 0x10 or len(command) == 1:
            self.paper.unknown += 1
        elif command[0] == 0x1B:
            self._obey_esc(chr(command[1]), command[2:])
        elif command[0] == 0x1D:
            self._obey_gs(chr(command[1]), command[2:])
        else:
            self.slip.obey_fs(chr(command[1]), command[2:])

    def _obey_esc(self, letter: str, parameters: bytes) -> None:
        match letter:
            case "@":
                self._style = _Style()
                self.slip.initialise()
                self._line = ""
            case "t":
                self._style.page = parameters[0]
            case "a":
                self._style.align = parameters[0] & 1
            case "d":
                for _ in range(max(parameters[0], 1)):
                    self._end_line()
            case "p":
                if parameters[1]:  # a pulse of no length opens nothing
                    self._kick(parameters[0])
            case "*":
                self._later(self._strip)
            case "i" | "m":
                self._later(self._cut)
            case _:
                self.slip.obey_esc(letter, parameters)

    def _obey_gs(self, letter: str, parameters: bytes) -> None:
        match letter:
            case "!":
                self._style.double = parameters[0] & 0x70 != 0
            case "a":
                self._style.asb = parameters[0]
                self.changed()
            case "r" if not self.faults.without_answers_in_order:
                self._say(bytes((self._in_order(parameters[0]),)))
            case "V":
                self._later(self._cut)
            case "k":
                code = parameters[2:].decode("ascii", "replace").removeprefix("{B").replace("{{", "{")
                self._later(partial(self._mark, "Code 128", code, self.paper.barcodes))
            case "v":
                self._later(self._picture)
            case "(":
                self._obey_block(chr(parameters[0]), parameters[3:])

    def _in_order(self, n: int) -> int:
        if n == 2:
            return 0x01 if self.drawer.pin3_high else 0
        return self._paper_sensor() if n == 1 else 0

    def _obey_block(self, letter: str, block: bytes) -> None:
        if letter == "k" and block[:2] == b"1P":
            self._qr = block[3:].decode("utf-8", "replace")
        elif letter == "k" and block[:2] == b"1Q":
            self._later(partial(self._mark, "QR", self._qr, self.paper.qr_codes))
        elif letter == "L" and block[1:2] == b"2":
            self._later(self._picture)
        elif letter == "H" and block[:2] == b"00" and not self.faults.without_process_ids:
            self._later(partial(self._say, b"\x37\x22" + block[2:6] + b"\x00"))
        elif letter == "G":
            self.slip.obey_sheet(block)

    def _later(self, act: Callable[[], None]) -> None:
        self._to_come.append(act)

    def _mark(self, kind: str, content: str, kept: list[str]) -> None:
        kept.append(content)
        self._on_line(f"[{kind}] {content}")

    def _picture(self) -> None:
        self.paper.pictures += 1
        self._on_line("[picture]")

    def _strip(self) -> None:
        self.paper.pictures += 1

    def _end_line(self) -> None:
        cells = len(self._line) * (2 if self._style.double else 1)
        indent = max(self.columns - cells, 0) // 2 if self._style.align else 0
        text = (" " * indent + self._line).rstrip() if self._line else ""
        self._line = ""
        self.taken_in.append(text)
        self._later(partial(self._print, text))

    def _print(self, text: str) -> None:
        if self.slip.selected:
            self.slip.print(text)
            self._on_line(f"[slip] {text}")
            return
        self.paper.lines.append(text)
        self._receipt.append(text)
        self._on_line(text)
        if self.faults.lines_left is not None:
            self.faults.lines_left = max(self.faults.lines_left - 1, 0)
            if self.faults.lines_left in {0, NEAR_END_LINES - 1}:
                self.changed()

    def _eject(self) -> None:
        if self.slip.eject():
            self._on_line("[slip out]")

    def _cut(self) -> None:
        if self.faults.cutter_jammed:
            self._cutter_stopped = True
            self._to_come.appendleft(self._cut)
            self.changed()
            return
        self.paper.cuts += 1
        self.paper.receipts.append(self._receipt)
        self._receipt = []
        self._on_line("[cut]")

    def _kick(self, connector: int) -> None:
        pin = 2 if connector in {0, 48} else 5
        self.paper.kicks.append(pin)
        self._on_line(f"[drawer {pin}]")
        if self.drawer.kicked():
            self.changed()
