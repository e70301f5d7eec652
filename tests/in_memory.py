"""Where tests put their files: in memory where there is room, as what waits for a disk shows nothing about the code.

What a cut of the power leaves on a disk is worked out from recorded calls (failure_matrix/power_cut.py), on any disk.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

_IN_MEMORY = Path("/dev/shm")
_ROOM = 3 * 1024**3


def folder() -> Path | None:
    """A folder in memory with room for gigabytes; None where there is none."""
    if not _IN_MEMORY.is_dir() or not os.access(_IN_MEMORY, os.W_OK):
        return None
    return _IN_MEMORY if shutil.disk_usage(_IN_MEMORY).free > _ROOM else None


def use() -> None:
    """Have temporary files of this process, and of those it starts, lie there, unless TMPDIR says otherwise."""
    here = folder()
    if here is not None and "TMPDIR" not in os.environ:
        os.environ["TMPDIR"] = str(here)
        tempfile.tempdir = None
