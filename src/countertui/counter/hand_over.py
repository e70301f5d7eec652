"""A drawer goes from one operator to another: closed by the one, counted and opened by the other, and that on record.

Cut off between any two records it is an ordinary drawer: open and still the one's, closed and free for anybody, or open
and the other's. What then lacks is among the half-filled forms from the close on, and is gone on with there.
"""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from typing import NamedTuple

from countertui.counter.close_drawer import Closed, close_drawer
from countertui.counter.drafts import Form
from countertui.counter.open_drawer import open_drawer, session_of
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Session, Station
from countertui.documents.hand_over_slip import HandOverFacts, hand_over_document
from countertui.domain.documents import to_json
from countertui.domain.drawers import CashCount
from countertui.domain.hand_overs import HandOverData, HandOverRefused
from countertui.domain.money import Cents, format_cents
from countertui.domain.records import Fact, Kind
from countertui.domain.rights import Act, require_second_person
from countertui.domain.tenders import TenderKind
from countertui.domain.text import same_person
from countertui.store import print_jobs, session_rows, working
from countertui.store.hand_over_rows import is_handed_over, opened_next
from countertui.store.session_rows import SessionRow
from countertui.store.store import Recorded, read_body
from countertui.store.working import DraftRow


class HandingOver(NamedTuple):
    """A hand-over that was cut off: the closed session; who opened the drawer since, and with which pieces."""

    closed: Session
    taker: str
    pieces: list[list[int]]


def close_to_hand_over(
    station: Station, person: Person, session: Session, reason: str, lead: Person | None = None
) -> Closed:
    """Close one's drawer as `close_drawer` does, and note in the same transaction that somebody is to take it over."""

    def begun(db: sqlite3.Connection, _: Recorded) -> None:
        texts = json.dumps({"drawer": session.drawer})
        row = DraftRow(Form.HAND_OVER, session.id, person.id, station.clock.local_text(), texts)
        working.save_draft(db, row)

    return close_drawer(station, person, session, reason, lead, begun)


def handing_over(station: Station, giver: Person, session_id: str) -> HandingOver:
    """A hand-over to go on with, by the session that was closed for it; a look.

    Raises HandOverRefused where somebody else opened the drawer since, or it is on record.
    """
    db = station.reader
    row = session_rows.session(db, session_id)
    if row is None or row.close_seq is None:
        raise HandOverRefused("This drawer is not closed yet.", "It is still open.", "Count and close it first.")
    closed = Session(
        row.id, row.drawer, row.operator, giver.name, row.biz_date, row.fund_cents, row.opening_cents, row.open_seq
    )
    opened = opened_next(db, row)
    if opened is None:
        return HandingOver(closed, "", [])
    _require_half(db, row, opened, opened.operator)
    return HandingOver(closed, opened.operator, read_body(db, opened.open_seq)["data"]["pieces"])


def _require_half(db: sqlite3.Connection, closed: SessionRow, opened: SessionRow, taker: str) -> None:
    """Raise HandOverRefused unless that session began a hand-over to this person of which only the record lacks."""
    done = opened.close_seq is not None or opened.biz_date != closed.biz_date or is_handed_over(db, opened)
    if done or not same_person(opened.operator, taker) or same_person(opened.operator, closed.operator):
        raise HandOverRefused(
            f"{opened.operator} opened drawer {closed.drawer} since.", "It is theirs.", "F10, K, Del drops this."
        )


def take_over(
    station: Station, giver: Person, closed: Session, taker: Person, count: CashCount, lead: Person | None = None
) -> Session:
    """Open the drawer of a session that its operator closed for another person, and record the hand-over.

    count: what the taker found in it. Cut off after the opening, only the record is made. Raises what `open_drawer`
    does (LeadNeeded for another count than the fund, with nothing recorded), HandOverRefused, NotAllowed.
    """
    require_now(station, giver.id, Act.TAKE_MONEY)
    require_second_person(taker.id, (giver.id, closed.operator))
    row = session_rows.session(station.db, closed.id)
    if row is None or row.close_seq is None:
        raise HandOverRefused("This drawer is not closed yet.", "It is still open.", "Count and close it first.")
    close = read_body(station.db, row.close_seq)
    if not same_person(giver.id, row.operator) or not same_person(close["operator"], giver.id):
        raise HandOverRefused("Somebody else closed this drawer.", "It is closed.", "F2 opens it.")
    opened = _opened_before(station, row, taker, count) or open_drawer(
        station, taker, row.drawer, date.fromisoformat(row.biz_date), count, lead
    )
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
            bags=tuple((each.bag, each.cents) for each in session_rows.drops_of(db, row.id)),
            left_cents=left,
            found_cents=count.total,
        )
        print_jobs.queue_print(db, recorded.seq, None, "hand_over", 0, to_json(hand_over_document(facts)))
        working.drop_draft(db, Form.HAND_OVER, row.id)

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


def _opened_before(station: Station, closed: SessionRow, taker: Person, count: CashCount) -> Session | None:
    """The session that the taker opened already, where the program was cut off after it. Raises HandOverRefused."""
    opened = opened_next(station.db, closed)
    if opened is None or (opened.close_seq is None and not same_person(opened.operator, taker.id)):
        return None  # where another has it open, `open_drawer` says so
    _require_half(station.db, closed, opened, taker.id)
    if opened.opening_cents != count.total:
        raise HandOverRefused(
            f"It was opened with {format_cents(Cents(opened.opening_cents))}.", "That count stands.", "Type it so."
        )
    return session_of(station, taker)
