"""Where a city lets which business be: zones by street and house number, and what a place is to a class. Pure.

A place that the city's rows do not have is in no zone that anybody stated: it is left to a review, never refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from countertui.domain.license_acts import OPEN

ZONING = "zoning"
"""The review that says where a business may be."""
NOT_STATED = "zone not stated: zoning review needed"
_PLACE = re.compile(
    r"\s*(?P<house>[0-9]{1,6})(?:-?[A-Za-z](?= ))?(?: [0-9]/[0-9])?\s+(?P<street>[^,#]+)(?:#[^,]*)?(?:,(?P<town>.*))?"
)
_UNITS = frozenset(
    {"APT", "BLDG", "DEPT", "FL", "FLOOR", "HNGR", "LOT", "PH", "RM", "SPC", "STE", "SUITE", "TRLR", "UNIT"}
)
_WRITTEN = (
    "NORTH=N SOUTH=S EAST=E WEST=W NORTHEAST=NE NORTHWEST=NW SOUTHEAST=SE SOUTHWEST=SW ALLEY=ALY AVENUE=AVE"
    " BOULEVARD=BLVD CENTER=CTR CIRCLE=CIR COURT=CT DRIVE=DR HIGHWAY=HWY LANE=LN PARKWAY=PKWY PLACE=PL PLAZA=PLZ"
    " ROAD=RD SQUARE=SQ STREET=ST TERRACE=TER TRAIL=TRL"
)
_USUAL = dict(pair.split("=") for pair in _WRITTEN.split())
"""Words of streets as the post writes them (USPS Publication 28, appendices B and C1), of the most usual ones."""


class Side(StrEnum):
    """Which house numbers of a stretch of street."""

    BOTH = "both"
    EVEN = "even"
    ODD = "odd"

    def has(self, house: int) -> bool:
        """Whether a house number is on this side."""
        return self is Side.BOTH or (house % 2 == 0) == (self is Side.EVEN)


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone: its code and name, the ordinance, and whether a business may be run from a home in it."""

    code: str
    name: str
    ordinance: str
    home_business: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """House numbers of a street in a town, first and last included, that lie in a zone (by its code)."""

    town: str
    street: str
    first: int
    last: int
    zone: str
    side: Side = Side.BOTH

    def meets(self, other: Stretch) -> bool:
        """Whether a house can be in both."""
        if street_key(self.street) != street_key(other.street) or _words(self.town) != _words(other.town):
            return False
        first, last = max(self.first, other.first), min(self.last, other.last)
        return any(self.side.has(house) and other.side.has(house) for house in range(first, min(last, first + 1) + 1))


@dataclass(frozen=True, slots=True)
class Zones:
    """A city's zones and the stretches of street that lie in them; none where it states none."""

    zones: tuple[Zone, ...] = ()
    stretches: tuple[Stretch, ...] = ()

    def at(self, premises: str) -> Zone | None:
        """The zone of a place; None where the rows have none for it. A place without a town is in the city's."""
        found = _PLACE.fullmatch(premises)
        if found is None:
            return None
        house, street, town = int(found["house"]), street_key(found["street"]), _town(found["town"] or "")
        codes = [
            each.zone
            for each in self.stretches
            if each.first <= house <= each.last
            and each.side.has(house)
            and street_key(each.street) == street
            and (not town or town[: len(_words(each.town))] == _words(each.town))
        ]
        return next((zone for zone in self.zones if zone.code in codes), None)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a place is to a class: why it may not be there, or that a review has to say so; both empty: it may."""

    refused: str = ""
    notice: str = ""

    @property
    def reviews(self) -> dict[str, str]:
        """The reviews that it opens, by name."""
        return {ZONING: OPEN} if self.notice else {}


ALLOWED = Judged()


def judged(zones: Zones, code: str, allowed: tuple[str, ...], premises: str, *, may_be_home: bool) -> Judged:
    """What a place is to a class. allowed: the codes of the zones it may be in; none: the city does not say.

    may_be_home: whether it may be that the business is run from a home there.
    """
    if not allowed or not zones.stretches or not premises:
        return ALLOWED
    zone = zones.at(premises)
    if zone is None:
        return Judged(notice=NOT_STATED)
    if zone.code in allowed or (zone.home_business and may_be_home):
        return ALLOWED
    return Judged(refused=f"{code} is not allowed in {zone.code} ({zone.ordinance})")


def street_key(street: str) -> tuple[str, ...]:
    """A street by which two spellings of it are the same, without a suite or floor."""
    words = _words(street)
    unit = next((n for n, word in enumerate(words) if n > 1 and word in _UNITS), len(words))
    return tuple(_USUAL.get(word, word) for word in words[:unit])


def _town(rest: str) -> tuple[str, ...]:
    """The words of what follows the street, from the town on."""
    parts = (_words(part) for part in rest.split(",") if not part.strip().startswith("#"))
    return next((part for part in parts if part and part[0] not in _UNITS), ())


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.sub(r"[^\w/ -]", "", text.upper()).split())
