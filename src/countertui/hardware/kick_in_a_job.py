"""A drawer kick while a job has the port: the job's own connection gives it, where a real-time command may be sent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from countertui.hardware.conversation import Conversation, MonoMs
from countertui.hardware.drawer_kick import REAL_TIME_PULSE_100MS, Pin
from countertui.hardware.links.link import PrinterRefusedError, PrinterUncertainError
from countertui.hardware.spooler import Outcome

Stands = Literal["none", "wanted", "taken", "done"]
_GLANCE_S = 0.05


@dataclass(slots=True)
class KickInAJob:
    """One kick at a time: wanted by who opens the drawer, taken at most once by whoever has the port."""

    mono_ms: MonoMs
    pin: Pin
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _stands: Stands = "none"
    _expires_ms: int = 0
    _outcome: Outcome = field(default_factory=lambda: Outcome("refused"))

    def at_rest(self, talk: Conversation) -> None:
        """Give the pulse (DLE DC4 1) if one is wanted: to be called only where what was sent last was a whole command.

        Raises as Conversation.write: the job's link broke.
        """
        with self._changed:
            if self._stands != "wanted" or self.mono_ms() >= self._expires_ms:
                return
            self._stands = "taken"
        pulse = bytes((0x10, 0x14, 0x01, 0 if self.pin == 2 else 1, REAL_TIME_PULSE_100MS))
        outcome = Outcome("uncertain", "the link broke")
        try:
            taken = talk.link.write_some(pulse, 0)
            if not taken:
                outcome = Outcome("refused")
                return
            talk.write(pulse[taken:])
            outcome = Outcome("sent", "", len(pulse), talk.status)
        except PrinterRefusedError as error:  # some of it may have gone
            outcome = Outcome("uncertain", error.happened)
        except PrinterUncertainError as error:
            outcome = Outcome("uncertain", error.happened)
            raise
        finally:
            with self._changed:
                self._stands = "wanted" if outcome.state == "refused" else "done"  # no room for it now, maybe soon
                self._outcome = outcome
                self._changed.notify_all()

    def by_port_or_job(self, port: threading.Lock, expires_ms: int, directly: Callable[[], Outcome]) -> Outcome:
        """Open the drawer: directly as soon as the port is free, or through the job that has it, whichever is first."""
        with self._turn:
            if port.acquire(blocking=False):
                return _with_port(port, directly)
            with self._changed:
                self._stands, self._expires_ms = "wanted", expires_ms
            while self.mono_ms() < expires_ms:
                if port.acquire(blocking=False):
                    return _with_port(port, directly) if self._take_back() else self._told(port)
                with self._changed:
                    if self._changed.wait_for(lambda: self._stands == "done", _GLANCE_S):
                        return self._outcome
            return Outcome("refused", "the printer is busy") if self._take_back() else self._told()

    def _take_back(self) -> bool:
        """Whether nobody took it; then nobody does any more."""
        with self._changed:
            nobody = self._stands == "wanted"
            if nobody:
                self._stands = "none"
            return nobody

    def _told(self, port: threading.Lock | None = None) -> Outcome:
        """What became of it where a job took it."""
        if port is not None:
            port.release()
        with self._changed:
            self._changed.wait_for(lambda: self._stands != "taken")
            if self._stands == "wanted":
                self._stands = "none"
                return Outcome("refused", "the printer is busy")
            return self._outcome


def _with_port(port: threading.Lock, directly: Callable[[], Outcome]) -> Outcome:
    try:
        return directly()
    finally:
        port.release()
