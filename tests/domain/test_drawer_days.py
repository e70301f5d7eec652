"""Any days of receipts, voids, refunds, drops, change, counts, losses, hand-overs, deposits: the money adds up, always.

Bags of the safe go to the bank before their session closes, with it, or after it; deposits are taken back.

Per tender: (drawers - funds) + safe + in transit + deposits - over and short = receipts - voids - refunds paid in cash.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.count_data import counted_data, difference_data, expected_data
from countertui.domain.deposit_making import Carried, ClosedSession, LeftOut, Made, Paper, Said, made_of
from countertui.domain.deposits import DEPOSITED, PAPERS, BagData, DepositRefused, PaperState
from countertui.domain.desk_records import TenderSum
from countertui.domain.drawers import TenderCount, over_short
from countertui.domain.money import Cents
from countertui.domain.records import Kind
from countertui.domain.safe_bags import SafeBag, less_bags
from countertui.domain.session_figures import SessionFigures
from countertui.domain.surprise_counts import is_sound
from countertui.domain.tenders import TenderKind

FUND = 200_00
DAY = "2026-11-23"
EMPTY = Made((), (), (), ())
CASH = TenderKind.CASH
kinds = st.sampled_from(TenderKind)
cents = st.integers(1, 300_00)
acts = st.one_of(
    st.tuples(st.just("pay"), kinds, cents, st.integers(0, 20_00)),
    st.tuples(st.just("void"), st.integers(0, 9)),
    st.tuples(st.just("refund"), cents),
    st.tuples(st.just("drop"), cents),
    st.tuples(st.just("change"), cents),
    st.tuples(st.just("surprise")),
    st.tuples(st.just("lose"), kinds, st.integers(-30_00, 30_00)),
    st.tuples(st.just("hand over")),
    st.tuples(st.just("lose in safe"), st.integers(-30_00, 30_00)),
    st.tuples(st.just("lose in bag"), st.integers(0, 9), st.integers(-30_00, 30_00)),
    st.tuples(st.just("interim"), st.integers(1, 3), st.booleans(), st.booleans()),
    st.tuples(st.just("noon"), st.lists(cents, min_size=1, max_size=3), st.integers(-30_00, 30_00)),
    st.tuples(st.just("take back")),
    st.tuples(st.just("deposit"), st.integers(1, 3), st.none() | st.integers(0, 9), st.booleans()),
    st.tuples(st.just("shift"), cents, cents, st.none() | st.integers(0, 9), st.booleans()),
    st.tuples(st.just("find")),
    st.tuples(st.just("courier")),
    st.tuples(st.just("arrive")),
)


@dataclass
class Loose:
    """A bag that was dropped into the safe: what its drop says, and the cash that is really in it."""

    said: SafeBag
    cash: int
    deposited: bool = False


@dataclass
class InSafe:
    """A closed session's money as it lies in the safe: what its close says, and the cash that is really there.

    whole: with every bag that it dropped; loose: the cash beside them.
    """

    whole: ClosedSession
    loose: int
    cards: int
    bags: list[Loose]

    @property
    def here(self) -> list[Loose]:
        """Its bags that no deposit has."""
        return [each for each in self.bags if not each.deposited]

    @property
    def said(self) -> ClosedSession:
        """What its deposit must be made of."""
        return less_bags(self.whole, {each.said.bag for each in self.bags if each.deposited})

    @property
    def cash(self) -> int:
        """What lies there."""
        return self.loose + sum(each.cash for each in self.here)

    @property
    def unseen(self) -> Counter[str]:
        """What its deposit will find: cash lost since, and papers that its close counted otherwise than they are."""
        off = Counter({CASH.value: self.cash - self.said.cents(CASH)})
        off.update({kind.value: self.said.listed(kind) - self.said.cents(kind) for kind in PAPERS})
        return off


@dataclass
class Deposit:
    """A bag for the bank, and what must lie in the safe again if it is taken back."""

    made: Made
    sessions: list[InSafe]
    bags: list[Loose]
    found: list[Carried]

    @property
    def posted(self) -> Counter[str]:
        """What it says is over or short, by tender."""
        off: Counter[str] = Counter()
        for each in self.made.differences:
            off[each["tender"]] += 0 if each["carried"] else each["cents"]
        return off

    @property
    def lacks(self) -> set[str]:
        """What it carries, by name."""
        return {each["item"] for each in self.made.differences if each["carried"]}


@dataclass
class Office:
    """What lies where, moved by hand; beside it the figures and deposits, which only ever see records."""

    seq: int = 0
    there: Counter[str] = field(default_factory=Counter)
    """What lies in the drawer, by tender: cents, and pieces under the tender's name with a #."""
    dropped: list[Loose] = field(default_factory=list)
    """The bags of the open drawer's session."""
    orphans: list[Loose] = field(default_factory=list)
    """Bags in the safe whose session was deposited without them."""
    lost: Counter[str] = field(default_factory=Counter)
    """Gone from the open drawer and not counted yet; of papers: what will be counted more than there is."""
    took: Counter[str] = field(default_factory=Counter)
    """Receipts less voids less refunds in cash, by tender."""
    over_short: Counter[str] = field(default_factory=Counter)
    """What closes and deposits say was over or short, by tender."""
    carried: list[Carried] = field(default_factory=list)
    """What deposits carry as missing."""
    turned_up: list[Carried] = field(default_factory=list)
    """Of it what lies in the safe again."""
    receipts: list[dict[str, Any]] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    figures: SessionFigures = field(default_factory=lambda: SessionFigures("S1"))
    waiting: list[InSafe] = field(default_factory=list)
    cards: int = 0
    bags: list[Deposit] = field(default_factory=list)
    in_transit: list[Deposit] = field(default_factory=list)
    at_bank: list[Deposit] = field(default_factory=list)
    slips: int = 0

    def record(self, kind: str, data: dict[str, Any]) -> None:
        self.seq += 1
        self.figures.add(self.seq, {"session": self.figures.session, "kind": kind, "data": data})

    def open(self) -> None:
        self.figures = SessionFigures(f"S{self.seq + 1}")
        self.there, self.dropped, self.receipts, self.papers = Counter({"cash": FUND}), [], [], []
        self.record(Kind.OPEN, {"counted_cents": FUND})

    def pay(self, kind: TenderKind, total: int, more: int) -> None:
        change = more if kind is CASH else 0
        number = f"T1-{self.seq + 1}"
        data = {"tenders": [{"kind": kind.value, "cents": total + change}], "change_cents": change, "no": number}
        self.record(Kind.PAY, data)
        self.receipts.append(data)
        if kind in PAPERS:
            self.papers.append(Paper(number, 1, kind, number, total))
        self._move(kind, total, 1)
        self.took[kind] += total

    def void(self, which: int) -> None:
        if self.receipts:
            data = self.receipts.pop(which % len(self.receipts))
            self.record(Kind.VOID, data | {"original": {"receipt_no": data["no"]}})
            self.papers = [paper for paper in self.papers if paper.receipt_no != data["no"]]
            (tender,) = data["tenders"]
            net = tender["cents"] - data["change_cents"]
            self._move(TenderKind(tender["kind"]), -net, -1)
            self.took[tender["kind"]] -= net

    def refund(self, total: int) -> None:
        self.record(Kind.REFUND, {"method": "cash", "total_cents": total})
        self._move(CASH, -total, 0)
        self.took["cash"] -= total

    def drop(self, total: int) -> None:
        self.record(Kind.DROP, {"cents": total})
        self._move(CASH, -total, 0)
        self.dropped.append(
            Loose(SafeBag("T1", 1, self.figures.session, DAY, "D1", "ana", f"B{self.seq}", total), total)
        )

    def change(self, total: int) -> None:
        self.record(Kind.FUND_CHANGE, {"cents": total, "out_pieces": [], "in_pieces": []})

    def surprise(self) -> None:
        before = self.figures.expected()
        found, data = self._counted(), {"drawer": "D1", "pieces": [], "reason": ""}
        data |= {"counted": counted_data(found), "expected": expected_data(before)}
        data |= {"over_short": difference_data(over_short(before, found))}
        if self.there["cash"] >= 0:
            data["pieces"] = [[1, self.there["cash"]]] if 0 < self.there["cash"] <= 99_999 else []
            assert is_sound(data) is (sum(d * n for d, n in data["pieces"]) == self.there["cash"])
        self.record(Kind.SURPRISE_COUNT, data)
        assert self.figures.expected() == before

    def lose(self, kind: TenderKind, off: int) -> None:
        self.lost[kind] += off
        if kind not in PAPERS:  # papers are of receipts, one by one: of them only a count is wrong
            self.there[kind] += off

    def hand_over(self) -> None:
        self.close()
        self.open()

    def close(self) -> None:
        """Count, close; what is more than the fund goes to the safe, and nothing lies in the drawer but it."""
        self.record(Kind.COUNT, {"counted": counted_data(self._counted())})
        counted = self.figures.counts[-1]
        for each in counted.difference:
            self.over_short[each.kind] += each.cents
        off = {each.kind: each.cents for each in counted.difference}
        sums = {kind: counted.tenders[kind].cents for kind in DEPOSITED}
        sums[CASH] = Cents(sums[CASH] - FUND + sum(each.said.cents for each in self.dropped))
        said = ClosedSession(
            terminal="T1",
            epoch=1,
            session=self.figures.session,
            batch_no=None,
            drawer="D1",
            operator="ana",
            biz_date=DAY,
            sums=tuple(TenderSum(tender=kind.value, count=0, cents=amount) for kind, amount in sums.items()),
            cash_off=off.get(CASH, 0),
            bags=tuple(BagData(bag=each.said.bag, cents=each.said.cents) for each in self.dropped),
            papers=tuple(self.papers),
        )
        cards = self.there[TenderKind.CARD]
        self.waiting.append(InSafe(said, self.there[CASH] - FUND, cards, self.dropped))
        self.there, self.dropped, self.lost = Counter({"cash": FUND}), [], Counter()

    def lose_in_safe(self, off: int) -> None:
        if self.waiting:
            self.waiting[0].loose += off

    @property
    def _apart(self) -> list[Loose]:
        """The bags that can be deposited without their session."""
        return [*self.orphans, *(each for each in self.dropped if not each.deposited)]

    def lose_in_bag(self, which: int, off: int) -> None:
        bags = [*self._apart, *(bag for each in self.waiting for bag in each.here)]
        if bags:
            bags[which % len(bags)].cash += off

    def noon(self, drops: list[int], off: int) -> None:
        """What is usual: cash comes in and is dropped, bag by bag, and deposited while the drawer is open."""
        for total in drops:
            self.pay(CASH, total, 0)
            self.drop(total)
        self.lose_in_bag(-1, off)
        self.interim(len(self._apart), True, off < 0)

    def interim(self, many: int, in_one: bool, carry: bool) -> bool:
        """A deposit of bags alone; the difference is named by the first of them, or by none."""
        bags, found = self._apart[:many], list(self.turned_up)
        return self._put(Deposit(EMPTY, [], bags, found), {}, carry, bags[0].said.bag if in_one and bags else "")

    def deposit(self, many: int, missing: int | None, carry: bool) -> bool:
        """A deposit of the oldest sessions: cash as it lies there, a paper missing or none; says whether it is made."""
        chosen, found = self.waiting[:many], list(self.turned_up)
        papers = [paper for each in chosen for paper in each.said.papers]
        left_out = {}
        if missing is not None and papers:
            left_out = {papers[missing % len(papers)].key: LeftOut(PaperState.MISSING, "Nobody has it")}
        return self._put(Deposit(EMPTY, chosen, [], found), left_out, carry)

    def _put(self, bag: Deposit, left_out: dict[tuple[str, int], LeftOut], carry: bool, off_in: str = "") -> bool:
        chosen, found = bag.sessions, bag.found
        papers = [paper for each in chosen for paper in each.said.papers]
        cash = sum(each.cash for each in chosen) + sum(each.cents for each in found if each.tender is CASH)
        cash += sum(each.cash for each in bag.bags)
        seen = {paper.key for paper in papers} - left_out.keys()
        said = Said(f"T1-D{self.slips + 1}", seen, left_out, "Counted twice", carry, off_in)
        if cash < 0:
            return False
        try:
            bag.made = made_of([each.said for each in chosen], found, cash, said, [each.said for each in bag.bags])
        except DepositRefused:
            return False
        self.slips += 1
        bag.bags += [one for each in chosen for one in each.here]
        self.waiting = [each for each in self.waiting if each not in chosen]
        self.orphans = [each for each in self.orphans if each not in bag.bags]
        for one in bag.bags:
            one.deposited = True
        self.cards += sum(each.cards for each in chosen)
        self.carried = [each for each in self.carried if each not in found]
        self.turned_up = []
        for each in bag.made.differences:
            if each["carried"]:
                what = each["item"], TenderKind(each["tender"]), -each["cents"]
                self.carried.append(Carried(*what, each["receipt_no"], each["reference"], each["reason"], "101-1001"))
        self.over_short.update(bag.posted)
        self.bags.append(bag)
        return True

    def take_back(self) -> None:
        """The last deposit, if it is in the safe and nothing that it lacks was found by a later one."""
        if not self.bags or not self.bags[-1].lacks <= {each.item for each in self.carried}:
            return
        bag = self.bags.pop()
        self.over_short.subtract(bag.posted)
        self.carried = [each for each in self.carried if each.item not in bag.lacks] + bag.found
        self.turned_up = [each for each in self.turned_up if each.item not in bag.lacks] + bag.found
        self.cards -= sum(each.cards for each in bag.sessions)
        self.waiting = bag.sessions + self.waiting
        with_session = [*self.dropped, *(one for each in self.waiting for one in each.bags)]
        for one in bag.bags:
            one.deposited = False
            if not any(one is each for each in with_session):
                self.orphans.append(one)

    def shift(self, by_check: int, by_cash: int, missing: int | None, carry: bool) -> None:
        """What is usual: receipts, a close, a deposit of all that waits, with what turned up of earlier ones."""
        self.pay(TenderKind.CHECK, by_check, 0)
        self.pay(CASH, by_cash, 0)
        self.hand_over()
        self.lose_in_safe(-by_cash // 2 if carry else 0)
        self.deposit(len(self.waiting), missing, carry)
        self.find()

    def find(self) -> None:
        if self.carried and self.carried[0] not in self.turned_up:
            self.turned_up.append(self.carried[0])

    def courier(self) -> None:
        self.in_transit += self.bags
        self.bags = []

    def arrive(self) -> None:
        self.at_bank += self.in_transit
        self.in_transit = []

    def adds_up(self) -> None:
        """What lies anywhere, less what records say is over, short or missing, and what nobody counted yet."""
        unseen = Counter({kind.value: self.lost[kind] for kind in TenderKind if kind not in PAPERS})
        for each in self.waiting:
            unseen.update(each.unseen)
        unseen[CASH] += sum(each.cash - each.said.cents for each in self._apart)
        unseen.update(
            {kind.value: sum(one.cents for one in self.turned_up if one.tender is kind) for kind in DEPOSITED}
        )
        for kind in TenderKind:
            missing = sum(each.cents for each in self.carried if each.tender is kind)
            assert self._anywhere(kind) - self.over_short[kind] + missing - unseen[kind] == self.took[kind], kind

    def _anywhere(self, kind: TenderKind) -> int:
        drawer = self.there[kind] - (FUND if kind is CASH else 0)
        turned_up = sum(each.cents for each in self.turned_up if each.tender is kind)
        if kind is CASH:
            safe = sum(each.cash for each in self._apart) + sum(each.cash for each in self.waiting)
        elif kind is TenderKind.CARD:
            safe = self.cards + sum(each.cards for each in self.waiting)
        else:
            safe = sum(each.said.listed(kind) for each in self.waiting)
        return drawer + safe + turned_up + _in(self.bags, kind) + _in(self.in_transit, kind) + _in(self.at_bank, kind)

    def _move(self, kind: TenderKind, by: int, pieces: int) -> None:
        self.there[kind] += by
        self.there[f"{kind}#"] += pieces

    def _counted(self) -> dict[TenderKind, TenderCount]:
        wrong = {kind: self.lost[kind] if kind in PAPERS else 0 for kind in TenderKind}
        return {
            kind: TenderCount(
                kind, 0 if kind is CASH else self.there[f"{kind}#"], Cents(self.there[kind] + wrong[kind])
            )
            for kind in TenderKind
        }


def _in(bags: Iterable[Deposit], kind: TenderKind) -> int:
    return sum(each["cents"] for bag in bags for each in bag.made.composition if each["tender"] == kind)


@given(st.lists(acts, max_size=40))
def test_the_money_of_any_days_adds_up_always(done: list[tuple[Any, ...]]) -> None:
    office = Office()
    office.open()
    for act, *given_to_it in done:
        getattr(office, act.replace(" ", "_"))(*given_to_it)
        office.adds_up()
    office.close()
    office.adds_up()


@given(st.lists(acts, max_size=40))
def test_once_all_is_deposited_every_cent_is_at_the_bank_over_short_or_missing_by_name(
    done: list[tuple[Any, ...]],
) -> None:
    office = Office()
    office.open()
    for act, *given_to_it in done:
        getattr(office, act.replace(" ", "_"))(*given_to_it)
    office.close()
    office.interim(len(office.orphans), False, False)
    if not office.deposit(len(office.waiting), None, False) or office.orphans:
        return  # less than nothing was taken, or nothing
    office.courier()
    office.arrive()
    assert (office.waiting, office.bags, office.in_transit) == ([], [], [])
    office.adds_up()
    for kind in DEPOSITED:
        missing = sum(each.cents for each in office.carried if each.tender is kind)
        assert _in(office.at_bank, kind) == office.took[kind] + office.over_short[kind] - missing
