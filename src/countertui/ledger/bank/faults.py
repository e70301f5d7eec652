"""What is wrong with a bank's file: the line, the reason. Nothing of such a file is taken in."""

from __future__ import annotations

from countertui.errors import UsageError


class BankFileRefusedError(UsageError):
    """A bank's file that is not what it says it is; row: its line, counted from 1, None for the whole file."""

    def __init__(self, reason: str, row: int | None = None) -> None:
        self.row = row
        where = f"Line {row}: " if row is not None else ""
        super().__init__(f"{where}{reason}", "Nothing of the file was taken in.", "Ask the bank for it again.")
