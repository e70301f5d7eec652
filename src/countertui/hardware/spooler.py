"""One print job, one drawer kick: what is sent, and what may truthfully be said of it afterwards.

Nothing is stored here: the caller commits `sending`, bytes and process id before `print_job`, and the outcome after.
An outcome of `uncertain` is never printed again by a program: a person looks at the paper first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from countertui.hardware.conversation import Conversation, MonoMs
from countertui.hardware.escpos_status import UNKNOWN, InOrder, PrinterStatus, ProcessId, with_paper_sensor
from countertui.hardware.links.link import Link, PrinterRefusedError, PrinterUncertainError

State = Literal["confirmed", "processed", "sent", "refused", "uncertain"]
Pin = Literal[2, 5]

INITIALISE = b"\x1b@"
ALL_STATUS_BACK = b"\x1da\xff"
PAPER_SENSOR = b"\x1dr\x01"
PULSE_ON_2MS, PULSE_OFF_2MS = 25, 250
REAL_TIME_PULSE_100MS = 1
_SLICE = 1024
_GLANCE_MS = 50


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job.

    confirmed: the printer said that all of it is printed. processed: it took in the last byte. sent: it can't say.
    refused: nothing left, trying again is safe. uncertain: bytes left and no answer came. `reason` is for a person.
    """

    state: State
    reason: str = ""
    bytes_sent: int = 0
    status: PrinterStatus = UNKNOWN


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in milliseconds: for a printer that does nothing, for a person to mend it, for a process id."""

    stall_ms: int = 15_000
    attention_ms: int = 600_000
    confirm_ms: int = 3_000


USUAL_PATIENCE = Patience()


@dataclass(slots=True)
class _Waiting:
    """Whether patience is over. While the printer says what is wrong, a person's time runs, not the printer's."""

    patience: Patience
    mono_ms: MonoMs
    give_up: threading.Event
    since: int = 0
    trouble: str = ""

    def begin(self) -> None:
        self.since = self.mono_ms()

    def over(self, trouble: str) -> bool:
        if trouble != self.trouble:
            self.trouble = trouble
            self.begin()
        limit = self.patience.attention_ms if trouble else self.patience.stall_ms
        return self.give_up.is_set() or self.mono_ms() - self.since >= limit


@dataclass(slots=True)
class _Job:
    talk: Conversation
    waiting: _Waiting
    payload: bytes
    process_id: bytes
    questioned: bool
    asks_process_id: bool
    sent: int = 0
    processed_at: int | None = None

    def outcome(self, state: State, reason: str = "") -> Outcome:
        return Outcome(state, reason, self.sent, self.talk.status)

    def send(self) -> Outcome | None:
        """Hand everything over, listening meanwhile; an outcome only if that failed."""
        self.waiting.begin()
        while self.sent < len(self.payload):
            self.talk.listen(0)  # before, never after the last write: its answers are for await_answer
            taken = self.talk.link.write_some(self.payload[self.sent : self.sent + _SLICE], _GLANCE_MS)
            self.sent += taken
            if taken:
                self.waiting.begin()
            elif self.waiting.over(self.talk.status.trouble):
                reason = self.talk.status.trouble or "takes no more data"
                return self.outcome("uncertain" if self.sent else "refused", reason)
        return None

    def await_answer(self) -> Outcome:
        """Wait for the process id, or else for the answer to GS r, which comes in order after everything before it."""
        self.waiting.begin()
        while True:
            for reply in self.talk.listen(_GLANCE_MS):
                if isinstance(reply, ProcessId) and reply.process_id == self.process_id:
                    return self.outcome("confirmed")
                if isinstance(reply, InOrder) and self.processed_at is None:
                    self.talk.learn(with_paper_sensor(self.talk.status, reply.value))
                    self.processed_at = self.talk.mono_ms()
            if self.processed_at is not None:
                waited = self.talk.mono_ms() - self.processed_at
                if not self.asks_process_id or waited >= self.waiting.patience.confirm_ms:
                    return self.outcome("processed")
            elif self.waiting.over(self.talk.status.trouble):
                return self.outcome("uncertain", self.talk.status.trouble or "no answer after the last line")

    def hand_over(self) -> Outcome:
        """See that it has left this machine: all there is to know of a printer that says nothing."""
        self.talk.link.flush(self.talk.link.deadlines.write_ms)
        return self.outcome("sent")

    def run(self) -> Outcome:
        try:
            return self.send() or (self.await_answer() if self.questioned else self.hand_over())
        except PrinterRefusedError as error:
            return Outcome("refused", error.happened, 0, self.talk.status)
        except PrinterUncertainError as error:
            if self.processed_at is not None:
                return self.outcome("processed")
            return self.outcome("uncertain" if self.sent else "refused", error.happened)


def _with_questions(data: bytes, process_id: bytes | None) -> bytes:
    """The job with automatic status switched on first (after ESC @, which switches it off) and its questions last."""
    fence = b"" if process_id is None else b"\x1d(H\x06\x00\x30\x30" + process_id
    return INITIALISE + ALL_STATUS_BACK + data.removeprefix(INITIALISE) + fence + PAPER_SENSOR


def _told_nobody(status: PrinterStatus) -> None:
    """Nobody watches."""


def print_job(
    data: bytes,
    link: Link,
    *,
    process_id: bytes,
    mono_ms: MonoMs,
    knows_process_ids: bool = True,
    patience: Patience = USUAL_PATIENCE,
    on_status: Callable[[PrinterStatus], None] = _told_nobody,
    give_up: threading.Event | None = None,
) -> Outcome:
    """Print `data` once and say what is known of it. Opens and closes the link; raises nothing for a printer's faults.

    `process_id` is four bytes of 0x20-0x7e, new for each attempt (GS ( H); where the printer is known to have none,
    `knows_process_ids` is false and GS r alone tells. A printer that says what is wrong with it (paper out, cover open)
    is waited for; `give_up` ends that. `on_status` is called in this thread whenever what is known changes.
    """
    if len(process_id) != 4 or not all(0x20 <= byte <= 0x7E for byte in process_id):
        raise ValueError("a process id is four bytes of 0x20-0x7e")
    talk = Conversation(link, mono_ms, on_status)
    try:
        link.open()
        trouble = talk.look().trouble if link.answers else ""
    except (PrinterRefusedError, PrinterUncertainError) as error:
        link.close()
        return Outcome("refused", error.happened, 0, talk.status)
    try:
        if trouble:
            return Outcome("refused", trouble, 0, talk.status)
        # A printer that answered nothing is not asked: what a dumb one does not know as a command, it prints.
        payload = _with_questions(data, process_id if knows_process_ids else None) if talk.heard else data
        waiting = _Waiting(patience, mono_ms, give_up or threading.Event())
        return _Job(talk, waiting, payload, process_id, talk.heard, knows_process_ids).run()
    finally:
        link.close()


def kick_drawer(link: Link, pin: Pin, *, mono_ms: MonoMs, expires_ms: int) -> Outcome:
    """Open the cash drawer at connector pin 2 or 5, at most once, and not after `expires_ms` on the monotonic clock.

    A printer that is offline gets the real-time pulse (DLE DC4 1): an ESC p would wait in it and open the drawer later.
    Never repeated by a program, whatever the outcome.
    """
    talk = Conversation(link, mono_ms)
    sending = False
    try:
        link.open()
        if link.answers:
            talk.ask(1)
        if mono_ms() >= expires_ms:
            return Outcome("refused", "too late to open the drawer", 0, talk.status)
        connector = 0 if pin == 2 else 1
        sending = True
        if talk.status.online == "offline":
            pulse = bytes((0x10, 0x14, 0x01, connector, REAL_TIME_PULSE_100MS))
        else:
            pulse = bytes((0x1B, 0x70, connector, PULSE_ON_2MS, PULSE_OFF_2MS))
        talk.write(pulse)
        if talk.status.online != "online":
            link.flush(max(expires_ms - mono_ms(), 0))
            return Outcome("sent", "", len(pulse), talk.status)
        return _kick_answer(talk, len(pulse))
    except (PrinterRefusedError, PrinterUncertainError) as error:
        return Outcome("uncertain" if sending else "refused", error.happened, 0, talk.status)
    finally:
        link.close()


def _kick_answer(talk: Conversation, sent: int) -> Outcome:
    talk.write(PAPER_SENSOR)
    until = talk.mono_ms() + talk.link.deadlines.read_ms
    while (left := until - talk.mono_ms()) > 0:
        if any(isinstance(reply, InOrder) for reply in talk.listen(left)):
            return Outcome("processed", "", sent, talk.status)
    return Outcome("uncertain", "no answer to the drawer kick", sent, talk.status)
