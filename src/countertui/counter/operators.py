"""Keeping operators at the terminal: a signed record at once, elsewhere from the next snapshot."""

from __future__ import annotations

import re

from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Station
from countertui.counter.today import today
from countertui.counter.typed import checked_text
from countertui.domain.records import Fact, Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, Role, require_second_person
from countertui.domain.text import person_key
from countertui.store import operators as stored

LONGEST_NAME = 60
_ID = re.compile(r"[a-z][a-z0-9.-]{1,23}")


class OperatorRefused(Refused):
    """The operator can't be kept like this."""


def add_operator(station: Station, admin: Person, id_: str, name: str, roles: tuple[Role, ...], pin: str) -> None:
    """Add an operator with a first PIN.

    Raises OperatorRefused, NotAllowed, the guards' refusals of a name, and a UsageError for a bad PIN.
    """
    require_now(station, admin.id, Act.KEEP_OPERATORS)
    if not _ID.fullmatch(id_):
        raise OperatorRefused(
            "An operator id is 2 to 24 letters, digits, dots and dashes, small.", press="Choose another id."
        )
    taken = {row.id for row in _known(station)} | {row.id for row in station.reference.operators()}
    if person_key(id_) in map(person_key, taken):
        raise OperatorRefused(f"There is already an operator {id_}.", press="Reset that one, or choose another id.")
    name = checked_text(name, "The name", LONGEST_NAME)
    if not name or not roles:
        raise OperatorRefused("An operator needs a name and a role.")
    _record(station, admin, id_, name, " ".join(role.value for role in roles), pin)


def reset_operator(station: Station, admin: Person, id_: str, pin: str) -> None:
    """Give an operator a new PIN and let a locked one try again. Raises OperatorRefused, NotAllowed."""
    require_now(station, admin.id, Act.KEEP_OPERATORS)
    require_second_person(admin.id, (id_,))
    row = next((row for row in _known(station) if person_key(row.id) == person_key(id_)), None)
    if row is None:
        raise OperatorRefused("There is no operator of that id.", press="`countertui operator list` shows all.")
    _record(station, admin, row.id, row.name, row.roles, pin)
    if stored.pin_state(station.db, row.id).failures:
        station.record(Fact(station.ids(), Kind.UNLOCK, admin.id, {"unlocked": row.id}))


def _known(station: Station) -> list[stored.OperatorHere]:
    return stored.operators(station.db, station.reference, today(station, station.db))


def _record(station: Station, admin: Person, id_: str, name: str, roles: str, pin: str) -> None:
    verifier = station.pins.verifier(pin)
    data = {"id": id_, "name": name, "roles": roles, "verifier": verifier}
    station.record(Fact(station.ids(), Kind.OPERATOR, admin.id, data))
