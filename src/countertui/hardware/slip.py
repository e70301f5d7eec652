"""Printing on a sheet that somebody puts in: a check's back, a customer's stub. The operator is in the loop.

The printer's own wait for a sheet is finite, and longer than ours: when it ends, the printer goes back to the roll and
prints there whatever it then holds. So nothing of the text is sent before the printer says that a sheet is in, and a
wait that ends is called off (DLE ENQ 3, which also empties its buffers). Sources: Epson TM-H5000II, TM-U375 and TM-U295
specifications (ESC c 0, ESC f, DLE EOT 5, DLE ENQ 3).
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from countertui.hardware.conversation import Conversation, MonoMs
from countertui.hardware.escpos_status import PrinterStatus, RealTime
from countertui.hardware.in_step import PAPER_SENSOR, Answers, Step, come_in_step
from countertui.hardware.links.link import Link, PrinterRefusedError, PrinterUncertainError
from countertui.hardware.spooler import (
    ALL_STATUS_BACK,
    INITIALISE,
    NOTHING_KNOWN,
    Abilities,
    Outcome,
    Patience,
    State,
)
from countertui.ports.devices import SlipSheet

Side = Literal["face", "back"]
Said = Literal["insert", "printing", "take out", "left in"]
Told = Callable[[Said], None]

CALL_OFF = b"\x10\x05\x03"
"""DLE ENQ 3."""
BACK_TO_ROLL = b"\x1bc\x30\x01"
EJECT = b"\x0c"
_SELECT: dict[SlipSheet, bytes] = {"slip": b"\x1bc\x30\x04", "validation": b"\x1bc\x30\x08"}
_SIDE: dict[Side, bytes] = {"face": b"\x1d(G\x02\x00\x30\x04", "back": b"\x1d(G\x02\x00\x30\x44"}
_ASK_SLIP = b"\x10\x04\x05"
_NOT_SELECTED, _WAITING, _NO_SHEET = 0x04, 0x08, 0x60
_MINUTE_MS = 60_000
_LONGEST_WAIT_MIN = 15
_SETTLE_100MS = 10
"""From the sheet's arrival until the printer takes hold of it."""
_LOOK_MS = 200
_MISSES = 3
_AT_ROLL = 8
"""So many looks in succession that find the roll selected: a first one may overtake the command before it."""
_TAKE_OUT_MS = 10_000


@dataclass(frozen=True, slots=True)
class SlipWork:
    """What is done with the sheet, and for how many milliseconds somebody may take to put it in (up to 14 minutes).

    one_is_in: the sheet before was not taken out, as far as is known: it must be, so that none is printed on twice.
    """

    sheet: SlipSheet
    side: Side | None = None
    wait_ms: int = 45_000
    one_is_in: bool = False


def print_slip(
    data: bytes,
    link: Link,
    work: SlipWork,
    *,
    mono_ms: MonoMs,
    told: Told,
    patience: Patience,
    abilities: Abilities = NOTHING_KNOWN,
    on_status: Callable[[PrinterStatus], None] = lambda _status: None,
    give_up: threading.Event | None = None,
    at_rest: Callable[[Conversation], None] = lambda _talk: None,
) -> Outcome:
    """Have a sheet put in, print `data` on it once, and give it back. Opens and closes the link; raises nothing.

    refused: nothing of it was sent, as nobody put a sheet in, or the printer can't say that one is there. processed: it
    took in the last line while a sheet was in. uncertain: look at the sheet. `told` says what the operator should do;
    `at_rest` is called while a sheet is waited for, where a real-time command may be sent.
    """
    talk = Conversation(link, mono_ms, on_status)
    job = _Slip(talk, Answers(talk), work, patience, told, give_up or threading.Event(), at_rest, abilities)
    try:
        link.open()
        return job.do(data)
    except PrinterRefusedError as error:
        return job.outcome("uncertain" if job.sent else "refused", error.happened)
    except PrinterUncertainError as error:
        job.reach_again_and_call_off()
        return job.outcome("uncertain" if job.sent else "refused", error.happened)
    finally:
        link.close()


@dataclass(slots=True)
class _Slip:
    talk: Conversation
    answers: Answers
    work: SlipWork
    patience: Patience
    told: Told
    give_up: threading.Event
    at_rest: Callable[[Conversation], None]
    abilities: Abilities
    sent: int = 0
    selected: bool = False

    def outcome(self, state: State, reason: str = "") -> Outcome:
        return Outcome(state, reason, self.sent, self.talk.status, self.abilities)

    def do(self, data: bytes) -> Outcome:
        if not self.talk.link.answers or self.talk.look().online == "unknown":
            return self.outcome("refused", "it doesn't say whether a sheet is in it")
        if self.talk.status.trouble:
            return self.outcome("refused", self.talk.status.trouble)
        read_ms = self.talk.link.deadlines.read_ms
        step = Step(read_ms, self.patience.stall_ms, 0)
        if come_in_step(self.answers, INITIALISE + ALL_STATUS_BACK, None, step, self.give_up) is None:
            return self.outcome("refused", "works nothing off")
        if self.work.one_is_in and not self.taken_out(self.work.wait_ms):
            return self.outcome("refused", "the sheet before is still in it")
        why = self.have_it_put_in()
        if why:
            self.call_off()
            return self.outcome("refused", why)
        self.told("printing")
        outcome = self.print(data)
        if outcome.state == "processed" and not self.taken_out(_TAKE_OUT_MS):
            self.told("left in")
        return outcome

    def taken_out(self, within_ms: int) -> bool:
        """Wait until nothing is seen in it."""
        until = self.talk.mono_ms() + within_ms
        told = False
        while not self.give_up.is_set():
            bits = self.look_at_slip()
            if bits is not None and bits & _NO_SHEET == _NO_SHEET:
                return True
            if self.talk.mono_ms() >= until:
                return False
            if not told:
                self.told("take out")
                told = True
            self.at_rest(self.talk)
            self.answers.hear(_LOOK_MS)
        return False

    def have_it_put_in(self) -> str:
        """Wait for the sheet; empty once it is in, else why there is none."""
        minutes = min(self.work.wait_ms // _MINUTE_MS + 2, _LONGEST_WAIT_MIN)
        wait = b"\x1bf" + bytes((minutes, _SETTLE_100MS))
        side = _SIDE[self.work.side] if self.work.side else b""
        self.selected = True
        self.talk.write(wait + side + _SELECT[self.work.sheet])
        self.told("insert")
        until = self.talk.mono_ms() + min(self.work.wait_ms, (_LONGEST_WAIT_MIN - 1) * _MINUTE_MS)
        misses = at_roll = 0
        while self.talk.mono_ms() < until:
            if self.give_up.is_set():
                return "called off"
            bits = self.look_at_slip()
            misses = misses + 1 if bits is None else 0
            if misses == _MISSES:
                return "stopped answering"
            if bits is not None and not bits & _WAITING:
                if not bits & _NOT_SELECTED and bits & _NO_SHEET != _NO_SHEET:
                    return ""
                at_roll = at_roll + 1 if bits & _NOT_SELECTED else 0
                if at_roll == _AT_ROLL:
                    return "the printer went back to its roll"
            self.at_rest(self.talk)
            self.answers.hear(_LOOK_MS)
        return "no sheet was put in"

    def look_at_slip(self) -> int | None:
        """What DLE EOT 5 is answered with, if it is."""
        self.answers.hear(0)
        self.talk.write(_ASK_SLIP)
        until = self.talk.mono_ms() + self.talk.link.deadlines.read_ms
        while (left := until - self.talk.mono_ms()) > 0:
            for reply in self.talk.listen(left):
                if isinstance(reply, RealTime):
                    return reply.value
        return None

    def print(self, data: bytes) -> Outcome:
        """Hand all of it over and wait until the printer has come to its end."""
        # No ESC @: it would take the printer back to its roll. The side and the sheet were set after it.
        rest = data.removeprefix(INITIALISE) + EJECT + BACK_TO_ROLL + PAPER_SENSOR
        self.answers.begin()
        self.answers.asked = 1
        until = self.talk.mono_ms() + self.patience.stall_ms
        while rest and self.talk.mono_ms() < until:
            taken = self.talk.link.write_some(rest, _LOOK_MS)
            self.sent += taken
            rest = rest[taken:]
        if not rest and self.answers.hear_until(lambda: self.answers.complete, self.patience.stall_ms, self.give_up):
            if self.answers.trusted:
                return self.outcome("processed")
            return self.outcome("uncertain", "answers that nobody asked for")
        self.call_off()  # else it would print the rest on the roll once its own wait ends
        return self.outcome("uncertain" if self.sent else "refused", self.talk.status.trouble or "no answer")

    def call_off(self) -> None:
        """End the printer's wait, have it forget what it holds, and go back to the roll."""
        with contextlib.suppress(PrinterRefusedError, PrinterUncertainError):
            self.talk.write(CALL_OFF + BACK_TO_ROLL)

    def reach_again_and_call_off(self) -> None:
        """The link broke: the printer must not wait on, and then print on its roll."""
        if not self.selected:
            return
        self.talk.link.abandon()
        with contextlib.suppress(PrinterRefusedError, PrinterUncertainError):
            self.talk.link.open()
            self.call_off()
