"""One program writes to a store: a lock on its folder that dies with its holder and says who that is."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from countertui.errors import EnvironmentFault


class StoreHeld(EnvironmentFault):
    """Another program has this store open for writing."""


class FolderLock:
    """The lock on one store folder, held until closed or until the process ends."""

    def __init__(self, folder: Path, holder: str) -> None:
        """Take the lock. holder says who, for the others to read. Raises StoreHeld."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = folder / "lock"
        self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            by = os.read(self._fd, 200).decode("utf-8", "replace").strip() or "another program"
            os.close(self._fd)
            raise StoreHeld(
                f"This store is open in another program: {by}.",
                safe="Nothing was changed.",
                press="Close that one first, or look with a command that only reads.",
            ) from error
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, f"{holder}, process {os.getpid()}\n".encode(), 0)

    def close(self) -> None:
        """Let others in."""
        os.close(self._fd)
