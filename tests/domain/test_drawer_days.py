"""Any day of receipts, voids, refunds, drops, change, surprise counts, losses and hand-overs: the money adds up.

Per tender: (drawers - funds) + safe - over and short = receipts - voids - refunds paid in cash.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.count_data import counted_data, difference_data, expected_data
from countertui.domain.drawers import TenderCount, over_short
from countertui.domain.money import Cents
from countertui.domain.records import Kind
from countertui.domain.session_figures import SessionFigures
from countertui.domain.surprise_counts import is_sound
from countertui.domain.tenders import TenderKind

FUND = 200_00
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
)


@dataclass
class DayOfDrawers:
    """What lies where, moved by hand; beside it the figures, which only ever see records."""

    seq: int = 0
    there: Counter[str] = field(default_factory=Counter)
    """What lies in the drawer, by tender: cents, and pieces under the tender's name with a #."""
    safe: int = 0
    took: Counter[str] = field(default_factory=Counter)
    """Receipts less voids less refunds in cash, by tender."""
    kept: Counter[str] = field(default_factory=Counter)
    """(drawers - funds) + safe - over and short of the sessions that are closed, by tender."""
    over_short: Counter[str] = field(default_factory=Counter)
    receipts: list[dict[str, Any]] = field(default_factory=list)
    figures: SessionFigures = field(default_factory=lambda: SessionFigures("S1"))

    def record(self, kind: str, data: dict[str, Any]) -> None:
        self.seq += 1
        self.figures.add(self.seq, {"session": self.figures.session, "kind": kind, "data": data})

    def open(self) -> None:
        self.figures = SessionFigures(f"S{self.seq + 1}")
        self.there, self.safe, self.receipts = Counter({"cash": FUND}), 0, []
        self.record(Kind.OPEN, {"counted_cents": FUND})

    def pay(self, kind: TenderKind, total: int, more: int) -> None:
        change = more if kind is TenderKind.CASH else 0
        data = {"tenders": [{"kind": kind.value, "cents": total + change}], "change_cents": change}
        self.record(Kind.PAY, data)
        self.receipts.append(data)
        self._move(kind, total, 1)
        self.took[kind] += total

    def void(self, which: int) -> None:
        if self.receipts:
            data = self.receipts.pop(which % len(self.receipts))
            self.record(Kind.VOID, data | {"original": {"receipt_no": "T1-1"}})
            (tender,) = data["tenders"]
            net = tender["cents"] - data["change_cents"]
            self._move(TenderKind(tender["kind"]), -net, -1)
            self.took[tender["kind"]] -= net

    def refund(self, total: int) -> None:
        self.record(Kind.REFUND, {"method": "cash", "total_cents": total})
        self._move(TenderKind.CASH, -total, 0)
        self.took["cash"] -= total

    def drop(self, total: int) -> None:
        self.record(Kind.DROP, {"cents": total})
        self._move(TenderKind.CASH, -total, 0)
        self.safe += total

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
        self.there[kind] += off

    def hand_over(self) -> None:
        self.close()
        self.open()

    def close(self) -> None:
        self.record(Kind.COUNT, {"counted": counted_data(self._counted())})
        for each in self.figures.counts[-1].difference:
            self.over_short[each.kind] += each.cents
            drawer = self.there[each.kind] - (FUND if each.kind is TenderKind.CASH else 0)
            in_safe = self.safe if each.kind is TenderKind.CASH else 0
            self.kept[each.kind] += drawer + in_safe - each.cents

    def _move(self, kind: TenderKind, by: int, pieces: int) -> None:
        self.there[kind] += by
        self.there[f"{kind}#"] += pieces

    def _counted(self) -> dict[TenderKind, TenderCount]:
        return {
            kind: TenderCount(kind, 0 if kind is TenderKind.CASH else self.there[f"{kind}#"], Cents(self.there[kind]))
            for kind in TenderKind
        }


@given(st.lists(acts, max_size=30))
def test_the_money_of_any_day_adds_up(done: list[tuple[Any, ...]]) -> None:
    day = DayOfDrawers()
    day.open()
    for act, *given_to_it in done:
        getattr(day, act.replace(" ", "_"))(*given_to_it)
    day.close()
    lost = Counter[str]()
    for act, *given_to_it in done:
        if act == "lose":
            lost[given_to_it[0]] += given_to_it[1]
    assert {kind: day.over_short[kind] for kind in TenderKind} == {kind: lost[kind] for kind in TenderKind}
    assert {kind: day.kept[kind] for kind in TenderKind} == {kind: day.took[kind] for kind in TenderKind}
