"""Cells of a bank's file: found by column name or position, amounts in its own form, no text that may not be kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from countertui.domain.card_guard import holds_card_number
from countertui.domain.money import LARGEST, AmountRefused, parse_amount
from countertui.ledger.importing.cells import refuse_unprintable
from countertui.ledger.importing.faults import MapRefusedError, RowRefused

_LONGEST = 120
Column = str | Annotated[int, Field(ge=1)]
"""A name of the header, or a position from 1 where there is none."""
Money = Literal["dollars", "cents"]


class Strict(BaseModel):
    """A part of a mapping file: nothing in it is guessed, nothing else may be in it."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Cells:
    """The cells of a file with that header (None: none) and so many columns."""

    def __init__(self, header: Sequence[str] | None, width: int) -> None:
        self._header, self._width = header, width

    def place(self, column: Column) -> int:
        """Where a column stands, from 0. Raises MapRefusedError for one that the file does not have."""
        if isinstance(column, int):
            if column > self._width:
                raise MapRefusedError(f"Column {column} is named; the file has {self._width} columns.")
            return column - 1
        if self._header is None or column not in self._header:
            there = ", ".join(self._header or ()) or "no header"
            raise MapRefusedError(f"The file has no column {column}. Its columns are: {there}.")
        return self._header.index(column)

    def at(self, row: Sequence[str], place: int) -> str:
        """A row's cell without blanks around it. Raises RowRefused for a row that is too short."""
        if place >= len(row):
            raise RowRefused(f"It has {len(row)} cells, and column {place + 1} is needed.")
        return row[place].strip()


def cents_of(text: str, money: Money, *, least: int) -> int:
    """An amount in cents, from `least` on. Raises RowRefused."""
    if money == "cents":
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


def require_plain(text: str) -> None:
    """Raise RowRefused for a text that can't be printed, is too long, or may hold a card number."""
    refuse_unprintable("It", text)
    if holds_card_number(text):
        raise RowRefused("It holds what may be a card number.", shown=False)
    if len(text) > _LONGEST:
        raise RowRefused(f"A text of it is longer than {_LONGEST} letters.")
