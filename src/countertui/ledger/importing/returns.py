"""A bank's list of returned checks, read by its mapping.

```toml
money = "dollars"                 # or "cents"
reason = "Returned unpaid"        # where the list has no column that says why

[file]                            # as in every mapping file
header = true

[columns]                         # names of the header, or positions from 1 where there is none
check = "Serial"
amount = "Amount"
reason = "Reason"                 # and a receipt's number, if the bank knows it: receipt = "Ref"
```
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from countertui.domain.returned_checks import MOST_CHECKS
from countertui.ledger.importing.bank_cells import Cells, Column, Money, Strict, cents_of, require_plain
from countertui.ledger.importing.faults import MapRefusedError, RowRefused
from countertui.ledger.importing.mapfile import FileMap, read_strictly
from countertui.ledger.importing.reader import opened


class ReturnColumns(Strict):
    """Where each part of a row stands."""

    check: Column
    amount: Column
    reason: Column | None = None
    receipt: Column | None = None


class ReturnMap(Strict):
    """A mapping file for a list of returned checks."""

    money: Money
    reason: str = ""
    file: FileMap = FileMap()
    columns: ReturnColumns


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """One check of the list: its row, its number, cents, why, and the receipt's number if the list says it.

    why_not: what is wrong with the row itself, empty for nothing.
    """

    row: int
    reference: str = ""
    cents: int = 0
    reason: str = ""
    receipt_no: str = ""
    why_not: str = ""


def read_returns(path: Path, map_path: Path) -> list[ReturnRow]:
    """Read a bank's list; a row that can't be read says why. Raises MapRefusedError."""
    mapping = read_strictly(map_path, ReturnMap)
    found: list[ReturnRow] = []
    with opened(path, mapping.file) as file:
        width = len(file.header) if file.header is not None else mapping.file.width or 0
        cells = Cells(file.header, width)
        for number, row in file.rows:
            try:
                found.append(_row(mapping, cells, number, row))
            except RowRefused as refused:
                found.append(ReturnRow(number, why_not=refused.reason))
            if len(found) > MOST_CHECKS:
                raise MapRefusedError(f"A list has at most {MOST_CHECKS} checks: split it.")
    return found


def _row(mapping: ReturnMap, cells: Cells, number: int, row: list[str]) -> ReturnRow:
    columns = mapping.columns
    reference = cells.at(row, cells.place(columns.check))
    reason = mapping.reason if columns.reason is None else cells.at(row, cells.place(columns.reason))
    receipt_no = "" if columns.receipt is None else cells.at(row, cells.place(columns.receipt))
    for text in (reference, reason, receipt_no):
        require_plain(text)
    cents = cents_of(cells.at(row, cells.place(columns.amount)), mapping.money, least=1)
    if not reference:
        raise RowRefused("It names no check.")
    return ReturnRow(number, reference, cents, reason or mapping.reason or "Returned unpaid", receipt_no)
