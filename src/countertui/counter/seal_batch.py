"""Sealing: the journal from the last seal to this one, totalled, signed and kept in its envelope."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import partial

from countertui.counter.figures import unsealed_of
from countertui.counter.require_now import require_now
from countertui.counter.rotate_key import turn_key
from countertui.counter.station import Person, Station
from countertui.domain.money import format_cents
from countertui.domain.record_data import SealData
from countertui.domain.records import Fact, Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, may
from countertui.domain.text import same_person
from countertui.domain.words import number_of
from countertui.store import session_rows, working
from countertui.store.batches import last_batch, records_between, without_envelope
from countertui.store.store import Recorded, read_body


class SealRefused(Refused):
    """There is nothing to seal."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed batch: its sequence numbers, receipts in it, and money taken less money given back in cents.

    net_cents is None where telling it would tell a drawer's operator what is expected in it before the blind count.
    """

    batch_no: int
    first_seq: int
    last_seq: int
    receipts: int
    net_cents: int | None

    @property
    def said(self) -> str:
        """The receipts, and the money where it may be told, in words."""
        net = "" if self.net_cents is None else f", net {format_cents(self.net_cents)}"
        return f"{number_of(self.receipts, 'receipt')}{net}"


def seal_batch(station: Station, person: Person) -> Sealed:
    """Seal all recorded since the last seal; open drawers go on in the next batch. Raises SealRefused, NotAllowed."""
    require_now(station, person.id, Act.SEAL)
    remake_envelopes(station)
    last = last_batch(station.db)
    tip_seq, _ = station.store.tip()
    first_seq = last.last_seq + 1
    if tip_seq < first_seq:
        raise SealRefused("Nothing was recorded since the last seal.", press="Send what is sealed with F10.")
    rows = records_between(station.db, first_seq, tip_seq)
    totals = unsealed_of(station).totals.said(seals=1)
    data = SealData(
        batch_no=last.batch_no + 1,
        first_seq=first_seq,
        last_seq=tip_seq + 1,
        prev_head=last.head.hex() if last.head else station.recorder.genesis.hex(),
        prev_batch_hash=last.batch_hash,
        totals=totals,
    )

    def with_envelope(db: sqlite3.Connection, recorded: Recorded) -> None:
        seal_row = records_between(db, recorded.seq, recorded.seq)
        envelope, batch_hash = station.exchange.seal(data, rows + seal_row)
        working.keep_envelope(db, data["batch_no"], envelope, batch_hash)

    recorded = station.record(
        Fact(id=station.ids(), kind=Kind.SEAL, operator=person.id, data=data),
        with_envelope,
    )
    turn_key(station)
    net = totals["net"] if _may_be_told(station, person) else None
    return Sealed(data["batch_no"], first_seq, recorded.seq, totals["receipts"], net)


def _may_be_told(station: Station, person: Person) -> bool:
    """Whether sums may be told: not to who counts a drawer blind, nor to who may not see what is expected in it."""
    counting = session_rows.open_sessions(station.db) if station.rules.blind_count else []
    sees = may(person.roles, Act.SEE_EXPECTED)
    return all(sees and not same_person(person.id, row.operator) for row in counting)


def remake_envelopes(station: Station) -> None:
    """Make envelopes that were lost again: the same records under the same key give the same bytes (RFC 8032)."""
    for batch_no, first_seq, last_seq in without_envelope(station.db):
        sealed = read_body(station.db, last_seq)["data"]
        envelope, batch_hash = station.exchange.seal(sealed, records_between(station.db, first_seq, last_seq))
        keep = partial(working.keep_envelope, batch_no=batch_no, envelope=envelope, batch_hash=batch_hash)
        station.store.write_working(keep)
