"""Bags of deposits: where each is as far as is known here, and handing them to a courier before a second person."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from countertui.counter.drafts import Form
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Station
from countertui.counter.today import business_date
from countertui.counter.typed import checked_text
from countertui.documents.courier_slip import CourierFacts, courier_document
from countertui.domain.courier import (
    LONGEST_NAME,
    LONGEST_NUMBER,
    CourierData,
    CourierRefused,
    Where,
    courier_data,
    handed_words,
    require_possible,
    said_time,
    why_not_handed,
)
from countertui.domain.dates import us_date
from countertui.domain.documents import to_json
from countertui.domain.records import Fact, Kind
from countertui.domain.rights import Act, require_second_person
from countertui.store import courier_rows, deposit_rows, print_jobs, session_rows, working
from countertui.store.store import Recorded, read_body

MOST_BAGS = 200
"""So many of the last deposits are listed."""
_NOT_KNOWN = "whether the bank has it is not known here"


@dataclass(frozen=True, slots=True)
class BagSeen:
    """A bag of a deposit made here, or of a drop; biz_date ISO, cents; told: who has it since when, or what it is.

    seq: the deposit's or the drop's record. slip_no is empty for a drop.
    """

    seq: int
    slip_no: str
    bag: str
    biz_date: str
    total_cents: int
    is_final: bool
    where: Where
    told: str


@dataclass(frozen=True, slots=True)
class CourierTyped:
    """What is typed of a courier; at: the time said, empty for now."""

    company: str
    courier: str
    badge: str
    receipt: str
    at: str = ""


def bag_log(station: Station) -> tuple[BagSeen, ...]:
    """The bags of drops that are in no deposit made here, then those of deposits, each newest first; a look."""
    db, place = station.reader, station.place
    at_bank = station.reference.at_bank(place.terminal)
    drops = courier_rows.drops_not_deposited(db, place.terminal, place.epoch, MOST_BAGS)
    deposits = deposit_rows.deposits(db, MOST_BAGS)
    return (*map(_dropped, drops), *(_seen(db, row, at_bank.get(row.slip_no)) for row in deposits))


def require_handable(station: Station, bags: Sequence[str], typed: CourierTyped) -> None:
    """Whether these bags can go with a courier as typed, before anybody signs for it; a look.

    Raises CourierRefused as `hand_to_courier`, CourierTimeRefused for a time that can't be.
    """
    _judged(station, station.reader, bags, typed)


def hand_to_courier(
    station: Station, person: Person, second: Person, bags: Sequence[str], typed: CourierTyped
) -> CourierData:
    """Record that these bags went with a courier. Both people have signed in; a slip for all three is queued.

    Raises CourierRefused for a bag that is not here or went already and for what lacks, NotAllowed, StoreHalted;
    nothing is recorded then.
    """
    require_now(station, person.id, Act.DEPOSIT)
    require_now(station, second.id, Act.AGREE)
    require_second_person(second.id, (person.id,))
    data = _judged(station, station.db, bags, typed)

    def require_here() -> None:
        _require_here(station, station.db, data)

    def with_slip(db: sqlite3.Connection, recorded: Recorded) -> None:
        slip = courier_document(_facts(station, person, second, data, recorded))
        print_jobs.queue_print(db, recorded.seq, None, "courier", 0, to_json(slip))
        working.drop_draft(db, Form.COURIER, "", person.id)

    fact = Fact(
        id=station.ids(),
        kind=Kind.COURIER,
        operator=person.id,
        approver=second.id,
        biz_date=business_date(station, station.db, None),
        data=data,
    )
    station.record(fact, with_slip, require_here)
    return data


def _judged(station: Station, db: sqlite3.Connection, bags: Sequence[str], typed: CourierTyped) -> CourierData:
    """What is signed, once nothing is against it."""
    now = station.clock.local_text()
    data = courier_data(
        company=checked_text(typed.company, "The company", LONGEST_NAME),
        courier=checked_text(typed.courier, "The courier's name", LONGEST_NAME),
        badge=checked_text(typed.badge, "The badge's number", LONGEST_NUMBER),
        receipt=checked_text(typed.receipt, "The receipt's number", LONGEST_NUMBER),
        said_at=said_time(typed.at, now),
        bags=bags,
    )
    _require_here(station, db, data)
    if not typed.at.strip():
        return data  # now, whatever the clock says: it never keeps anybody from working
    rows = [(bag, deposit_rows.deposit_of_bag(db, bag)) for bag in data["bags"]]
    sealed = {bag: station.clock.local_of(read_body(db, row.seq)["utc"]) for bag, row in rows if row is not None}
    require_possible(data["said_at"], sealed, now)
    return data


def _require_here(station: Station, db: sqlite3.Connection, data: CourierData) -> None:
    for bag in data["bags"]:
        if why := _why_not(station, db, bag):
            raise CourierRefused(why, "Nothing was recorded.", "Take that mark off, or look at the bag.")


def _dropped(row: courier_rows.DropRow) -> BagSeen:
    told = f"cash of drawer {row.drawer}: a deposit takes it with its drawer, or alone; none made here did yet"
    return BagSeen(row.seq, "", row.bag, row.biz_date, row.cents, False, Where.DROPPED, told)


def _seen(db: sqlite3.Connection, row: deposit_rows.DepositRow, dated: str | None) -> BagSeen:
    """dated: the bank's day (ISO), where the snapshot in use has it there."""
    went = courier_rows.handed_over(db, row.bag)
    who = handed_words(went["data"]) if went is not None else ""
    if dated is not None:
        where, told = Where.BANK, f"{who}; at the bank {us_date(dated)}".removeprefix("; ")
    elif who:
        where, told = Where.COURIER, f"{who}; {_NOT_KNOWN}"
    elif row.back_seq is not None:
        where, told = Where.TAKEN_BACK, ""
    else:
        where, told = Where.SAFE, ""
    final = row.final_seq is not None
    return BagSeen(row.seq, row.slip_no, row.bag, row.biz_date, row.total_cents, final, where, told)


def _why_not(station: Station, db: sqlite3.Connection, bag: str) -> str:
    row = deposit_rows.deposit_of_bag(db, bag)
    if row is not None and row.slip_no in station.reference.at_bank(station.place.terminal):
        return f"Bag {bag} is at the bank."
    went = courier_rows.handed_over(db, bag)
    before: Mapping[str, str] | None = went["data"] if went is not None else None
    return why_not_handed(
        bag,
        deposited=row is not None,
        taken_back=row is not None and row.back_seq is not None,
        dropped=session_rows.bag_used(db, bag),
        before=before,
    )


def _facts(station: Station, person: Person, second: Person, data: CourierData, recorded: Recorded) -> CourierFacts:
    place, db = station.place, station.db
    rows = [row for bag in data["bags"] if (row := deposit_rows.deposit_of_bag(db, bag)) is not None]
    return CourierFacts(
        city_name=place.city,
        office_name=place.office_name,
        ledger_id=place.ledger,
        terminal=place.terminal,
        company=data["company"],
        courier=data["courier"],
        badge=data["badge"],
        receipt=data["receipt"],
        said_at=data["said_at"],
        recorded_at=station.clock.local_of(recorded.body["utc"]),
        giver_name=person.name,
        second_name=second.name,
        bags=tuple((row.slip_no, row.bag, row.total_cents) for row in rows),
    )
