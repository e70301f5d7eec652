"""The PDF417 on a driver's license or identity card: name and address for a form, and nothing else of it.

AAMVA DL/ID Card Design Standard, annex D, versions 1 to 12. Many states restrict keeping what is scanned: whatever else
the code holds (license number, birth date, height, ...) is not even looked at, and no card's text is kept or logged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from countertui.domain.refusal import Refused

LONGEST_CARD = 2_000
"""PDF417 holds 1,850 letters."""
_LONGEST_FIELD = 60
_HEADER = re.compile(r"@\s*[\x1c\x1e]?\s*(?:ANSI|AAMVA) ?[0-9]{6}(?P<version>[0-9]{2})")
_ELEMENTS = re.compile(r"(?:DL|ID)(?P<first>D[A-Z]{2}[^\r]*)")
_NEEDED = frozenset({"DAA", "DAC", "DAD", "DAG", "DAH", "DAI", "DAJ", "DAK", "DCS", "DCT", "DCU", "DDE", "DDF", "DDG"})
_NOT_GIVEN = frozenset({"", "NONE", "UNAVL", "UNAVAIL"})
_CUT = ("DDE", "DDF", "DDG")
_BY_HAND = "Scan it again, the long code on the back; or type what the form asks for."


class CardNotRead(Refused):
    """What was scanned is no identity card, or names nobody; it is not repeated."""


@dataclass(frozen=True, slots=True)
class CardHolder:
    """Who a card names, in its own letters. `cut`: the card says that a part of the name was cut off to fit."""

    first: str
    middle: str
    last: str
    suffix: str
    street: str
    city: str
    state: str
    postal_code: str
    cut: bool = False

    @property
    def name(self) -> str:
        """The name in the order it is spoken."""
        return " ".join(part for part in (self.first, self.middle, self.last, self.suffix) if part)

    def __repr__(self) -> str:
        """Without the person: nothing of a card may reach a log or a crash file."""
        return "CardHolder(...)"


def is_card(text: str) -> bool:
    """Whether a scan is of an identity card."""
    return _HEADER.match(text) is not None


def read_card(text: str) -> CardHolder:
    """The holder's name and address out of a card's code. Raises CardNotRead."""
    header = _HEADER.match(text) if len(text) <= LONGEST_CARD else None
    found = _ELEMENTS.search(text, header.end()) if header is not None else None
    if header is None or found is None:
        raise CardNotRead("That is no code of a driver's license or identity card.", press=_BY_HAND)
    fields = _fields(found["first"])
    first, middle, last, suffix = _names(fields)
    if not last:
        raise CardNotRead("The card's code holds no name.", press=_BY_HAND)
    return CardHolder(
        first,
        middle,
        last,
        suffix,
        street=", ".join(part for part in (fields.get("DAG", ""), fields.get("DAH", "")) if part),
        city=fields.get("DAI", ""),
        state=fields.get("DAJ", ""),
        postal_code=_postal_code(fields.get("DAK", "")),
        cut=any(fields.get(name) == "T" for name in _CUT),
    )


def _fields(elements: str) -> Mapping[str, str]:
    """What is needed of a subfile: a line each, three letters and the value. The first of a name counts."""
    found: dict[str, str] = {}
    for line in elements.split("\n"):
        name, value = line[:3], " ".join(line[3:].split())
        if name in _NEEDED and value.upper() not in _NOT_GIVEN and value.isprintable():
            found.setdefault(name, value[:_LONGEST_FIELD])
    return found


def _names(fields: Mapping[str, str]) -> tuple[str, str, str, str]:
    """First, middle, last, suffix: apart since version 4, given names together in 2 and 3, all together in 1."""
    if "DCS" in fields:
        first, middle = fields.get("DAC", ""), fields.get("DAD", "")
        if not first and "DCT" in fields:
            first, _, middle = fields["DCT"].replace(",", " ").partition(" ")
        return first, middle.strip(), fields["DCS"], fields.get("DCU", "")
    parts = [part.strip() for part in fields.get("DAA", "").split(",")]
    last, first, middle, suffix = (*parts, "", "", "", "")[:4]
    return first, middle, last, suffix


def _postal_code(written: str) -> str:
    """A ZIP code as it is written on letters: five digits, and four more where they say anything."""
    digits = written.replace("-", "").replace(" ", "")
    if not re.fullmatch(r"[0-9]{5}(?:[0-9]{4})?", digits):
        return written
    return digits[:5] if digits[5:] in {"", "0000"} else f"{digits[:5]}-{digits[5:]}"
