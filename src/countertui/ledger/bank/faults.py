"""What is wrong with a bank's file, by line and reason, or with what is asked for of it: nothing is changed then."""

from __future__ import annotations

from countertui.errors import AnswerNo, UsageError


class BankFileRefusedError(UsageError):
    """A bank's file that is not what it says it is; row: its line, counted from 1, None for the whole file."""

    def __init__(self, reason: str, row: int | None = None) -> None:
        self.row = row
        where = f"Line {row}: " if row is not None else ""
        super().__init__(f"{where}{reason}", "Nothing of the file was taken in.", "Ask the bank for it again.")


class BankRefusedError(AnswerNo):
    """A bank's file that can't be taken in here, or something of it that can't be booked or explained."""


def refused(happened: str, press: str = "countertui ledger bank lists what waits.") -> BankRefusedError:
    """A refusal by which nothing was changed."""
    return BankRefusedError(happened, "Nothing was changed.", press)
