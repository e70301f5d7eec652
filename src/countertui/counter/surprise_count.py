"""Counting somebody's running drawer by surprise: blind, on record, a slip to sign; the drawer goes on as it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from countertui.counter.drafts import Form
from countertui.counter.figures import figures_of
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Session, Station
from countertui.counter.typed import LONGEST_REASON, checked_text
from countertui.documents.surprise_slip import SurpriseFacts, TenderFacts, surprise_document
from countertui.domain.count_data import counted_data, difference_data, expected_data
from countertui.domain.documents import to_json
from countertui.domain.drawers import CashCount, OverShort, TenderCount, over_short
from countertui.domain.records import Fact, Kind
from countertui.domain.rights import Act, NotAllowed, require_second_person
from countertui.domain.surprise_counts import SurpriseCountData, SurpriseRefused
from countertui.domain.tenders import TenderKind
from countertui.domain.text import same_person
from countertui.store import print_jobs, session_rows, working
from countertui.store.store import Recorded


def surprise_count(
    station: Station,
    person: Person,
    session: Session,
    cash: CashCount,
    counts: Mapping[TenderKind, TenderCount],
    reason: str,
    cashier: Person | None = None,
) -> tuple[OverShort, ...]:
    """Record what was found in another's running drawer, and only then tell what it is over or short.

    cashier: the drawer's operator, having signed in, where they saw it. Raises SurpriseRefused, NotAllowed,
    StoreHalted.
    """
    require_now(station, person.id, Act.COUNT_OTHERS)
    require_second_person(person.id, (session.operator,))
    if cashier is not None and not same_person(cashier.id, session.operator):
        raise NotAllowed(f"This is the drawer of {session.operator_name}.", press="They sign it, or nobody does.")
    typed = checked_text(reason, "The reason", LONGEST_REASON)

    def require_open() -> None:
        row = session_rows.session(station.db, session.id)
        if row is None or row.close_seq is not None:
            raise SurpriseRefused("This drawer is closed.", "Nothing was recorded.", "Its Z report says what it held.")

    require_open()
    expected = figures_of(station, session).expected()
    counted = {**counts, TenderKind.CASH: TenderCount(TenderKind.CASH, 0, cash.total)}
    found = over_short(expected, counted)
    data = SurpriseCountData(
        drawer=session.drawer,
        pieces=[[denomination, pieces] for denomination, pieces in cash.pieces],
        counted=counted_data(counted),
        expected=expected_data(expected),
        over_short=difference_data(found),
        reason=typed,
    )

    def with_slip(db: sqlite3.Connection, recorded: Recorded) -> None:
        slip = surprise_document(_facts(station, session, person, cashier, data, recorded))
        print_jobs.queue_print(db, recorded.seq, None, "surprise_count", 0, to_json(slip))
        working.drop_draft(db, Form.SURPRISE, session.id, person.id)

    fact = Fact(
        id=station.ids(),
        kind=Kind.SURPRISE_COUNT,
        operator=person.id,
        approver=cashier.id if cashier is not None else None,
        session=session.id,
        biz_date=session.biz_date,
        data=data,
    )
    station.record(fact, with_slip, require_open)
    return found


def _facts(
    station: Station,
    session: Session,
    person: Person,
    cashier: Person | None,
    data: SurpriseCountData,
    recorded: Recorded,
) -> SurpriseFacts:
    place = station.place
    rows = zip(data["counted"], data["expected"], data["over_short"], strict=True)
    return SurpriseFacts(
        city_name=place.city,
        office_name=place.office_name,
        ledger_id=place.ledger,
        terminal=place.terminal,
        drawer=session.drawer,
        session=session.id[-12:],
        operator_name=session.operator_name,
        signed_by_operator=cashier is not None,
        counted_by=person.name,
        biz_date=session.biz_date,
        counted_at=station.clock.local_of(recorded.body["utc"]),
        reason=data["reason"],
        pieces=tuple((denomination, number) for denomination, number in data["pieces"]),
        tenders=tuple(
            TenderFacts(TenderKind(counted["tender"]).label, expected["cents"], counted["cents"], over["cents"])
            for counted, expected, over in rows
        ),
    )
