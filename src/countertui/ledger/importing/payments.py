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
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from countertui.domain.card_guard import holds_card_number
from countertui.domain.money import LARGEST, AmountRefused, parse_amount
from countertui.ledger.importing.cells import refuse_unprintable
from countertui.ledger.importing.faults import MapRefusedError, RowRefused
from countertui.ledger.importing.mapfile import FileMap, read_strictly
from countertui.ledger.importing.reader import opened

_MOST_FAULTS = 100
_LONGEST = 120
_Column = str | Annotated[int, Field(ge=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Columns(_Strict):
    """Where each part of a payment stands."""

    account: _Column
    amount: _Column
    payor: _Column | None = None
    reference: _Column | None = None


class Trailer(_Strict):
    """The row that says what the file has: where `column` holds `value`, its count and total."""

    column: _Column
    value: str
    count: _Column
    total: _Column


class PaymentMap(_Strict):
    """A mapping file for payments."""

    origin: Literal["lockbox", "web", "ach"]
    money: Literal["dollars", "cents"]
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
        self._mapping, self._header, self._width = mapping, header, width
        columns = mapping.columns
        self._account, self._amount = self._place(columns.account), self._place(columns.amount)
        self._payor = None if columns.payor is None else self._place(columns.payor)
        self._reference = None if columns.reference is None else self._place(columns.reference)

    def is_trailer(self, row: list[str]) -> bool:
        """Whether this is the row that says what the file has."""
        trailer = self._mapping.trailer
        return trailer is not None and self._cell(row, self._place(trailer.column)) == trailer.value

    def control(self, row: list[str]) -> tuple[int, int]:
        """What the trailer says: payments, cents. Raises RowRefused."""
        trailer = self._mapping.trailer
        if trailer is None:
            raise AssertionError("only a row found by the trailer's mapping is asked")
        count = self._cell(row, self._place(trailer.count))
        if not (count.isascii() and count.isdecimal()):
            raise RowRefused("Its number of payments is no number.")
        return int(count), self._cents(self._cell(row, self._place(trailer.total)), least=0)

    def payment(self, number: int, row: list[str]) -> Payment:
        """One payment. Raises RowRefused."""
        texts = [
            "" if place is None else self._cell(row, place) for place in (self._account, self._payor, self._reference)
        ]
        for text in texts:
            refuse_unprintable("It", text)
            if holds_card_number(text):
                raise RowRefused("It holds what may be a card number.", shown=False)
            if len(text) > _LONGEST:
                raise RowRefused(f"A text of it is longer than {_LONGEST} letters.")
        account, payor, reference = texts
        if not account:
            raise RowRefused("It names no account.")
        cents = self._cents(self._cell(row, self._amount), least=1)
        return Payment(number, account, cents, payor or account, reference)

    def _cents(self, text: str, *, least: int) -> int:
        if self._mapping.money == "cents":
            if not (text.isascii() and text.isdecimal()) or not least <= int(text) <= LARGEST * 100:
                raise RowRefused("Its amount is not an amount of cents.")
            return int(text)
        try:
            cents = int(parse_amount(text))
        except AmountRefused:
            raise RowRefused("Its amount is not an amount of dollars.") from None
        if cents < least:
            raise RowRefused("Its amount is zero.")
        return cents

    def _cell(self, row: list[str], place: int) -> str:
        if place >= len(row):
            raise RowRefused(f"It has {len(row)} cells, and column {place + 1} is needed.")
        return row[place].strip()

    def _place(self, column: _Column) -> int:
        if isinstance(column, int):
            if column > self._width:
                raise MapRefusedError(f"Column {column} is named; the file has {self._width} columns.")
            return column - 1
        if self._header is None or column not in self._header:
            there = ", ".join(self._header or ()) or "no header"
            raise MapRefusedError(f"The file has no column {column}. Its columns are: {there}.")
        return self._header.index(column)
