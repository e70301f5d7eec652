"""The customer's display as the counter sees it (`ports.Display`): told and forgotten, so a dead one costs nothing.

A thread of its own has the port. Only the newest text waits for it: what a customer reads must be what is true now.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from countertui.domain.money import Cents
from countertui.hardware import pole
from countertui.hardware.conversation import MonoMs
from countertui.hardware.links.link import Link, PrinterError

WRITE_MS = 1_000
"""Forty letters at 1200 baud take half a second."""
AGAIN_MS = 10_000
"""How long a display that could not be reached is left alone."""


@dataclass(slots=True)
class CustomerDisplay:
    """A pole display at a link. Its methods return at once and raise nothing; `close` empties it and lets go."""

    link: Link
    dialect: pole.Dialect
    mono_ms: MonoMs
    _news: threading.Condition = field(default_factory=threading.Condition)
    _next: bytes | None = None
    _ended: bool = False
    _open: bool = False
    _failed_at: int | None = None
    _thread: threading.Thread | None = None

    def show_item(self, what: str, cents: Cents, total: Cents) -> None:
        """What was added last, and what everything comes to."""
        self._tell(pole.show(self.dialect, *pole.item_and_total(what, cents, total)))

    def show_paid(self, paid: Cents, change: Cents) -> None:
        """What was handed over, and what comes back."""
        self._tell(pole.show(self.dialect, *pole.paid_and_change(paid, change)))

    def clear(self) -> None:
        """Nothing to say to this customer any more."""
        self._tell(pole.clear(self.dialect))

    def close(self) -> None:
        """Empty it and let go of the port."""
        with self._news:
            self._ended = True
            self._news.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _tell(self, data: bytes) -> None:
        with self._news:
            if self._ended:
                return
            self._next = data
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="customer display", daemon=True)
                self._thread.start()
            self._news.notify_all()

    def _run(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._next is not None or self._ended)
                data, self._next = self._next, None
                ended = self._ended
            if ended:
                break
            if data is not None:
                self._send(data)
        if self._open:
            self._send(pole.clear(self.dialect))
        self.link.close()

    def _send(self, data: bytes) -> None:
        if self._failed_at is not None and self.mono_ms() - self._failed_at < AGAIN_MS:
            return
        try:
            if not self._open:
                self.link.open()
                self._open = True
                data = pole.start(self.dialect) + data
            self._failed_at = None if self._written(data) else self.mono_ms()
        except PrinterError:
            self._failed_at = self.mono_ms()
        if self._failed_at is not None:  # half a command may be in it: it begins anew
            self.link.close()
            self._open = False

    def _written(self, data: bytes) -> bool:
        until = self.mono_ms() + WRITE_MS
        while data and (left := until - self.mono_ms()) > 0:
            data = data[self.link.write_some(data, left) :]
        return not data
