"""Signing on with a PIN, the lockout that survives a restart, and a second person's credential."""

from __future__ import annotations

from countertui.counter.choices import own_choice
from countertui.counter.open_drawer import session_of
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Session, Station
from countertui.counter.today import today, utc_now
from countertui.domain.appearance import Choice
from countertui.domain.operators import plain_code, proof_of
from countertui.domain.records import Fact, Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, Role, require, require_second_person
from countertui.domain.text import person_key
from countertui.domain.words import number_of
from countertui.store import operators as stored


class WrongPin(Refused):
    """The id or the PIN is wrong; says how many tries are left."""


class UnknownId(WrongPin):
    """Nobody here goes by that id."""


class OperatorLocked(Refused):
    """Too many wrong PINs; stays so over restarts until a lead or admin unlocks it."""


class OwnPinNeeded(Refused):
    """A right one-time code, where only a PIN will do: its owner chooses one first."""


class CodeExpired(Refused):
    """A right one-time code, too late."""


def people(station: Station) -> list[Person]:
    """Everybody who may sign on here today, by name."""
    found = stored.operators(station.reader, station.reference, today(station, station.reader))
    return [_person(row) for row in sorted(found, key=lambda row: (row.name, row.id))]


def locked_people(station: Station) -> list[Person]:
    """Of them those who are locked after too many wrong PINs."""
    return [person for person in people(station) if stored.pin_state(station.reader, person.id).locked]


def demo_pins(station: Station) -> tuple[tuple[str, str], ...]:
    """Operator ids and PINs to show at sign-on; empty for every city but a demo."""
    return station.pins_shown if station.place.mark else ()


def sign_on(station: Station, operator_id: str, pin: str) -> Person:
    """Check a PIN and record the login. Raises WrongPin, OperatorLocked."""
    person = check_pin(station, operator_id, pin)
    _record(station, Kind.LOGIN, person.id, {})
    return person


def goes_on_with(station: Station, person: Person) -> tuple[Session | None, Choice]:
    """What somebody who signed on goes on with: their open session here, and what they chose; one look for both."""
    return session_of(station, person), own_choice(station, person)


def sign_off(station: Station, person: Person) -> None:
    """Record that a person left."""
    _record(station, Kind.LOGOUT, person.id, {})


def second_person(station: Station, operator_id: str, pin: str, act: Act, took_part: tuple[str, ...] = ()) -> Person:
    """A second person's credential for an act.

    Raises WrongPin, OperatorLocked, and NotAllowed for a wrong role and for anyone who took part.
    """
    require_second_person(operator_id, took_part)
    person = check_pin(station, operator_id, pin)
    require_second_person(person.id, took_part)
    require(person.name, person.roles, act)
    return person


def unlock_operator(station: Station, approver: Person, operator_id: str) -> None:
    """Let a locked operator try again. Raises NotAllowed."""
    require_now(station, approver.id, Act.APPROVE)
    require_second_person(approver.id, (operator_id,))
    row = _find(station, operator_id)
    _record(station, Kind.UNLOCK, approver.id, {"unlocked": row.id})


def check_pin(station: Station, operator_id: str, pin: str) -> Person:
    """Check a PIN without a login. Raises WrongPin, OperatorLocked, OwnPinNeeded for a right one-time code."""
    row, person = prove(station, operator_id, pin)
    if proof_of(row.verifier).is_code:
        raise OwnPinNeeded(
            "A one-time code is good for one thing: choosing a PIN of your own.", press="Sign on with it first."
        )
    return person


def prove(station: Station, operator_id: str, typed: str) -> tuple[stored.OperatorHere, Person]:
    """Check a PIN or a one-time code: who it proves, as stored and as a person.

    Wrong ones are signed records, so that killing the program forgets none. Raises WrongPin, OperatorLocked,
    CodeExpired.
    """
    row = _find(station, operator_id)
    state = stored.pin_state(station.db, row.id)
    if state.locked:
        raise _locked(row.name)
    proof = proof_of(row.verifier)
    if station.pins.matches(proof.phc, plain_code(typed) if proof.is_code else typed):
        if proof.code_until is not None and utc_now(station) > proof.code_until:
            raise CodeExpired("That one-time code has expired.", press="Ask for another: it takes two people.")
        if state.failures and not proof.is_code:
            _record(station, Kind.LOGIN, row.id, {"after_failures": state.failures})
        return row, _person(row)
    failures = state.failures + 1
    left = station.rules.pin_tries - failures
    _record(station, Kind.PIN_FAIL if left > 0 else Kind.PIN_LOCK, row.id, {"failures": failures})
    if left <= 0:
        raise _locked(row.name)
    raise WrongPin(
        "That id and PIN don't belong together.",
        press=f"Type the PIN again: {number_of(left, 'try', 'tries')} left.",
    )


def _find(station: Station, operator_id: str) -> stored.OperatorHere:
    wanted = person_key(operator_id)
    for row in stored.operators(station.db, station.reference, today(station, station.db)):
        if person_key(row.id) == wanted:
            return row
    raise UnknownId("That id and PIN don't belong together.", press="Type your operator id and PIN.")


def _locked(name: str) -> OperatorLocked:
    return OperatorLocked(f"{name} is locked after too many wrong PINs.", press="Ask a lead to unlock it.")


def _person(row: stored.OperatorHere) -> Person:
    return Person(row.id, row.name, tuple(Role(role) for role in row.roles.split()))


def _record(station: Station, kind: Kind, operator: str, data: dict[str, object]) -> None:
    station.record(Fact(station.ids(), kind, operator, data))
