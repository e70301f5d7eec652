"""What deposits made here lack: how old it is, what ends it, and giving it up as lost by two people.

It ends by a later deposit that contains it, by a check that is taken back (its payment is owed again), or as lost:
short of its tender, by the city's account for that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from countertui.counter.deposit_view import is_looked_for
from countertui.counter.deposits_made import deposit_data, hands_in
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Station
from countertui.counter.today import business_date, today
from countertui.counter.typed import LONGEST_REASON, checked_text
from countertui.domain.deposits import BankDepositData, DepositItemLostData, DepositRefused, ReasonNeeded
from countertui.domain.records import Fact, Kind
from countertui.domain.rights import Act, require_second_person
from countertui.domain.tenders import TenderKind
from countertui.store import deposit_rows
from countertui.store.deposit_rows import LackedRow
from countertui.store.store import read_body

_STAYS = "It stays open; nothing was recorded."


@dataclass(frozen=True, slots=True)
class LackedItem:
    """What a deposit lacked, since how many days; cents below 0 are what a drawer's fund lacks."""

    row: LackedRow
    days: int

    @property
    def is_check(self) -> bool:
        """Whether it is a check of a receipt: then its payment can be taken back."""
        return self.row.tender == TenderKind.CHECK and bool(self.row.receipt_no)


def lacked_items(station: Station) -> tuple[LackedItem, ...]:
    """All that is open, oldest first; a look."""
    now = date.fromisoformat(today(station, station.reader))
    rows = [row for row in deposit_rows.lacked(station.reader) if is_looked_for(station, row)]
    return tuple(LackedItem(row, max(0, (now - date.fromisoformat(row.biz_date)).days)) for row in rows)


def hands_of_item(station: Station, item: LackedItem) -> tuple[str, ...]:
    """Everybody who had a drawer of the deposit that lacked it: none of them is the second person; a look."""
    return hands_in(deposit_data(station, item.row.seq))


def give_up(station: Station, person: Person, second: Person, item: str, reason: str) -> int:
    """Record that what a deposit lacked is lost, and why. Both have signed in. Gives the record's number.

    Raises DepositRefused for what is not open any more or is a fund to be filled up, ReasonNeeded, NotAllowed,
    StoreHalted.
    """
    require_now(station, person.id, Act.DEPOSIT)
    require_now(station, second.id, Act.AGREE)
    db = station.db
    row = next((each for each in deposit_rows.lacked(db) if each.item == item), None)
    if row is None or not is_looked_for(station, row):
        raise DepositRefused(f"{item} is not open any more.", "Nothing was recorded.", "Esc, and look again.")
    made: BankDepositData = read_body(db, row.seq)["data"]
    require_second_person(second.id, (person.id, *hands_in(made)))
    if row.cents < 0:
        raise DepositRefused("A drawer's fund lacks this.", _STAYS, "A later deposit fills it up: mark it there.")
    typed = checked_text(reason, "The reason", LONGEST_REASON)
    if not typed:
        raise ReasonNeeded("It is given up for a reason.", _STAYS, "Type why; both of you sign it.")
    fact = Fact(
        id=station.ids(),
        kind=Kind.DEPOSIT_ITEM_LOST,
        operator=person.id,
        approver=second.id,
        biz_date=business_date(station, db, None),
        data=DepositItemLostData(
            item=item,
            tender=row.tender,
            cents=row.cents,
            receipt_no=row.receipt_no,
            reference=row.reference,
            reason=typed,
        ),
    )
    return station.record(fact).seq
