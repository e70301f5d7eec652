"""Keeping operators at the ledger itself, for a city that does so centrally: records of its desk, judged as any other.

Who signed in at the ledger does what an admin does at a terminal; what somebody may do is changed here only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from countertui.domain.operators import (
    CODE_HOURS,
    OPERATOR_ID,
    REMOVED,
    Change,
    OperatorData,
    PinRefused,
    code_verifier,
    fingerprint,
    last_day,
    refuse_weak_pin,
)
from countertui.domain.records import Fact, Kind
from countertui.domain.rights import Role
from countertui.domain.text import person_key
from countertui.errors import AnswerNo
from countertui.ledger.books import next_version
from countertui.ledger.city_day import city_day
from countertui.ledger.desk import Ground, Made, record
from countertui.ledger.sign_in import SignedIn
from countertui.ledger.staff import Person, people_of
from countertui.ledger.staff_changes import judge, write_changes
from countertui.sync.pins import PepperedPins


class OperatorRefusedError(AnswerNo):
    """The operator can't be kept like this; nothing was recorded."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How operators are kept: the books' ground, PINs under the city's pepper, a new UUIDv7 for the record."""

    ground: Ground
    pins: PepperedPins
    id: str


def add(keeping: Keeping, admin: SignedIn, second: SignedIn, id_: str, name: str, roles: Iterable[Role]) -> str:
    """Add an operator, by two; gives the one-time code, which the second person hands over and the admin never sees.

    An admin who knew it could choose that PIN, and be two people from then on. Raises OperatorRefusedError.
    """
    if not OPERATOR_ID.fullmatch(id_):
        raise OperatorRefusedError("An operator id is 2 to 24 small letters, digits, dots and dashes.")
    if any(person_key(known) == person_key(id_) for known in people_of(keeping.ground.connection)):
        raise OperatorRefusedError(f"There is already an operator {id_}.")
    code, verifier = new_code(keeping)
    person = Person(name.strip(), frozenset(roles), keeping.ground.now[:10], None, verifier)
    _change(keeping, Change.ADDED, (admin.id, second.id), id_, person, replaces=None)
    return code


def reset(keeping: Keeping, admin: SignedIn, second: SignedIn, id_: str) -> str:
    """Take an operator's PIN away; gives a code for the second person, as `add`. Raises OperatorRefusedError."""
    id_, person = _known(keeping, id_)
    code, verifier = new_code(keeping)
    changed = replace(person, verifier=verifier)
    _change(keeping, Change.RESET, (admin.id, second.id), id_, changed, replaces=person.verifier)
    return code


def choose_pin(keeping: Keeping, owner: SignedIn, pin: str, present: str) -> None:
    """Choose one's own PIN, after `sign_in.prove` by `present`, which is a PIN or a one-time code.

    Raises PinRefused, PinRuleError, OperatorRefusedError.
    """
    if pin == present:
        raise PinRefused("That is the PIN you have.", press="Choose another one.")
    refuse_weak_pin(pin, owner.id)
    id_, person = _known(keeping, owner.id)
    changed = replace(person, verifier=keeping.pins.verifier(pin))
    _change(keeping, Change.PIN, (owner.id, None), id_, changed, replaces=person.verifier)


def leave(keeping: Keeping, admin: SignedIn, id_: str, typed: str) -> str | None:
    """Set an operator's last day (ISO date, or `never`); gives it. Raises DayRefused, OperatorRefusedError."""
    id_, person = _known(keeping, id_)
    day = last_day(typed, city_day(keeping.ground.connection, keeping.ground.now))
    changed = replace(person, active_to=day)
    _change(keeping, Change.LEAVE, (admin.id, None), id_, changed, replaces=person.active_to)
    return day


def remove(keeping: Keeping, admin: SignedIn, id_: str) -> None:
    """Let an operator do nothing any more, from now on. Raises OperatorRefusedError."""
    id_, person = _known(keeping, id_)
    changed = replace(person, verifier=REMOVED, active_to=city_day(keeping.ground.connection, keeping.ground.now))
    _change(keeping, Change.REMOVED, (admin.id, None), id_, changed, replaces=person.verifier)


def change_roles(keeping: Keeping, admin: SignedIn, second: SignedIn, id_: str, roles: Iterable[Role]) -> None:
    """Change what an operator may do, by two, from today on. Raises OperatorRefusedError."""
    id_, person = _known(keeping, id_)
    changed, before = replace(person, roles=frozenset(roles)), " ".join(sorted(person.roles))
    _change(keeping, Change.ROLES, (admin.id, second.id), id_, changed, replaces=before)


def carry_out(ground: Ground, made: Made) -> None:
    """Let a record of the desk about an operator count. Raises OperatorRefusedError if it may not."""
    judged = judge(made.body, people_of(ground.connection))
    if not judged.counts:
        why = judged.problem.detail if judged.problem else "It does not count."
        raise OperatorRefusedError(why, "Nothing was recorded.")
    write_changes(ground.connection, [made.body], next_version(ground.connection))


def _change(
    keeping: Keeping,
    change: Change,
    people: tuple[str, str | None],
    id_: str,
    person: Person,
    *,
    replaces: str | None,
) -> None:
    by, second = people
    data = OperatorData(
        what=change.value,
        id=id_,
        name=person.name,
        roles=" ".join(role.value for role in Role if role in person.roles),
        verifier=person.verifier,
        active_to=person.active_to,
        replaces=None if change is Change.ADDED else fingerprint(replaces),
    )
    fact = Fact(id=keeping.id, kind=Kind.OPERATOR, operator=by, data=data, approver=second)
    ground = keeping.ground
    carry_out(ground, record(ground.connection, ground.books, ground.key, fact, ground.now))


def _known(keeping: Keeping, id_: str) -> tuple[str, Person]:
    key = person_key(id_)
    for known, person in people_of(keeping.ground.connection).items():
        if person_key(known) == key:
            return known, person
    raise OperatorRefusedError("There is no operator of that id.")


def new_code(keeping: Keeping) -> tuple[str, str]:
    """A one-time code, and the verifier that takes a PIN's place until somebody chose one by it."""
    code, phc = keeping.pins.code()
    ends = datetime.fromisoformat(keeping.ground.now) + timedelta(hours=CODE_HOURS)
    return code, code_verifier(phc, ends.strftime("%Y-%m-%dT%H:%M:%S.000Z"))
