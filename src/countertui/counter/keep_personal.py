"""Personal values on their way into the store: salted for the record's commitments, and kept in its transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from countertui.domain.personal import ACCOUNT, ROUTING, Place, Salted, of_tender
from countertui.domain.records import Fact
from countertui.store import personal

if TYPE_CHECKING:
    from countertui.counter.station import Station
    from countertui.domain.tenders import Tender
    from countertui.ports.signing import Vault
    from countertui.store.store import Recorded, Within


def personal_of(vault: Vault, tenders: Sequence[Tender]) -> dict[str, Salted]:
    """What a receipt's tenders hold of personal data, by field, each with a new salt."""
    found = {}
    for n, tender in enumerate(tenders, start=1):
        if tender.micr is not None:
            found[of_tender(n, ROUTING)] = vault.salted(tender.micr.routing)
            found[of_tender(n, ACCOUNT)] = vault.salted(tender.micr.account)
    return found


def with_personal(station: Station, fact: Fact, within: Within | None) -> Within | None:
    """`within`, after the fact's personal values are kept, encrypted, beside its record."""
    if not fact.personal:
        return within

    vault = station.vault
    city_key = station.reference.sealing_key()

    def keep(db: sqlite3.Connection, recorded: Recorded) -> None:
        for field, salted in fact.personal.items():
            place = Place(station.place.terminal, station.place.epoch, recorded.seq, field)
            sealed = None if city_key is None else vault.seal_for(city_key, place, salted)
            blind = vault.blind(field.rpartition(".")[2], salted.value)
            personal.keep(db, recorded.seq, field, vault.lock(place, salted), sealed, blind)
        if within is not None:
            within(db, recorded)

    return keep
