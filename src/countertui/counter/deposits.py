"""Bank deposits at a terminal: closed sessions chosen, cash counted blind, papers looked at, two people sign for a bag.

Which sessions there are says office_sessions.py; what a deposit must be made of, domain/deposit_making.py.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from countertui.counter.deposit_papers import account_words, queue_slip
from countertui.counter.deposit_view import (
    Chosen,
    Contents,
    account_for,
    chosen_of,
    require_nothing_left,
    view_by,
)
from countertui.counter.drafts import Form
from countertui.counter.office_sessions import place_of, signed_papers
from countertui.counter.require_now import require_now
from countertui.counter.reserve_first import reserve_first
from countertui.counter.safe_bags import are_signed
from countertui.counter.station import Person, Station
from countertui.counter.today import business_date
from countertui.counter.typed import LONGEST_REASON, checked_text
from countertui.domain.deposit_making import (
    LeftOut,
    PaperKey,
    Said,
    differences_of,
    expected_cash,
    made_of,
)
from countertui.domain.deposits import (
    BagRef,
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
from countertui.domain.reservations import Thing, bag_name, session_name
from countertui.domain.rights import Act, require_second_person
from countertui.domain.safe_bags import BagPlace, bags_of, place_of_bag
from countertui.store import deposit_rows, office_rows, session_rows, working
from countertui.store.store import Recorded, read_body

_NOTHING = "Nothing was recorded."


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
    """What is typed under a deposit. reason: why it differs; carry: a shortage of cash stays open until it is found.

    off_in: the bag of the safe that the difference in cash is in, as typed; empty for none of them.
    """

    bag: str
    stage: Stage
    reason: str = ""
    carry: bool = False
    off_in: str = ""


@dataclass(frozen=True, slots=True)
class Deposited:
    """A deposit that is on record."""

    seq: int
    slip_no: str
    bag: str
    total: Cents
    stage: Stage
    not_heard: tuple[str, ...]


def counted(station: Station, chosen: Chosen, papers: Papers) -> Counted | None:
    """The committed count of just what is chosen, if one is, and what differs; a look.

    Raises AccountsMixed where it is of two bank accounts, and DepositRefused where the city has none, before anybody
    counts; DepositRefused as `count_cash` does.
    """
    db = station.reader
    inside = chosen_of(view_by(station, db), chosen)
    to = account_words(station, _bank_of(station, inside))
    found = _last_count(db, chosen)
    if found is None:
        return None
    seq, counts, data = found
    said = Said("", papers.seen, papers.left_out)
    differences = tuple(differences_of(inside.sessions, inside.found, data["cents"], said, inside.bags))
    expected = Cents(max(0, expected_cash(inside.sessions, inside.found, inside.bags)))
    return Counted(seq, counts, Cents(data["cents"]), expected, differences, to)


def count_cash(station: Station, person: Person, chosen: Chosen, cash: CashCount) -> int:
    """Record a blind count of what is chosen; only then is what is expected told. Gives the record's number.

    Raises DepositRefused where what is chosen is not there any more, AccountsMixed, NotAllowed, StoreHalted.
    """
    require_now(station, person.id, Act.DEPOSIT)
    inside = chosen_of(view_by(station, station.db), chosen)
    _bank_of(station, inside)
    data = DepositCountData(
        sessions=[each.ref for each in inside.sessions],
        found=[each.item for each in inside.found],
        pieces=[[denomination, pieces] for denomination, pieces in cash.pieces],
        cents=cash.total,
    )
    if inside.bags:
        data["safe_bags"] = [BagRef(**each.ref, bag=each.bag) for each in inside.bags]
    fact = Fact(
        id=station.ids(),
        kind=Kind.DEPOSIT_COUNT,
        operator=person.id,
        biz_date=business_date(station, station.db, None),
        data=data,
    )
    return station.record(fact).seq


def _bank_of(station: Station, inside: Contents) -> str:
    """The bank account that it goes to, asked before anybody counts. Raises AccountsMixed, DepositRefused for none."""
    bank = account_for(station, inside)
    if not bank:
        raise DepositRefused(
            "No bank account is set in the city's rules.", _NOTHING, "A technician names it: gl.toml, [[control]]."
        )
    return bank


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
    view = view_by(station, db)
    inside = chosen_of(view, chosen)
    require_second_person(second.id, (person.id, *inside.hands))
    bank = _bank_of(station, inside)
    bag = _free_bag(db, signing.bag)
    id_ = station.ids()
    _require_signed(station, db, inside, view.office.elsewhere)
    found = _last_count(db, chosen)
    if found is None:
        raise DepositRefused("The cash of just these drawers is not counted yet.", _NOTHING, "Count it, then F9.")
    count_seq, counts, count = found
    n = deposit_rows.last_slip(db) + 1
    slip_no = slip_number(station.place.terminal, station.place.epoch, n)
    made = made_of(inside.sessions, inside.found, count["cents"], _said(slip_no, papers, signing), inside.bags)
    biz_date = business_date(station, db, None)
    dates = inside.dates or [biz_date]
    if signing.stage is Stage.FINAL:
        require_nothing_left(view, dates, chosen)
    data = BankDepositData(
        office=station.place.office,
        bank=bank,
        slip_no=slip_no,
        bag=bag,
        stage=signing.stage.value,
        biz_dates=dates,
        sessions=list(made.sessions),
        found=list(made.found),
        differences=list(made.differences),
        count_seq=count_seq,
        counts=counts,
        pieces=count["pieces"],
        composition=list(made.composition),
        total_cents=made.total,
        not_heard=list(view.office.not_heard_on(dates)),
    )
    if made.safe_bags:
        data["safe_bags"] = list(made.safe_bags)

    def with_slip(connection: sqlite3.Connection, recorded: Recorded) -> None:
        queue_slip(station, connection, recorded)
        working.drop_draft(connection, Form.DEPOSIT, "", person.id)

    names = [(Thing.SESSION, session_name(*place_of(each))) for each in inside.sessions]
    opened = [*inside.bags, *(bag for each in inside.sessions for bag in bags_of(each))]
    names += [(Thing.SAFE_BAG, bag_name(*each.place)) for each in opened]
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


def _last_count(db: sqlite3.Connection, chosen: Chosen) -> tuple[int, int, DepositCountData] | None:
    """The last count since the last deposit, if it is of just what is chosen: its record, how many there were, data."""
    seqs = deposit_rows.deposit_counts(db)
    if not seqs:
        return None
    data: DepositCountData = read_body(db, seqs[-1])["data"]
    sessions = {(each["terminal"], each["epoch"], each["session"]) for each in data["sessions"]}
    bags = {place_of_bag(each) for each in data.get("safe_bags", ())}
    if sessions != chosen.sessions or set(data["found"]) != chosen.found or bags != chosen.bags:
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


def _require_signed(
    station: Station, db: sqlite3.Connection, inside: Contents, elsewhere: AbstractSet[BagPlace]
) -> None:
    """Halt the store where an own session's tables are not what its signed records say."""
    own = station.place.terminal, station.place.epoch
    sound = True
    for each in inside.sessions:
        if (each.terminal, each.epoch) == own:
            row = session_rows.session(db, each.session)
            dropped = [(bag["bag"], bag["cents"]) for bag in each.bags]
            sound = row is not None and signed_papers(db, row) == each.papers and sound
            sound = row is not None and are_signed(db, row, dropped, elsewhere) and sound
    for safe in inside.bags:
        if safe.place[:2] == own:
            row = session_rows.session(db, safe.session)
            sound = row is not None and are_signed(db, row, [(safe.bag, safe.cents)], None) and sound
    if not sound:
        station.store.halt("its tables don't follow from its journal; run `countertui verify` to see where.")
    station.store.refuse_if_halted()


def _said(slip_no: str, papers: Papers, signing: Signing) -> Said:
    left = {
        key: LeftOut(one.state, checked_text(one.reason, "The reason", LONGEST_REASON))
        for key, one in papers.left_out.items()
    }
    reason = checked_text(signing.reason, "The reason", LONGEST_REASON)
    off_in = bag_number(signing.off_in) if signing.off_in.strip() else ""
    return Said(slip_no, papers.seen, left, reason, signing.carry, off_in)
