"""One print job: what is sent, and what may truthfully be said of it afterwards.

Nothing is stored here: the caller commits `sending`, bytes and process id before `print_job`, and the outcome after.
An outcome of `uncertain` is never printed again by a program: a person looks at the paper first.

A printer that answers is brought in step first (`in_step.py`), so that no earlier job's half command swallows the
beginning of this one and no earlier answer is taken for this one's. Then it gets the job line by line, never more than
`_WINDOW` bytes that it hasn't answered for: a power cut that no broken connection tells (a serial line, a print server)
loses an answer, and the job isn't called printed; a printer without flow control isn't overrun; and while it has no
paper, its buffer has room for questions.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from countertui.hardware.conversation import Conversation, MonoMs
from countertui.hardware.escpos_commands import windows
from countertui.hardware.escpos_status import UNKNOWN, PrinterStatus
from countertui.hardware.in_step import (
    ENDS_A_COMMAND,
    PAPER_SENSOR,
    Answers,
    Step,
    asks_for,
    come_in_step,
    come_to_rest,
)
from countertui.hardware.links.link import Link, PrinterRefusedError, PrinterUncertainError

State = Literal["confirmed", "processed", "sent", "refused", "uncertain"]

INITIALISE = b"\x1b@"
ALL_STATUS_BACK = b"\x1da\xff"
_WINDOW = 1024
_GLANCE_MS = 50


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a printer can tell of itself, as far as is known: set up, or learnt from an earlier job.

    answers: it has answered before, so that silence means something. process_ids: it says ids of what it has printed;
    None if only trying tells.
    """

    answers: bool = False
    process_ids: bool | None = None


NOTHING_KNOWN = Abilities()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job.

    confirmed: the printer said that all of it is printed. processed: it took in the last byte. sent: it can't say.
    refused: nothing left, trying again is safe. uncertain: bytes left and no answer came. `reason` is for a person;
    `bytes_sent` are those of the job and its questions; `abilities` is what is now known, for the next job.
    """

    state: State
    reason: str = ""
    bytes_sent: int = 0
    status: PrinterStatus = UNKNOWN
    abilities: Abilities = NOTHING_KNOWN


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in milliseconds: for a printer that does nothing, for a person to mend it, for a process id."""

    stall_ms: int = 15_000
    attention_ms: int = 600_000
    confirm_ms: int = 3_000


USUAL_PATIENCE = Patience()


@dataclass(slots=True)
class _Waiting:
    """Whether patience is over. While the printer says what is wrong, a person's time runs, not the printer's.

    However often it changes its mind, a person's time is the longest it gets without going on.
    """

    patience: Patience
    mono_ms: MonoMs
    give_up: threading.Event
    went_on: int = 0
    since: int = 0
    trouble: str = ""

    def begin(self) -> None:
        self.went_on = self.since = self.mono_ms()

    def over(self, trouble: str) -> bool:
        now = self.mono_ms()
        if trouble != self.trouble:
            self.trouble, self.since = trouble, now
        return (
            self.give_up.is_set()
            or now - self.went_on >= self.patience.attention_ms
            or (not trouble and now - self.since >= self.patience.stall_ms)
        )


@dataclass(slots=True)
class _Job:
    talk: Conversation
    answers: Answers
    waiting: _Waiting
    process_id: bytes
    abilities: Abilities
    at_rest: Callable[[Conversation], None]
    sent: int = 0

    def outcome(self, state: State, reason: str = "") -> Outcome:
        return Outcome(state, reason, self.sent, self.talk.status, self.abilities)

    def stuck(self, reason: str) -> Outcome:
        return self.outcome("uncertain" if self.sent else "refused", self.talk.status.trouble or reason)

    def hand_over(self, piece: bytes) -> Outcome | None:
        """Send it all, listening meanwhile; an outcome only if that failed."""
        self.waiting.begin()
        rest = piece
        while rest:
            self.answers.hear(0)
            taken = self.talk.link.write_some(rest, _GLANCE_MS)
            rest = rest[taken:]
            self.sent += taken
            if taken:
                self.waiting.begin()
            elif self.waiting.over(self.talk.status.trouble):
                return self.stuck("takes no more data")
        return None

    def left_this_machine(self) -> Outcome:
        """See that it has left: all there is to know of a printer that says nothing."""
        self.talk.link.flush(self.talk.link.deadlines.write_ms)
        return self.outcome("sent")

    def wait_until(self, true: Callable[[], bool], reason: str) -> Outcome | None:
        self.waiting.begin()
        while not true():
            if self.waiting.over(self.talk.status.trouble):
                return self.stuck(reason)
            self.answers.hear(_GLANCE_MS)
            self.answers.poll()
            self.at_rest(self.talk)
        return None

    def piece_by_piece(self, data: bytes) -> Outcome:
        """Each piece after the answer to the one before; the last asks for the process id, if the printer says any."""
        # ESC @ again: what came in step may have been the end of a command that broke off, and ESC @ its parameters.
        for piece in windows(INITIALISE + ALL_STATUS_BACK + data.removeprefix(INITIALISE), _WINDOW):
            self.answers.asked += 1
            stopped = self.hand_over(piece + PAPER_SENSOR) or self.wait_until(
                lambda: self.answers.complete, "stopped on the way"
            )
            if stopped:
                return stopped
        self.answers.asked += 1
        says_ids = bool(self.abilities.process_ids)
        question = (asks_for(self.process_id) if says_ids else b"") + PAPER_SENSOR
        stopped = self.hand_over(question) or self.wait_until(
            lambda: self.answers.last_id == self.process_id if says_ids else self.answers.complete,
            "no answer after the last line",
        )
        if stopped or says_ids:
            return stopped or self.outcome("confirmed")
        come_to_rest(self.answers, self.waiting.give_up)
        if not self.answers.trusted:
            return self.outcome("uncertain", "answers that nobody asked for")
        return self.outcome("processed")

    def run(self, work: Callable[[], Outcome]) -> Outcome:
        try:
            return work()
        except PrinterRefusedError as error:  # a print queue takes all of it or nothing, and says so at the end
            self.sent = 0
            return self.outcome("refused", error.happened)
        except PrinterUncertainError as error:
            return self.outcome("uncertain" if self.sent else "refused", error.happened)


def _told_nobody(_status: PrinterStatus) -> None:
    """Nobody watches."""


def _nothing_else(_talk: Conversation) -> None:
    """Nothing else is wanted of the printer meanwhile."""


def print_job(
    data: bytes,
    link: Link,
    *,
    process_id: bytes,
    mono_ms: MonoMs,
    abilities: Abilities = NOTHING_KNOWN,
    patience: Patience = USUAL_PATIENCE,
    on_status: Callable[[PrinterStatus], None] = _told_nobody,
    give_up: threading.Event | None = None,
    at_rest: Callable[[Conversation], None] = _nothing_else,
) -> Outcome:
    """Print `data` once and say what is known of it. Opens and closes the link; raises nothing for a printer's faults.

    `process_id` is four bytes of 0x20-0x7e, new for each attempt (GS ( H). `abilities` are those that an earlier
    outcome gave, or a printer's setting. A printer that says what is wrong with it (paper out, cover open) is waited
    for; `give_up` ends that. `at_rest` is called meanwhile, where a real-time command may be sent; `on_status` whenever
    what is known changes. Both in this thread.
    """
    if len(process_id) != 4 or not all(0x20 <= byte <= 0x7E for byte in process_id):
        raise ValueError("a process id is four bytes of 0x20-0x7e")
    talk = Conversation(link, mono_ms, on_status)
    stop = give_up or threading.Event()
    job = _Job(talk, Answers(talk), _Waiting(patience, mono_ms, stop), process_id, abilities, at_rest)
    try:
        link.open()
        return job.run(lambda: _print(job, data))
    except PrinterRefusedError as error:
        return job.outcome("refused", error.happened)
    finally:
        link.close()


def _print(job: _Job, data: bytes) -> Outcome:
    heard = job.talk.link.answers and _heard(job.talk)
    if not heard and job.talk.link.answers and job.abilities.answers:
        job.talk.write(ENDS_A_COMMAND)
        job.waiting.begin()
        while not (heard := _heard(job.talk)):
            if job.waiting.over(""):
                return job.outcome("refused", "no answer")
    if not heard:
        # A printer that never answered anything is not asked: what it does not know as a command, it prints.
        return job.hand_over(data) or job.left_this_machine()
    if job.talk.status.trouble:
        return job.outcome("refused", job.talk.status.trouble)
    patience = job.waiting.patience
    known = job.abilities.process_ids
    step = Step(job.talk.link.deadlines.read_ms, patience.stall_ms, patience.stall_ms if known else patience.confirm_ms)
    says_ids = come_in_step(
        job.answers,
        INITIALISE + ALL_STATUS_BACK,
        None if known is False else job.process_id,
        step,
        job.waiting.give_up,
    )
    if says_ids is None or (known and not says_ids) or job.talk.status.trouble:
        return job.outcome("refused", job.talk.status.trouble or "works nothing off")
    job.abilities = replace(job.abilities, answers=True, process_ids=says_ids)
    return job.piece_by_piece(data)


def _heard(talk: Conversation) -> bool:
    return talk.look().online != "unknown"
