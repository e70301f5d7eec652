"""The anchor: the chain's tip, kept outside the store's folder, so that a cut tail or an old disk image is noticed.

A hash chain can't see its own end being cut off; a tip kept elsewhere can. The anchor is never part of a backup.
One fixed-length line a record, the last one counts: `<seq> <hash> <check>`, written at two places in turn, so that a
torn write leaves the other one whole.
"""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass
from pathlib import Path

from countertui.machine import data_folder, state_folder

_SLOT = 96
_SLOTS = 2


@dataclass(frozen=True, slots=True)
class Tip:
    """The last record known: its sequence number and chain hash in hex."""

    seq: int
    h: str


class Anchor:
    """An open anchor file."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = folder / "anchor"
        existed = self.path.exists()
        self._file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)
        if not existed:
            os.pwrite(self._file.fileno(), b" " * (_SLOT * _SLOTS), 0)
            os.fsync(self._file.fileno())
            _sync_folder(folder)

    def tip(self) -> Tip | None:
        """The newest whole entry, None if there is none yet."""
        return _newest(os.pread(self._file.fileno(), _SLOT * _SLOTS, 0))

    def advance(self, seq: int, h: bytes) -> None:
        """Write down the newest record and wait until the disk has it."""
        line = f"{seq} {h.hex()} {_check(seq, h.hex())}".encode().ljust(_SLOT - 1) + b"\n"
        os.pwrite(self._file.fileno(), line, (seq % _SLOTS) * _SLOT)
        os.fdatasync(self._file.fileno())

    def close(self) -> None:
        """Close the file; once more does nothing."""
        self._file.close()


def read_tip(folder: Path) -> Tip | None:
    """The tip in a folder's anchor, without opening it for writing."""
    path = folder / "anchor"
    return _newest(path.read_bytes()) if path.exists() else None


def anchor_folder(store_folder: Path) -> Path:
    """Where the anchor of a store in that folder lies: never inside, and never where a backup of it would look.

    In the platform's state folder for a store in the platform's data folder, which no --dir named; for any other
    beside it. The folder decides, not the option: one store must have one anchor, however it was opened.
    """
    name = store_folder.name + ".anchor"
    if store_folder.parent.resolve() == data_folder().resolve():
        return state_folder() / name
    return store_folder.with_name(name)


def _newest(data: bytes) -> Tip | None:
    tips: list[Tip] = []
    for start in range(0, _SLOT * _SLOTS, _SLOT):
        parts = data[start : start + _SLOT].decode("ascii", errors="replace").split()
        if len(parts) == 3 and parts[0].isdigit() and parts[2] == _check(int(parts[0]), parts[1]):
            tips.append(Tip(int(parts[0]), parts[1]))
    return max(tips, key=lambda tip: tip.seq, default=None)


def _check(seq: int, h: str) -> str:
    """A check value against torn writes, not against people."""
    return f"{zlib.crc32(f'{seq} {h}'.encode()):08x}"


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
