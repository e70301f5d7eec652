"""Changing the terminal's key: the old key names the new one, which signs from the record after the next seal."""

from __future__ import annotations

from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Station
from countertui.domain.records import Fact, Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act
from countertui.store.own_keys import key_in_force, own_keys


class RotationRefused(Refused):
    """The key can't be changed now."""


def rotate_key(station: Station, person: Person) -> int:
    """Record that the key kept to follow signs from after the next seal on; the record's number.

    Raises NotAllowed for who keeps no keys, RotationRefused if a change waits for a seal already, or no key is kept.
    """
    require_now(station, person.id, Act.KEEP_KEYS)
    if waiting(station):
        raise RotationRefused(
            "A change of the key is recorded already; the next seal completes it.", press="Seal the batch."
        )
    data = station.recorder.next_key()
    if data is None:
        raise RotationRefused("There is no new key to change to.", press="Run countertui key rotate.")
    return station.record(Fact(station.ids(), Kind.KEY_ROTATE, person.id, data)).seq


def waiting(station: Station) -> bool:
    """Whether a change of the key waits for the next seal."""
    return own_keys(station.db)[-1].from_seq is None


def turn_key(station: Station) -> None:
    """After a seal: sign with the key whose turn it is now."""
    key = key_in_force(own_keys(station.db))
    if key.public_key != station.recorder.public_key and key.from_seq is not None:
        station.recorder.turn_key(key.from_seq)
