"""A file, FIFO or device node that takes bytes and never answers."""

from __future__ import annotations

import contextlib
import os
import select
import stat
from dataclasses import dataclass, field
from pathlib import Path

from countertui.hardware.links.link import Deadlines, broken, cause_of, not_open, ready, refused


@dataclass(slots=True)
class FileLink:
    """A file, FIFO or device node (`/dev/usb/lp0`) that takes bytes and never answers. A file is appended to."""

    path: Path
    deadlines: Deadlines = field(default_factory=Deadlines)
    label: str = ""
    _descriptor: int | None = None
    _sent: int = 0

    @property
    def name(self) -> str:
        """What people call it, or the path."""
        return self.label or str(self.path)

    @property
    def answers(self) -> bool:
        """Nothing comes back from a file."""
        return False

    def open(self) -> None:
        """Open for appending, without waiting for a reader. Raises PrinterRefusedError."""
        self.close()
        self._sent = 0
        # O_NONBLOCK: a FIFO nobody reads, or a device without paper, would hold the open for ever.
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        if Path("/dev") in self.path.parents and Path("/dev/shm") not in self.path.parents:  # noqa: S108 - not written to
            flags &= ~os.O_CREAT  # an unplugged printer must not become a file in /dev; in /dev/shm are only files
        try:
            self._descriptor = os.open(self.path, flags, 0o600)
        except OSError as error:
            raise refused(self.name, cause_of(error)) from error

    def write_some(self, data: bytes, wait_ms: int) -> int:
        """Hand over what is taken within `wait_ms`; give how many bytes. Raises PrinterUncertainError."""
        if self._descriptor is None:
            raise not_open(self.name)
        if not ready(self._descriptor, select.POLLOUT, wait_ms):
            return 0
        try:
            taken = os.write(self._descriptor, data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise broken(self.name, cause_of(error), self._sent) from error
        self._sent += taken
        return taken

    def read_some(self, wait_ms: int) -> bytes:
        """Nothing, at once."""
        return b""

    def flush(self, wait_ms: int) -> None:
        """Nothing to wait for: the system took it, and never tells what becomes of it."""

    def close(self) -> None:
        """Close; a plain file is synced first, so that what it holds is what was sent."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                if stat.S_ISREG(os.fstat(self._descriptor).st_mode):
                    os.fsync(self._descriptor)
            with contextlib.suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = None

    def abandon(self) -> None:
        """Close; what was written is written."""
        self.close()
