"""Which printers have answered here before: of those, silence means that something is wrong, also after a restart.

Kept in a file of the terminal's folder, name by name. It may be lost: then a printer is heard again.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path

_MOST = 100


class HeardPrinters:
    """The printers that have answered, by what tells one from another: its name and the way to it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()
        self._known = _read(path)

    def knows(self, printer: str) -> bool:
        """Whether it has answered."""
        return printer in self._known

    def note(self, printer: str) -> None:
        """Keep that it has answered. Where the file can't be written, it is known until the program ends."""
        with self._turn:
            if printer in self._known:
                return
            self._known = [*self._known, printer][-_MOST:]
            new = self._path.with_name(f"{self._path.name}.new")
            try:
                new.write_text(json.dumps(self._known), encoding="utf-8")
                new.replace(self._path)
            except OSError:
                return  # a disk that is full stops sales by itself, and says so


def _read(path: Path) -> list[str]:
    """What is kept; nothing of a file that is not there, or was spoilt."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [name for name in kept if isinstance(name, str)] if isinstance(kept, list) else []
