"""Every fault at every byte of a print job, against every kind of printer; in memory, by a clock of its own.

After each: what was said of the job is true of the paper; whoever follows the rules (refused: the same again, anything
else that is not known to be printed: a marked duplicate) gets the whole paper; and there is at most one unmarked copy.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from countertui.hardware.drawer_kick import kick_drawer
from countertui.hardware.links.link import Deadlines
from countertui.hardware.spooler import Abilities, Outcome, Patience, print_job
from countertui.hardware.virtual_paper import PaperEngine
from printer_in_memory import FakeClock, Line, Way

PATIENCE = Patience(stall_ms=5_000, attention_ms=60_000, confirm_ms=3_000)
QUICK = Deadlines(connect_ms=1_000, write_ms=2_000, read_ms=1_000)
KICK_LIFE_MS = 5_000
SHORT_MS, LONG_MS = 2_500, 200_000
"""A fault that ends while it is waited for, and one that does not."""

BODY = ["      CITY OF FERN HOLLOW", "Water 7-1", "Total      12.34", "", ""]
MARK = "           DUPLICATE"
_AS_WRITTEN = (
    b"\x1b@\x1bt\x13\x1ba\x01%s\nCITY OF FERN HOLLOW\n\x1ba\x00Water 7-1\n"
    b"\x1d(k\x0a\x00\x31\x50\x30CLAIM\x0a1\x1d(k\x03\x00\x31\x51\x30"
    b"Total      12.34\n\x1bd\x02\x1dV\x01"
)
JOB, DUPLICATE = _AS_WRITTEN % b"", _AS_WRITTEN % b"DUPLICATE"

Duration = Literal["short", "long"]


@dataclass(frozen=True)
class Kind:
    """What a printer and the way to it can do."""

    name: str
    way: Way = "network"
    letters_per_ms: float = 0
    bytes_per_ms: int = 0
    takes: int = 100_000
    reads_ahead: int = 0
    without_process_ids: bool = False
    without_clearing: bool = False
    real_time_between_only: bool = False
    mute: bool = False
    known: bool = True

    def line(self) -> Line:
        engine = PaperEngine(32, reads_ahead=self.reads_ahead)
        engine.faults.without_process_ids = self.without_process_ids
        engine.faults.without_clearing = self.without_clearing
        engine.faults.real_time_between_only = self.real_time_between_only
        engine.faults.mute = self.mute
        return Line(engine, FakeClock(), self.way, self.letters_per_ms, self.bytes_per_ms, self.takes, QUICK)

    @property
    def abilities(self) -> Abilities:
        """What an earlier job taught of it."""
        if self.mute or not self.known:
            return Abilities()
        return Abilities(answers=True, process_ids=not self.without_process_ids)


KINDS = [
    Kind("network"),
    Kind("network, first job", known=False),
    Kind("network, slow", letters_per_ms=3, reads_ahead=2),
    Kind("network, short writes", takes=3),
    Kind("network, no process ids", without_process_ids=True),
    Kind("network, no process ids, slow", letters_per_ms=0.25, without_process_ids=True, without_clearing=True),
    Kind("serial", way="serial", bytes_per_ms=1),
    Kind("serial, slow", way="serial", bytes_per_ms=4, letters_per_ms=3, reads_ahead=3, real_time_between_only=True),
    Kind("serial, no process ids", way="serial", bytes_per_ms=1, without_process_ids=True),
    Kind("mute", mute=True),
]

Fault = Callable[[Line, int], None]
"""Does it to the line, to be over after so many milliseconds."""


def _power(line: Line, over_ms: int) -> None:
    line.power_off()
    line.after(over_ms, line.power_on)


def _switch(name: str) -> Fault:
    def fault(line: Line, over_ms: int) -> None:
        setattr(line.engine.faults, name, True)
        line.engine.changed()

        def mend() -> None:
            setattr(line.engine.faults, name, False)
            line.engine.changed()

        line.after(over_ms, mend)

    return fault


def _jam(line: Line, over_ms: int) -> None:
    """What clears a jam is a person with the printer's switch."""
    line.engine.faults.cutter_jammed = True

    def mend() -> None:
        line.engine.faults.cutter_jammed = False
        line.power_off()
        line.after(1_500, line.power_on)

    line.after(over_ms, mend)


def _disconnect(line: Line, _over_ms: int) -> None:
    line.hang_up()


def _vanish(line: Line, over_ms: int) -> None:
    """A dead network: what is sent disappears, nobody says so."""
    line.vanishing = True

    def mend() -> None:
        line.vanishing = False
        line.hang_up()

    line.after(over_ms, mend)


def _says(said: bytes) -> Fault:
    def fault(line: Line, _over_ms: int) -> None:
        line.engine.replies += said

    return fault


FAULTS: dict[str, Fault] = {
    "power": _power,
    "cover": _switch("cover_open"),
    "paper": _switch("paper_out"),
    "cutter": _jam,
    "hung": _switch("hung"),
    "mute": _switch("mute"),
    "disconnect": _disconnect,
    "vanish": _vanish,
    "garbage": _says(b"HTTP/1.1 400 Bad Request\r\n\xff\x80\x00"),
    "half a block": _says(b"\x37\x22"),
    "in order": _says(b"\x00"),
    "in order twice": _says(b"\x00\x00"),
    "another's id": _says(b"\x37\x22zzzz\x00"),
    "another's end": _says(b"\x37\x22zzzz\x00\x00"),
    "stale: fine": _says(b"\x12\x12\x12\x10\x00\x00\x00"),
    "stale: paper out": _says(b"\x1a\x32\x18\x00\x0f\x00"),
}
_BREAK_OFF = {"power", "disconnect", "vanish"}
LASTING = {"power", "cover", "paper", "cutter", "hung", "mute", "vanish"}


@dataclass(frozen=True)
class Case:
    """One fault at one byte."""

    kind: Kind
    fault: str
    duration: Duration
    at: int


def job_bytes(kind: Kind) -> bytes:
    """All that a job sends with its questions, to a printer without faults."""
    line = kind.line()
    _run(line, JOB, b"0000", kind.abilities)
    line.settle()
    return bytes(line.seen)


def longest(kind: Kind) -> int:
    """How many bytes that is."""
    return len(job_bytes(kind))


def cases() -> Iterator[Case]:
    """Every fault at every byte of a print job."""
    for kind in KINDS:
        yield from _at_every_byte(kind, longest(kind))


def _at_every_byte(kind: Kind, length: int) -> Iterator[Case]:
    for fault in FAULTS:
        durations: tuple[Duration, ...] = ("short", "long") if fault in LASTING else ("short",)
        for duration in durations:
            for at in range(length + 1):
                yield Case(kind, fault, duration, at)


def sample(whole: Iterator[Case], seed: int, how_many: int) -> list[Case]:
    """Some of the cases."""
    return random.Random(seed).sample(list(whole), how_many)


def _run(line: Line, data: bytes, process_id: bytes, abilities: Abilities) -> Outcome:
    return print_job(data, line, process_id=process_id, mono_ms=line.clock, abilities=abilities, patience=PATIENCE)


def copies(lines: list[str], first: str) -> int:
    """How many whole receipts are on a paper; `first` is what stands above them."""
    wanted = [first, *BODY]
    return sum(lines[at : at + len(wanted)] == wanted for at in range(len(lines)))


def wrongs(case: Case) -> list[str]:
    """What was untrue or lost when this fault struck."""
    line = case.kind.line()
    paper = line.engine.paper
    over_ms = SHORT_MS if case.duration == "short" else LONG_MS
    line.arm(case.at, lambda: FAULTS[case.fault](line, over_ms))
    found: list[str] = []
    outcome = _run(line, JOB, b"0001", case.kind.abilities)
    found += [f"first: {wrong}" for wrong in _untrue(outcome, line, JOB, paper.lines, "")]
    line.settle()
    if outcome.state == "refused" and paper.lines:
        found.append(f"refused, and {paper.lines} came out")
    if case.fault in _BREAK_OFF:
        found += [f"then: {wrong}" for wrong in _kick_wrongs(line, outcome.abilities, opens=not case.kind.mute)]
    known = outcome.abilities
    if outcome.state in {"refused", "uncertain"}:
        before = len(paper.lines)
        data, first = (JOB, "") if outcome.state == "refused" else (DUPLICATE, MARK)
        again = _run(line, data, b"0002", known)
        line.settle()
        if again.state not in {"confirmed", "processed", "sent"}:
            found.append(f"after {outcome.state} all is well, and it is {again.state}: {again.reason}")
        elif case.fault != "mute" and copies(paper.lines[before:], first) != 1:
            found.append(f"after {outcome.state}, then {again.state}: {paper.lines}")
    if copies(paper.lines, "") > 1:
        found.append(f"two unmarked copies: {paper.lines}")
    return found


def _untrue(outcome: Outcome, line: Line, data: bytes, lines: list[str], first: str) -> Iterator[str]:
    wanted = [first, *BODY]
    if outcome.state == "confirmed" and (lines != wanted or line.engine.paper.cuts != 1):
        yield f"confirmed, and the paper says {lines}"
    if outcome.state == "processed" and line.engine.taken_in != wanted:
        yield f"processed, and the printer has taken in {line.engine.taken_in}"
    if outcome.state == "sent" and outcome.bytes_sent < len(data):
        yield f"sent, and only {outcome.bytes_sent} of {len(data)} bytes were"
    if outcome.state == "refused" and outcome.bytes_sent:
        yield f"refused, and {outcome.bytes_sent} bytes had left"
    if outcome.state == "uncertain" and not outcome.bytes_sent:
        yield "uncertain, and nothing had left"


def _kick_wrongs(line: Line, abilities: Abilities, *, opens: bool, wakes: bool = False) -> Iterator[str]:
    """Kick the drawer; what is untrue of it, at once and when all has settled. `opens`: nothing is in its way.

    `wakes`: it may open later, as a printer that hung with the whole kick inside wakes up, or one that can't forget.
    """
    kicks = line.engine.paper.kicks
    before = len(kicks)
    outcome = kick_drawer(line, 2, mono_ms=line.clock, expires_ms=line.clock.now + KICK_LIFE_MS, abilities=abilities)
    now = len(kicks) - before
    line.settle()
    later = len(kicks) - before
    if later > 1:
        yield f"{later} kicks"
    if outcome.state == "processed" and now != 1:
        yield f"processed, and {now} kicks"
    if outcome.state == "refused" and later:
        yield "refused, and the drawer opened"
    if outcome.state != "sent" and later > now and not wakes:
        yield f"{outcome.state}, and the drawer opened later"
    if opens and (outcome.state not in {"processed", "sent"} or not later):
        yield f"nothing is wrong, and a kick is {outcome.state} with {later} kicks: {outcome.reason}"


def kick_wrongs(case: Case) -> list[str]:
    """What was untrue or lost when this fault struck a drawer kick."""
    line = case.kind.line()
    over_ms = SHORT_MS if case.duration == "short" else LONG_MS
    line.arm(case.at, lambda: FAULTS[case.fault](line, over_ms))
    wakes = case.fault == "hung" or case.kind.without_clearing
    found = [f"first: {wrong}" for wrong in _kick_wrongs(line, case.kind.abilities, opens=False, wakes=wakes)]
    # Of a printer that never said anything nobody knows whether it waits for the end of a kick that broke off.
    opens = case.fault != "mute" and not case.kind.mute
    again = [f"again: {wrong}" for wrong in _kick_wrongs(line, case.kind.abilities, opens=opens)]
    return found + again


def kick_cases() -> Iterator[Case]:
    """Every fault at every byte of a drawer kick.

    Left out: what halves its five bytes without breaking the connection, or before a printer that can't forget. Where
    all but the last of them came, whatever comes next is their end, and the drawer opens late; a network delivers its
    segments whole.
    """
    for kind in KINDS:
        line = kind.line()
        kick_drawer(line, 2, mono_ms=line.clock, expires_ms=KICK_LIFE_MS, abilities=kind.abilities)
        first = bytes(line.seen).index(b"\x1bp")
        for case in _at_every_byte(kind, line.arrived):
            halves = {"hung", "vanish", *(["disconnect"] if kind.without_clearing else [])}
            if not (case.fault in halves and first < case.at < first + 5):
                yield case
