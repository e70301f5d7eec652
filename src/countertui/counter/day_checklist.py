"""The day's close as this terminal sees it, step by step, and the record that says how it stood when it was closed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from countertui.counter.deposit_due import due_of_waiting
from countertui.counter.drafts import Form, forgetting
from countertui.counter.fund_change import change_asked
from countertui.counter.office_sessions import closed_sessions, other_terminals, others_on
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Station
from countertui.counter.today import today
from countertui.counter.typed import LONGEST_REASON, checked_text
from countertui.domain.dates import us_moment
from countertui.domain.day_checklist import (
    DayRefused,
    Item,
    Step,
    day_checked,
    found,
    in_order,
    left_in,
    left_open,
    not_heard,
)
from countertui.domain.records import Fact, Kind
from countertui.domain.rights import Act
from countertui.domain.words import number_of
from countertui.store import (
    card_rows,
    day_rows,
    deposit_rows,
    office_rows,
    print_jobs,
    receipt_rows,
    session_rows,
    working,
)
from countertui.store.trust_requests import open_trust_requests

Db = sqlite3.Connection

_MOST_NAMED = 4
_QUIET = frozenset(
    {Kind.LOGIN, Kind.LOGOUT, Kind.PIN_FAIL, Kind.PIN_LOCK, Kind.UNLOCK, Kind.OPERATOR, Kind.SEAL, Kind.START}
    | {Kind.SNAPSHOT_APPLIED, Kind.CLOCK_CHANGE, Kind.KEY_ROTATE, Kind.BACKUP, Kind.RESTORE, Kind.LOG_ACCEPTED}
    | {Kind.REVEAL, Kind.REPRINT, Kind.DEPOSIT_COPY, Kind.RIGHTS_REVIEW}
)
"""After these alone a closed day is still closed."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The day was closed: when (local time), by whom, how much was left open, how many records came since."""

    at: str
    operator: str
    left: int
    since: int


@dataclass(frozen=True, slots=True)
class DayList:
    """The steps in the order of the close, for a business date (ISO); `checked` once it was closed."""

    biz_date: str
    items: tuple[Item, ...]
    checked: Checked | None


def day_list(station: Station) -> DayList:
    """How the close of the day stands as far as this terminal knows; a look."""
    return _read(station, station.reader)


def close_day(station: Station, person: Person, seen: DayList, reason: str) -> int:
    """Record the day as closed, with all that is open as it stands and why it is left; gives the record's number.

    seen: the list that the person had before them. Raises DayRefused where it is another by now, where something is
    left open without a reason, and where the day is closed already; NotAllowed, StoreHalted.
    """
    require_now(station, person.id, Act.SEAL)
    typed = checked_text(reason, "The reason", LONGEST_REASON)
    now = _read(station, station.db)
    if now.biz_date != seen.biz_date or left_open(now.items) != left_open(seen.items):
        raise DayRefused("Something changed meanwhile.", "The day is not closed.", "Look again, then F9.")
    if now.checked is not None and not now.checked.since:
        raise DayRefused("The day is closed already.", "Nothing came since.", "F10, S seals and sends.")
    fact = Fact(
        id=station.ids(),
        kind=Kind.DAY_CHECKED,
        operator=person.id,
        biz_date=now.biz_date,
        data=day_checked(now.items, typed),
    )
    return station.record(fact, forgetting(Form.DAY_CHECK, "", person.id)).seq


def _read(station: Station, db: Db) -> DayList:
    biz_date, checked = _day(station, db)
    return DayList(biz_date, in_order(_items(station, db, biz_date)), checked)


def _day(station: Station, db: Db) -> tuple[str, Checked | None]:
    """The business date to close: the last that a drawer was open for, until it is closed; then the calendar's."""
    now = today(station, db)
    worked, first = day_rows.last_worked_date(db)
    body = day_rows.last_checked(db, first)
    of = worked or now
    if body is not None and body["biz_date"] >= of:
        since = sum(kind not in _QUIET for kind in day_rows.kinds_after(db, body["seq"]))
        if since or body["biz_date"] >= now:
            at = station.clock.local_of(body["utc"])
            return body["biz_date"], Checked(at, body["operator"], len(left_in(body["data"])), since)
        return now, None
    return of, None


def _items(station: Station, db: Db, biz_date: str) -> Iterator[Item]:
    carts = working.carts(db)
    yield found(Step.CARTS, len(carts), _named("of", (row.operator for row in carts)))
    there = {row.id for row in carts}
    forms = [
        row
        for row in working.drafts(db)
        if row.form != Form.DAY_CHECK and not (row.form == Form.TENDER and row.about in there)
    ]
    yield found(Step.FORMS, len(forms), _named("of", (row.operator for row in forms)))
    yield _paper(db)
    yield _cards(db)
    drawers = session_rows.open_sessions(db)
    yield found(Step.DRAWERS, len(drawers), _named("", (f"{row.drawer} of {row.operator}" for row in drawers)))
    yield _others(station, db, biz_date)
    yield found(Step.REQUESTS, *_counted(row.receipt_no for row in receipt_rows.requested(db)))
    wanted = [row for row in drawers if change_asked(db, row)]
    yield found(Step.CHANGE, len(wanted), _named("", (f"{row.drawer} of {row.operator}" for row in wanted)))
    yield found(Step.DEPOSITS, *_counted(row.account for row in open_trust_requests(db)))
    yield from _sending(station, db)
    yield _bank_deposit(station, db, biz_date)


def _paper(db: Db) -> Item:
    number = print_jobs.count_unfinished(db)
    doubted = print_jobs.count_unfinished(db, "uncertain")
    jobs = print_jobs.unfinished_jobs(db, _MOST_NAMED + 1)
    numbers = _named("", (job.receipt_no or job.kind.replace("_", " ") for job in jobs))
    return found(Step.PAPER, number, f"{f'{doubted} not known, ' if doubted else ''}{numbers}")


def _cards(db: Db) -> Item:
    asked, unknown = card_rows.asks(db), card_rows.unsettled(db)
    parts = [
        *([f"{len(asked)} not answered or laid beside a cart"] if asked else []),
        *([f"{len(unknown)} to settle with the report"] if unknown else []),
    ]
    return found(Step.CARDS, len(asked) + len(unknown), ", ".join(parts))


def _others(station: Station, db: Db, biz_date: str) -> Item:
    """The drawers of the office's other terminals, as far as their batches or the ledger told of them here."""
    others = other_terminals(station, db)
    open_, silent = others_on(station, db, biz_date)
    if open_:
        return found(Step.OTHERS, len(open_), _named("", (f"{one.drawer} of {one.operator}" for one in open_)))
    if silent:
        return not_heard(Step.OTHERS, f"from {', '.join(silent)}")
    return found(Step.OTHERS, 0, f"heard from {', '.join(others)}" if others else "this office has no other")


def _sending(station: Station, db: Db) -> Iterator[Item]:
    unsent = day_rows.unsent(db)
    batches = f"{number_of(unsent.waiting, 'batch waits', 'batches wait')}" if unsent.waiting else ""
    yield found(Step.UNSENT, unsent.unsealed + unsent.waiting_records, batches)
    yield found(
        Step.SEAL, unsent.unsealed, f"{number_of(unsent.unsealed, 'record')} to seal" if unsent.unsealed else ""
    )
    yield found(Step.SEND, unsent.waiting, batches)
    seen = working.log_seen(db)
    known = [
        *(f"batch {batch_no} is held" for batch_no in unsent.held),
        *([seen.alarm] if seen is not None and seen.alarm else []),
        *([f"stopped: {station.stopped}"] if station.stopped else []),
    ]
    yield _errors(station, db, known)


def _errors(station: Station, db: Db, known: Sequence[str]) -> Item:
    """What waits for people at the ledger, by its last answer: done only where it had all there is to judge."""
    said = office_rows.said(db)
    own = station.place.terminal, station.place.epoch
    mine = next((one for one in said.terminals if (one.code, one.epoch) == own), None) if said is not None else None
    if said is None or mine is None or mine.error_items is None or mine.posted is None:
        if known:
            return found(Step.ERRORS, len(known), "; ".join(known[:_MOST_NAMED]))
        return not_heard(Step.ERRORS, "none known here; the ledger has a list")
    as_of = us_moment(station.clock.local_of(said.at))
    if number := mine.error_items:
        told = f"{number_of(number, 'error item')} at the ledger, {as_of}"
        return found(Step.ERRORS, len(known) + number, "; ".join([*known[:_MOST_NAMED], told]))
    if known:
        return found(Step.ERRORS, len(known), "; ".join(known[:_MOST_NAMED]))
    if any(kind not in _QUIET for kind in day_rows.kinds_after(db, mine.posted)):
        return not_heard(Step.ERRORS, f"none at the ledger, {as_of}; not all is posted there")
    return found(Step.ERRORS, 0, f"none at the ledger, {as_of}")


def _bank_deposit(station: Station, db: Db, biz_date: str) -> Item:
    """Whether a final deposit closed the day. Where none was ever made here, others make them."""
    seen = closed_sessions(station, db)
    waiting = [each for each in seen.sessions if each.biz_date <= biz_date]
    bags = [bag["bag"] for each in waiting for bag in each.bags]
    dropped = f", {_named('bags', bags)}" if bags else ""
    others = seen.not_heard_on([biz_date])
    beside = f"; {_named('not heard from', others)}" if others else ""
    bags_left = [each for each in seen.bags_left if each.biz_date <= biz_date]
    due = due_of_waiting(station, db, waiting, bags_left)
    until = f"; {due.stands}" if due is not None else ""
    if waiting and deposit_rows.last_slip(db):
        return found(Step.BAGS, len(waiting), f"closed drawers in no deposit{dropped}{until}{beside}")
    if waiting:
        told = f"{number_of(len(waiting), 'closed drawer')}{dropped}: no deposit was made here{until}"
        return not_heard(Step.BAGS, told)
    left = [each.bag for each in bags_left]
    if left:
        return found(
            Step.BAGS, len(left), f"of closed drawers in the safe and in no deposit: {_named('', left)}{until}{beside}"
        )
    if deposit_rows.day_closed(db, biz_date) is not None:
        return found(Step.BAGS, 0, f"the final deposit is made{beside}")
    if deposit_rows.deposited_on(db, biz_date):
        return found(Step.BAGS, 1, f"no deposit of the day is the final{beside}")
    return found(Step.BAGS, 0, "nothing of this terminal waits for the bank")


def _counted(names: Iterable[str]) -> tuple[int, str]:
    each = list(names)
    return len(each), _named("of", each)


def _named(before: str, names: Iterable[str]) -> str:
    """A few of the names, each once, and how many more there are."""
    each = list(dict.fromkeys(names))
    more = f" and {len(each) - _MOST_NAMED} more" if len(each) > _MOST_NAMED else ""
    return f"{before} {', '.join(each[:_MOST_NAMED])}{more}".strip() if each else ""
