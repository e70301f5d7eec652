"""A city's zones as rows of licenses.toml, what they say on a day, and what they say of one another that is not so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Annotated

from pydantic import Field, model_validator

from countertui.config.problems import unknown
from countertui.config.rows import Code, Coded, Row, Switch, Text
from countertui.domain.zoning import Side, Stretch, Zone, Zones, street_key

House = Annotated[int, Field(ge=0, le=999_999, description="a house number, like 100")]


class ZoneRow(Coded):
    """[[zone]]: a zone of the city's map."""

    name: Text
    home_business: Switch = False

    @property
    def zone(self) -> Zone:
        """The zone that it is."""
        return Zone(self.code, self.name, self.ordinance, self.home_business)


class StretchRow(Row):
    """[[stretch]]: house numbers of a street, first and last included, that lie in a zone."""

    town: Text
    street: Text
    first: House
    last: House
    side: Side = Field(Side.BOTH, strict=False, description='"both", "even" or "odd"')
    zone: Code

    @model_validator(mode="after")
    def _rises(self) -> StretchRow:
        if self.last < self.first:
            raise ValueError("last is not before first")
        return self

    @property
    def key(self) -> str:
        """The town, the street as the post writes it, and the house numbers."""
        street = " ".join(street_key(self.street))
        return f"{self.town.upper()}, {street} {self.first}-{self.last} {self.side.value}"

    @property
    def stretch(self) -> Stretch:
        """The stretch that it is."""
        return Stretch(self.town, self.street, self.first, self.last, self.zone, self.side)


def zones_of(zones: Sequence[ZoneRow], stretches: Sequence[StretchRow]) -> Zones:
    """The zones of rows that are in force on one day."""
    return Zones(tuple(row.zone for row in zones), tuple(row.stretch for row in stretches))


def zoning_faults(zones: Sequence[ZoneRow], stretches: Sequence[StretchRow]) -> Iterator[str]:
    """What the rows say of one another that is not so: each names table, row, key and what is allowed."""
    codes = [row.code for row in zones]
    by_street: dict[tuple[str, ...], list[StretchRow]] = {}
    for row in stretches:
        if row.zone not in codes:
            yield f"licenses.toml, [[stretch]] {row.key}, key zone: {unknown('zone', row.zone, codes)}"
        by_street.setdefault(street_key(row.street), []).append(row)
    for same in by_street.values():
        for one, other in combinations(same, 2):
            if one.stretch.meets(other.stretch):
                told = f"{other.key} has some of its houses too. Allowed: one zone for each."
                yield f"licenses.toml, [[stretch]] {one.key}: {told}"
