"""Change for one's running drawer out of the safe: its operator asks, a lead gives, a slip is printed."""

from __future__ import annotations

import sqlite3

from countertui.counter.drafts import Form
from countertui.counter.figures import figures_of
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Session, Station
from countertui.documents.fund_change_slip import FundChangeFacts, fund_change_document
from countertui.domain.documents import to_json
from countertui.domain.drawers import CashCount
from countertui.domain.fund_changes import FundChangeData, FundChangeRefused, require_equal
from countertui.domain.money import format_cents
from countertui.domain.records import Fact, Kind
from countertui.domain.rights import Act, NotAllowed, require_second_person
from countertui.domain.tenders import TenderKind
from countertui.domain.text import same_person
from countertui.store import money_here, print_jobs, working
from countertui.store.store import Recorded


def change_fund(
    station: Station, person: Person, session: Session, out: CashCount, back: CashCount, lead: Person
) -> int:
    """Record that cash left one's own drawer for as much in other pieces; gives the record's number.

    lead: who gave it, having signed in. Raises FundChangeRefused (not equal, more than should be there, a closed
    drawer), NotAllowed, StoreHalted.
    """
    require_now(station, person.id, Act.TAKE_MONEY)
    if not same_person(person.id, session.operator):
        raise NotAllowed(f"This is the drawer of {session.operator_name}.", press="They ask for change themselves.")
    require_now(station, lead.id, Act.APPROVE)
    require_second_person(lead.id, (person.id,))
    require_equal(out, back)

    def require_open() -> None:
        row = money_here.session(station.db, session.id)
        if row is None or row.close_seq is not None:
            raise FundChangeRefused("This drawer is closed.", "Nothing was recorded.", "F2 opens one.")

    require_open()
    there = figures_of(station, session).expected().get(TenderKind.CASH)
    if there is None or out.total > there.cents:
        raise FundChangeRefused(
            f"{format_cents(out.total)} is more than this drawer can hold.", "Nothing was recorded.", "Count it again."
        )
    data = FundChangeData(
        drawer=session.drawer,
        out_pieces=[[denomination, pieces] for denomination, pieces in out.pieces],
        in_pieces=[[denomination, pieces] for denomination, pieces in back.pieces],
        cents=out.total,
    )

    def with_slip(db: sqlite3.Connection, recorded: Recorded) -> None:
        place = station.place
        facts = FundChangeFacts(
            city_name=place.city,
            office_name=place.office_name,
            ledger_id=place.ledger,
            terminal=place.terminal,
            drawer=session.drawer,
            operator_name=person.name,
            lead_name=lead.name,
            biz_date=session.biz_date,
            given_at=station.clock.local_of(recorded.body["utc"]),
            out_pieces=out.pieces,
            in_pieces=back.pieces,
            cents=out.total,
        )
        print_jobs.queue_print(db, recorded.seq, None, "fund_change", 0, to_json(fund_change_document(facts)))
        working.drop_draft(db, Form.FUND_CHANGE, session.id, person.id)

    fact = Fact(
        id=station.ids(),
        kind=Kind.FUND_CHANGE,
        operator=person.id,
        approver=lead.id,
        session=session.id,
        biz_date=session.biz_date,
        data=data,
    )
    return station.record(fact, with_slip, require_open).seq
