"""Room on the disk: no new sale when it runs out, and a reserve so that closing and exporting still work."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from countertui.domain.records import Kind
from countertui.errors import EnvironmentFault

_NETWORK = frozenset(
    {"afs", "ceph", "cifs", "fuse.sshfs", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs"}
)
_MOUNTS = Path("/proc/self/mounts")

RESERVE_BYTES = 8 * 1024 * 1024
LEAST_FREE_BYTES = 16 * 1024 * 1024
"""With less free, nothing new is begun."""
LAST_FREE_BYTES = 4 * 1024 * 1024
"""With less free, what ends a day's work gets the reserve."""

_WHAT_IS_NOT_BEGUN: dict[StrEnum, str] = {Kind.PAY: "no new payment is taken", Kind.OPEN: "no drawer is opened"}


class NotLocal(EnvironmentFault):
    """The folder lies on another machine's disk."""


class DiskNearlyFull(EnvironmentFault):
    """Too little room is left to begin something new."""


def require_local(folder: Path, mounts: Path = _MOUNTS) -> None:
    """Raise NotLocal for a folder on a network file system: locks and syncs don't hold there (sqlite.org/faq.html#q5).

    Knows what the kernel lists as mounted; where it lists nothing, nothing is refused.
    """
    if not mounts.exists():
        return
    here = folder.resolve()
    best, best_kind = 0, ""
    for line in mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        _, point, kind, *_ = line.split(" ")
        at = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), point))
        if here.is_relative_to(at) and len(at.parts) >= best:
            best, best_kind = len(at.parts), kind
    if best_kind in _NETWORK:
        raise NotLocal(
            f"The store's folder lies on a network disk ({best_kind}), where a write may be lost unseen.",
            safe="Nothing was changed.",
            press="Name a folder on this computer's own disk with --dir.",
        )


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
        if self.reserve.exists() or self.free(self.folder) <= LEAST_FREE_BYTES + RESERVE_BYTES:
            return
        try:
            with self.reserve.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, RESERVE_BYTES)
        except OSError:  # a quota, or somebody else was quicker: it is tried again
            self.reserve.unlink(missing_ok=True)

    @property
    def is_low(self) -> bool:
        """Whether so little is left that nothing new is begun."""
        return self.free(self.folder) < LEAST_FREE_BYTES

    def require_room_for(self, kind: StrEnum) -> None:
        """Raise DiskNearlyFull for a new sale on a nearly full disk; the last room is given to anything else."""
        free = self.free(self.folder)
        if free < LEAST_FREE_BYTES and kind in _WHAT_IS_NOT_BEGUN:
            raise DiskNearlyFull(
                f"The disk is nearly full, so {_WHAT_IS_NOT_BEGUN[kind]}.",
                safe="Everything taken is recorded; room for closing, sealing and sending is kept.",
                press="F10 C counts and closes the drawer, F10 S seals and sends. Then have the disk cleared.",
            )
        if free < LAST_FREE_BYTES:
            self.reserve.unlink(missing_ok=True)
