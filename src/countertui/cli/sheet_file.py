"""Tables written to a file that was named: .csv or .xlsx."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from countertui.errors import EnvironmentFault, UsageError

if TYPE_CHECKING:
    from countertui.documents.spreadsheet import Table

SHEETS = (".csv", ".xlsx")


def require_new(to: Path, endings: Sequence[str] = SHEETS) -> None:
    """Raise UsageError for a file that is there already, or whose name ends otherwise."""
    if to.suffix.lower() not in endings:
        raise UsageError(f"{to.name} ends in none of {', '.join(endings)}.", "Nothing was written.", "Name another.")
    if to.exists():
        raise UsageError(f"{to.name} is there already.", "It is unchanged.", "Name another.")


def write_sheets(to: Path, tables: Sequence[Table]) -> None:
    """Write tables as a workbook, or the first of them as CSV. Raises UsageError, EnvironmentFault."""
    from countertui.documents.spreadsheet import as_csv, as_xlsx
    from countertui.machine import SystemClock

    require_new(to)
    if to.suffix.lower() == ".csv":
        data = "".join(as_csv(tables[0])).encode("utf-8-sig")
    else:
        from datetime import datetime

        data = as_xlsx(tables, datetime.fromisoformat(SystemClock().local_text()[:10]))
    write_new(to, data)


def write_new(to: Path, data: bytes) -> None:
    """Write a file that only its owner reads. Raises EnvironmentFault where the disk refuses it."""
    from countertui.sync.durable import write_durably

    try:
        write_durably(to, data, 0o600)
    except OSError as fault:
        raise EnvironmentFault(f"{to.name} can't be written: {fault.strerror}.", "Nothing else was changed.") from None
