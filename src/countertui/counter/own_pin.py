"""A PIN of one's own: chosen by a one-time code at the first sign-on, and changed whenever one likes."""

from __future__ import annotations

from countertui.counter.sign_on import prove
from countertui.counter.station import Person, Station
from countertui.domain.operators import Change, OperatorData, PinRefused, fingerprint, proof_of, refuse_weak_pin
from countertui.domain.records import Fact, Kind
from countertui.store import operators as stored


def first_pin(station: Station, operator_id: str, code: str, pin: str) -> Person:
    """Choose the first PIN by a one-time code, which is then used up, and sign on.

    Raises WrongPin, OperatorLocked, CodeExpired, PinRefused, and a UsageError for what is no PIN.
    """
    row, person = prove(station, operator_id, code)
    if not proof_of(row.verifier).is_code:
        raise PinRefused("That operator has a PIN already.", press="Sign on with it; the menu changes it.")
    _set(station, row, pin)
    station.record(Fact(station.ids(), Kind.LOGIN, person.id, {}))
    return person


def change_pin(station: Station, person: Person, old: str, new: str) -> None:
    """Change one's own PIN, which the old one proves, or a one-time code. Raises as `first_pin`."""
    row, _ = prove(station, person.id, old)
    if new == old:
        raise PinRefused("That is the PIN you have.", press="Choose another one, or Esc.")
    _set(station, row, new)


def _set(station: Station, row: stored.OperatorHere, pin: str) -> None:
    refuse_weak_pin(pin, row.id)
    data = OperatorData(
        what=Change.PIN.value,
        id=row.id,
        name=row.name,
        roles=row.roles,
        verifier=station.pins.verifier(pin),
        active_to=row.active_to,
        replaces=fingerprint(row.verifier),
    )
    station.record(Fact(station.ids(), Kind.OPERATOR, row.id, data))
