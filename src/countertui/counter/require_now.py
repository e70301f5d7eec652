"""Rights are asked for at every act: a person signed on hours ago may have left or have another role by now."""

from __future__ import annotations

from countertui.counter.station import Station
from countertui.counter.today import today
from countertui.domain.rights import Act, NotAllowed, Role, require
from countertui.store import operators


def require_now(station: Station, operator_id: str, act: Act) -> None:
    """Raise NotAllowed unless the operator works here today and one of their present roles allows the act."""
    row = operators.operator(station.db, station.reference, operator_id, today(station, station.db))
    if row is None:
        raise NotAllowed("You may not work here any more.", press="Ask an admin.")
    require(row.name, map(Role, row.roles.split()), act)
