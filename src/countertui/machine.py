"""The machine's own clock, ids and randomness, for the ports that take them from outside, and its folders."""

from __future__ import annotations

import os
import time
from datetime import datetime
from pathlib import Path

from countertui.domain.demo import FOLDER_MARKS

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_SLEEPLESS = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
random_bytes = os.urandom
_MEDIA = ("/media", "/run/media", "/mnt", "/Volumes")


class SystemClock:
    """The computer's clock."""

    def __init__(self) -> None:
        self._boot_id = _BOOT_ID.read_text().strip() if _BOOT_ID.exists() else "unknown"

    def utc_ms(self) -> int:
        """Wall time, milliseconds since 1970 UTC."""
        return time.time_ns() // 1_000_000

    def mono_ms(self) -> int:
        """Monotonic milliseconds that go on while the machine sleeps, where it can tell."""
        return time.clock_gettime_ns(_SLEEPLESS) // 1_000_000

    def boot_id(self) -> str:
        """The kernel's id of this boot."""
        return self._boot_id

    def local_text(self) -> str:
        """Local date and time now, `2026-11-23 09:41`."""
        return f"{datetime.now().astimezone():%Y-%m-%d %H:%M}"

    def local_of(self, utc: str) -> str:
        """A record's time (ISO 8601 UTC) as local date and time."""
        return f"{datetime.fromisoformat(utc).astimezone():%Y-%m-%d %H:%M}"


def uuid7() -> str:
    """A new UUIDv7 (RFC 9562 section 5.7): time-ordered, so that a primary key's index grows at its end."""
    random = int.from_bytes(os.urandom(10))
    value = (time.time_ns() // 1_000_000) << 80 | 0x7 << 76 | (random >> 64 & 0xFFF) << 64 | 0b10 << 62
    value |= random & (1 << 62) - 1
    text = f"{value:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def mounted_media() -> list[Path]:
    """Where sticks and other media are plugged in, by the platform's custom; the folders may be no more a moment later.

    Linux: /media and /run/media (udisks, Filesystem Hierarchy Standard 3.0 section 3.11), also /mnt; macOS: /Volumes;
    Windows: drives after C.
    """
    if os.name == "nt":
        drives = (Path(f"{letter}:/") for letter in "DEFGHIJKLMNOPQRSTUVWXYZ")
        return [drive for drive in drives if drive.exists()]
    found: list[Path] = []
    for root in _MEDIA:
        for pattern in ("*", "*/*"):
            found += sorted(path for path in Path(root).glob(pattern) if os.path.ismount(path))
    return found


def data_folder() -> Path:
    """The platform's folder for what a program keeps."""
    from platformdirs import user_data_path

    return user_data_path("countertui", appauthor=False)


def folder_mark(folder: Path) -> str:
    """DEMO or TRAINING where the folder is such a city's terminal's; else nothing."""
    return next((mark for name, mark in FOLDER_MARKS.items() if (folder / name).exists()), "")


def state_folder() -> Path:
    """The platform's folder for what a program knows of its own past: in no backup of the data."""
    from platformdirs import user_state_path

    return user_state_path("countertui", appauthor=False)
