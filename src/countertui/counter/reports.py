"""X and Z reports of a drawer session, as documents for paper and lines for the screen.

Where the city counts blind, a cashier's own X tells receipts and counts but no expected money; that needs a lead or
technician, whose look is a record.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from countertui.counter.card_charges import open_cards
from countertui.counter.figures import figures_of
from countertui.counter.receipts import operator_name
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Session, Station
from countertui.documents.drawer_facts import (
    ChangeFacts,
    CountedFacts,
    DenominationFacts,
    ExpectedFacts,
    NoSaleFacts,
    OpenCardFacts,
    SessionFacts,
    SurpriseFacts,
    VoidFacts,
    XFacts,
    ZFacts,
)
from countertui.documents.drawer_reports import x_report as lay_out_x
from countertui.documents.drawer_reports import z_report as lay_out_z
from countertui.documents.text import as_text
from countertui.domain.documents import Document
from countertui.domain.money import format_cents
from countertui.domain.record_data import OpenCardData
from countertui.domain.records import Fact, Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, may, require_second_person
from countertui.domain.tenders import TenderKind
from countertui.domain.text import same_person
from countertui.store import receipt_rows, session_rows
from countertui.store.session_rows import SessionRow
from countertui.store.store import read_body

_PARTS = {
    "fund": "Fund",
    "tender": "Taken",
    "change": "Change given",
    "void": "Voids",
    "refund": "Refunds paid in cash",
    "drop": "Dropped to the safe",
}


class ReportRefused(Refused):
    """There is no such report."""


def x_report(station: Station, viewer: Person, session: Session, revealed_by: Person | None = None) -> list[str]:
    """The running session as lines of text; expected money only where the rules let it be seen.

    Nobody reveals it to themselves for their own drawer, whatever their roles. Raises NotAllowed, ReportRefused.
    """
    row = session_rows.session(station.db, session.id)
    if row is None:
        raise ReportRefused("There is no such session.")
    shown_to = _shown_to(station, viewer, session, revealed_by)
    reveal = bool(shown_to) or not station.rules.blind_count
    expected = figures_of(station, session).expected()
    parts = session_rows.expected_parts(station.db, session.id)
    facts = XFacts(
        session=_session_facts(station, station.db, row),
        tenders=tuple(
            ExpectedFacts(kind.label, _pieces(kind, expected[kind].count), expected[kind].cents, _parts(parts, kind))
            for kind in TenderKind
            if kind in expected
        ),
        voids=_voids(station.db, session.id, "void"),
        open_requests=_voids(station.db, session.id, "void_requested"),
        shown_to=shown_to,
        no_sales=_no_sales(station, station.db, row),
        surprises=_surprises(station, station.db, row),
        changes=_changes(station, station.db, row),
        open_cards=_open_cards(station.db, open_cards(station.db, row.id)),
    )
    return as_text(lay_out_x(facts, reveal=reveal))


def z_report(station: Station, session_id: str) -> list[str]:
    """A closed session's Z report as lines of text. Raises ReportRefused."""
    return as_text(z_document(station, station.reader, session_id))


def z_document(station: Station, db: sqlite3.Connection, session_id: str) -> Document:
    """A closed session's Z report. Raises ReportRefused for one that is not closed."""
    row = session_rows.session(db, session_id)
    if row is None or row.close_seq is None:
        raise ReportRefused("That drawer is not closed yet.", press="Count and close it first.")
    close = read_body(db, row.close_seq)
    count = read_body(db, close["data"]["count_seq"])
    counted = {each["tender"]: each for each in close["data"]["counted"]}
    parts = session_rows.expected_parts(db, session_id)
    if any(
        sum(parts.get(TenderKind(each["tender"]), {}).values()) != each["cents"] for each in close["data"]["expected"]
    ):
        raise ReportRefused(
            "What this drawer's figures are made of doesn't add up to what was signed at its close.",
            safe="The signed figures are kept.",
            press="Call a technician; `countertui verify` says what was changed.",
        )
    return lay_out_z(
        ZFacts(
            session=_session_facts(station, db, row),
            closed_at=station.clock.local_of(close["utc"]),
            closed_by=operator_name(station, db, close["operator"]),
            denominations=tuple(
                DenominationFacts(format_cents(unit), unit, pieces) for unit, pieces in count["data"]["pieces"]
            ),
            tenders=tuple(
                CountedFacts(
                    TenderKind(each["tender"]).label,
                    _pieces(TenderKind(each["tender"]), each["count"]),
                    each["cents"],
                    counted[each["tender"]]["cents"],
                    _parts(parts, TenderKind(each["tender"])),
                )
                for each in close["data"]["expected"]
            ),
            check_count=counted["check"]["count"],
            check_cents=counted["check"]["cents"],
            voids=_voids(db, session_id, "void"),
            open_requests=_voids(db, session_id, "void_requested"),
            counts=close["data"].get("counts", 1),
            first_over=tuple(
                (TenderKind(each["tender"]).label, each["cents"]) for each in close["data"].get("first_over_short", ())
            ),
            no_sales=_no_sales(station, db, row),
            surprises=_surprises(station, db, row),
            changes=_changes(station, db, row),
            open_cards=_open_cards(db, close["data"].get("open_cards", ())),
            approved_by=operator_name(station, db, close["approver"]) if close["approver"] else "",
        )
    )


def closed_sessions(station: Station, limit: int = 20) -> list[SessionRow]:
    """The last closed sessions of this terminal, newest first."""
    return [row for row in session_rows.latest_sessions(station.reader, limit) if row.close_seq is not None]


def _shown_to(station: Station, viewer: Person, session: Session, revealed_by: Person | None) -> str:
    """Whose right shows expected money: recorded, as somebody looked before the count."""
    if not station.rules.blind_count:
        return ""
    own = same_person(viewer.id, session.operator)
    seer = revealed_by or (viewer if may(viewer.roles, Act.SEE_EXPECTED) and not own else None)
    if seer is None:
        return ""
    require_now(station, seer.id, Act.SEE_EXPECTED)
    require_second_person(seer.id, (session.operator,))
    station.record(
        Fact(
            id=station.ids(),
            kind=Kind.REVEAL,
            operator=viewer.id,
            approver=seer.id if seer.id != viewer.id else None,
            session=session.id,
            biz_date=session.biz_date,
            data={"report": "x"},
        ),
    )
    return seer.name


def _parts(parts: dict[TenderKind, dict[str, int]], kind: TenderKind) -> tuple[tuple[str, int], ...]:
    found = parts.get(kind, {})
    return tuple((label, found[what]) for what, label in _PARTS.items() if found.get(what))


def _pieces(kind: TenderKind, count: int) -> int | None:
    """How many pieces of paper of a tender there are; None for cash, which is counted by denomination."""
    return None if kind is TenderKind.CASH else count


def _session_facts(station: Station, db: sqlite3.Connection, row: SessionRow) -> SessionFacts:
    opened = read_body(db, row.open_seq)
    taken = receipt_rows.receipts_of(db, row.id)
    return SessionFacts(
        city_name=station.place.city,
        office_name=station.place.office_name,
        terminal=station.place.terminal,
        drawer=row.drawer,
        session=row.id[-12:],
        operator_name=operator_name(station, db, row.operator),
        biz_date=row.biz_date,
        opened_at=station.clock.local_of(opened["utc"]),
        printed_at=station.clock.local_text(),
        fund_cents=row.fund_cents,
        receipt_count=taken.count,
        first_receipt=taken.first,
        last_receipt=taken.last,
        ledger_id=station.place.ledger,
        opening_cents=None if row.opening_cents == row.fund_cents else row.opening_cents,
        opening_seen_by=operator_name(station, db, opened["approver"]) if opened["approver"] else "",
    )


def _no_sales(station: Station, db: sqlite3.Connection, row: SessionRow) -> tuple[NoSaleFacts, ...]:
    return tuple(
        NoSaleFacts(
            station.clock.local_of(body["utc"]), operator_name(station, db, body["operator"]), body["data"]["reason"]
        )
        for body in session_rows.no_sales(db, row)
    )


def _surprises(station: Station, db: sqlite3.Connection, row: SessionRow) -> tuple[SurpriseFacts, ...]:
    return tuple(
        SurpriseFacts(
            station.clock.local_of(body["utc"]),
            operator_name(station, db, body["operator"]),
            body["approver"] is not None,
            tuple(
                (TenderKind(each["tender"]).label, each["cents"])
                for each in body["data"]["over_short"]
                if each["cents"]
            ),
        )
        for body in session_rows.bodies_of_kind(db, row, Kind.SURPRISE_COUNT)
    )


def _open_cards(db: sqlite3.Connection, found: Sequence[OpenCardData]) -> tuple[OpenCardFacts, ...]:
    told = (read_body(db, card["unknown_seq"])["data"] for card in found)
    return tuple(OpenCardFacts(data["asked_at"], data["payor"], data["cents"]) for data in told)


def _voids(db: sqlite3.Connection, session_id: str, state: str) -> tuple[VoidFacts, ...]:
    facts = []
    for record in receipt_rows.receipts_in(db, session_id, state):
        seq = record.end_seq if state == "void" else record.request_seq
        told = read_body(db, seq or 0)
        facts.append(
            VoidFacts(
                record.receipt_no,
                record.total_cents,
                told["data"]["reason"],
                told["operator"],
                told["approver"] or "",
            )
        )
    return tuple(facts)


def _changes(station: Station, db: sqlite3.Connection, row: SessionRow) -> tuple[ChangeFacts, ...]:
    """Change that the drawer got out of the safe, and what it asked for and did not get."""
    given = session_rows.bodies_of_kind(db, row, Kind.FUND_CHANGE)
    answered = {body["data"].get("request_seq") for body in given}
    asked = [body for body in session_rows.bodies_of_kind(db, row, Kind.FUND_REQUEST) if body["seq"] not in answered]
    return tuple(
        ChangeFacts(
            station.clock.local_of(body["utc"]),
            operator_name(station, db, body["approver"]) if body["approver"] else "",
            body["data"]["cents"],
        )
        for body in sorted([*given, *asked], key=lambda body: body["seq"])
    )
