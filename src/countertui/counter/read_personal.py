"""Reading a personal value: this terminal's own, or one that the ledger sealed to it. Every look is recorded."""

from __future__ import annotations

from collections.abc import Sequence

from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Station
from countertui.domain.personal import Place
from countertui.domain.records import Fact, Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act
from countertui.store import personal


class NotReadable(Refused):
    """The value is not here: erased, never given, or not this office's to read."""


def read_personal(station: Station, person: Person, place: Place) -> str:
    """A personal value, once it is recorded who looked at it.

    Raises NotReadable, NotAllowed, an AnswerNo for a value that was altered.
    """
    require_now(station, person.id, Act.READ_PERSONAL)
    value = _found(station, place)
    if value is None:
        raise NotReadable(
            "That value is not here: it was erased, never given, or this office may not read it.",
            press="Ask the finance office.",
        )
    of = {"terminal": place.terminal, "epoch": place.epoch, "seq": place.seq, "field": place.field}
    station.record(Fact(id=station.ids(), kind=Kind.REVEAL, operator=person.id, data={"of": of}))
    return value


def read_all(station: Station, person: Person, places: Sequence[Place]) -> dict[Place, str | None]:
    """Personal values, once one record says who looked at which; None for what is not here or not this office's.

    Raises NotAllowed, an AnswerNo for a value that was altered.
    """
    require_now(station, person.id, Act.READ_PERSONAL)
    if not places:
        return {}
    looked = [dict(zip(Place._fields, place, strict=True)) for place in places]
    station.record(Fact(id=station.ids(), kind=Kind.REVEAL, operator=person.id, data={"of": looked}))
    return {place: _found(station, place) for place in places}


def _found(station: Station, place: Place) -> str | None:
    here, epoch = station.place.terminal, station.place.epoch
    erased = station.reference.erased(place.terminal, place.epoch)
    if (place.seq, place.field) in erased:
        return None
    if (place.terminal, place.epoch) == (here, epoch):
        own = personal.locked_at(station.db, place.seq, place.field)
        if own is not None:
            return station.vault.unlock(place, own).value
    sealed = station.reference.personal_sealed(place, here, epoch)
    return None if sealed is None else station.vault.unseal(place, sealed).value
