"""One drawer kick: at most once, soon or not at all, and never out of a buffer later."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from typing import Literal

from countertui.hardware.conversation import Conversation, MonoMs
from countertui.hardware.held import CLEAR_BUFFERS
from countertui.hardware.in_step import PAPER_SENSOR, Answers, Step, come_in_step, come_to_rest
from countertui.hardware.links.link import Link, PrinterRefusedError, PrinterUncertainError
from countertui.hardware.spooler import NOTHING_KNOWN, Abilities, Outcome, State

Pin = Literal[2, 5]

PULSE_ON_2MS, PULSE_OFF_2MS = 25, 250
REAL_TIME_PULSE_100MS = 1
_NULS = bytes(2304)
"""More than any command but a picture still waits for; a kick has no time for as many as a job. Twice as many end one
whose length was taken from a question."""
_TOO_LATE = "too late to open the drawer"


def kick_drawer(
    link: Link, pin: Pin, *, mono_ms: MonoMs, expires_ms: int, abilities: Abilities = NOTHING_KNOWN
) -> Outcome:
    """Open the cash drawer at connector pin 2 or 5, at most once, and not after `expires_ms` on the monotonic clock.

    A printer that is offline gets the real-time pulse (DLE DC4 1): an ESC p would wait in it and open the drawer later.
    One that is online is brought in step first, so that it takes the ESC p for what it is; if it then gives no answer,
    it is told to forget it, and what the network still holds is dropped. Never repeated by a program, whatever the
    outcome: processed (taken in), sent (it can't say), refused (nothing left), uncertain. `abilities` as `print_job`.
    """
    kick = _Kick(link, Conversation(link, mono_ms), 0 if pin == 2 else 1, expires_ms)
    try:
        link.open()
        return kick.do(abilities)
    except PrinterRefusedError as error:
        return kick.outcome("uncertain" if kick.sent else "refused", error.happened)
    except PrinterUncertainError as error:
        if kick.sent:
            kick.forget()
        return kick.outcome("uncertain" if kick.sent else "refused", error.happened)
    finally:
        if kick.lingers:
            link.abandon()
        else:
            link.close()


@dataclass(slots=True)
class _Kick:
    link: Link
    talk: Conversation
    connector: int
    expires_ms: int
    sent: int = 0
    lingers: bool = False

    def outcome(self, state: State, reason: str = "") -> Outcome:
        return Outcome(state, reason, self.sent, self.talk.status)

    @property
    def left_ms(self) -> int:
        return self.expires_ms - self.talk.mono_ms()

    @property
    def online(self) -> bool:
        return self.talk.status.online == "online"

    def do(self, abilities: Abilities) -> Outcome:
        heard = self.link.answers and self.talk.ask(1)
        if not heard and abilities.answers:
            while not heard:
                if self.left_ms <= 0:
                    return self.outcome("refused", "no answer")
                self.talk.write(_NULS)
                heard = self.talk.ask(1)
        if not heard:
            return self.blindly(bytes((0x1B, 0x70, self.connector, PULSE_ON_2MS, PULSE_OFF_2MS)))
        answers = Answers(self.talk)
        works = not self.online or self.in_step(answers) or (self.left_ms > 0 and self.talk.ask(1) and not self.online)
        if self.left_ms <= 0:
            return self.outcome("refused", _TOO_LATE)
        if not works:
            return self.outcome("refused", "works nothing off")
        if not self.online:
            return self.blindly(bytes((0x10, 0x14, 0x01, self.connector, REAL_TIME_PULSE_100MS)))
        return self.in_turn(answers)

    def in_step(self, answers: Answers) -> bool:
        quick_ms = min(self.link.deadlines.read_ms, self.left_ms)
        return (
            come_in_step(
                answers, b"", None, Step(quick_ms, max(self.left_ms - quick_ms, 0), 0, _NULS), threading.Event()
            )
            is not None
        )

    def blindly(self, pulse: bytes) -> Outcome:
        if self.left_ms <= 0:
            return self.outcome("refused", _TOO_LATE)
        self.lingers = True
        self.hand_over(pulse)
        self.link.flush(max(self.left_ms, 0))
        self.lingers = False
        return self.outcome("sent")

    def in_turn(self, answers: Answers) -> Outcome:
        answers.asked += 2  # one answer that an earlier job asked for, or noise, is not enough
        self.lingers = True
        pulse = bytes((0x1B, 0x70, self.connector, PULSE_ON_2MS, PULSE_OFF_2MS))
        self.hand_over(pulse + PAPER_SENSOR + PAPER_SENSOR)
        answers.hear_until(lambda: answers.complete, self.link.deadlines.read_ms, threading.Event())
        come_to_rest(answers, threading.Event())
        if answers.complete and answers.trusted:
            self.lingers = False
            return self.outcome("processed")
        self.talk.write(CLEAR_BUFFERS)
        # If this is taken in, what waited is forgotten; if the link is stuck, abandoning it drops both.
        answers.hear_until(lambda: False, self.link.deadlines.read_ms, threading.Event())
        return self.outcome("uncertain", "no answer to the drawer kick")

    def forget(self) -> None:
        """The link broke: half an ESC p may wait in the printer for its end, which would be whatever comes next."""
        self.link.abandon()
        with contextlib.suppress(PrinterRefusedError, PrinterUncertainError):
            self.link.open()
            self.talk.write(CLEAR_BUFFERS)
            Answers(self.talk).hear_until(lambda: False, self.link.deadlines.read_ms, threading.Event())

    def hand_over(self, pulse: bytes) -> None:
        """Hand over all or as much as is taken in time; from the first byte on nothing is refused any more."""
        while self.sent < len(pulse):
            taken = self.link.write_some(pulse[self.sent :], max(self.left_ms, 0))
            self.sent += taken
            if not taken and self.left_ms <= 0:
                raise PrinterRefusedError(f"{self.link.name}: takes no data.")
