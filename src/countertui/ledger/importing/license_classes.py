"""Classes that licenses from elsewhere have and the city's licenses.toml has not: nothing is charged for those."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, func, select

from countertui.domain.words import number_of
from countertui.ledger import tables
from countertui.ledger.license_list import license_rows_text


def unknown_classes(connection: Connection, day: str) -> list[str]:
    """What a person should know of them, a line for each class; nothing where the city has no rows of licenses."""
    from countertui.config.licenses import licenses_on  # with it comes pydantic

    text = license_rows_text(connection)
    if not text:
        return []
    known = {each.code for each in licenses_on(text, date.fromisoformat(day)).classes}
    c = tables.reference["license"].c
    rows = connection.execute(select(c["class"], func.count()).group_by(c["class"]).order_by(c["class"]))
    return [_told(str(code), int(count)) for code, count in rows if code not in known]


def _told(code: str, count: int) -> str:
    said = f"class {code}, which is none of the city's" if code else "no class that is stated"
    return f"{number_of(count, 'license')} here {'has' if count == 1 else 'have'} {said}: map it, or add its row."
