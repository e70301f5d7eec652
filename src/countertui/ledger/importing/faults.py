"""What can be wrong with an import: the whole of it, or one row."""

from __future__ import annotations

from countertui.errors import UsageError


class MapRefusedError(UsageError):
    """The mapping file, or the file by it, can't be used at all."""


class RowRefused(Exception):  # noqa: N818 - the row is refused; nothing malfunctioned
    """One row can't be taken; the reason is for a clerk. `shown` False: its text must not be repeated anywhere."""

    def __init__(self, reason: str, *, shown: bool = True) -> None:
        self.reason = reason
        self.shown = shown
        super().__init__(reason)
