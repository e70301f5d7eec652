"""A virtual device at a serial line: something that takes bytes and says some, with a thread that serves its plug."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Generic, Protocol, TypeVar

from countertui.hardware.virtual_plugs import Plug, PtyPlug

_ROOM = 4096


class Inside(Protocol):
    """What is behind the plug."""

    replies: bytearray
    """What it has to say and nobody has taken yet."""

    def receive(self, data: bytes) -> None:
        """Take what came over the line."""


class VirtualScanner:
    """A barcode scanner: `scan` sends what it reads, with what its settings put before and after it.

    `identified` puts the AIM symbology identifier first (ISO/IEC 15424), such as `]C0` for Code 128.
    """

    def __init__(self, *, prefix: bytes = b"", suffix: bytes = b"\r", identified: bool = False) -> None:
        self.prefix = prefix
        self.suffix = suffix
        self.identified = identified
        self.replies = bytearray()
        self.heard = bytearray()

    def scan(self, data: str | bytes, symbology: str = "]C0") -> None:
        """Read one code."""
        read = data.encode("latin-1") if isinstance(data, str) else data
        self.replies += self.prefix + (symbology.encode("ascii") if self.identified else b"") + read + self.suffix

    def receive(self, data: bytes) -> None:
        """A scanner obeys settings on paper; what is sent to it, it only takes."""
        self.heard += data


Kind = TypeVar("Kind", bound=Inside)


class VirtualSerial(Generic[Kind]):
    """A device and its line; use it in `with`. `hands()` is for whoever uses the device, `piece` sends in pieces."""

    def __init__(self, inside: Kind, plug: Plug | None = None, *, piece: int = _ROOM) -> None:
        self.plug: Plug = plug or PtyPlug()
        self._inside = inside
        self._piece = piece
        self._changed = threading.Condition()
        self._ended = False
        self._rounds = 0
        self._woken, self._wake_up = os.pipe()
        self._thread = threading.Thread(target=self._run, name="virtual-serial", daemon=True)
        self._thread.start()

    @property
    def path(self) -> str:
        """The port as it is now."""
        return str(self.plug.address.get("serial", ""))

    @contextmanager
    def hands(self) -> Iterator[Kind]:
        """Use it: scan, insert a check, switch what is wrong with it. What it says goes out at once."""
        with self._changed:
            yield self._inside
            self._changed.notify_all()
            os.write(self._wake_up, b"!")

    def wait_for(self, true: Callable[[Kind], bool], timeout_s: float = 5.0) -> bool:
        """Wait until something is true of the device; false if it has not become so in time."""
        with self._changed:
            return self._changed.wait_for(lambda: true(self._inside), timeout_s)

    def unplug(self) -> None:
        """Pull the cable: whoever has the port open gets an error."""
        with self._changed:
            self.plug.drop()
            os.write(self._wake_up, b"!")
            # A port the thread still waits at is not gone yet.
            seen = self._rounds
            self._changed.wait_for(lambda: self._rounds > seen)

    def plug_in(self) -> None:
        """Plug the cable in again; the port may have another name afterwards."""
        with self._changed:
            self.plug.plug_in()
            os.write(self._wake_up, b"!")

    def close(self) -> None:
        """End the device and its thread."""
        with self._changed:
            self._ended = True
            os.write(self._wake_up, b"!")
        self._thread.join()

    def __enter__(self) -> VirtualSerial[Kind]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self) -> None:
        while True:
            waiting = select.poll()
            waiting.register(self._woken, select.POLLIN)
            with self._changed:
                for descriptor in self.plug.watched(room=True):
                    waiting.register(descriptor, select.POLLIN)
                pause_ms = 1 if self._inside.replies else None
            if any(descriptor == self._woken for descriptor, _ in waiting.poll(pause_ms)):
                os.read(self._woken, _ROOM)
            with self._changed:
                self._rounds += 1
                if self._ended:
                    break
                if data := self.plug.receive(_ROOM):
                    self._inside.receive(data)
                self._changed.notify_all()
                if self._inside.replies:
                    del self._inside.replies[: self.plug.send(self._inside.replies[: self._piece])]
        self.plug.close()
        os.close(self._woken)
        os.close(self._wake_up)
