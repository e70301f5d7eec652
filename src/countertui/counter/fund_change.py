"""Change for one's running drawer out of the safe: its operator asks, a lead gives, a slip is printed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import NamedTuple

from countertui.counter.drafts import Form
from countertui.counter.figures import figures_of
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Session, Station
from countertui.documents.fund_change_slip import (
    FundChangeFacts,
    FundRequestFacts,
    fund_change_document,
    fund_request_document,
)
from countertui.domain.documents import to_json
from countertui.domain.drawers import CashCount
from countertui.domain.fund_changes import FundChangeData, FundChangeRefused, FundRequestData, require_equal
from countertui.domain.money import format_cents
from countertui.domain.records import Fact, Kind
from countertui.domain.rights import Act, NotAllowed, require_second_person
from countertui.domain.tenders import TenderKind
from countertui.domain.text import same_person
from countertui.store import print_jobs, session_rows, working
from countertui.store.session_rows import SessionRow
from countertui.store.store import Recorded


class OpenRequest(NamedTuple):
    """Change that was asked for and not given yet: the request's record, pieces as recorded, cents."""

    seq: int
    pieces: list[list[int]]
    cents: int


def ask_change(station: Station, person: Person, session: Session, wanted: CashCount) -> int:
    """Record which pieces one's own drawer wants, and print it for who keeps the safe; gives the record's number.

    It is answered by change of just these pieces, whenever that is. Raises FundChangeRefused, NotAllowed, StoreHalted.
    """
    _require_own(station, person, session)
    if not wanted.total:
        raise FundChangeRefused("Nothing is wanted.", "Nothing was recorded.", "Count what is to come into the drawer.")
    require_open = _require_open(station, session)
    require_open()
    data = FundRequestData(
        drawer=session.drawer,
        in_pieces=[[denomination, pieces] for denomination, pieces in wanted.pieces],
        cents=wanted.total,
    )

    def with_slip(db: sqlite3.Connection, recorded: Recorded) -> None:
        facts = FundRequestFacts(
            city_name=station.place.city,
            office_name=station.place.office_name,
            ledger_id=station.place.ledger,
            terminal=station.place.terminal,
            drawer=session.drawer,
            operator_name=person.name,
            biz_date=session.biz_date,
            asked_at=station.clock.local_of(recorded.body["utc"]),
            in_pieces=wanted.pieces,
            cents=wanted.total,
        )
        print_jobs.queue_print(db, recorded.seq, None, "fund_request", 0, to_json(fund_request_document(facts)))
        working.drop_draft(db, Form.FUND_CHANGE, session.id, person.id)

    fact = Fact(
        id=station.ids(),
        kind=Kind.FUND_REQUEST,
        operator=person.id,
        session=session.id,
        biz_date=session.biz_date,
        data=data,
    )
    return station.record(fact, with_slip, require_open).seq


def change_wanted(station: Station, session: Session) -> list[OpenRequest]:
    """What a session's drawer asked for and did not get yet, oldest first."""
    return _open_requests(station.reader, session)


def change_fund(
    station: Station, person: Person, session: Session, out: CashCount, back: CashCount, lead: Person
) -> int:
    """Record that cash left one's own drawer for as much in other pieces; gives the record's number.

    lead: who gave it, having signed in. Raises FundChangeRefused (not equal, more than should be there, a closed
    drawer), NotAllowed, StoreHalted.
    """
    _require_own(station, person, session)
    require_now(station, lead.id, Act.APPROVE)
    require_second_person(lead.id, (person.id,))
    require_equal(out, back)
    require_open = _require_open(station, session)
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
    answered = next((each for each in _open_requests(station.db, session) if each.pieces == data["in_pieces"]), None)
    if answered is not None:
        data["request_seq"] = answered.seq

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


def _open_requests(db: sqlite3.Connection, session: Session) -> list[OpenRequest]:
    row = session_rows.session(db, session.id)
    return [] if row is None or row.close_seq is not None else change_asked(db, row)


def change_asked(db: sqlite3.Connection, row: SessionRow) -> list[OpenRequest]:
    """What an open session's drawer asked for and did not get yet, oldest first."""
    given = {body["data"].get("request_seq") for body in session_rows.bodies_of_kind(db, row, Kind.FUND_CHANGE)}
    asked = session_rows.bodies_of_kind(db, row, Kind.FUND_REQUEST)
    found = (OpenRequest(body["seq"], body["data"]["in_pieces"], body["data"]["cents"]) for body in asked)
    return [each for each in found if each.seq not in given]


def _require_own(station: Station, person: Person, session: Session) -> None:
    require_now(station, person.id, Act.TAKE_MONEY)
    if not same_person(person.id, session.operator):
        raise NotAllowed(f"This is the drawer of {session.operator_name}.", press="They ask for change themselves.")


def _require_open(station: Station, session: Session) -> Callable[[], None]:
    def require_open() -> None:
        row = session_rows.session(station.db, session.id)
        if row is None or row.close_seq is not None:
            raise FundChangeRefused("This drawer is closed.", "Nothing was recorded.", "F2 opens one.")

    return require_open
