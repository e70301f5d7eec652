"""One column's cells: cleaned, looked at, and read as text, a date or cents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from countertui.domain.card_guard import holds_card_number
from countertui.domain.money import LARGEST, AmountRefused, parse_amount
from countertui.ledger.importing.faults import RowRefused
from countertui.ledger.importing.mapfile import ColumnMap

LONGEST = 500
"""Characters a cell may have."""

_FEWEST_CARD_DIGITS = 13
_REMEMBERED = 4_096
"""Cells of a column."""
_EARLIEST, _LATEST = 1800, 2199

Cleaner = Callable[[str], str]


def cleaner(name: str, column: ColumnMap) -> Cleaner:
    """How the column's cells are cleaned: gives the text that fields are made of; dates come out as ISO 8601, money as
    whole cents. It raises RowRefused."""
    pattern = re.compile(column.pattern) if column.pattern is not None else None
    says = column.says or f"of the form {column.pattern}"

    # Most columns say the same again and again: a town, a state, a kind, nothing.
    @lru_cache(maxsize=_REMEMBERED)
    def clean(cell: str) -> str:
        text = _plain(name, cell, column)
        if not text:
            if column.required:
                raise RowRefused(f"{name} is empty.")
            return ""
        if column.values:
            text = _mapped(name, text, column)
        if pattern is not None and not pattern.fullmatch(text):
            raise RowRefused(f"{name} “{text}” is not {says}.")
        if column.dates:
            return _date(name, text, column.dates)
        return _cents(name, text, column) if column.money else text

    return clean


def refuse_unprintable(name: str, text: str) -> None:
    """Raise RowRefused, without repeating the text, if it holds control characters; a line break says more."""
    if text.isascii() and text.isprintable():
        return
    if "\n" in text or "\r" in text:
        raise RowRefused(
            f"{name} holds a line break; if that is not meant, a quotation mark is not closed.", shown=False
        )
    if any(unicodedata.category(letter).startswith("C") for letter in text):
        raise RowRefused(f"{name} holds control characters.", shown=False)


def _plain(name: str, cell: str, column: ColumnMap) -> str:
    refuse_unprintable(name, cell)
    if column.card_guard and _may_hold_card(cell) and holds_card_number(cell):
        raise RowRefused(f"{name} looks like a card number; those are not kept.", shown=False)
    text = cell if cell.isascii() else unicodedata.normalize("NFC", cell)
    if column.trim:
        text = " ".join(text.split())
    text = text or column.default
    if len(text) > LONGEST:
        raise RowRefused(f"{name} is longer than {LONGEST} characters.")
    return text.upper() if column.upper else text


def _may_hold_card(cell: str) -> bool:
    """Quickly no for nearly every cell: the guard itself reads letter by letter."""
    if not cell.isascii():
        return True
    return len(cell) >= _FEWEST_CARD_DIGITS and (
        sum(map(str.isdigit, cell)) >= _FEWEST_CARD_DIGITS or cell.lstrip()[:1] in {"%", ";"}
    )


def _mapped(name: str, text: str, column: ColumnMap) -> str:
    if text in column.values:
        return column.values[text]
    if column.others == "refuse":
        raise RowRefused(f"{name} “{text}” is not one of: {', '.join(column.values)}.")
    return text


@lru_cache(maxsize=10_000)
def _date(name: str, text: str, formats: tuple[str, ...]) -> str:
    for form in formats:
        try:
            found = datetime.strptime(text, form)  # noqa: DTZ007 - a calendar date, of no zone
        except ValueError:
            continue
        if not _EARLIEST <= found.year <= _LATEST:
            raise RowRefused(f"{name} “{text}” is outside {_EARLIEST} to {_LATEST}.")
        return found.date().isoformat()
    raise RowRefused(f"{name} “{text}” is no date of the form {' or '.join(formats)}.")


def _cents(name: str, text: str, column: ColumnMap) -> str:
    """Whole cents as digits. Dollars may have $ and commas; negative ones a minus, before or after, or parentheses."""
    bare, negative = text, False
    if bare.startswith("(") and bare.endswith(")"):
        bare, negative = bare[1:-1], True
    elif bare.startswith("-") or bare.endswith("-"):
        bare, negative = bare.removeprefix("-").removesuffix("-"), True
    bare = bare.strip().removeprefix("$").strip()
    if column.money == "cents":
        if not (bare.isascii() and bare.isdigit()) or len(bare) > len(str(LARGEST)):
            raise RowRefused(f"{name} “{text}” is not a number of cents.")
        cents = int(bare)
    else:
        try:
            cents = parse_amount(bare)
        except AmountRefused:
            raise RowRefused(f"{name} “{text}” is not an amount of money.") from None
    if negative and not column.negative:
        raise RowRefused(f"{name} “{text}” is negative.")
    return str(-cents if negative else cents)
