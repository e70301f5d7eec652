"""Files that are wholly there or wholly absent, also after a power cut."""

from __future__ import annotations

import os
from pathlib import Path

from countertui.sync.faults import WriteBackError


def write_durably(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Put `data` at `path`: temporary file, fsync, rename, directory fsync, then read back and compare.

    Raises WriteBackError if what is read is not what was written, OSError if the disk refuses; a file that was at
    `path` before is there unchanged until the rename.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
    if path.read_bytes() != data:
        raise WriteBackError(
            f"{path.name} was written, but reads back different.",
            "What it was made from is safe here.",
            "Use another disk or stick.",
        )


def sync_folder(folder: Path) -> None:
    """Have the disk know what is in a folder. Raises OSError."""
    if os.name == "posix":
        # Windows has no handle on a directory to sync; NTFS journals the rename.
        directory = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def sync_all(folder: Path) -> None:
    """Have the disk know a folder with all that is in it, however it came there. Raises OSError."""
    for path in folder.rglob("*"):
        if path.is_dir():
            sync_folder(path)
        elif os.name == "posix":
            with path.open("rb") as file:
                os.fsync(file.fileno())
    sync_folder(folder)
