"""One program writes to a store or serves a ledger: a lock on the folder, which dies with its holder and says who."""

from __future__ import annotations

import fcntl
import os
import re
from pathlib import Path
from time import monotonic, sleep

from countertui.errors import EnvironmentFault

_BETWEEN_TRIES_S = 0.05


class FolderHeld(EnvironmentFault):
    """Another program has this store or ledger open for writing."""


def served_at(folder: Path) -> str | None:
    """The address at which the last holder of the folder's lock served, as it said; None if it said none.

    It may have ended since: that one is still there, only its answer tells.
    """
    try:
        words = (folder / "lock").read_bytes()[:200].decode("utf-8", "replace").strip()
    except FileNotFoundError:
        return None
    return words.partition(", at ")[2] or None


def holder_lives(folder: Path) -> bool:
    """Whether the last holder of the folder's lock still runs, as far as its process's number tells; takes no lock."""
    try:
        words = (folder / "lock").read_bytes()[:200].decode("utf-8", "replace")
    except FileNotFoundError:
        return False
    named = re.search(r", process (\d+)", words)
    if named is None:
        return False
    try:
        os.kill(int(named[1]), 0)
    except PermissionError:
        return True  # another user's
    except (ProcessLookupError, OverflowError):
        return False
    return True


class FolderLock:
    """The lock on one folder, held until closed or until the process ends."""

    def __init__(self, folder: Path, holder: str, *, of: str = "store", patience_s: float = 0) -> None:
        """Take the lock, waiting at most so many seconds. holder says who, for the others to read. Raises FolderHeld.

        `of` says what is in the folder: store or ledger.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = folder / "lock"
        self._file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)
        until = monotonic() + patience_s
        while not self._taken():
            if monotonic() < until:
                sleep(_BETWEEN_TRIES_S)
                continue
            by = self._file.read(200).decode("utf-8", "replace").strip() or "another program"
            self._file.close()
            raise FolderHeld(
                f"This {of} is open in another program: {by}.",
                safe="Nothing was changed.",
                press="Close that one first, or look with a command that only reads.",
            )
        self._holder = f"{holder}, process {os.getpid()}"
        self._write(self._holder)

    def serves_at(self, url: str) -> None:
        """Let the others read where the holder is spoken to."""
        self._write(f"{self._holder}, at {url}")

    def close(self) -> None:
        """Let others in; once more does nothing."""
        self._file.close()

    def _write(self, words: str) -> None:
        self._file.seek(0)
        self._file.truncate(0)
        self._file.write(f"{words}\n".encode())

    def _taken(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
