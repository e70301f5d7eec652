"""A virtual Epson-like receipt printer on a loopback port, with a drawer: for the demo city, trainers and tests.

As a program, `python -m countertui.hardware.virtual_printer --port 0 --paper FILE` prints its address as one line of
JSON, appends what comes out of it to FILE, and ends on SIGTERM or when its standard input closes: it is never orphaned.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import selectors
import signal
import socket
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, TracebackType
from typing import TextIO

from countertui.hardware.virtual_paper import Faults, Paper, PaperEngine

LOOPBACK = "127.0.0.1"
BUFFER_BYTES = 4096
SLOW_LETTER_S = 0.002


def _told_nobody(_line: str) -> None:
    """Nobody reads along."""


class VirtualPrinter:
    """A printer in a thread of this process; use it in `with`. It takes one connection at a time, as most printers do.

    `faults()` switches what is wrong with it; `power_off()` and `power_on()` keep the port; `drop_after` hangs up once,
    after that many more bytes. `on_line` is called in the printer's thread with each line that comes out.
    """

    def __init__(self, port: int = 0, columns: int = 42, on_line: Callable[[str], None] = _told_nobody) -> None:
        self.engine = PaperEngine(columns, on_line)
        self.slow = False
        self.drop_after: int | None = None
        self._changed = threading.Condition()
        self._selector = selectors.DefaultSelector()
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_in.setblocking(False)
        self._selector.register(self._wake_in, selectors.EVENT_READ)
        self._listener: socket.socket | None = None
        self._connection: socket.socket | None = None
        self._ended = False
        self.port = port
        self._listen()
        self._thread = threading.Thread(target=self._run, name="virtual-printer", daemon=True)
        self._thread.start()

    @property
    def host(self) -> str:
        """Always loopback."""
        return LOOPBACK

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
        with self._changed:
            yield self.engine.faults
            self.engine.changed()
            self._changed.notify_all()
        self._wake()

    def wait_for(self, true: Callable[[Paper], bool], timeout_s: float = 5.0) -> bool:
        """Wait until something is true of the paper; false if it has not become so in time."""
        with self._changed:
            return self._changed.wait_for(lambda: true(self.engine.paper), timeout_s)

    def power_off(self) -> None:
        """Switch off: connections break, the port refuses, what was held is lost."""
        with self._changed:
            self._drop_connection()
            self._close_listener()
            self.engine.power_cycle()
        self._wake()

    def power_on(self) -> None:
        """Switch on again, at the same port."""
        with self._changed:
            if self._listener is None:
                self._listen()
        self._wake()

    def close(self) -> None:
        """End the printer and its thread."""
        with self._changed:
            self._ended = True
            self._wake()  # while the thread waits for the lock: it closes the waker once it knows
        self._thread.join()

    def __enter__(self) -> VirtualPrinter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _wake(self) -> None:
        self._wake_out.send(b"!")

    def _listen(self) -> None:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, self.port))
        listener.listen(8)
        listener.setblocking(False)
        self.port = listener.getsockname()[1]
        self._listener = listener
        self._watch_if(listener, wanted=True)

    def _close_listener(self) -> None:
        if self._listener is not None:
            self._watch_if(self._listener, wanted=False)
            self._listener.close()
            self._listener = None

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._watch_if(self._connection, wanted=False)
            self._connection.close()
            self._connection = None
            self.engine.hang_up()

    def _run(self) -> None:
        busy = False
        while True:
            pause = (SLOW_LETTER_S if self.slow else 0) if busy else None
            ready = [key.fileobj for key, _ in self._selector.select(pause)]
            with self._changed:
                if self._ended:
                    break
                busy = self._serve(ready)
                self._changed.notify_all()
        self._drop_connection()
        self._close_listener()
        self._selector.close()
        self._wake_in.close()
        self._wake_out.close()

    def _serve(self, ready: Collection[object]) -> bool:
        """One round; true if there is more to print at once."""
        if self._wake_in in ready:
            self._wake_in.recv(4096)
        if self._connection is not None and self._connection in ready:
            self._receive(self._connection)
        if self._connection is None and self._listener is not None and self._listener in ready:
            self._accept(self._listener)
        busy = self.engine.work()
        while busy and not self.slow:
            busy = self.engine.work()
        self._answer()
        self._watch()
        return busy

    def _accept(self, listener: socket.socket) -> None:
        try:
            self._connection, _ = listener.accept()
        except OSError:  # whoever knocked has left again
            return
        self._connection.setblocking(False)

    def _receive(self, connection: socket.socket) -> None:
        room = BUFFER_BYTES if self.drop_after is None else min(self.drop_after, BUFFER_BYTES)
        try:
            data = connection.recv(max(room, 1))
        except OSError:
            data = b""
        if self.drop_after is not None:
            data = data[: self.drop_after]
            self.drop_after -= len(data)
        self.engine.receive(data)
        if not data or self.drop_after == 0:
            self.drop_after = None if self.drop_after == 0 else self.drop_after
            self._drop_connection()

    def _answer(self) -> None:
        if self._connection is None or not self.engine.replies:
            return
        try:
            sent = self._connection.send(self.engine.replies)
        except BlockingIOError:
            return
        except OSError:
            self._drop_connection()
            return
        del self.engine.replies[:sent]

    def _watch(self) -> None:
        """Read the connection only while the buffer has room, and accept only while nobody is connected."""
        if self._connection is not None:
            self._watch_if(self._connection, wanted=self.engine.held < BUFFER_BYTES)
        if self._listener is not None:
            self._watch_if(self._listener, wanted=self._connection is None)

    def _watch_if(self, watched: socket.socket, *, wanted: bool) -> None:
        known = watched in self._selector.get_map()
        if wanted and not known:
            self._selector.register(watched, selectors.EVENT_READ)
        elif known and not wanted:
            self._selector.unregister(watched)


def main(arguments: list[str] | None = None) -> int:
    """Run a virtual printer until SIGTERM, SIGINT or the end of standard input."""
    parser = argparse.ArgumentParser(prog="virtual_printer", description="A virtual receipt printer on loopback.")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--columns", type=int, default=42)
    parser.add_argument("--paper", type=Path, required=True, help="what comes out is appended here")
    given = parser.parse_args(arguments)
    # Signals and the end of standard input both wake this thread through a descriptor: no lock is taken in a handler.
    woken, wake = os.pipe()

    def end(_signal: int, _frame: FrameType | None) -> None:
        os.write(wake, b"!")

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    with (
        given.paper.open("a", encoding="utf-8", buffering=1) as paper,
        VirtualPrinter(given.port, given.columns, lambda line: _write_line(paper, line)) as printer,
    ):
        sys.stdout.write(json.dumps({"host": printer.host, "port": printer.port}) + "\n")
        sys.stdout.flush()
        _wait_for_the_end(sys.stdin.fileno(), woken)
    return 0


def _write_line(paper: TextIO, line: str) -> None:
    paper.write(line + "\n")


def _wait_for_the_end(stdin: int, woken: int) -> None:
    while True:
        ready, _, _ = select.select([stdin, woken], [], [])
        if woken in ready or not os.read(stdin, 4096):
            return


if __name__ == "__main__":
    sys.exit(main())
