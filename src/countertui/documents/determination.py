"""A determination of license fees as lines of text: each line with its working and its ordinance, then the total."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from countertui.domain.license_determination import Determination, Line
from countertui.domain.license_fees import in_words
from countertui.domain.money import format_cents
from countertui.domain.paper import paired, wrapped

_WORKING, _AMOUNT = 4, 16


def determination_lines(fee: Determination, width: int = 78) -> list[str]:
    """The determination in lines of at most `width` cells, 48 or more."""
    lines = [text for line in fee.lines for text in _line(line, width)]
    return [*lines, "-" * width, *paired("Total", format_cents(fee.total), width)]


def _line(line: Line, width: int) -> Iterator[str]:
    yield from paired(f"{line.description} ({line.code})", format_cents(line.cents), width)
    for step in line.working:
        for text in paired(step.text, exact_amount(step.cents), width - _WORKING - _AMOUNT):
            yield " " * _WORKING + text
    state = " Passed on to the state." if line.passed_through else ""
    for text in wrapped(f"{line.ordinance}.{state}", width - _WORKING):
        yield " " * _WORKING + text


def exact_amount(cents: Decimal) -> str:
    """An exact amount in dollars, to the fraction of a cent."""
    return format_cents(int(cents)) if not cents % 1 else in_words(cents / 100)
