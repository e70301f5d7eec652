"""A drawer goes from one operator to another: closed by the one, counted and opened by the other, and that on record.

Cut off between any two records it is an ordinary drawer: open and still the one's, closed and free for anybody, or open
and the other's.
"""

from __future__ import annotations

import sqlite3
from datetime import date

from countertui.counter.open_drawer import open_drawer
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Session, Station
from countertui.documents.hand_over_slip import HandOverFacts, hand_over_document
from countertui.domain.documents import to_json
from countertui.domain.drawers import CashCount
from countertui.domain.hand_overs import HandOverData, HandOverRefused
from countertui.domain.records import Fact, Kind
from countertui.domain.rights import Act, require_second_person
from countertui.domain.tenders import TenderKind
from countertui.domain.text import same_person
from countertui.store import money_here, print_jobs
from countertui.store.store import Recorded, read_body


def take_over(
    station: Station, giver: Person, closed: Session, taker: Person, count: CashCount, lead: Person | None = None
) -> Session:
    """Open the drawer of a session that its operator closed for another person, and record the hand-over.

    count: what the taker found in it. Raises what `open_drawer` does (LeadNeeded for another count than the fund, with
    nothing recorded), HandOverRefused, NotAllowed.
    """
    require_now(station, giver.id, Act.TAKE_MONEY)
    require_second_person(taker.id, (giver.id, closed.operator))
    row = money_here.session(station.db, closed.id)
    if row is None or row.close_seq is None:
        raise HandOverRefused("This drawer is not closed yet.", "It is still open.", "Count and close it first.")
    close = read_body(station.db, row.close_seq)
    if not same_person(giver.id, row.operator) or not same_person(close["operator"], giver.id):
        raise HandOverRefused("Somebody else closed this drawer.", "It is closed.", "F2 opens it.")
    opened = open_drawer(station, taker, row.drawer, date.fromisoformat(row.biz_date), count, lead)
    counted = {each["tender"]: each["cents"] for each in close["data"]["counted"]}
    left = min(counted[TenderKind.CASH], row.fund_cents)
    data = HandOverData(
        drawer=row.drawer,
        from_session=row.id,
        to_session=opened.id,
        close_seq=row.close_seq,
        open_seq=opened.open_seq,
        left_cents=left,
        found_cents=count.total,
        difference_cents=count.total - left,
    )

    def with_slip(db: sqlite3.Connection, recorded: Recorded) -> None:
        facts = HandOverFacts(
            city_name=station.place.city,
            office_name=station.place.office_name,
            ledger_id=station.place.ledger,
            terminal=station.place.terminal,
            drawer=row.drawer,
            giver_name=giver.name,
            taker_name=taker.name,
            biz_date=row.biz_date,
            given_at=station.clock.local_of(recorded.body["utc"]),
            bags=tuple((each.bag, each.cents) for each in money_here.drops_of(db, row.id)),
            left_cents=left,
            found_cents=count.total,
        )
        print_jobs.queue_print(db, recorded.seq, None, "hand_over", 0, to_json(hand_over_document(facts)))

    fact = Fact(
        id=station.ids(),
        kind=Kind.HAND_OVER,
        operator=taker.id,
        approver=giver.id,
        session=opened.id,
        biz_date=opened.biz_date,
        data=data,
    )
    station.record(fact, with_slip)
    return opened
