"""What two people do with a deposit that is on record: the last interim becomes the final, a wrong one is taken back.

A deposit is never edited.
"""

from __future__ import annotations

import sqlite3

from countertui.counter.deposit_view import require_nothing_left, view_by
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Station
from countertui.counter.today import business_date
from countertui.counter.typed import LONGEST_REASON, checked_text
from countertui.domain.deposits import (
    BankDepositData,
    DepositFinalData,
    DepositRef,
    DepositRefused,
    DepositTakenBackData,
)
from countertui.domain.records import Fact, Kind
from countertui.domain.rights import Act, require_second_person
from countertui.store import courier_rows, deposit_rows
from countertui.store.deposit_rows import DepositRow
from countertui.store.store import read_body

_NOTHING = "Nothing was recorded."
_STANDS = "It stays as it is: a deposit is never edited."


def deposit_data(station: Station, seq: int) -> BankDepositData:
    """What a deposit made here says; a look."""
    data: BankDepositData = read_body(station.reader, seq)["data"]
    return data


def hands_in(data: BankDepositData) -> tuple[str, ...]:
    """Everybody who had one of a deposit's drawers: none of them is the second person."""
    owners = [*data["sessions"], *data.get("safe_bags", [])]
    return tuple(dict.fromkeys(hand for each in owners for hand in (each["operator"], *each["hands"])))


def make_final(station: Station, person: Person, second: Person, seq: int) -> DepositRow:
    """Let the last deposit, an interim, close the office's day after all. Both have signed in.

    Raises DepositRefused while a session of its days is open or undeposited, NotAllowed, StoreHalted.
    """
    db = station.db
    row = _standing(db, seq)
    data = _require_two(station, person, second, row)
    if row.final_seq is not None:
        raise DepositRefused(f"{row.slip_no} is the final already.", _NOTHING, "Nothing is needed.")
    newest = next((each for each in deposit_rows.deposits(db, 1_000) if each.back_seq is None), None)
    if newest is None or newest.seq != seq:
        raise DepositRefused(f"{row.slip_no} is not the last deposit.", _NOTHING, "Choose the last one.")
    view = view_by(station, station.db)
    dates = data["biz_dates"]
    require_nothing_left(view, dates)
    fact = Fact(
        id=station.ids(),
        kind=Kind.DEPOSIT_FINAL,
        operator=person.id,
        approver=second.id,
        biz_date=business_date(station, db, None),
        data=DepositFinalData(deposit=_ref(db, row), biz_dates=dates, not_heard=list(view.office.not_heard_on(dates))),
    )
    station.record(fact)
    return row


def take_back(station: Station, person: Person, second: Person, seq: int, reason: str) -> DepositRow:
    """Take a wrong deposit back while its bag is still in the safe; its drawers can be deposited anew, in a new bag.

    Raises DepositRefused without a reason, for one that was taken back, and where a later deposit found what it
    carried; NotAllowed, StoreHalted.
    """
    db = station.db
    row = _standing(db, seq)
    _require_two(station, person, second, row)
    typed = checked_text(reason, "The reason", LONGEST_REASON)
    if not typed:
        raise DepositRefused("A deposit is taken back for a reason.", _STANDS, "Type why.")
    if courier_rows.handed_over(db, row.bag) is not None:
        raise DepositRefused(
            f"Bag {row.bag} is with the courier.", _STANDS, "The ledger's desk corrects what the bank is given."
        )
    if deposit_rows.found_later(db, seq):
        raise DepositRefused(
            f"A later deposit contains what {row.slip_no} lacked, or it was given up.",
            _STANDS,
            "Take the later one back first.",
        )
    fact = Fact(
        id=station.ids(),
        kind=Kind.DEPOSIT_TAKEN_BACK,
        operator=person.id,
        approver=second.id,
        biz_date=business_date(station, db, None),
        data=DepositTakenBackData(deposit=_ref(db, row), reason=typed),
    )
    station.record(fact)
    return row


def _standing(db: sqlite3.Connection, seq: int) -> DepositRow:
    row = deposit_rows.deposit_at(db, seq)
    if row is None:
        raise DepositRefused("That deposit was not made here.", _NOTHING, "Its own terminal takes it back.")
    if row.back_seq is not None:
        raise DepositRefused(f"{row.slip_no} was taken back.", _NOTHING, "Make another deposit.")
    return row


def _require_two(station: Station, person: Person, second: Person, row: DepositRow) -> BankDepositData:
    """Two who may, the second of whom had none of its drawers; gives what the deposit says."""
    require_now(station, person.id, Act.DEPOSIT)
    require_now(station, second.id, Act.AGREE)
    data: BankDepositData = read_body(station.db, row.seq)["data"]
    require_second_person(second.id, (person.id, *hands_in(data)))
    return data


def _ref(db: sqlite3.Connection, row: DepositRow) -> DepositRef:
    return DepositRef(seq=row.seq, h=deposit_rows.hash_of(db, row.seq), slip_no=row.slip_no, bag=row.bag)
