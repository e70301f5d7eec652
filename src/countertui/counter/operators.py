"""Keeping operators at the terminal: a signed record at once, elsewhere from the next snapshot."""

from __future__ import annotations

import re

from countertui.counter.station import Person, Station
from countertui.domain.records import Fact, Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, Role, require, require_second_person
from countertui.domain.text import composed, person_key, refuse_controls
from countertui.store import operators as stored

_ID = re.compile(r"[a-z][a-z0-9.-]{1,23}")


class OperatorRefused(Refused):
    """The operator can't be kept like this."""


def add_operator(station: Station, admin: Person, id_: str, name: str, roles: tuple[Role, ...], pin: str) -> None:
    """Add an operator with a first PIN. Raises OperatorRefused, NotAllowed, a UsageError for a bad PIN."""
    require(admin.name, admin.roles, Act.KEEP_OPERATORS)
    if not _ID.fullmatch(id_):
        raise OperatorRefused(
            "An operator id is 2 to 24 letters, digits, dots and dashes, small.", press="Choose another id."
        )
    if any(person_key(row.id) == person_key(id_) for row in _known(station)):
        raise OperatorRefused(f"There is already an operator {id_}.", press="Reset that one, or choose another id.")
    if not name.strip() or not roles:
        raise OperatorRefused("An operator needs a name and a role.")
    refuse_controls(name, "The name")
    _record(station, admin, id_, composed(name.strip()), " ".join(role.value for role in roles), pin)


def reset_operator(station: Station, admin: Person, id_: str, pin: str) -> None:
    """Give an operator a new PIN and let a locked one try again. Raises OperatorRefused, NotAllowed."""
    require(admin.name, admin.roles, Act.KEEP_OPERATORS)
    require_second_person(admin.id, (id_,))
    row = next((row for row in _known(station) if person_key(row.id) == person_key(id_)), None)
    if row is None:
        raise OperatorRefused(f"There is no operator {id_}.", press="`countertui operator list` shows all.")
    _record(station, admin, row.id, row.name, row.roles, pin)
    if stored.pin_state(station.db, row.id).failures:
        station.store.append(
            Fact(station.ids(), Kind.UNLOCK, admin.id, {"unlocked": row.id}), station.recorder, station.clock
        )


def _known(station: Station) -> list[stored.OperatorHere]:
    return stored.operators(station.db, station.reference, station.clock.local_text()[:10])


def _record(station: Station, admin: Person, id_: str, name: str, roles: str, pin: str) -> None:
    verifier = station.pins.verifier(pin)
    data = {"id": id_, "name": name, "roles": roles, "verifier": verifier}
    station.store.append(Fact(station.ids(), Kind.OPERATOR, admin.id, data), station.recorder, station.clock)
