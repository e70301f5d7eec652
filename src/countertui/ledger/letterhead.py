"""The city as its letters name it: its name, and the office to write to."""

from __future__ import annotations

from sqlalchemy import Connection, select

from countertui.documents.license_papers import Letterhead
from countertui.domain.reference import CityKey
from countertui.ledger import tables


def letterhead(connection: Connection, ledger: str) -> Letterhead:
    """The city's name and its first office, by code, with an address."""
    city, office = tables.reference["city"].c, tables.reference["office"].c
    name = connection.execute(select(city.value).where(city.key == CityKey.NAME)).scalar() or ""
    found = connection.execute(
        select(office.name, office.address).where(office.address != "").order_by(office.code).limit(1)
    ).first()
    lines = () if found is None else tuple(line.strip() for line in (found[0], *found[1].split(",", 1)) if line.strip())
    return Letterhead(city=str(name), office=lines, ledger_id=ledger)
