"""Reading a check's line in a printer that has a reader: somebody puts the check in, the printer says its line.

Epson TM-H5000II specification (FS a 0, FS a 2, DLE ENQ 3); the NCR/Axiohm dialect: TH320 guide (ESC w 1). Nothing is
printed. What a check says is given to the caller alone, and kept and logged nowhere here.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from countertui.domain.check_line import CheckLine
from countertui.hardware.check_readers import (
    AXIOHM_READ,
    EPSON_EJECT,
    EPSON_READ,
    LONGEST_REPLY,
    CheckNotRead,
    read_axiohm,
    read_epson,
)
from countertui.hardware.conversation import Conversation, MonoMs
from countertui.hardware.escpos_status import Information
from countertui.hardware.in_step import Answers, Step, come_in_step
from countertui.hardware.links.link import Link, PrinterRefusedError, PrinterUncertainError
from countertui.hardware.spooler import INITIALISE

MicrDialect = Literal["epson", "axiohm"]
CALL_OFF = b"\x10\x05\x03"
"""DLE ENQ 3: ends the wait for a check."""
WAIT_MS = 45_000
_READ: dict[MicrDialect, bytes] = {"epson": EPSON_READ, "axiohm": AXIOHM_READ}
_GIVE_BACK: dict[MicrDialect, bytes] = {"epson": EPSON_EJECT, "axiohm": b"\x1bq"}
_LINE_HEAD = 0x5F
_STALL_MS = 5_000
_LOOK_MS = 200
_MINUTE_MS = 60_000
_LONGEST_WAIT_MIN, _SETTLE_100MS = 15, 10
_TYPE = "Type the numbers."


def read_check(
    link: Link,
    dialect: MicrDialect,
    alphabet: str,
    *,
    mono_ms: MonoMs,
    told: Callable[[], None],
    wait_ms: int = WAIT_MS,
    give_up: threading.Event | None = None,
) -> CheckLine:
    """Have a check put in, read its line, give it back. Opens and closes the link.

    `told` is called once the printer waits for the check, for at most `wait_ms`. Raises CheckNotRead, CheckLineRefused
    for a line that money can't be taken on, PrinterRefusedError or PrinterUncertainError if the printer is not reached.
    """
    talk = Conversation(link, mono_ms)
    reading = _Reading(talk, dialect, give_up or threading.Event())
    try:
        link.open()
        reading.come_in_step()
        reply = reading.reply(min(wait_ms, (_LONGEST_WAIT_MIN - 2) * _MINUTE_MS), told)
    except PrinterUncertainError:
        reading.reach_again_and_call_off()
        raise
    finally:
        link.close()
    return read_epson(reply, alphabet) if dialect == "epson" else read_axiohm(reply, alphabet)


@dataclass(slots=True)
class _Reading:
    talk: Conversation
    dialect: MicrDialect
    give_up: threading.Event
    waiting: bool = False

    def come_in_step(self) -> None:
        """The printer answers, nothing is the matter with it, and it holds nothing older. Raises CheckNotRead."""
        if not self.talk.link.answers or self.talk.look().online == "unknown":
            raise CheckNotRead("The printer does not answer, so that it can read no check.", press=_TYPE)
        if self.talk.status.trouble:
            raise CheckNotRead(f"The printer can read no check: {self.talk.status.trouble}.", press=_TYPE)
        step = Step(self.talk.link.deadlines.read_ms, _STALL_MS, 0)
        # No automatic status: what an Axiohm says of a check has no head that tells it from that.
        if come_in_step(Answers(self.talk), INITIALISE, None, step, self.give_up) is None:
            raise CheckNotRead("The printer works nothing off, so that it can read no check.", press=_TYPE)

    def reply(self, wait_ms: int, told: Callable[[], None]) -> bytes:
        """What the printer says of the check that was put in; the check is given back. Raises CheckNotRead."""
        minutes = wait_ms // _MINUTE_MS + 2  # longer than ours: when its own ends, it says nothing
        self.waiting = True
        self.talk.write(b"\x1bf" + bytes((minutes, _SETTLE_100MS)) + _READ[self.dialect])
        told()
        until, heard = self.talk.mono_ms() + wait_ms, b""
        while self.talk.mono_ms() < until and not self.give_up.is_set():
            if self.dialect == "axiohm":
                heard += self.talk.link.read_some(_LOOK_MS)
                reply = heard if heard.endswith(b"\r") or len(heard) > LONGEST_REPLY else b""
            else:
                reply = self._line_said()
            if reply:
                self.waiting = False
                self.talk.write(_GIVE_BACK[self.dialect])
                return reply
        self.call_off()
        raise CheckNotRead("No check was put in." if not self.give_up.is_set() else "Called off.", press=_TYPE)

    def _line_said(self) -> bytes:
        for said in self.talk.listen(_LOOK_MS):
            if isinstance(said, Information) and said.head == _LINE_HEAD:
                return bytes((said.head,)) + said.body + b"\x00"
        return b""

    def call_off(self) -> None:
        """End the printer's wait, and have it give back what came in at the last moment."""
        with contextlib.suppress(PrinterRefusedError, PrinterUncertainError):
            self.talk.write(CALL_OFF + _GIVE_BACK[self.dialect])
        self.waiting = False

    def reach_again_and_call_off(self) -> None:
        """The link broke: the printer must not wait on, holding up every receipt."""
        if not self.waiting:
            return
        self.talk.link.abandon()
        with contextlib.suppress(PrinterRefusedError, PrinterUncertainError):
            self.talk.link.open()
            self.call_off()
