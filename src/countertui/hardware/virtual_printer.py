"""A virtual Epson-like receipt printer with a drawer and a slip station, at a loopback port or a pseudo-terminal.

For the demo city, trainers and tests; the program for it is `countertui.hardware.virtual_devices`.
"""

from __future__ import annotations

import os
import select
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

from countertui.hardware.paper_faults import Faults, Paper
from countertui.hardware.virtual_paper import PaperEngine
from countertui.hardware.virtual_plugs import LOOPBACK, Plug, TcpPlug
from countertui.hardware.virtual_slip import Sheet

BUFFER_BYTES = 4096
SLOW_LETTER_S = 0.002


def _told_nobody(_line: str) -> None:
    """Nobody reads along."""


class VirtualPrinter:
    """A printer in a thread of this process; use it in `with`. At a port it takes one connection at a time.

    `faults()` switches what is wrong with it, `hands()` is for whoever stands before it; `power_off()` and `power_on()`
    keep its address; `drop_after` hangs up once, after that many more bytes; `at_byte` does anything then. `dead`: what
    is sent to it disappears. `on_line` is called in the printer's thread with each line that comes out. `operator`, if
    there is one, inserts a slip that has been waited for so many seconds, and shuts a drawer that is open so long.
    """

    def __init__(
        self,
        port: int = 0,
        columns: int = 42,
        on_line: Callable[[str], None] = _told_nobody,
        *,
        plug: Plug | None = None,
        reads_ahead: int = 0,
        operator: tuple[float, Callable[[], Sheet]] | None = None,
    ) -> None:
        self.engine = PaperEngine(columns, on_line, reads_ahead=reads_ahead)
        self.plug: Plug = plug or TcpPlug(port)
        self.slow = False
        self.dead = False
        self.received = 0
        self._powered = True
        self._then: tuple[int, Callable[[], None]] | None = None
        self._operator = operator
        self._slip_since: float | None = None
        self._drawer_since: float | None = None
        self._changed = threading.Condition()
        self._woken, self._wake_up = os.pipe()
        os.set_blocking(self._woken, False)
        self._ended = False
        self._rounds = 0
        self._thread = threading.Thread(target=self._run, name="virtual-printer", daemon=True)
        self._thread.start()

    @property
    def host(self) -> str:
        """Always loopback."""
        return LOOPBACK

    @property
    def port(self) -> int:
        """The port it listens at; 0 at a pseudo-terminal."""
        return int(self.plug.address.get("port", 0))

    @property
    def drop_after(self) -> int | None:
        """After how many more bytes it hangs up, if it will."""
        return None if self._then is None else self._then[0] - self.received

    @drop_after.setter
    def drop_after(self, after: int) -> None:
        self.at_byte(after, self.hang_up)

    @property
    def paper(self) -> Paper:
        """What came out so far; read it inside `wait_for` or when the printer is idle."""
        return self.engine.paper

    @property
    def lines(self) -> list[str]:
        """All lines of text that came out."""
        with self._changed:
            return list(self.engine.paper.lines)

    @property
    def receipts(self) -> list[list[str]]:
        """The lines of each paper that was cut off."""
        with self._changed:
            return [list(lines) for lines in self.engine.paper.receipts]

    @contextmanager
    def faults(self) -> Iterator[Faults]:
        """Switch faults: `with printer.faults() as faults: faults.paper_out = True`. The printer notices at once."""
        with self.hands() as engine:
            yield engine.faults

    @contextmanager
    def hands(self) -> Iterator[PaperEngine]:
        """Do by hand what a person does at a printer: insert a slip, close the drawer. The printer notices at once."""
        with self._changed:
            yield self.engine
            self.engine.changed()
            self._changed.notify_all()
            self._wake()

    def wait_for(self, true: Callable[[Paper], bool], timeout_s: float = 5.0) -> bool:
        """Wait until something is true of the paper; false if it has not become so in time."""
        with self._changed:
            return self._changed.wait_for(lambda: true(self.engine.paper), timeout_s)

    def at_byte(self, after: int, act: Callable[[], None]) -> None:
        """Do something once in the printer's thread, when `after` more bytes have come."""
        with self._changed:
            self._then = (self.received + after, act)
            self._wake()

    def hang_up(self) -> None:
        """End the connection, or pull the cable."""
        with self._changed:
            if self.plug.drop():
                self.engine.hang_up()
            self._wake()
            if threading.current_thread() is not self._thread:
                # A port the thread still waits at is not gone yet.
                seen = self._rounds
                self._changed.wait_for(lambda: self._rounds > seen)

    def plug_in(self) -> None:
        """Put the cable in again."""
        with self._changed:
            self.plug.plug_in()
            self._wake()

    def power_off(self) -> None:
        """Switch off: connections break, the port refuses, what was held is lost."""
        with self._changed:
            self._powered = False
            self.plug.power(on=False)
            self.engine.power_cycle()
            self._wake()

    def power_on(self) -> None:
        """Switch on again, at the same address."""
        with self._changed:
            self._powered = True
            self.plug.power(on=True)
            self._wake()

    def close(self) -> None:
        """End the printer and its thread."""
        with self._changed:
            self._ended = True
            self._wake()
        self._thread.join()

    def __enter__(self) -> VirtualPrinter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _wake(self) -> None:
        os.write(self._wake_up, b"!")

    def _run(self) -> None:
        busy = False
        while True:
            self._sleep(busy=busy)
            with self._changed:
                self._rounds += 1
                if self._ended:
                    break
                busy = self._serve()
                self._changed.notify_all()
        self.plug.close()
        os.close(self._woken)
        os.close(self._wake_up)

    def _sleep(self, *, busy: bool) -> None:
        """Until something comes, the next letter is due, or a slip was waited for long enough."""
        waiting = select.poll()
        waiting.register(self._woken, select.POLLIN)
        with self._changed:
            room = not self._powered or (not self.engine.faults.hung and self.engine.held < BUFFER_BYTES)
            for descriptor in self.plug.watched(room=room):
                waiting.register(descriptor, select.POLLIN)
        dues = [due_s for due_s in (self._slip_due_s(), self._drawer_due_s()) if due_s is not None]
        pause_s = max(min(dues) - time.monotonic(), 0) if dues else None
        if busy:
            pause_s = SLOW_LETTER_S if self.slow else 0
        if any(
            descriptor == self._woken for descriptor, _ in waiting.poll(None if pause_s is None else pause_s * 1000)
        ):
            os.read(self._woken, 4096)

    def _serve(self) -> bool:
        """One round; true if there is more to print at once."""
        if not self._powered or not self.engine.faults.hung:
            self._receive()
        if not self._powered:
            return False
        busy = self.engine.work()
        while busy and not self.slow:
            busy = self.engine.work()
        self._watch_slip()
        self._watch_drawer()
        if self.engine.replies:
            del self.engine.replies[: self.plug.send(self.engine.replies)]
        return busy

    def _receive(self) -> None:
        room = max(BUFFER_BYTES - self.engine.held, 0) if self._powered else BUFFER_BYTES
        if self._then is not None:
            room = min(room, self._then[0] - self.received)
        data = self.plug.receive(room) if room > 0 else None
        if data == b"":
            self.engine.hang_up()
        elif data is not None:
            self.received += len(data)
            if self._powered and not self.dead:
                self.engine.receive(data)
        if self._then is not None and self.received >= self._then[0]:
            act, self._then = self._then[1], None
            act()

    def _slip_due_s(self) -> float | None:
        """When the wait for a slip ends, by whoever inserts it or by its time."""
        if self._slip_since is None:
            return None
        ends = [] if self._operator is None else [self._operator[0]]
        if self.engine.slip.wait_ms is not None:
            ends.append(self.engine.slip.wait_ms / 1000)
        return self._slip_since + min(ends) if ends else None

    def _watch_slip(self) -> None:
        slip = self.engine.slip
        if not slip.waiting:
            self._slip_since = None
        elif self._slip_since is None:
            self._slip_since = time.monotonic()
        elif (due_s := self._slip_due_s()) is not None and time.monotonic() >= due_s:
            if self._operator is not None and time.monotonic() >= self._slip_since + self._operator[0]:
                slip.insert(self._operator[1]())
            else:
                slip.time_out()
            self._slip_since = None
            self._wake()

    def _drawer_due_s(self) -> float | None:
        """When the operator shuts the drawer."""
        if self._operator is None or self._drawer_since is None:
            return None
        return self._drawer_since + self._operator[0]

    def _watch_drawer(self) -> None:
        drawer = self.engine.drawer
        if not drawer.is_open:
            self._drawer_since = None
        elif self._drawer_since is None:
            self._drawer_since = time.monotonic()
        elif (due_s := self._drawer_due_s()) is not None and time.monotonic() >= due_s:
            drawer.close()
            self._drawer_since = None
            self.engine.changed()
