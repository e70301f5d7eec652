"""From bytes as they trickle in to whole messages: what is damaged is dropped and counted, never handed on in part."""

from __future__ import annotations

from dataclasses import dataclass, field

QUIET_MS = 200
"""A message without an end of its own is over after so long a silence: 9600 baud needs 1 ms a letter."""
LATE_MS = 2_000
"""Of a device that ends its messages itself, this long a silence within one means that its end is lost."""
_MADE_OF_LINES = b"@\n"
_ID_FROM, _ID_LETTERS = b"]", 3


@dataclass(slots=True)
class Framer:
    """Messages of a check reader or scanner, each ended by CR, LF or ETX, or by silence; STX and ESC before it go.

    `longest` is in bytes. lines_within: scans of identity cards come as well, which begin with `@` and a line end,
    after a scanner's symbology identifier (`]L2`) if it sends one: they hold CR, LF and RS, and end by silence alone.
    Whatever else holds a control or a byte that is no ASCII is dropped whole, and so is what silence ends of a device
    that ends its messages itself: a line that lost a letter would be another account. `dropped` counts bytes.
    """

    longest: int
    lines_within: bool = False
    separators: bytes = b""
    """Controls that a message may hold: GS (1d) in GS1 codes."""
    dropped: int = 0
    _held: bytearray = field(default_factory=bytearray)
    _heard_ms: int = 0
    _ends_its_own: bool = False

    def feed(self, data: bytes, now_ms: int) -> list[str]:
        """Take what came at a time (monotonic milliseconds); give the messages that are whole with it."""
        made = self.settle(now_ms)
        for byte in data:
            self._heard_ms = now_ms
            if byte in b"\r\n\x03" and not self._within_lines(byte):
                self._ends_its_own = self._ends_its_own or bool(self._held)
                made += self._end()
            elif self._held or byte not in b"\x02\x1b":
                self._held.append(byte)
                if len(self._held) > 2 * self.longest:  # a device gone mad: remember that it is too long, and no more
                    self.dropped += self.longest
                    del self._held[-self.longest :]
        return made

    def settle(self, now_ms: int) -> list[str]:
        """The message that silence has ended by now, if one is held."""
        ends_itself = self._ends_its_own and not self._of_a_card(self._held)
        if not self._held or now_ms - self._heard_ms < (LATE_MS if ends_itself else QUIET_MS):
            return []
        if ends_itself:
            self.give_up()
            return []
        return self._end()

    def give_up(self) -> None:
        """Drop what is held: the device went away in the middle of it."""
        self.dropped += len(self._held)
        self._held.clear()

    def _within_lines(self, byte: int) -> bool:
        return self._of_a_card(self._held + bytes((byte,)))

    def _of_a_card(self, begun: bytearray) -> bool:
        after = _ID_LETTERS if begun.startswith(_ID_FROM) else 0
        return self.lines_within and begun.startswith(_MADE_OF_LINES, after)

    def _end(self) -> list[str]:
        message, of_a_card = bytes(self._held), self._of_a_card(self._held)
        self._held.clear()
        if not message:
            return []
        allowed = self.separators + b"\n\r\x1d\x1e" * of_a_card
        if len(message) > self.longest or any(not 0x20 <= byte <= 0x7E and byte not in allowed for byte in message):
            self.dropped += len(message)
            return []
        return [message.decode("ascii")]
