"""The slip station of a virtual printer: one sheet at a time, its two sides, and the magnetic line of a check.

TM-H5000II, TM-U375 and TM-U295 specifications; the NCR/Axiohm dialect: TH320 guide. What nobody inserts in time is
printed on the roll, as the real ones do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Side = Literal["face", "back"]
MicrDialect = Literal["epson", "axiohm"]

_ROLL, _SLIP, _VALIDATION = 1, 4, 8
_NOT_SELECTED, _WAITING, _NOTHING_AT_TOP, _NOTHING_AT_BOTTOM = 0x04, 0x08, 0x20, 0x40
_MINUTE_MS = 60_000
_READ, _EJECT = 0x30, 0x32
_MICR_FIXED, _MICR_ABNORMAL = 0x40, 0x20
_AXIOHM_GOOD, _AXIOHM_NO_CHECK, _AXIOHM_NO_MICR = 0, 2, 4


@dataclass(slots=True)
class Sheet:
    """A check or a customer's stub. `micr` is its magnetic line in the alphabet of the reader; empty if it has none."""

    micr: str = ""
    face: list[str] = field(default_factory=list)
    back: list[str] = field(default_factory=list)


@dataclass(slots=True)
class SlipStation:
    """`insert` and `remove` are the operator's hands; `ejected` are the sheets that came out, the newest last.

    `say` takes what the station answers. While `waiting`, the printer obeys nothing but real-time commands;
    `time_out` is called when `wait_ms` (None: for ever) have passed.
    """

    say: Callable[[bytes], None]
    fitted: bool = False
    dialect: MicrDialect = "epson"
    sheet: Sheet | None = None
    ejected: list[Sheet] = field(default_factory=list)
    selected: bool = False
    waiting: bool = False
    wait_ms: int | None = None
    side: Side = "face"
    micr_reads: int = 0
    _for_micr: bool = False
    _last_reply: bytes = b""

    def insert(self, sheet: Sheet) -> None:
        """Put a sheet in."""
        self.sheet = sheet
        if self.waiting:
            self.waiting = False
            if self._for_micr:
                self._read_micr()
            else:
                self.selected = True

    def remove(self) -> Sheet | None:
        """Take the sheet out again, printed or not; gives it."""
        taken, self.sheet = self.sheet, None
        return taken

    def time_out(self) -> None:
        """Nobody inserted anything in time: back to the roll, where what follows is printed."""
        if not self.waiting:
            return
        self.waiting = self.selected = False
        if self._for_micr:
            self._answer(self._nothing_read(_AXIOHM_NO_CHECK))

    def cancel(self) -> bool:
        """DLE ENQ 3; true if something was waited for."""
        was, self.waiting, self.selected = self.waiting, False, False
        return was

    def power_cycle(self) -> None:
        """Switched off and on: the roll is selected, the sheet stays where it is."""
        self.waiting = self.selected = False
        self.initialise()

    def initialise(self) -> None:
        """ESC @."""
        self.selected = False
        self.wait_ms = None
        self.side = "face"

    def print(self, text: str) -> None:
        """One line on the side that is set."""
        if self.sheet is not None:
            (self.sheet.face if self.side == "face" else self.sheet.back).append(text)

    def eject(self) -> bool:
        """Print and eject; true if a sheet came out."""
        self.selected = False
        if self.sheet is None:
            return False
        self.ejected.append(self.sheet)
        self.sheet = None
        return True

    def real_time_bits(self) -> int:
        """DLE EOT 5."""
        empty = 0 if self.sheet else _NOTHING_AT_TOP | _NOTHING_AT_BOTTOM
        return (0 if self.selected else _NOT_SELECTED) | (_WAITING if self.waiting else 0) | empty

    def micr_bits(self) -> int:
        """DLE EOT 8 1."""
        empty = 0 if self.sheet else _NOTHING_AT_TOP | _NOTHING_AT_BOTTOM
        waiting = self.waiting and self._for_micr
        return (0 if waiting else _NOT_SELECTED) | (_WAITING if waiting else 0) | empty

    def asb_bits(self) -> tuple[int, int]:
        """Bits for the third and fourth byte of automatic status; none for a printer without a slip station."""
        if not self.fitted:
            return 0, 0
        third = 0 if self.sheet else _NOTHING_AT_TOP | _NOTHING_AT_BOTTOM
        return third, (0 if self.selected else 0x01) | (0 if self.sheet else 0x02)

    def obey_esc(self, letter: str, parameters: bytes) -> None:
        """ESC c 0, ESC f, ESC q, ESC F and the Axiohm ESC w 1."""
        if not self.fitted:
            return
        match letter:
            case "c" if parameters[0] == 0x30:
                self._select(parameters[1])
            case "f":
                self.wait_ms = parameters[0] * _MINUTE_MS or None
            case "q" | "F":
                self.eject()
            case "w" if parameters == b"\x01" and self.dialect == "axiohm":
                self._wait_for_check()

    def obey_fs(self, letter: str, parameters: bytes) -> None:
        """FS a 0 reads, FS a 1 loads for printing, FS a 2 gives the check back, FS b says the last line again."""
        if not self.fitted or self.dialect != "epson":
            return
        if letter == "b":
            self.say(self._last_reply)
        elif letter == "a" and parameters[0] == _READ:
            self._wait_for_check()
        elif letter == "a" and parameters[0] == _EJECT:
            self.eject()

    def obey_sheet(self, block: bytes) -> None:
        """GS ( G function 48: face (04) or back (44, the endorsement head)."""
        if self.fitted and block[:1] == b"0":
            self.side = "back" if block[1:2] == b"\x44" else "face"

    def _select(self, which: int) -> None:
        if which == _ROLL:
            self.selected = self.waiting = False
        elif which in {_SLIP, _VALIDATION}:
            self._for_micr = False
            self.selected = self.sheet is not None
            self.waiting = self.sheet is None

    def _wait_for_check(self) -> None:
        self._for_micr = True
        self.waiting = self.sheet is None
        if self.sheet is not None:
            self._read_micr()

    def _read_micr(self) -> None:
        self.micr_reads += 1
        line = self.sheet.micr if self.sheet else ""
        if not line:
            self._answer(self._nothing_read(_AXIOHM_NO_MICR))
        elif self.dialect == "epson":
            self._answer(b"\x5f" + bytes((_MICR_FIXED,)) + line.encode("ascii") + b"\x00")
        else:
            self._answer(bytes((_AXIOHM_GOOD,)) + line.encode("ascii") + b"\r")

    def _nothing_read(self, axiohm: int) -> bytes:
        if self.dialect == "epson":
            return b"\x5f" + bytes((_MICR_FIXED | _MICR_ABNORMAL,)) + b"\x00"
        return bytes((axiohm,)) + b"\r"

    def _answer(self, reply: bytes) -> None:
        self._last_reply = reply
        self.say(reply)
