"""Money: whole cents, read from a person's typing and written for a person's eyes."""

from __future__ import annotations

import re
from typing import NewType

from countertui.domain.refusal import Refused

Cents = NewType("Cents", int)
"""An amount in whole cents. Never a float, never a Decimal."""

ZERO = Cents(0)
LARGEST = Cents(99_999_999_99)
"""The largest single amount the counter takes: 99,999,999.99. Larger ones are typing errors."""

_AMOUNT = re.compile(r"(?:(?P<grouped>\d{1,3}(?:,\d{3})+)|(?P<plain>\d+))?(?:\.(?P<cents>\d{0,2}))?")


class AmountRefused(Refused):
    """The typed text is not an amount of money."""


def parse_amount(text: str) -> Cents:
    """Read a typed amount of dollars, such as `84.17`, `1,284.5` or `.75`, as cents.

    Raises AmountRefused for signs, misplaced commas, more than two decimals, control characters and anything over
    LARGEST.
    """
    typed = text.strip(" ")
    if any(not " " <= letter <= "~" for letter in typed):
        raise AmountRefused("The amount holds characters that are not digits.", press="Type it again, like 84.17.")
    if typed.startswith("-"):
        raise AmountRefused("An amount can't be negative.", press="Use void or refund to give money back.")
    match = _AMOUNT.fullmatch(typed)
    if match is None or not any(match.groups()):
        # What was typed is not repeated: it may be a card number.
        raise AmountRefused("That is not an amount.", press="Type dollars and cents, like 84.17.")
    dollars = (match["grouped"] or match["plain"] or "0").replace(",", "")
    if len(dollars.lstrip("0")) > len(str(LARGEST)) - 2:
        raise AmountRefused("That amount is too large for one line.", press="Type it again, like 84.17.")
    return Cents(int(dollars) * 100 + int((match["cents"] or "").ljust(2, "0")))


def format_cents(cents: int) -> str:
    """Write cents as dollars for a person: `1,234.56`, `-0.05`."""
    sign = "-" if cents < 0 else ""
    dollars, rest = divmod(abs(cents), 100)
    return f"{sign}{dollars:,}.{rest:02d}"
