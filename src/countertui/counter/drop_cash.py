"""Cash out of a running drawer into the safe: recorded with its bag, a slip printed to go into it."""

from __future__ import annotations

import sqlite3

from countertui.counter.drafts import Form
from countertui.counter.figures import figures_of
from countertui.counter.require_now import require_now
from countertui.counter.reserve_first import reserve_first
from countertui.counter.station import Person, Session, Station
from countertui.documents.drop_slip import DropFacts, drop_document
from countertui.domain.documents import to_json
from countertui.domain.drawers import CashCount
from countertui.domain.drops import DropData, DropNeedsLead, DropRefused, DropTooMuch, bag_number, require_droppable
from countertui.domain.money import ZERO
from countertui.domain.records import Fact, Kind
from countertui.domain.reservations import Thing
from countertui.domain.rights import Act, NotAllowed, require_second_person
from countertui.domain.tenders import TenderKind
from countertui.domain.text import same_person
from countertui.store import print_jobs, session_rows, working
from countertui.store.session_rows import DroppedRow
from countertui.store.store import Recorded


def drop_cash(
    station: Station, person: Person, session: Session, bag: str, count: CashCount, witness: Person | None = None
) -> int:
    """Record a drop from one's own drawer; gives the record's number. witness: who saw it, having signed in.

    Raises DropRefused (no bag, a bag used before, no cash, more than should be there, a closed drawer), DropNeedsLead
    where drawers are counted blind and a bag was too much, TakenElsewhere where the ledger knows the bag from another
    terminal, NotAllowed, StoreHalted.
    """
    require_now(station, person.id, Act.TAKE_MONEY)
    if not same_person(person.id, session.operator):
        raise NotAllowed(f"This is the drawer of {session.operator_name}.", press="They drop from it themselves.")
    if witness is not None:
        require_second_person(witness.id, (person.id,))
    number = bag_number(bag)

    def require_sound() -> None:
        row = session_rows.session(station.db, session.id)
        if row is None or row.close_seq is not None:
            raise DropRefused("This drawer is closed.", "Nothing was recorded.", "F2 opens one.")
        if session_rows.bag_used(station.db, number):
            raise DropRefused(f"Bag {number} was used before.", "Nothing was recorded.", "Take another bag.")

    require_sound()
    _require_droppable(station, session, count, witness)
    id_ = station.ids()
    reserve_first(station, [(Thing.BAG, number)], by=id_, operator=person.id, biz_date=session.biz_date)
    data = DropData(
        drawer=session.drawer,
        bag=number,
        pieces=[[denomination, pieces] for denomination, pieces in count.pieces],
        cents=count.total,
    )

    def with_slip(db: sqlite3.Connection, recorded: Recorded) -> None:
        slip = drop_document(_facts(station, session, person, witness, data, recorded))
        print_jobs.queue_print(db, recorded.seq, None, "drop", 0, to_json(slip))
        working.drop_draft(db, Form.DROP, session.id, person.id)

    fact = Fact(
        id=id_,
        kind=Kind.DROP,
        operator=person.id,
        approver=witness.id if witness is not None else None,
        session=session.id,
        biz_date=session.biz_date,
        data=data,
    )
    recorded = station.record(fact, with_slip, require_sound)
    station.too_much_dropped.discard(session.id)
    return recorded.seq


def _require_droppable(station: Station, session: Session, count: CashCount, lead: Person | None) -> None:
    """Raise DropRefused for what can't be in the drawer; a second try, of whatever worth, takes a lead."""
    if session.id in station.too_much_dropped:
        if lead is None:
            raise DropNeedsLead(
                "A bag of this drawer was too much before.",
                "Nothing was recorded.",
                "A lead counts this one with you: id and PIN; Esc goes back.",
            )
        require_now(station, lead.id, Act.APPROVE)
    expected = figures_of(station, session).expected().get(TenderKind.CASH)
    try:
        require_droppable(count, expected.cents if expected is not None else ZERO)
    except DropTooMuch:
        if station.rules.blind_count:
            station.too_much_dropped.add(session.id)
        raise


def drops(station: Station, session: Session) -> list[DroppedRow]:
    """What was dropped from a session's drawer, oldest first."""
    return session_rows.drops_of(station.reader, session.id)


def _facts(
    station: Station, session: Session, person: Person, witness: Person | None, data: DropData, recorded: Recorded
) -> DropFacts:
    place = station.place
    return DropFacts(
        city_name=place.city,
        office_name=place.office_name,
        ledger_id=place.ledger,
        terminal=place.terminal,
        drawer=session.drawer,
        operator_name=person.name,
        witness_name=witness.name if witness is not None else "",
        biz_date=session.biz_date,
        printed_at=station.clock.local_of(recorded.body["utc"]),
        bag=data["bag"],
        pieces=tuple((denomination, number) for denomination, number in data["pieces"]),
        cents=data["cents"],
    )
