"""Room on the disk: no new sale when it runs out, and a reserve so that closing and exporting still work."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from countertui.domain.records import Kind
from countertui.errors import EnvironmentFault

RESERVE_BYTES = 8 * 1024 * 1024
LEAST_FREE_BYTES = 16 * 1024 * 1024

_NEEDS_ROOM = frozenset({Kind.PAY, Kind.OPEN})


class DiskNearlyFull(EnvironmentFault):
    """Too little room is left to begin something new."""


def free_bytes(folder: Path) -> int:
    """Bytes an ordinary user may still write on the folder's disk."""
    stat = os.statvfs(folder)
    return stat.f_bavail * stat.f_frsize


class DiskRoom:
    """The room of one store folder."""

    def __init__(self, folder: Path, free: Callable[[Path], int] = free_bytes) -> None:
        self.folder = folder
        self.free = free
        self.reserve = folder / "reserve"

    def keep_reserve(self) -> None:
        """Lay the reserve aside while there is room."""
        if not self.reserve.exists() and self.free(self.folder) > LEAST_FREE_BYTES + RESERVE_BYTES:
            with self.reserve.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, RESERVE_BYTES)

    def require_room_for(self, kind: Kind) -> None:
        """Raise DiskNearlyFull for a new sale on a nearly full disk; anything else gets the reserve."""
        if self.free(self.folder) >= LEAST_FREE_BYTES:
            return
        if kind in _NEEDS_ROOM:
            raise DiskNearlyFull(
                "The disk is nearly full, so no new payment is taken.",
                safe="Everything taken is recorded. Closing, sealing and exporting still work.",
                press="Close the drawer, seal and send; then have the disk cleared.",
            )
        self.reserve.unlink(missing_ok=True)
