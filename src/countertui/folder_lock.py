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
        self._file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            by = self._file.read(200).decode("utf-8", "replace").strip() or "another program"
            self._file.close()
            raise StoreHeld(
                f"This store is open in another program: {by}.",
                safe="Nothing was changed.",
                press="Close that one first, or look with a command that only reads.",
            ) from error
        self._file.truncate(0)
        self._file.write(f"{holder}, process {os.getpid()}\n".encode())

    def close(self) -> None:
        """Let others in; once more does nothing."""
        self._file.close()
