"""The order in which mail is handed to the post office: by ZIP code, then by street and house (USPS Publication 28)."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ZIP = re.compile(r"(?<!\d)(?P<five>\d{5})(?:-?(?P<four>\d{4}))?\s*$")
_HOUSE = re.compile(r"\s*(?P<number>\d{1,9})\S*\s+(?P<street>.*)")
_UNKNOWN = "~"


def postal_key(lines: Sequence[str]) -> tuple[str, str, str, int, tuple[str, ...]]:
    """What an address, its ZIP code at the end of the last line, is sorted by; one without ZIP code comes last."""
    last = lines[-1] if lines else ""
    zip_code = _ZIP.search(last)
    street = lines[-2] if len(lines) > 1 else ""
    house = _HOUSE.fullmatch(street)
    return (
        zip_code["five"] if zip_code else _UNKNOWN,
        (zip_code["four"] or "") if zip_code else "",
        (house["street"] if house else street).upper(),
        int(house["number"]) if house else 0,
        tuple(lines),
    )
