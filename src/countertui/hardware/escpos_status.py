"""What an ESC/POS printer says back, told apart byte by byte, and what it means. Pure: bytes in, facts out.

Bit patterns: Epson ESC/POS reference, DLE EOT, GS a, GS r, GS ( H; TM-U295 appendix D and TM-U230 appendix E for how
replies are told apart. Unknown is a value: no answer never means that all is well.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Online = Literal["online", "offline", "unknown"]
Cover = Literal["closed", "open", "unknown"]
Paper = Literal["ok", "low", "out", "unknown"]
Level = Literal["low", "high", "unknown"]
Fault = Literal["none", "recoverable", "cutter", "unrecoverable", "unknown"]

LONGEST_BLOCK = 100
"""No block a printer sends is longer; MICR lines end at 67 bytes."""

_BLOCK_HEADS = frozenset(b"\x37\x5f\x3d\x35\x3b\x53")
_FLOW = frozenset(b"\x11\x13")
_ASB_LENGTH = 4


@dataclass(frozen=True, slots=True)
class RealTime:
    """The one-byte answer to DLE EOT n; which n, only the order of asking tells."""

    value: int


@dataclass(frozen=True, slots=True)
class Asb:
    """Four bytes of automatic status, sent on every change after GS a."""

    four: bytes


@dataclass(frozen=True, slots=True)
class InOrder:
    """The answer to GS r, sent when the printer comes to it in its buffer: all before it was processed."""

    value: int


@dataclass(frozen=True, slots=True)
class ProcessId:
    """The answer to GS ( H: everything before this id has been printed."""

    process_id: bytes


@dataclass(frozen=True, slots=True)
class Information:
    """Any other block, from its head byte to NUL: model names, counters, MICR lines."""

    head: int
    body: bytes


@dataclass(frozen=True, slots=True)
class FlowControl:
    """XON (0x11) or XOFF (0x13)."""

    value: int


Reply = RealTime | Asb | InOrder | ProcessId | Information | FlowControl


class ReplyReader:
    """Tells apart what comes back from a printer, in whatever pieces; `dropped` counts bytes that mean nothing."""

    def __init__(self) -> None:
        self.dropped = 0
        self._asb = bytearray()
        self._block = bytearray()

    def feed(self, data: bytes) -> list[Reply]:
        """Take received bytes; give the replies they complete."""
        replies = []
        for byte in data:
            reply = self._take(byte)
            if reply is not None:
                replies.append(reply)
        return replies

    def _take(self, byte: int) -> Reply | None:
        if self._block:
            return self._take_in_block(byte)
        if self._asb:
            if byte & 0x90 == 0:
                return self._take_in_asb(byte)
            self.dropped += len(self._asb)
            self._asb.clear()
        return self._take_first(byte)

    def _take_first(self, byte: int) -> Reply | None:
        if byte in _FLOW:
            return FlowControl(byte)
        if byte in _BLOCK_HEADS:
            self._block.append(byte)
        elif byte & 0x93 == 0x12:
            return RealTime(byte)
        elif byte & 0x93 == 0x10:
            self._asb.append(byte)
        elif byte & 0x90 == 0:
            return InOrder(byte)
        else:
            self.dropped += 1
        return None

    def _take_in_asb(self, byte: int) -> Reply | None:
        self._asb.append(byte)
        if len(self._asb) < _ASB_LENGTH:
            return None
        four = bytes(self._asb)
        self._asb.clear()
        return Asb(four)

    def _take_in_block(self, byte: int) -> Reply | None:
        if byte:
            self._block.append(byte)
            if len(self._block) > LONGEST_BLOCK:
                self.dropped += len(self._block)
                self._block.clear()
            return None
        head, body = self._block[0], bytes(self._block[1:])
        self._block.clear()
        if head == 0x37 and body[:1] == b"\x22":
            return ProcessId(body[1:])
        return Information(head, body)


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """What is known of a printer. `pin3` is the level of the drawer's switch; which level is open, a setting says."""

    online: Online = "unknown"
    cover: Cover = "unknown"
    paper: Paper = "unknown"
    fault: Fault = "unknown"
    pin3: Level = "unknown"

    @property
    def trouble(self) -> str:
        """Why nothing can be printed now, for a person; empty if nothing is known to be wrong."""
        if self.cover == "open":
            return "cover open"
        if self.paper == "out":
            return "paper out"
        if self.fault == "cutter":
            return "cutter jammed"
        if self.fault in {"recoverable", "unrecoverable"}:
            return "printer error"
        return "offline" if self.online == "offline" else ""

    @property
    def word(self) -> str:
        """One or two words for the chip: ok, paper low, unknown, or the trouble."""
        if self.trouble:
            return self.trouble
        if self.paper == "low":
            return "paper low"
        return "ok" if self.online == "online" and self.paper == "ok" else "unknown"


UNKNOWN = PrinterStatus()


def _fault_of(bits: int) -> Fault:
    if bits & 0x20:
        return "unrecoverable"
    if bits & 0x08:
        return "cutter"
    # 0x40 recovers by itself (head temperature, cover opened while printing); it is recoverable like 0x04.
    return "recoverable" if bits & 0x44 else "none"


def _paper_of(bits: int, *, low: int, out: int) -> Paper:
    if bits & out:
        return "out"
    return "low" if bits & low else "ok"


def with_real_time(status: PrinterStatus, n: int, value: int) -> PrinterStatus:
    """What is known after DLE EOT `n` (1 printer, 2 offline cause, 3 error, 4 roll paper) was answered with `value`."""
    match n:
        case 1:
            return replace(
                status, online="offline" if value & 0x08 else "online", pin3="high" if value & 0x04 else "low"
            )
        case 2:
            known = replace(status, cover="open" if value & 0x04 else "closed")
            if value & 0x20:
                known = replace(known, paper="out")
            if value & 0x40:
                return known if known.fault in {"cutter", "unrecoverable"} else replace(known, fault="recoverable")
            return replace(known, fault="none")
        case 3:
            return replace(status, fault=_fault_of(value))
        case 4:
            return replace(status, paper=_paper_of(value, low=0x0C, out=0x60))
        case _:
            return status


def from_asb(four: bytes) -> PrinterStatus:
    """What is known after four bytes of automatic status."""
    first, second, third = four[0], four[1], four[2]
    return PrinterStatus(
        online="offline" if first & 0x08 else "online",
        cover="open" if first & 0x20 else "closed",
        paper=_paper_of(third, low=0x03, out=0x0C),
        fault=_fault_of(second),
        pin3="high" if first & 0x04 else "low",
    )


def with_paper_sensor(status: PrinterStatus, value: int) -> PrinterStatus:
    """What is known after GS r 1 was answered with `value`."""
    return replace(status, paper=_paper_of(value, low=0x03, out=0x0C))
