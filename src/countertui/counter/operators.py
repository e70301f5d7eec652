"""Keeping operators at the terminal: a signed record at once, elsewhere from the next snapshot.

Nobody here ever knows another's PIN: who is added or reset gets a one-time code, by which they choose their own.
"""

from __future__ import annotations

from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Station
from countertui.counter.today import code_ends, today
from countertui.counter.typed import checked_text
from countertui.domain.operators import (
    FEWEST_ADMINS,
    OPERATOR_ID,
    REMOVED,
    Change,
    OperatorData,
    code_verifier,
    fingerprint,
    last_day,
)
from countertui.domain.records import Fact, Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, Role, require_second_person
from countertui.domain.text import person_key
from countertui.store import operators as stored

LONGEST_NAME = 60


class OperatorRefused(Refused):
    """The operator can't be kept like this."""


def add_operator(station: Station, admin: Person, second: Person, id_: str, name: str, roles: tuple[Role, ...]) -> str:
    """Add an operator; gives the one-time code, which is kept nowhere.

    `second`, a lead or another admin, hands it over, and the admin never sees it: who knew it could choose that PIN
    and be two people from then on. Raises OperatorRefused, NotAllowed, and the guards' refusals of a name.
    """
    require_now(station, admin.id, Act.KEEP_OPERATORS)
    require_now(station, second.id, Act.APPROVE_RESET)
    require_second_person(second.id, (admin.id,))
    if not OPERATOR_ID.fullmatch(id_):
        raise OperatorRefused(
            "An operator id is 2 to 24 letters, digits, dots and dashes, small.", press="Choose another id."
        )
    if any(person_key(row.id) == person_key(id_) for row in stored.everybody(station.db, station.reference)):
        raise OperatorRefused(f"There is already an operator {id_}.", press="Reset that one, or choose another id.")
    name = checked_text(name, "The name", LONGEST_NAME)
    if not name or not roles:
        raise OperatorRefused("An operator needs a name and a role.")
    code, verifier = _new_code(station)
    row = stored.OperatorHere(id_, name, " ".join(role.value for role in roles), verifier, "", None)
    _record(station, admin, Change.ADDED, row, replaces=None, second=second)
    return code


def reset_operator(station: Station, admin: Person, second: Person, id_: str) -> str:
    """Take an operator's PIN away and let a locked one try again; gives a one-time code for `second`.

    `second` is a lead or another admin; neither of the two may be the operator. Raises OperatorRefused, NotAllowed.
    """
    require_now(station, admin.id, Act.KEEP_OPERATORS)
    require_now(station, second.id, Act.APPROVE_RESET)
    require_second_person(admin.id, (id_,))
    require_second_person(second.id, (admin.id, id_))
    row = _known(station, id_)
    code, verifier = _new_code(station)
    changed = stored.OperatorHere(row.id, row.name, row.roles, verifier, row.active_from, row.active_to)
    _record(station, admin, Change.RESET, changed, replaces=row.verifier, second=second)
    if stored.pin_state(station.db, row.id).failures:
        station.record(Fact(station.ids(), Kind.UNLOCK, admin.id, {"unlocked": row.id}, approver=second.id))
    return code


def set_last_day(station: Station, admin: Person, id_: str, typed: str) -> str | None:
    """Set the last day an operator works here (ISO date, or `never`); gives it. Raises as `reset_operator`."""
    row = _to_keep(station, admin, id_)
    day = last_day(typed, today(station, station.db))
    if day is not None:
        _require_admins_stay(station, row)
    changed = stored.OperatorHere(row.id, row.name, row.roles, row.verifier, row.active_from, day)
    _record(station, admin, Change.LEAVE, changed, replaces=row.active_to)
    return day


def remove_operator(station: Station, admin: Person, id_: str) -> None:
    """Let an operator do nothing any more, from now on. Raises as `reset_operator`."""
    row = _to_keep(station, admin, id_)
    _require_admins_stay(station, row)
    day = today(station, station.db)
    changed = stored.OperatorHere(row.id, row.name, row.roles, REMOVED, row.active_from, day)
    _record(station, admin, Change.REMOVED, changed, replaces=row.verifier)


def _to_keep(station: Station, admin: Person, id_: str) -> stored.OperatorHere:
    require_now(station, admin.id, Act.KEEP_OPERATORS)
    require_second_person(admin.id, (id_,))
    return _known(station, id_)


def _require_admins_stay(station: Station, goes: stored.OperatorHere) -> None:
    stay = [
        row.id
        for row in stored.everybody(station.db, station.reference)
        if Role.ADMIN in row.roles.split() and row.active_to is None and row.verifier != REMOVED
    ]
    if goes.id in stay and len(stay) <= FEWEST_ADMINS:
        raise OperatorRefused(
            f"{goes.name} can't go: two admins without a last day must stay.", press="Add another admin first."
        )


def _known(station: Station, id_: str) -> stored.OperatorHere:
    found = stored.everybody(station.db, station.reference)
    row = next((row for row in found if person_key(row.id) == person_key(id_)), None)
    if row is None:
        raise OperatorRefused("There is no operator of that id.", press="`countertui operator list` shows all.")
    return row


def _new_code(station: Station) -> tuple[str, str]:
    code, phc = station.pins.code()
    return code, code_verifier(phc, code_ends(station))


def _record(
    station: Station,
    admin: Person,
    change: Change,
    row: stored.OperatorHere,
    *,
    replaces: str | None,
    second: Person | None = None,
) -> None:
    data = OperatorData(
        what=change.value,
        id=row.id,
        name=row.name,
        roles=row.roles,
        verifier=row.verifier,
        active_to=row.active_to,
        replaces=None if change is Change.ADDED else fingerprint(replaces),
    )
    station.record(Fact(station.ids(), Kind.OPERATOR, admin.id, data, approver=second.id if second else None))
