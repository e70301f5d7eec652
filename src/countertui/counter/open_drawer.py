"""Opening a drawer: one operator, one drawer, one business date, counted against its fund before any tender."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date

from countertui.counter.drafts import Form, forget_hand_overs
from countertui.counter.require_now import require_now
from countertui.counter.reserve_first import reserve_first
from countertui.counter.station import Person, Session, Station
from countertui.counter.today import today
from countertui.domain.clock import A_DAY_MS, off_words
from countertui.domain.dates import us_date
from countertui.domain.drawers import CashCount
from countertui.domain.money import format_cents
from countertui.domain.record_data import OpenData
from countertui.domain.records import Fact, Kind
from countertui.domain.refusal import Refused
from countertui.domain.reservations import TakenElsewhere, Thing
from countertui.domain.rights import Act, require_second_person
from countertui.store import journal_rows, session_rows, working
from countertui.store.store import Recorded

DAYS_AWAY = 7
"""How far from today a business date may be before a lead is asked: a slip in the year is far away."""


class DrawerRefused(Refused):
    """The drawer can't be opened like this."""


class LeadNeeded(DrawerRefused):
    """The drawer can be opened like this only with a lead's approval."""


class DateNeedsLead(LeadNeeded):
    """The business date needs a lead's approval: it is far away, or the clock that suggested it was off."""


class DrawerElsewhere(LeadNeeded):
    """The drawer is open at another terminal, as far as the ledger heard."""


@dataclass(frozen=True, slots=True)
class DrawerChoice:
    """A drawer of this office; open_by names the operator of its open session here, if any."""

    code: str
    name: str
    fund_cents: int
    open_by: str | None


def drawers(station: Station) -> list[DrawerChoice]:
    """The office's drawers, by code."""
    taken = {row.drawer: row.operator for row in session_rows.open_sessions(station.reader)}
    return [
        DrawerChoice(row.code, row.name, row.fund_cents, taken.get(row.code))
        for row in station.reference.drawers(station.place.office)
    ]


def suggested_business_date(station: Station) -> str:
    """Today as ISO text: a suggestion only, the person chooses."""
    return today(station, station.reader)


def session_of(station: Station, person: Person) -> Session | None:
    """The person's open session at this terminal, to go on with after a restart."""
    for row in session_rows.open_sessions(station.reader):
        if row.operator == person.id:
            return _session(row, person)
    return None


def open_drawer(
    station: Station, person: Person, drawer: str, biz_date: date, count: CashCount, approver: Person | None = None
) -> Session:
    """Open a session.

    A count other than the fund, a business date more than a week away, or a clock that was more than a day off since
    the last opening needs a lead's approval: DateNeedsLead, LeadNeeded. So does a drawer that another terminal has by
    the ledger's books, where the ledger answers: DrawerElsewhere. Raises DrawerRefused, NotAllowed.
    """
    require_now(station, person.id, Act.TAKE_MONEY)
    choice = _free(station, person, drawer)
    clock_off = _clock_off(station)
    session_id = station.ids()
    elsewhere = _elsewhere(station, person, drawer, biz_date, session_id, approver)
    if approver is None:
        _require_plain(station, choice, biz_date, count, clock_off)
    else:
        require_now(station, approver.id, Act.APPROVE)
        require_second_person(approver.id, (person.id,))

    def forgotten(db: sqlite3.Connection, _: Recorded) -> None:
        working.drop_draft(db, Form.OPENING, "", person.id)
        forget_hand_overs(db, drawer, person.id, biz_date.isoformat())

    recorded = station.record(
        Fact(
            id=station.ids(),
            kind=Kind.OPEN,
            operator=person.id,
            approver=approver.id if approver else None,
            session=session_id,
            biz_date=biz_date.isoformat(),
            data=OpenData(
                drawer=drawer,
                fund_cents=choice.fund_cents,
                counted_cents=count.total,
                pieces=[[denomination, pieces] for denomination, pieces in count.pieces],
                reason="; ".join(
                    (["opening count differs from the fund"] if count.total != choice.fund_cents else [])
                    + ([f"the clock was {clock_off} off"] if clock_off else [])
                    + ([elsewhere] if elsewhere else [])
                ),
            ),
        ),
        forgotten,
    )
    return Session(
        session_id,
        drawer,
        person.id,
        person.name,
        biz_date.isoformat(),
        choice.fund_cents,
        count.total,
        recorded.seq,
    )


def _free(station: Station, person: Person, drawer: str) -> DrawerChoice:
    """The drawer, if nobody has it open and the person has no other. Raises DrawerRefused."""
    row = next((row for row in station.reference.drawers(station.place.office) if row.code == drawer), None)
    if row is None:
        raise DrawerRefused("This office has no such drawer.", press="Choose one from the list.")
    for taken in session_rows.open_sessions(station.db):
        if taken.drawer == drawer:
            raise DrawerRefused(f"Drawer {drawer} is open under {taken.operator}.", press="Choose another drawer.")
        if taken.operator == person.id:
            raise DrawerRefused(
                f"You already have drawer {taken.drawer} open.", press="Go on with it, or close it first."
            )
    return DrawerChoice(row.code, row.name, row.fund_cents, None)


def _elsewhere(
    station: Station, person: Person, drawer: str, biz_date: date, session: str, approver: Person | None
) -> str:
    """What the ledger said of another terminal that has the drawer, where a lead lets it be opened; else empty.

    Asked before a lead is asked for anything else, who so reads it. Raises DrawerElsewhere.
    """
    wanted = {"by": session, "operator": person.id, "biz_date": biz_date.isoformat()}
    try:
        reserve_first(station, [(Thing.DRAWER, drawer)], **wanted)
    except TakenElsewhere as taken:
        if approver is None:
            raise DrawerElsewhere(taken.happened, taken.safe, taken.press) from taken
        reserve_first(station, [(Thing.DRAWER, drawer)], **wanted, anyway=approver.id)
        return taken.happened.rstrip(".")
    return ""


def _require_plain(station: Station, choice: DrawerChoice, biz_date: date, count: CashCount, clock_off: str) -> None:
    """Raise DateNeedsLead or LeadNeeded for what nobody opens a drawer with alone."""
    days = (biz_date - date.fromisoformat(today(station, station.db))).days
    if abs(days) > DAYS_AWAY:
        raise DateNeedsLead(
            f"{us_date(biz_date.isoformat())} is {abs(days):,} days {'ahead' if days > 0 else 'ago'}.",
            press="Esc and type the date again, or a lead types id and PIN.",
        )
    if clock_off:
        raise DateNeedsLead(
            f"This machine's clock was {clock_off} off, so the date needs a second look.",
            press="Set the clock; then a lead checks the business date and types id and PIN.",
        )
    if count.total != choice.fund_cents:
        raise LeadNeeded(
            f"The count is {format_cents(count.total)}; the fund is {format_cents(choice.fund_cents)}.",
            press="Esc and count again, or a lead types id and PIN.",
        )


def _clock_off(station: Station) -> str:
    """By how much the clock was more than a day off since the last drawer was opened, in words; empty if it wasn't."""
    found = [abs(off) for change in journal_rows.clock_changes(station.db) for off in change.values()]
    worst = max(found, default=0)
    return off_words(worst) if worst > A_DAY_MS else ""


def _session(row: session_rows.SessionRow, person: Person) -> Session:
    return Session(
        row.id, row.drawer, row.operator, person.name, row.biz_date, row.fund_cents, row.opening_cents, row.open_seq
    )
