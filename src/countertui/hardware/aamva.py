"""The PDF417 on a driver's license or identity card: name, address and birth date for a form, and nothing else of it.

AAMVA DL/ID Card Design Standard, annex D, versions 1 to 12. Many states restrict keeping what is scanned: whatever else
the code holds (license number, height, ...) is not even looked at, and no card's text is kept or logged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from countertui.domain.device_reads import CardHolder
from countertui.domain.refusal import Refused

LONGEST_CARD = 2_000
"""PDF417 holds 1,850 letters."""
_LONGEST_FIELD = 60
_EARLIEST_BIRTH = 1880
"""No date of a year before it: 19600812 read as month, day and year is none."""
_HEADER = re.compile(r"@\s*[\x1c\x1e]?\s*(?:ANSI|AAMVA) ?[0-9]{6}(?P<version>[0-9]{2})")
_ELEMENTS = re.compile(r"(?:DL|ID)(?P<first>D[A-Z]{2}[^\r]*)")
_NEEDED = frozenset(
    {"DAA", "DAC", "DAD", "DAG", "DAH", "DAI", "DAJ", "DAK", "DBB", "DCS", "DCT", "DCU", "DDE", "DDF", "DDG"}
)
_NOT_GIVEN = frozenset({"", "NONE", "UNAVL", "UNAVAIL"})
_CUT = ("DDE", "DDF", "DDG")
_BY_HAND = "Scan it again, the long code on the back; or type what the form asks for."


class CardNotRead(Refused):
    """What was scanned is no identity card, or names nobody; it is not repeated."""


def is_card(text: str) -> bool:
    """Whether a scan is of an identity card."""
    return _HEADER.match(text) is not None


def read_card(text: str) -> CardHolder:
    """The holder's name, address and birth date out of a card's code. Raises CardNotRead."""
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
        born=_birth_date(fields.get("DBB", "")),
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


def _birth_date(written: str) -> str:
    """A date as ISO: MMDDCCYY as the United States write it, CCYYMMDD as Canada and version 1 do; empty for none."""
    if not re.fullmatch(r"[0-9]{8}", written):
        return ""
    for year, month, day in ((written[4:], written[:2], written[2:4]), (written[:4], written[4:6], written[6:])):
        try:
            born = date(int(year), int(month), int(day))
        except ValueError:
            continue
        if born.year >= _EARLIEST_BIRTH:
            return born.isoformat()
    return ""
