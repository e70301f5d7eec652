"""What a card's slip says of the card beside its approval code: brand and last four digits, and never more."""

from __future__ import annotations

import re
from dataclasses import dataclass

from countertui.domain.refusal import Refused

BRANDS = ("Visa", "Mastercard", "American Express", "Discover", "JCB", "UnionPay", "Debit")
_TYPED = re.compile(r"([A-Za-z ]{0,20}?)[ .*]{0,8}([0-9]{4})")


class CardSlipRefused(Refused):
    """What was typed is no brand with the last four digits of a card."""


@dataclass(frozen=True, slots=True)
class CardSlip:
    """Brand and last four digits of a card (PCI DSS 3.4.1 lets these be kept and shown)."""

    brand: str
    last4: str

    @property
    def words(self) -> str:
        """For a person."""
        return f"{self.brand} *{self.last4}"


def read_slip(typed: str) -> CardSlip | None:
    """Brand and digits as typed, like `v4242` or `visa 4242`: how a brand begins is enough; None for nothing.

    Raises CardSlipRefused.
    """
    text = typed.strip()
    if not text:
        return None
    match = _TYPED.fullmatch(text)
    begins = match[1].strip().casefold() if match is not None else ""
    brand = next((brand for brand in BRANDS if begins and brand.casefold().startswith(begins)), None)
    if match is None or brand is None:
        raise CardSlipRefused(
            "That is no card's brand and last four digits.", press="Type them like v4242, m4444, a0005 or d1117."
        )
    return CardSlip(brand, match[2])


def reference_words(reference: str, brand: str = "", last4: str = "") -> str:
    """A tender's number as papers say it: approval code, brand and last four digits."""
    return f"{reference} {CardSlip(brand, last4).words}" if last4 else reference
