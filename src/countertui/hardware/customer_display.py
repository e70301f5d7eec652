"""The customer's display as the counter sees it (port `Display`): told and forgotten, so a dead one costs nothing.

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
IDLE_S = 30.0
"""How long what was paid stands there before the next customer is greeted."""


@dataclass(slots=True)
class CustomerDisplay:
    """A pole display at a link. Its methods return at once and raise nothing; `close` empties it and lets go.

    `greeting` is two lines for whoever comes next; without one the display is empty then. `mark`, of a city without
    real money, begins the upper line at all times.
    """

    link: Link
    dialect: pole.Dialect
    mono_ms: MonoMs
    greeting: tuple[str, str] | None = None
    idle_s: float = IDLE_S
    mark: str = ""
    _news: threading.Condition = field(default_factory=threading.Condition)
    _wanted: bytes = b""
    _sent: bool = True
    _greets_then: bool = False
    _ended: bool = False
    _open: bool = False
    _failed_at: int | None = None
    _thread: threading.Thread | None = None

    def show_item(self, what: str, cents: Cents, total: Cents) -> None:
        """What was added last, and what everything comes to."""
        self._tell(self._marked(*pole.item_and_total(f"{self.mark} {what}".lstrip(), cents, total)))

    def show_paid(self, paid: Cents, change: Cents) -> None:
        """What was handed over, and what comes back."""
        self._tell(self._marked(*pole.paid_and_change(paid, change, self.mark)), greets_then=True)

    def clear(self) -> None:
        """Nothing to say to this customer any more: greet the next."""
        self._tell(self._greeting())

    def close(self) -> None:
        """Empty it and let go of the port."""
        with self._news:
            self._ended = True
            self._news.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _greeting(self) -> bytes:
        if self.greeting is None and not self.mark:
            return pole.clear(self.dialect)
        upper, lower = self.greeting or ("", "")
        return self._marked(f"{self.mark} {upper}".strip(), lower)

    def _marked(self, upper: str, lower: str) -> bytes:
        """Both lines; an amount that leaves the mark no room gives way to it."""
        return pole.show(self.dialect, upper if upper.startswith(self.mark) else self.mark, lower)

    def _tell(self, data: bytes, *, greets_then: bool = False) -> None:
        with self._news:
            if self._ended:
                return
            self._wanted, self._sent, self._greets_then = data, False, greets_then
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="customer display", daemon=True)
                self._thread.start()
            self._news.notify_all()

    def _run(self) -> None:
        while True:
            with self._news:
                if not self._ended and self._sent:
                    self._wait()
                if self._ended:
                    break
                data, self._sent = self._wanted, True
            self._send(data)
        if self._open:
            self._send(pole.clear(self.dialect))
        self.link.close()

    def _wait(self) -> None:
        """Until there is news; one that failed is tried again by and by, and after a payment the next is greeted."""
        again_s = AGAIN_MS / 1000 if self._failed_at is not None else None
        wait_s = self.idle_s if self._greets_then and again_s is None else again_s
        if not self._news.wait_for(lambda: not self._sent or self._ended, wait_s) and again_s is None:
            self._wanted, self._greets_then = self._greeting(), False

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
