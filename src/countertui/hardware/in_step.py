"""Questions that a printer answers in their turn (GS r, GS ( H), and how it is brought in step before anything else.

An answer in turn says that all before it was taken in. It carries no number: it is counted, from a moment when nothing
was left unanswered. One answer too many, or noise, and the count proves nothing any more.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from countertui.hardware.conversation import Conversation
from countertui.hardware.escpos_status import (
    Information,
    InOrder,
    ProcessId,
    RealTime,
    with_paper_sensor,
    with_real_time,
)

PAPER_SENSOR = b"\x1dr\x01"
ENDS_A_LENGTH = bytes(8)
ENDS_A_COMMAND = bytes(8192)
"""NULs mean nothing between commands. A few make the length of a command that broke off short, where it was still to
come; these many are more than one of ours still waits for."""
_GLANCE_MS = 50
_QUIET_MS = 100
_ASK_AGAIN_MS = 1_000
_POLLED = (2, 4, 1)
_ID_LENGTH = 4
_LETTERS = 0x7F - 0x20


def asks_for(process_id: bytes) -> bytes:
    """GS ( H function 48: the printer says these four bytes when all before them is printed."""
    return b"\x1d(H\x06\x00\x30\x30" + process_id


def _another(process_id: bytes) -> bytes:
    """A process id that is not this one, and not soon another job's."""
    return bytes(((process_id[0] - 0x20 + _LETTERS // 2) % _LETTERS + 0x20,)) + process_id[1:]


@dataclass(slots=True)
class Answers:
    """What was asked in turn on one connection, what was answered, and the last process id that came."""

    talk: Conversation
    asked: int = 0
    answered: int = 0
    last_id: bytes = b""
    _noise: bool = False
    _dropped: int = 0
    _poll: int = 0
    _poll_open: bool = False
    _heard_ms: int = field(default=0)

    @property
    def complete(self) -> bool:
        """Whether there are as many answers as questions."""
        return self.answered >= self.asked

    @property
    def trusted(self) -> bool:
        """Whether there are exactly as many, there never were more, and nothing came that meant nothing."""
        return self.answered == self.asked and not self._noise and self.talk.reader.dropped == self._dropped

    def begin(self) -> None:
        """Count from here."""
        self.asked = self.answered = 0
        self.last_id = b""
        self._noise = False
        self._dropped = self.talk.reader.dropped

    def hear(self, wait_ms: int) -> None:
        """Take in what comes within `wait_ms`. Raises PrinterUncertainError when the link broke."""
        for reply in self.talk.listen(wait_ms):
            self._heard_ms = self.talk.mono_ms()
            match reply:
                case InOrder(value=value):
                    self.answered += 1
                    self._noise = self._noise or self.answered > self.asked
                    self.talk.learn(with_paper_sensor(self.talk.status, value))
                case ProcessId(process_id=process_id):
                    self.last_id = process_id
                    self._noise = self._noise or len(process_id) != _ID_LENGTH
                case Information():
                    self._noise = True
                case RealTime(value=value) if self._poll_open:
                    self._poll_open = False
                    self.talk.learn(with_real_time(self.talk.status, _POLLED[self._poll], value))
                    self._poll = (self._poll + 1) % len(_POLLED)

    def poll(self) -> None:
        """Ask a printer that has been silent for a second what keeps it: not all of them say so unasked.

        To be called only where what was sent last was a whole command.
        """
        if not self._poll_open and self.talk.mono_ms() - self._heard_ms >= _ASK_AGAIN_MS:
            self._heard_ms = self.talk.mono_ms()
            self._poll_open = self.talk.link.write_some(bytes((0x10, 0x04, _POLLED[self._poll])), 0) > 0

    def hear_until(self, true: Callable[[], bool], within_ms: int, give_up: threading.Event) -> bool:
        """Take in what comes until something is true; false if it has not become so in time."""
        until = self.talk.mono_ms() + within_ms
        while not true():
            left = until - self.talk.mono_ms()
            if left <= 0 or give_up.is_set():
                return False
            self.hear(min(left, _GLANCE_MS))
        return True


@dataclass(frozen=True, slots=True)
class Step:
    """How long to wait for a printer to come in step: at first, with NULs, and for a process id that may never come."""

    quick_ms: int
    patient_ms: int
    id_ms: int
    nuls: bytes = ENDS_A_COMMAND


def come_in_step(
    answers: Answers, opening: bytes, process_id: bytes | None, step: Step, give_up: threading.Event
) -> bool | None:
    """Send `opening` and wait until the printer has worked it off: it then holds nothing older and waits for a command.

    A command that broke off with the link swallows what comes next; where no answer comes, NULs end it and the opening
    is sent again. Gives whether the printer says process ids (false if `process_id` is None), or None where it did not
    come in step. Nothing was printed in any case. Raises as Conversation.write and listen.
    """
    probe = None if process_id is None else _another(process_id)
    questions = opening + (b"" if probe is None else asks_for(probe)) + PAPER_SENSOR
    for before, within_ms in ((ENDS_A_LENGTH, step.quick_ms), (step.nuls, step.patient_ms)):
        answers.begin()
        answers.talk.write(before + questions)
        if not answers.hear_until(lambda: answers.answered > 0, within_ms, give_up):
            continue
        says_ids = probe is not None and answers.hear_until(lambda: answers.last_id == probe, step.id_ms, give_up)
        come_to_rest(answers, give_up)  # more of them are to what an earlier job asked; ours is the last
        answers.begin()
        return says_ids
    return None


def come_to_rest(answers: Answers, give_up: threading.Event) -> None:
    """Take in what still comes, until no answer has come for a tenth of a second."""
    seen = -1
    while seen < answers.answered and not give_up.is_set():
        seen = answers.answered
        answers.hear_until(lambda: answers.answered > seen, _QUIET_MS, give_up)  # noqa: B023 - called before it changes
