"""What is known of a printer between jobs, how old that is, and when to look again. Pure but for the clock.

An idle printer is looked at by opening, asking and closing: most take one connection at a time, and other terminals
want it too. So one look that finds nobody says little: the other terminal may just have been quicker.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from countertui.hardware.conversation import MonoMs, looked_at
from countertui.hardware.escpos_status import UNKNOWN, Level, PrinterStatus
from countertui.hardware.links.link import Link, PrinterError

Drawer = Literal["open", "closed", "unknown"]

USUAL_POLL_MS = 8_000
SOON_MS = 1_000
"""How long after a change or a miss the printer is looked at again, to see whether that was all."""
_MISSES = 2
_SHORTEST_LIFE_MS = 60_000
_POLLS_OF_LIFE = 3


@dataclass(slots=True)
class Watch:
    """One printer's news. `poll_ms` between looks, 0 for none; `drawer_open` is its switch's level while it is open.

    A trouble shows at once; paper low goes when two looks in succession don't find it, as the sensor's edge flutters;
    what was known is forgotten after two looks that found nobody, and when it is three looks, or a minute, old. `fault`
    is what the last look that found nobody stumbled over, `dropped` counts the bytes that meant nothing.
    """

    mono_ms: MonoMs
    poll_ms: int = USUAL_POLL_MS
    drawer_open: Level | None = None
    can_say: bool = True
    _status: PrinterStatus = UNKNOWN
    _heard_at: int | None = None
    _looked_at: int | None = None
    _soon: bool = False
    _misses: int = 0
    _missed: str = "unknown"
    fault: PrinterError | None = None
    dropped: int = 0
    _low_gone: int = 0
    _jobs: int = 0
    _open_since: int | None = None

    def due(self) -> bool:
        """Whether an idle printer should be looked at now."""
        if not self.poll_ms:
            return False
        if self._looked_at is None:
            return True
        wait = min(SOON_MS, self.poll_ms) if self._soon else self.poll_ms
        return self.mono_ms() - self._looked_at >= wait

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While a job has the printer, which then says each change by itself: what is known does not grow old."""
        self._jobs += 1
        try:
            yield
        finally:
            self._jobs -= 1

    def heard(self, status: PrinterStatus) -> None:
        """A look was answered."""
        self._looked_at = self.mono_ms()
        sticks = self._status.word == "paper low" and status.word == "ok"
        self._low_gone = self._low_gone + 1 if sticks else 0
        kept = self._status if sticks and self._low_gone < _MISSES else status
        self._soon = kept is not status or kept.word != self.word
        self._learn(kept)

    def told(self, status: PrinterStatus) -> None:
        """A job learnt something of it, from the printer itself: that shows at once. Nothing learnt changes nothing."""
        if status != UNKNOWN:
            self._low_gone = 0
            self._learn(status)

    def reached(self) -> None:
        """A look found a way that is open; whatever is at its end can't say more."""
        self._looked_at = self.mono_ms()
        self.can_say = False
        self._learn(UNKNOWN)

    def missed(self, word: str, fault: PrinterError | None = None) -> None:
        """A look found nobody: `word` says in one or two words why, `fault` in sentences."""
        self._looked_at = self.mono_ms()
        self._misses += 1
        self._missed, self.fault = word, fault
        self._soon = self._misses < _MISSES

    def doubt(self) -> None:
        """A job could not be done: look at the next occasion; if that finds nobody either, it is no chance."""
        self._looked_at = None
        self._misses += 1

    def _learn(self, status: PrinterStatus) -> None:
        self._status = status
        self._heard_at = self.mono_ms()
        self._misses = 0
        if self.drawer != "open":
            self._open_since = None
        elif self._open_since is None:
            self._open_since = self._heard_at

    @property
    def age_ms(self) -> int | None:
        """How long ago the printer was heard last; None if never."""
        return None if self._heard_at is None else self.mono_ms() - self._heard_at

    @property
    def status(self) -> PrinterStatus:
        """What is known and young enough to be said."""
        age = self.age_ms
        if self._misses >= _MISSES or age is None:
            return UNKNOWN
        is_old = age > max(_POLLS_OF_LIFE * self.poll_ms, _SHORTEST_LIFE_MS) and not self._jobs
        return UNKNOWN if is_old else self._status

    @property
    def word(self) -> str:
        """One or two words for the chip: of the printer's own status, or why nobody was found, or that it can't say."""
        if self._misses >= _MISSES or (self._misses and self._heard_at is None):
            return self._missed
        found = self.status.word
        return "no status" if found == "unknown" and not (self.can_say and self.poll_ms) else found

    @property
    def drawer(self) -> Drawer:
        """Whether the drawer stands open, if its switch is wired and its polarity set."""
        level = self.status.pin3
        if self.drawer_open is None or level == "unknown":
            return "unknown"
        return "open" if level == self.drawer_open else "closed"

    @property
    def drawer_open_ms(self) -> int | None:
        """How long the drawer has been seen to stand open; None if it is closed or nothing is known of it."""
        return self.mono_ms() - self._open_since if self.drawer == "open" and self._open_since is not None else None


def look(link: Link, watch: Watch) -> bool:
    """Open, ask and close, and have the watch know; whether it answered. Raises nothing for a printer's faults.

    An answer among bytes that mean nothing is not believed: at a wrong speed, noise can look like one.
    """
    try:
        talk = looked_at(link, watch.mono_ms)
    except PrinterError as error:
        watch.missed(error.word, error)
        return False
    watch.dropped += talk.reader.dropped
    if not link.answers:
        watch.reached()
    elif talk.reader.dropped:
        watch.missed("garbled")
    elif talk.status == UNKNOWN:
        watch.missed("unknown")
    else:
        watch.heard(talk.status)
        return True
    return False
