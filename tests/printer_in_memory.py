"""A virtual printer at the end of a line that exists only in memory, with a clock that only waiting moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from countertui.hardware.links.link import Deadlines, PrinterRefusedError, PrinterUncertainError
from countertui.hardware.virtual_paper import PaperEngine

Way = Literal["network", "serial"]
"""network: a power cut breaks the connection. serial: nobody tells; what is sent meanwhile is lost."""

PRINTER_BUFFER = 4096
_LONGEST_STEP_MS = 1_000


class FakeClock:
    """Milliseconds that pass when somebody waits."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now


@dataclass
class Line:
    """The plug: bytes on their way to the printer, what breaks, and what happens when. Implements `Link`.

    `letters_per_ms` is how fast the printer works (0: at once), `bytes_per_ms` the wire (0: at once), `takes` how many
    bytes one write takes at most. `at_byte` calls `then` after that many bytes came out of the wire since `arm`.
    """

    engine: PaperEngine
    clock: FakeClock
    way: Way = "network"
    letters_per_ms: float = 0
    bytes_per_ms: int = 0
    takes: int = 100_000
    deadlines: Deadlines = field(default_factory=Deadlines)
    name: str = "printer in memory"
    answers: bool = True

    opened: bool = False
    broken: bool = False
    powered: bool = True
    vanishing: bool = False
    working: bool = False
    letters_due: float = 0
    wire: bytearray = field(default_factory=bytearray)
    seen: bytearray = field(default_factory=bytearray)
    handed_over: int = 0
    at_byte: int | None = None
    then: Callable[[], None] | None = None
    later: list[tuple[int, Callable[[], None]]] = field(default_factory=list)

    @property
    def arrived(self) -> int:
        return len(self.seen)

    def open(self) -> None:
        if self.way == "network" and not self.powered:
            raise PrinterRefusedError(f"{self.name}: switched off.")
        self.opened, self.broken = True, False
        if self.way == "network":
            self.engine.hang_up()

    def close(self) -> None:
        """What was handed over still arrives, as with a real socket, if the printer takes it."""
        self.opened = False

    def abandon(self) -> None:
        self.opened = False
        self.wire.clear()

    def flush(self, wait_ms: int) -> None:
        self._pass(wait_ms, lambda: not self.wire)
        if self.wire:
            raise PrinterUncertainError(f"{self.name}: takes no more data.", self.handed_over)

    def write_some(self, data: bytes, wait_ms: int) -> int:
        self._check()
        if len(self.wire) >= PRINTER_BUFFER:
            self._pass(wait_ms, lambda: len(self.wire) < PRINTER_BUFFER)
            self._check()
        taken = min(len(data), self.takes, max(PRINTER_BUFFER - len(self.wire), 0))
        self.wire += data[:taken]
        self.handed_over += taken
        self._move(0)
        return taken

    def read_some(self, wait_ms: int) -> bytes:
        self._move(0)
        if not self.engine.replies:
            self._check()
            self._pass(wait_ms, lambda: bool(self.engine.replies) or self.broken)
        if self.engine.replies:
            reply = bytes(self.engine.replies)
            self.engine.replies.clear()
            return reply
        self._check()
        return b""

    def arm(self, at_byte: int, then: Callable[[], None]) -> None:
        """Do something once, after so many more bytes have come out of the wire."""
        self.at_byte, self.then = self.arrived + at_byte, then
        self._trigger()

    def after(self, ms: int, act: Callable[[], None]) -> None:
        """Do something when so much time has passed."""
        self.later.append((self.clock.now + ms, act))

    def hang_up(self) -> None:
        """The connection breaks; what is on the wire is lost, what the printer has it keeps."""
        self.broken = True
        self.wire.clear()
        self.engine.hang_up()

    def power_off(self) -> None:
        """What the printer held is gone. On a network the connection breaks with it."""
        self.powered = False
        self.engine.power_cycle()
        if self.way == "network":
            self.hang_up()

    def power_on(self) -> None:
        self.powered = True

    def settle(self) -> None:
        """Let everything happen that still will: what was planned, what is on the wire, what the printer holds."""
        before = None
        while self.later or before != (before := self._done()):
            self._pass(_LONGEST_STEP_MS, lambda: False)

    def _done(self) -> tuple[int, int, int, int]:
        return (len(self.wire), self.engine.held, len(self.engine.taken_in), self.engine.paper.cuts)

    def _check(self) -> None:
        if not self.opened:
            raise PrinterRefusedError(f"{self.name}: not open.")
        if self.broken:
            raise PrinterUncertainError(f"{self.name}: the connection broke.", self.handed_over)

    def _pass(self, wait_ms: int, enough: Callable[[], bool]) -> None:
        until = self.clock.now + wait_ms
        while self.clock.now < until and not enough():
            step = 1 if self._busy() else self._until_something(until)
            self.clock.now += step
            self._move(step)

    def _busy(self) -> bool:
        moving = bool(self.wire) and self.bytes_per_ms > 0 and not self._full()
        return moving or (self.letters_per_ms > 0 and self.working)

    def _full(self) -> bool:
        return self.powered and (self.engine.faults.hung or self.engine.held >= PRINTER_BUFFER)

    def _until_something(self, until: int) -> int:
        return max(min([until, *(at for at, _ in self.later)]) - self.clock.now, 1)

    def _move(self, ms: int) -> None:
        for due in [item for item in self.later if item[0] <= self.clock.now]:
            self.later.remove(due)
            due[1]()
        self._deliver(self.bytes_per_ms * ms if self.bytes_per_ms else len(self.wire))
        if self.letters_per_ms:
            self.letters_due = min(self.letters_due + self.letters_per_ms * ms, 1 + self.letters_per_ms * ms)
            while self.powered and self.letters_due >= 1 and self.engine.work():
                self.letters_due -= 1
            self.working = self.letters_due < 1
        else:
            self._work_off()

    def _work_off(self) -> None:
        if self.powered:
            while self.engine.work():
                pass

    def _deliver(self, most: int) -> None:
        while most > 0 and self.wire:
            if self._full():
                return
            room = min(most, len(self.wire))
            if self.at_byte is not None:
                room = min(room, max(self.at_byte - self.arrived, 1))
            piece = bytes(self.wire[:room])
            del self.wire[:room]
            most -= room
            self.seen += piece
            if self.powered and not self.vanishing:
                self.engine.receive(piece)
                self.working = True
                if not self.letters_per_ms:
                    self._work_off()
            self._trigger()

    def _trigger(self) -> None:
        if self.then is not None and self.at_byte is not None and self.arrived >= self.at_byte:
            then, self.then, self.at_byte = self.then, None, None
            then()
