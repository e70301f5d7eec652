"""Closing a drawer: a blind count is committed first, then the difference is shown, then the session is closed."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from countertui.counter.card_charges import open_cards, open_in_words, record_left
from countertui.counter.drafts import forget_session
from countertui.counter.figures import figures_of
from countertui.counter.remittances import close_left_batch, require_no_batch, running
from countertui.counter.reports import z_document
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Session, Station
from countertui.counter.typed import LONGEST_REASON, checked_text
from countertui.domain.count_data import counted_data, difference_data, expected_data
from countertui.domain.documents import to_json
from countertui.domain.drawers import CashCount, OverShort, TenderCount, over_short
from countertui.domain.record_data import CloseData, DrawerCountData
from countertui.domain.records import Fact, Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, require_second_person
from countertui.domain.session_figures import Counted, SessionFigures
from countertui.domain.tenders import TenderKind
from countertui.domain.text import same_person
from countertui.domain.words import number_of
from countertui.store import print_jobs, receipt_rows, session_rows, working
from countertui.store.store import Recorded, Within

_MOST_NAMED = 5
_MOST_LOOKED_AT = 5_000


class CloseRefused(Refused):
    """The drawer can't be closed like this; it stays open."""


class CloseNeedsLead(CloseRefused):
    """So far off, or counted so often, that the drawer's own operator goes on only with a lead."""


class CloseNeedsSecond(CloseRefused):
    """An absent operator's drawer is closed by two people."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed session and its differences per tender."""

    session: str
    over_short: tuple[OverShort, ...]
    seq: int


def open_items(station: Station, session: Session) -> list[str]:
    """What is still open at the close, each in a sentence; none of it blocks the close."""
    reader = station.reader
    items = [
        f"Receipt {record.receipt_no}: {record.state.replace('_', ' ')}, still in the expected figures."
        for record in receipt_rows.requested(reader)
        if record.session == session.id
    ]
    carts = working.carts(reader)
    if carts:
        items.append(f"{len(carts)} cart{'s' if len(carts) > 1 else ''} not paid for.")
    batch = running(station, session)
    if batch is not None:
        items.append(f"Batch of {batch.batch.origin.value} open: {batch.off or 'it agrees'}.")
    return items + open_in_words(station, session) + _not_on_paper(reader, session)


def _not_on_paper(reader: sqlite3.Connection, session: Session) -> list[str]:
    """The session's receipts that never printed, and those of which nobody knows."""
    never: list[str] = []
    doubted: list[str] = []
    checks: list[str] = []
    for job in print_jobs.unfinished_jobs(reader, _MOST_LOOKED_AT):
        record = receipt_rows.receipt(reader, job.receipt_no) if job.receipt_no else None
        if record is None or record.session != session.id or job.kind == print_jobs.VALIDATION:
            continue
        in_doubt = job.state in ("uncertain", "sending")
        (checks if job.kind == print_jobs.ENDORSEMENT else doubted if in_doubt else never).append(record.receipt_no)
    return [
        f"{words}: {', '.join(numbers[:_MOST_NAMED])}{more} (F10, P)."
        for words, numbers in (
            ("Never printed", never),
            ("Not known to be on paper", doubted),
            ("Checks not known to be endorsed, of", checks),
        )
        if numbers
        for more in (f" and {len(numbers) - _MOST_NAMED} more" if len(numbers) > _MOST_NAMED else "",)
    ]


def commit_count(
    station: Station,
    person: Person,
    session: Session,
    cash: CashCount,
    counts: Mapping[TenderKind, TenderCount],
    lead: Person | None = None,
) -> tuple[OverShort, ...]:
    """Record a blind count, and only then tell the difference; a recount is another record, and the close tells both.

    lead: who lets an operator count their drawer more often than the city's rules do. Raises CloseNeedsLead,
    CloseRefused, NotAllowed, StoreHalted.
    """
    _require_may_close(station, person, session)
    _require_open(station, session)
    if same_person(person.id, session.operator):
        require_no_batch(station, session)
    figures = figures_of(station, session)
    expected = figures.expected()
    if len(figures.counts) >= station.rules.most_counts and lead is None and same_person(person.id, session.operator):
        raise CloseNeedsLead(
            f"This drawer was counted {number_of(len(figures.counts), 'time')}.",
            "Those counts stay on record.",
            "To count once more a lead types id and PIN.",
        )
    _require_lead(station, person, session, lead)
    counted = {**counts, TenderKind.CASH: TenderCount(TenderKind.CASH, 0, cash.total)}
    station.record(
        Fact(
            id=station.ids(),
            kind=Kind.COUNT,
            operator=person.id,
            approver=lead.id if lead is not None else None,
            session=session.id,
            biz_date=session.biz_date,
            data=DrawerCountData(
                drawer=session.drawer,
                pieces=[[denomination, pieces] for denomination, pieces in cash.pieces],
                counted=counted_data(counted),
            ),
        ),
    )
    return over_short(expected, counted)


def close_drawer(
    station: Station,
    person: Person,
    session: Session,
    reason: str,
    lead: Person | None = None,
    also: Within | None = None,
) -> Closed:
    """Close a counted session. A difference above the city's limits needs a reason, and a lead.

    All figures signed here follow from the session's own records. lead: who saw a large difference; where a lead closes
    the drawer of somebody absent, the second person who counted along (`second_act`). also: what else is kept in the
    record's transaction. Raises CloseNeedsLead, CloseNeedsSecond, CloseRefused, NotAllowed, StoreHalted.
    """
    _require_may_close(station, person, session)
    _require_open(station, session)
    if same_person(person.id, session.operator):
        require_no_batch(station, session)
    figures = figures_of(station, session)
    count = _last_count(figures)
    expected = figures.expected()
    differences = count.difference
    reason = checked_text(reason, "The reason", LONGEST_REASON)
    if not reason and any(abs(each.cents) > station.rules.over_short_reason_above for each in differences):
        raise CloseRefused("A difference this large needs a reason.", press="Type the reason, or count again.")
    own = same_person(person.id, session.operator)
    if lead is None and not own:
        raise CloseNeedsSecond(
            f"{session.operator_name}'s drawer is closed by two people.",
            "The drawer stays open.",
            "Who counted along types id and PIN; Esc goes back.",
        )
    far_off = any(abs(each.cents) > station.rules.over_short_lead_above for each in differences)
    if far_off and lead is None:
        raise CloseNeedsLead(
            "A difference this large needs a lead.",
            "The drawer stays open.",
            "A lead types id and PIN; Esc goes back.",
        )
    _require_lead(station, person, session, lead)
    if not own:
        close_left_batch(station, person, session)
    record_left(station, person, session)
    data = CloseData(
        drawer=session.drawer,
        first_seq=session.open_seq,
        last_seq=station.store.tip()[0] + 1,
        count_seq=count.seq,
        counted=counted_data(count.tenders),
        expected=expected_data(expected),
        over_short=difference_data(differences),
        counts=len(figures.counts),
        first_over_short=difference_data(figures.counts[0].difference),
        receipts=figures.receipts,
        reason=reason,
        open_requests=list(figures.requested),
    )
    if open_charges := open_cards(station.db, session.id):
        data["open_cards"] = open_charges
    fact = Fact(
        id=station.ids(),
        kind=Kind.CLOSE,
        operator=person.id,
        approver=lead.id if lead is not None else None,
        session=session.id,
        biz_date=session.biz_date,
        data=data,
    )

    def with_paper(db: sqlite3.Connection, recorded: Recorded) -> None:
        print_jobs.queue_print(db, recorded.seq, None, "z_report", 0, to_json(z_document(station, db, session.id)))
        forget_session(db, session.id, session.drawer)
        if also is not None:
            also(db, recorded)

    recorded = station.record(fact, with_paper)
    station.figures.pop(session.id, None)
    return Closed(session.id, differences, recorded.seq)


def _require_may_close(station: Station, person: Person, session: Session) -> None:
    own = same_person(person.id, session.operator)
    require_now(station, person.id, Act.TAKE_MONEY if own else Act.CLOSE_OTHERS)


def second_act(person: Person, session: Session) -> Act:
    """What the second person may do at the close of a drawer: lead, or for an absent operator's work at a counter."""
    return Act.APPROVE if same_person(person.id, session.operator) else Act.SEAL


def _require_lead(station: Station, person: Person, session: Session, lead: Person | None) -> None:
    if lead is not None:
        require_now(station, lead.id, second_act(person, session))
        require_second_person(lead.id, (person.id, session.operator))


def _require_open(station: Station, session: Session) -> None:
    row = session_rows.session(station.db, session.id)
    if row is None or row.close_seq is not None:
        raise CloseRefused("This drawer is already closed.", press="F10 shows its Z report.")


def _last_count(figures: SessionFigures) -> Counted:
    if not figures.counts:
        raise CloseRefused("The drawer isn't counted yet.", press="Count it first.")
    if figures.last_move > figures.counts[-1].seq:
        raise CloseRefused("Money moved after the count.", safe="The drawer stays open.", press="Count it again.")
    return figures.counts[-1]
