"""A lockbox, web or ACH payment file read by its mapping: payments, what the file says of itself, what is wrong.

```toml
origin = "lockbox"                # as in the city's rules: where its money stands
money = "cents"                   # or "dollars"

[file]                            # as in every mapping file
header = false
width = 6

[columns]                         # names of the header, or positions from 1 where there is none
account = 2
amount = 3
payor = 4
reference = 5                     # the check's number, or the payment's own

[trailer]                         # the row that says how many payments there are, and how much money
column = 1
value = "T"
count = 2
total = 3
```
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from countertui.ledger.importing.bank_cells import Cells, Column, Money, Strict, cents_of, require_plain
from countertui.ledger.importing.faults import RowRefused
from countertui.ledger.importing.mapfile import FileMap, read_strictly
from countertui.ledger.importing.reader import opened

_MOST_FAULTS = 100


class Columns(Strict):
    """Where each part of a payment stands."""

    account: Column
    amount: Column
    payor: Column | None = None
    reference: Column | None = None


class Trailer(Strict):
    """The row that says what the file has: where `column` holds `value`, its count and total."""

    column: Column
    value: str
    count: Column
    total: Column


class PaymentMap(Strict):
    """A mapping file for payments."""

    origin: Literal["lockbox", "web", "ach"]
    money: Money
    file: FileMap = FileMap()
    columns: Columns
    trailer: Trailer | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment: its row in the file, the account number as given, cents (more than 0)."""

    row: int
    account: str
    cents: int
    payor: str
    reference: str


@dataclass(frozen=True, slots=True)
class PaymentFile:
    """A file as read: control is (payments, cents) by the bank's word, None if nothing says so."""

    origin: str
    payments: tuple[Payment, ...]
    control: tuple[int, int] | None
    faults: tuple[str, ...]


def read_payments(path: Path, map_path: Path, control: tuple[int, int] | None) -> PaymentFile:
    """Read a payment file. control: as told on the command line, in place of a trailer. Raises MapRefusedError."""
    mapping = read_strictly(map_path, PaymentMap)
    payments: list[Payment] = []
    faults: list[str] = []
    with opened(path, mapping.file) as file:
        width = len(file.header) if file.header is not None else mapping.file.width or 0
        reader = _Reader(mapping, file.header, width)
        for number, row in file.rows:
            try:
                if reader.is_trailer(row):
                    control = reader.control(row)
                else:
                    payments.append(reader.payment(number, row))
            except RowRefused as refused:
                if len(faults) < _MOST_FAULTS:
                    faults.append(f"Row {number}: {refused.reason}")
    return PaymentFile(mapping.origin, tuple(payments), control, tuple(faults))


class _Reader:
    """Reads rows by a mapping. Raises MapRefusedError for a column that the file does not have."""

    def __init__(self, mapping: PaymentMap, header: list[str] | None, width: int) -> None:
        self._mapping, self._cells = mapping, Cells(header, width)
        columns, place = mapping.columns, self._cells.place
        self._account, self._amount = place(columns.account), place(columns.amount)
        self._payor = None if columns.payor is None else place(columns.payor)
        self._reference = None if columns.reference is None else place(columns.reference)

    def is_trailer(self, row: list[str]) -> bool:
        """Whether this is the row that says what the file has."""
        trailer = self._mapping.trailer
        return trailer is not None and self._cells.at(row, self._cells.place(trailer.column)) == trailer.value

    def control(self, row: list[str]) -> tuple[int, int]:
        """What the trailer says: payments, cents. Raises RowRefused."""
        trailer = self._mapping.trailer
        if trailer is None:
            raise AssertionError("only a row found by the trailer's mapping is asked")
        count = self._cells.at(row, self._cells.place(trailer.count))
        if not (count.isascii() and count.isdecimal()):
            raise RowRefused("Its number of payments is no number.")
        return int(count), cents_of(self._cells.at(row, self._cells.place(trailer.total)), self._mapping.money, least=0)

    def payment(self, number: int, row: list[str]) -> Payment:
        """One payment. Raises RowRefused."""
        texts = [
            "" if place is None else self._cells.at(row, place)
            for place in (self._account, self._payor, self._reference)
        ]
        for text in texts:
            require_plain(text)
        account, payor, reference = texts
        if not account:
            raise RowRefused("It names no account.")
        cents = cents_of(self._cells.at(row, self._amount), self._mapping.money, least=1)
        return Payment(number, account, cents, payor or account, reference)
