"""Bank deposits at a terminal: closed sessions chosen, cash counted blind, papers looked at, two people sign for a bag.

Which sessions there are says office_sessions.py; what a deposit must be made of, domain/deposit_making.py.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from countertui.counter.deposit_due import due_of_waiting
from countertui.counter.deposit_papers import account_words, queue_slip
from countertui.counter.drafts import Form
from countertui.counter.office_sessions import OfficeSessions, closed_sessions, signed_drops, signed_papers
from countertui.counter.require_now import require_now
from countertui.counter.reserve_first import reserve_first
from countertui.counter.station import Person, Station
from countertui.counter.today import business_date
from countertui.counter.typed import LONGEST_REASON, checked_text
from countertui.domain.deposit_accounts import account_of, one_account
from countertui.domain.deposit_deadlines import Lateness
from countertui.domain.deposit_making import (
    Carried,
    ClosedSession,
    LeftOut,
    Made,
    PaperKey,
    Said,
    differences_of,
    expected_cash,
    made_of,
)
from countertui.domain.deposits import (
    BagRefused,
    BankDepositData,
    DepositCountData,
    DepositRefused,
    Stage,
    slip_number,
)
from countertui.domain.drawers import CashCount
from countertui.domain.drops import DropRefused, bag_number
from countertui.domain.money import Cents
from countertui.domain.records import Fact, Kind
from countertui.domain.reservations import Thing, session_name
from countertui.domain.rights import Act, require_second_person
from countertui.store import deposit_rows, office_rows, session_rows, working
from countertui.store.store import Recorded, read_body

Place = tuple[str, int, str]
"""A session by terminal, epoch and id."""
DepositRow = deposit_rows.DepositRow
"""A bank deposit made here."""
MOST_DEPOSITS = 200
_NOTHING = "Nothing was recorded."


@dataclass(frozen=True, slots=True)
class DepositView:
    """What there is to deposit: the office's sessions, what earlier deposits carried, those made here, newest first.

    to: the account in the books that the money of each of their business dates goes to; bank: the city's usual one.
    days: business dates of `sessions` that a final deposit closed before. due: until when their money must be at the
    bank, None where nothing waits or the city has no deadline. last_final: the last date that a final deposit closed.
    """

    office: OfficeSessions
    carried: tuple[Carried, ...]
    made: tuple[DepositRow, ...]
    days: tuple[str, ...]
    due: Lateness | None = None
    last_final: str = ""
    to: Mapping[str, str] = field(default_factory=dict)
    bank: str = ""

    @property
    def usual(self) -> frozenset[Place]:
        """The sessions that a deposit is usually made of: those since the last final, without one the newest date's.

        Older ones may have been deposited at the desk, of which nothing is known here without a network. A bag goes to
        one bank account: where there are two, to that of the oldest of them.
        """
        since = self.last_final or max((each.biz_date for each in self.office.sessions), default="")
        there = [each for each in self.office.sessions if each.biz_date >= since]
        to = self.to.get(min((each.biz_date for each in there), default=""))
        return frozenset(place_of(each) for each in there if self.to.get(each.biz_date) == to)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whose money goes into the bag: sessions, and earlier carried items that turned up."""

    sessions: frozenset[Place]
    found: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Papers:
    """Which checks and money orders are held, and why others are not."""

    seen: AbstractSet[PaperKey] = frozenset()
    left_out: Mapping[PaperKey, LeftOut] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counted:
    """A committed count: its record, how many there were, cents counted and expected, and all that differs in words.

    to: the bank account that it goes to, as the city names it.
    """

    seq: int
    counts: int
    cents: Cents
    expected: Cents
    differences: tuple[str, ...]
    to: str = ""

    @property
    def off(self) -> int:
        """Cents over, or short below zero."""
        return self.cents - self.expected


@dataclass(frozen=True, slots=True)
class Signing:
    """What is typed under a deposit. reason: why it differs; carry: a shortage of cash stays open until it is found."""

    bag: str
    stage: Stage
    reason: str = ""
    carry: bool = False


@dataclass(frozen=True, slots=True)
class Deposited:
    """A deposit that is on record."""

    seq: int
    slip_no: str
    bag: str
    total: Cents
    stage: Stage
    not_heard: tuple[str, ...]


def place_of(session: ClosedSession) -> Place:
    """What a session is chosen by."""
    return session.terminal, session.epoch, session.session


def deposit_view(station: Station) -> DepositView:
    """What waits for the bank, and what went there; a look."""
    return _view(station, station.reader)


def counted(station: Station, chosen: Chosen, papers: Papers) -> Counted | None:
    """The committed count of just what is chosen, if one is, and what differs; a look.

    Raises AccountsMixed where it is of two bank accounts, before anybody counts; DepositRefused as `count_cash` does.
    """
    db = station.reader
    sessions, carried = _of(_view(station, db), chosen)
    to = account_words(station, account_for(station, sessions, carried))
    found = _last_count(db, chosen)
    if found is None:
        return None
    seq, counts, data = found
    said = Said("", papers.seen, papers.left_out)
    differences = tuple(differences_of(sessions, carried, data["cents"], said))
    expected = Cents(max(0, expected_cash(sessions, carried)))
    return Counted(seq, counts, Cents(data["cents"]), expected, differences, to)


def count_cash(station: Station, person: Person, chosen: Chosen, cash: CashCount) -> int:
    """Record a blind count of what is chosen; only then is what is expected told. Gives the record's number.

    Raises DepositRefused where what is chosen is not there any more, AccountsMixed, NotAllowed, StoreHalted.
    """
    require_now(station, person.id, Act.DEPOSIT)
    sessions, carried = _of(_view(station, station.db), chosen)
    account_for(station, sessions, carried)
    data = DepositCountData(
        sessions=[each.ref for each in sessions],
        found=[each.item for each in carried],
        pieces=[[denomination, pieces] for denomination, pieces in cash.pieces],
        cents=cash.total,
    )
    fact = Fact(
        id=station.ids(),
        kind=Kind.DEPOSIT_COUNT,
        operator=person.id,
        biz_date=business_date(station, station.db, None),
        data=data,
    )
    return station.record(fact).seq


def make_deposit(
    station: Station, person: Person, second: Person, chosen: Chosen, papers: Papers, signing: Signing
) -> Deposited:
    """Put what is chosen, counted and looked at into a bag. Both have signed in; the second had none of the drawers.

    Raises DepositRefused, AccountsMixed, SubstitutionRefused, ReasonNeeded, NotAllowed, StoreHalted, and TakenElsewhere
    where the ledger knows the bag or a session of another deposit; nothing is recorded then.
    """
    require_now(station, person.id, Act.DEPOSIT)
    require_now(station, second.id, Act.AGREE)
    db = station.db
    view = _view(station, db)
    sessions, carried = _of(view, chosen)
    require_second_person(second.id, (person.id, *hands_on(sessions)))
    bank = account_for(station, sessions, carried)
    if not bank:
        raise DepositRefused(
            "No bank account is set in the city's rules.", _NOTHING, "A technician names it: gl.toml, [[control]]."
        )
    bag = _free_bag(db, signing.bag)
    id_ = station.ids()
    _require_signed(station, db, sessions)
    found = _last_count(db, chosen)
    if found is None:
        raise DepositRefused("The cash of just these drawers is not counted yet.", _NOTHING, "Count it, then F9.")
    count_seq, counts, count = found
    n = deposit_rows.last_slip(db) + 1
    slip_no = slip_number(station.place.terminal, station.place.epoch, n)
    made = made_of(sessions, carried, count["cents"], _said(slip_no, papers, signing))
    biz_date = business_date(station, db, None)
    dates = sorted({each.biz_date for each in sessions}) or [biz_date]
    if signing.stage is Stage.FINAL:
        require_nothing_left(view, dates, chosen)
    data = _data(station, bank, bag, slip_no, signing.stage, dates, made, count_seq, counts, count["pieces"], view)

    def with_slip(connection: sqlite3.Connection, recorded: Recorded) -> None:
        queue_slip(station, connection, recorded)
        working.drop_draft(connection, Form.DEPOSIT, "", person.id)

    names = [(Thing.SESSION, session_name(*place_of(each))) for each in sessions]
    reserve_first(station, [(Thing.BAG, bag), *names], by=id_, operator=person.id, biz_date=biz_date)
    fact = Fact(
        id=id_,
        kind=Kind.DEPOSIT,
        operator=person.id,
        approver=second.id,
        biz_date=biz_date,
        data=data,
    )
    recorded = station.record(fact, with_slip)
    return Deposited(recorded.seq, slip_no, bag, Cents(made.total), signing.stage, tuple(data["not_heard"]))


def account_for(station: Station, sessions: Sequence[ClosedSession], found: Sequence[Carried]) -> str:
    """The one bank account, as the books call it, of what goes into a bag; empty: none is set. Raises AccountsMixed."""
    days = [each.biz_date for each in sessions]
    return one_account(station.rules.posting, station.place.office, days, [each.bank for each in found])


def hands_on(sessions: Sequence[ClosedSession]) -> tuple[str, ...]:
    """Everybody who had one of the drawers, or opened or closed it for another."""
    return tuple(dict.fromkeys(hand for each in sessions for hand in (each.operator, *each.hands)))


def require_nothing_left(view: DepositView, dates: Sequence[str], chosen: Chosen | None = None) -> None:
    """Raise DepositRefused while a session of these business dates that can be seen is open, or is in no deposit."""
    for one in view.office.open:
        if one.biz_date in dates:
            raise DepositRefused(
                f"Drawer {one.drawer} of {one.operator} at {one.terminal} is still open.",
                "The day is not closed; nothing was recorded.",
                "Close it first, or make this an interim deposit.",
            )
    taken = chosen.sessions if chosen is not None else frozenset()
    for each in view.office.sessions:
        if each.biz_date in dates and place_of(each) not in taken:
            raise DepositRefused(
                f"Drawer {each.drawer} of {each.operator} at {each.terminal} is closed and not in a deposit.",
                "The day is not closed; nothing was recorded.",
                "Choose it too, or make this an interim deposit.",
            )


def view_for_job(station: Station) -> DepositView:
    """The same as `deposit_view`, by the writing connection."""
    return _view(station, station.db)


def _view(station: Station, db: sqlite3.Connection) -> DepositView:
    office = closed_sessions(station, db)
    dates = sorted({each.biz_date for each in office.sessions})
    closed = tuple(each for each in dates if deposit_rows.day_closed(db, each) is not None)
    made = tuple(deposit_rows.deposits(db, MOST_DEPOSITS))
    due = due_of_waiting(station, db, office.sessions)
    last = deposit_rows.last_day_closed(db)
    to = {each: account_of(station.rules.posting, station.place.office, each) for each in dates}
    return DepositView(
        office, tuple(deposit_rows.carried_open(db)), made, closed, due, last, to, station.rules.posting.bank
    )


def _of(view: DepositView, chosen: Chosen) -> tuple[list[ClosedSession], list[Carried]]:
    """What is chosen, as it stands. Raises DepositRefused for nothing, and for what is not there any more."""
    sessions = [each for each in view.office.sessions if place_of(each) in chosen.sessions]
    carried = [each for each in view.carried if each.item in chosen.found]
    if len(sessions) != len(chosen.sessions) or len(carried) != len(chosen.found):
        raise DepositRefused(
            "One of these is in a deposit by now, or can't be seen any more.", _NOTHING, "Esc, and choose anew."
        )
    if not sessions and not carried:
        raise DepositRefused("No drawer is chosen.", _NOTHING, "Space chooses one.")
    return sessions, carried


def _last_count(db: sqlite3.Connection, chosen: Chosen) -> tuple[int, int, DepositCountData] | None:
    """The last count since the last deposit, if it is of just what is chosen: its record, how many there were, data."""
    seqs = deposit_rows.deposit_counts(db)
    if not seqs:
        return None
    data: DepositCountData = read_body(db, seqs[-1])["data"]
    sessions = {(each["terminal"], each["epoch"], each["session"]) for each in data["sessions"]}
    if sessions != chosen.sessions or set(data["found"]) != chosen.found:
        return None
    return seqs[-1], len(seqs), data


def _free_bag(db: sqlite3.Connection, typed: str) -> str:
    try:
        bag = bag_number(typed)
    except DropRefused:
        raise BagRefused("A deposit needs its bag's number.", _NOTHING, "Type what is printed on the bag.") from None
    if deposit_rows.bag_deposited(db, bag) or session_rows.bag_used(db, bag):
        raise BagRefused(f"Bag {bag} was used before.", _NOTHING, "Take another bag.")
    if there := office_rows.bags(db).get(bag):
        raise BagRefused(f"Bag {bag} was used before, at {there}.", _NOTHING, "Take another bag.")
    return bag


def _require_signed(station: Station, db: sqlite3.Connection, sessions: Sequence[ClosedSession]) -> None:
    """Halt the store where an own session's tables are not what its signed records say."""
    place = station.place
    for each in sessions:
        if (each.terminal, each.epoch) != (place.terminal, place.epoch):
            continue
        row = session_rows.session(db, each.session)
        dropped = sum(bag["cents"] for bag in each.bags)
        if row is None or signed_papers(db, row) != each.papers or signed_drops(db, row) != dropped:
            station.store.halt("its tables don't follow from its journal; run `countertui verify` to see where.")
    station.store.refuse_if_halted()


def _said(slip_no: str, papers: Papers, signing: Signing) -> Said:
    left = {
        key: LeftOut(one.state, checked_text(one.reason, "The reason", LONGEST_REASON))
        for key, one in papers.left_out.items()
    }
    reason = checked_text(signing.reason, "The reason", LONGEST_REASON)
    return Said(slip_no, papers.seen, left, reason, signing.carry)


def _data(
    station: Station,
    bank: str,
    bag: str,
    slip_no: str,
    stage: Stage,
    dates: Sequence[str],
    made: Made,
    count_seq: int,
    counts: int,
    pieces: list[list[int]],
    view: DepositView,
) -> BankDepositData:
    return BankDepositData(
        office=station.place.office,
        bank=bank,
        slip_no=slip_no,
        bag=bag,
        stage=stage.value,
        biz_dates=list(dates),
        sessions=list(made.sessions),
        found=list(made.found),
        differences=list(made.differences),
        count_seq=count_seq,
        counts=counts,
        pieces=pieces,
        composition=list(made.composition),
        total_cents=made.total,
        not_heard=list(view.office.not_heard_on(dates)),
    )
