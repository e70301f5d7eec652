"""A desk with closed drawers for the deposit's screens: what it refuses is what the rules do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from countertui.counter.deposit_items import LackedItem
from countertui.counter.deposit_view import Chosen, DepositView
from countertui.counter.deposits import Counted, Deposited, Papers, Signing
from countertui.counter.office_sessions import OfficeSessions, OpenSession, place_of
from countertui.counter.station import Person
from countertui.domain.deposit_deadlines import Due, Lateness
from countertui.domain.deposit_making import (
    Carried,
    ClosedSession,
    Paper,
    Said,
    differences_of,
    expected_cash,
    made_of,
)
from countertui.domain.deposits import BagRefused, DepositRefused
from countertui.domain.desk_records import TenderSum
from countertui.domain.drawers import CashCount
from countertui.domain.drops import bag_number
from countertui.domain.money import Cents
from countertui.domain.rights import require_second_person
from countertui.domain.safe_bags import SafeBag
from countertui.domain.tenders import TenderKind
from countertui.store.deposit_rows import DepositRow, LackedRow
from screens.fake_desk import FakeDesk

DAY = "2026-11-23"
DUE = Lateness(
    Due(
        datetime.fromisoformat("2026-11-24T10:15"),
        grounds=("Within 24 hours of days the bank is open (AFMC 3.04.120): Tue 24 Nov, 10:15.",),
    ),
    timedelta(),
    deposited=False,
)
_CHECKS = (
    Paper("T1-3", 1, TenderKind.CHECK, "1042", 84_17),
    Paper("T1-5", 1, TenderKind.CHECK, "2201", 18_00),
    Paper("T1-6", 2, TenderKind.MONEY_ORDER, "MO-55", 75_00),
)


def _closed(name: str, terminal: str, drawer: str, who: str, cash: int, papers: tuple[Paper, ...]) -> ClosedSession:
    sums = [TenderSum(tender="cash", count=0, cents=cash)]
    for kind in (TenderKind.CHECK, TenderKind.MONEY_ORDER):
        cents = [paper.cents for paper in papers if paper.tender is kind]
        sums += [TenderSum(tender=kind.value, count=len(cents), cents=sum(cents))] if cents else []
    batch = 14 if terminal != "T1" else None
    return ClosedSession(terminal, 1, name, batch, drawer, who, DAY, tuple(sums), 0, (), papers, (who,))


def _sessions() -> list[ClosedSession]:
    return [
        _closed("s1", "T1", "D1", "ana", 120_00, _CHECKS),
        _closed("s2", "T1", "D2", "bo", 60_00, ()),
        _closed("s3", "T2", "D1", "ana", 20_00, ()),
    ]


@dataclass
class DepositDesk(FakeDesk):
    """Closed drawers, what is carried, deposits made, the last count."""

    sessions: list[ClosedSession] = field(default_factory=_sessions)
    carried: list[Carried] = field(
        default_factory=lambda: [Carried("T1-D6/1", TenderKind.CASH, 5_00, "", "", "a note lacks", "101-1001")]
    )
    open_there: list[OpenSession] = field(default_factory=lambda: [OpenSession("T2", 1, "s9", "D2", "bo", DAY)])
    not_heard: tuple[str, ...] = ("T3",)
    bags: list[SafeBag] = field(default_factory=list)
    given_up: list[tuple[str, str, str, str]] = field(default_factory=list)
    chosen_last: Chosen | None = None
    made: list[DepositRow] = field(
        default_factory=lambda: [DepositRow(90, 6, "T1-D6", "B-6", "2026-11-20", 1_284_17, None, None, "101-1001")]
    )
    due: Lateness | None = DUE
    count: tuple[Chosen, Cents] | None = None
    counts: int = 0
    signed: list[tuple[str, str, Signing, Papers]] = field(default_factory=list)

    def _deposit_view(self) -> DepositView:
        office = OfficeSessions(tuple(self.sessions), tuple(self.open_there), self.not_heard, bags=tuple(self.bags))
        return DepositView(office, tuple(self.carried), tuple(self.made), (), self.due, bank="101-1001")

    def _chosen(self, chosen: Chosen) -> tuple[list[ClosedSession], list[Carried], list[SafeBag]]:
        self.chosen_last = chosen
        return (
            [each for each in self.sessions if place_of(each) in chosen.sessions],
            [each for each in self.carried if each.item in chosen.found],
            [each for each in self.bags if each.place in chosen.bags],
        )

    def _count_cash(self, _person: Person, chosen: Chosen, cash: CashCount) -> int:
        self.counts += 1
        self.count = chosen, cash.total
        return self.counts

    def _counted(self, chosen: Chosen, papers: Papers) -> Counted | None:
        if self.count is None or self.count[0] != chosen:
            return None
        sessions, found, bags = self._chosen(chosen)
        differences = differences_of(sessions, found, self.count[1], Said("", papers.seen, papers.left_out), bags)
        expected = Cents(expected_cash(sessions, found, bags))
        return Counted(self.counts, self.counts, self.count[1], expected, tuple(differences))

    def _make_deposit(
        self, person: Person, second: Person, chosen: Chosen, papers: Papers, signing: Signing
    ) -> Deposited:
        sessions, found, bags = self._chosen(chosen)
        require_second_person(second.id, (person.id, *(hand for each in sessions for hand in each.hands)))
        if self.count is None:
            raise DepositRefused("Not counted.")
        off_in = bag_number(signing.off_in) if signing.off_in else ""
        said = Said("T1-D7", papers.seen, papers.left_out, signing.reason, signing.carry, off_in)
        made = made_of(sessions, found, self.count[1], said, bags)
        if any(row.bag == bag_number(signing.bag) for row in self.made):
            raise BagRefused(f"Bag {bag_number(signing.bag)} was used before.")
        self.signed.append((person.id, second.id, signing, papers))
        row: Any = DepositRow(99, 7, "T1-D7", bag_number(signing.bag), DAY, made.total, None, None, "101-1001")
        self.made.insert(0, row)
        self.sessions = [each for each in self.sessions if each not in sessions]
        return Deposited(99, "T1-D7", row.bag, Cents(made.total), signing.stage, self.not_heard)

    def _lacked_items(self) -> tuple[LackedItem, ...]:
        rows = [
            LackedRow(each.item, 90, "T1-D6", "2026-11-20", each.tender, each.cents, "", "", each.reason)
            for each in self.carried
        ]
        return tuple(LackedItem(row, 3) for row in rows)

    def _hands_of_item(self, _item: LackedItem) -> tuple[str, ...]:
        return ("ana",)

    def _give_up(self, person: Person, second: Person, item: str, reason: str) -> int:
        self.given_up.append((person.id, second.id, item, reason))
        self.carried = [each for each in self.carried if each.item != item]
        return 1

    def _deposit_data(self, _seq: int) -> dict[str, Any]:
        return {"sessions": [{"operator": "ana", "hands": ["ana"]}]}

    def _make_final(self, _person: Person, _second: Person, seq: int) -> DepositRow:
        return self._changed(seq, final_seq=100)

    def _take_back(self, _person: Person, _second: Person, seq: int, _reason: str) -> DepositRow:
        return self._changed(seq, back_seq=100)

    def _changed(self, seq: int, **what: int) -> DepositRow:
        n = next(n for n, row in enumerate(self.made) if row.seq == seq)
        self.made[n] = self.made[n]._replace(**what)
        return self.made[n]
