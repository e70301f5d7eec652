"""Talking with an ESC/POS printer over one link: ask, listen, and keep what is known of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from countertui.hardware.escpos_status import (
    UNKNOWN,
    Asb,
    PrinterStatus,
    RealTime,
    Reply,
    ReplyReader,
    from_asb,
    with_real_time,
)
from countertui.hardware.links.link import Link, PrinterRefusedError

MonoMs = Callable[[], int]
"""Monotonic milliseconds."""

_ASKED = (1, 2, 4)
"""DLE EOT: printer, offline cause, roll paper."""


def _unheard(status: PrinterStatus) -> None:
    """Nobody watches."""


@dataclass(slots=True)
class Conversation:
    """One open link, what the printer said on it, and who is told when what is known of the printer changes."""

    link: Link
    mono_ms: MonoMs
    on_status: Callable[[PrinterStatus], None] = _unheard
    status: PrinterStatus = UNKNOWN
    heard: bool = False
    reader: ReplyReader = field(default_factory=ReplyReader)

    def learn(self, status: PrinterStatus) -> None:
        """Keep what is now known, and tell if it is news."""
        if status != self.status:
            self.status = status
            self.on_status(status)

    def listen(self, wait_ms: int) -> list[Reply]:
        """Take in what the printer says within `wait_ms`. Raises PrinterUncertainError when the link broke."""
        replies = self.reader.feed(self.link.read_some(wait_ms))
        for reply in replies:
            self.heard = True
            if isinstance(reply, Asb):
                self.learn(from_asb(reply.four))
        return replies

    def write(self, data: bytes) -> None:
        """Hand over a short command whole, within the link's write deadline.

        Raises PrinterRefusedError if none of it was taken in time, PrinterUncertainError if the link broke.
        """
        until = self.mono_ms() + self.link.deadlines.write_ms
        rest = data
        while rest:
            left = until - self.mono_ms()
            if left <= 0:
                raise PrinterRefusedError(f"{self.link.name}: takes no data.", press="Check the printer and try again.")
            rest = rest[self.link.write_some(rest, left) :]

    def ask(self, n: int) -> bool:
        """Ask DLE EOT `n` and learn from the answer; false if none came within the link's read deadline."""
        self.listen(0)  # what came unasked is not the answer
        self.write(bytes((0x10, 0x04, n)))
        until = self.mono_ms() + self.link.deadlines.read_ms
        while (left := until - self.mono_ms()) > 0:
            for reply in self.listen(left):
                if isinstance(reply, RealTime):
                    self.learn(with_real_time(self.status, n, reply.value))
                    return True
        return False

    def look(self) -> PrinterStatus:
        """Ask for everything that says whether printing can work.

        A printer that leaves a question open is asked no more: a late answer would be taken for the next one's.
        """
        if all(map(self.ask, _ASKED)) and self.status.fault == "recoverable":
            self.ask(3)
        return self.status


def looked_at(link: Link, mono_ms: MonoMs) -> Conversation:
    """Open, look and close; gives what was said. Raises PrinterRefusedError, PrinterUncertainError if it hung up."""
    talk = Conversation(link, mono_ms)
    link.open()
    try:
        if link.answers:
            talk.look()
    finally:
        link.close()
    return talk


def read_status(link: Link, mono_ms: MonoMs) -> PrinterStatus:
    """The same, only what it comes to."""
    return looked_at(link, mono_ms).status
