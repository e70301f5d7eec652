"""After a void, charges stand as if the voided receipt had never been; later receipts keep their own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.balances import Movement, charge_movements, movement_words, paid_on_charges
from countertui.domain.charges import AllocationOrder, OpenCharge
from countertui.domain.desk_records import DeskKind
from countertui.domain.money import Cents
from countertui.domain.pay_record import PayData, pay_data
from countertui.domain.receipts import AccountLine, Cart, FeeLine, settle
from countertui.domain.record_data import VoidData
from countertui.domain.records import Kind
from countertui.domain.tenders import Tender, TenderKind
from domain.strategies import charges, orders, some_cents

Account = tuple[OpenCharge, ...]
Record = tuple[Kind, PayData | VoidData]


@dataclass(frozen=True)
class Visit:
    """A customer pays these cents on account A, on account B or on both, and buys copies."""

    on_a: int
    on_b: int
    copies: int


@dataclass(frozen=True)
class Undo:
    """One of the receipts so far is voided, if it still stands."""

    pick: int


@dataclass
class Till:
    """A counter in miniature: what accounts owe is read from the records alone, through `charge_movements`."""

    accounts: dict[str, Account]
    order: AllocationOrder
    records: list[Record] = field(default_factory=list)
    receipts: list[PayData] = field(default_factory=list)
    voided: set[int] = field(default_factory=set)

    def movements(self) -> list[Movement]:
        return [movement for kind, data in self.records for movement in charge_movements(kind, data)]

    def standing(self, account: str) -> Account:
        paid = paid_on_charges(self.movements())
        return tuple(
            replace(charge, balance=Cents(charge.balance - paid.get(charge.id, 0))) for charge in self.accounts[account]
        )

    def take(self, visit: Visit) -> None:
        lines: list[AccountLine | FeeLine] = [
            AccountLine(name, "utility", "Jane Doe", self.standing(name), Cents(cents), f"credit-{name}")
            for name, cents in (("A", visit.on_a), ("B", visit.on_b))
            if cents
        ]
        if visit.copies:
            lines.append(FeeLine("COPY", "Copies", visit.copies, Cents(25), "100-fee"))
        if lines:
            cart = Cart("id", tuple(lines))
            data = pay_data(settle(cart, [Tender(TenderKind.CASH, cart.total)], self.order))
            self.records.append((Kind.PAY, data))
            self.receipts.append(data)

    def undo(self, n: int, kind: Kind = Kind.VOID) -> None:
        if n not in self.voided:
            self.voided.add(n)
            self.records.append((kind, void_of(self.receipts[n])))

    def do(self, step: Visit | Undo) -> None:
        if isinstance(step, Visit):
            self.take(step)
        elif self.receipts:
            self.undo(step.pick % len(self.receipts))


def void_of(taken: PayData) -> VoidData:
    return VoidData(
        original={"seq": 1, "h": "00" * 32, "id": "id", "receipt_no": "T1-1"},
        request_seq=None,
        reason="Wrong account",
        lines=taken["lines"],
        tenders=taken["tenders"],
        change_cents=taken["change_cents"],
        total_cents=taken["total_cents"],
    )


def sums(movements: list[Movement]) -> dict[tuple[str | None, str | None, str, str], int]:
    """Cents by account, charge, GL account and head, where they are not zero."""
    totals: Counter[tuple[str | None, str | None, str, str]] = Counter()
    for movement in movements:
        totals[movement.account, movement.charge, movement.gl, movement.head] += movement.cents
    return {key: cents for key, cents in totals.items() if cents}


visits = st.builds(
    Visit, on_a=st.one_of(st.just(0), some_cents), on_b=st.one_of(st.just(0), some_cents), copies=st.integers(0, 3)
)
undos = st.builds(Undo, pick=st.integers(0, 50))
histories = st.lists(st.one_of(visits, visits, undos), max_size=14)
accounts = st.fixed_dictionaries({"A": charges("A"), "B": charges("B")})


@given(accounts, orders, histories)
def test_balances_are_as_if_the_voided_receipts_had_never_been(
    owed: dict[str, Account], order: AllocationOrder, history: list[Visit | Undo]
) -> None:
    counter = Till(owed, order)
    for step in history:
        counter.do(step)
    # Said again without the product's fold: only the receipts that stand, each with its own allocations.
    kept = [data for n, data in enumerate(counter.receipts) if n not in counter.voided]
    on_charge: Counter[str] = Counter()
    on_gl: Counter[str] = Counter()
    for data in kept:
        for line in data["lines"]:
            for part in line["allocations"]:
                on_gl[part["gl"]] += part["cents"]
                if part["charge"] is not None:
                    on_charge[part["charge"]] += part["cents"]
    for name, charges_ in owed.items():
        for before, after in zip(charges_, counter.standing(name), strict=True):
            assert after.balance == before.balance - on_charge[before.id]
    found_on_gl: Counter[str] = Counter()
    for movement in counter.movements():
        found_on_gl[movement.gl] += movement.cents
    assert {gl: cents for gl, cents in found_on_gl.items() if cents} == dict(on_gl)


@given(accounts, orders, histories)
def test_no_charge_is_ever_paid_below_zero_or_restored_above_its_amount(
    owed: dict[str, Account], order: AllocationOrder, history: list[Visit | Undo]
) -> None:
    counter = Till(owed, order)
    for step in history:
        counter.do(step)
        for name, charges_ in owed.items():
            for before, now in zip(charges_, counter.standing(name), strict=True):
                assert min(0, before.balance) <= now.balance <= before.balance


@given(accounts, orders, st.lists(visits, max_size=5), visits, st.lists(visits, max_size=5))
def test_a_receipt_voided_at_once_leaves_no_trace_in_later_ones(
    owed: dict[str, Account], order: AllocationOrder, before: list[Visit], mistake: Visit, after: list[Visit]
) -> None:
    without, with_mistake = Till(owed, order), Till(owed, order)
    for visit in before:
        without.take(visit)
        with_mistake.take(visit)
    taken = len(with_mistake.receipts)
    with_mistake.take(mistake)
    if len(with_mistake.receipts) > taken:
        with_mistake.undo(taken)
    for visit in after:
        without.take(visit)
        with_mistake.take(visit)
    standing = [data for n, data in enumerate(with_mistake.receipts) if n not in with_mistake.voided]
    assert standing == without.receipts
    assert sums(with_mistake.movements()) == sums(without.movements())


@given(accounts, orders, histories, st.randoms())
def test_the_order_movements_are_added_in_changes_no_balance(
    owed: dict[str, Account], order: AllocationOrder, history: list[Visit | Undo], chance: Random
) -> None:
    counter = Till(owed, order)
    for step in history:
        counter.do(step)
    movements = counter.movements()
    shuffled = list(movements)
    chance.shuffle(shuffled)
    assert paid_on_charges(shuffled) == paid_on_charges(movements)
    assert sums(shuffled) == sums(movements)


@given(accounts, orders, visits, st.sampled_from([Kind.VOID, Kind.REFUND]))
def test_what_is_given_back_is_what_was_taken_charge_by_charge(
    owed: dict[str, Account], order: AllocationOrder, visit: Visit, kind: Kind
) -> None:
    counter = Till(owed, order)
    counter.take(visit)
    for data in counter.receipts:
        taken = list(charge_movements(Kind.PAY, data))
        back = list(charge_movements(kind, void_of(data)))
        assert back == [movement._replace(cents=-movement.cents) for movement in taken]
        assert sum(movement.cents for movement in taken) == data["total_cents"]


_MOVING = {Kind.PAY, Kind.VOID, Kind.REFUND, Kind.APPLY, Kind.UNAPPLY, Kind.TRUST_REFUND}


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in _MOVING])
def test_nothing_else_moves_money_to_or_from_charges(kind: Kind) -> None:
    assert list(charge_movements(kind, {"lines": [{"account": "A", "allocations": [{"cents": 1}]}]})) == []


def test_applied_credit_moves_from_the_account_to_its_charges_and_adds_up_to_nothing() -> None:
    part = {"charge": "i", "head": "invoice", "gl": "100-4510", "cents": 7_00, "owed_after": 0}
    data = {"account": "A", "name": "Ann", "gl": "100-2310", "cents": 7_00, "allocations": [part]}
    assert list(charge_movements(Kind.APPLY, data)) == [
        Movement("A", None, "100-2310", "credit", -7_00),
        Movement("A", "i", "100-4510", "invoice", 7_00),
    ]
    assert list(charge_movements(Kind.UNAPPLY, data)) == [
        Movement("A", None, "100-2310", "credit", 7_00),
        Movement("A", "i", "100-4510", "invoice", -7_00),
    ]


def test_a_deposit_given_back_is_held_no_more() -> None:
    data = {"account": "TD-1", "name": "Ann", "gl": "800-2810", "cents": 7_00, "reason": "Done", "request_seq": 4}
    assert list(charge_movements(Kind.TRUST_REFUND, data)) == [
        Movement("TD-1", None, "800-2810", "credit", -7_00),
    ]


def test_movements_say_where_the_money_went() -> None:
    charge = OpenCharge("w", "water", date(2026, 10, 15), "Water", "510-4100", Cents(30_00))
    counter = Till({"A": (charge,), "B": ()}, AllocationOrder())
    counter.take(Visit(on_a=31_00, on_b=0, copies=2))
    assert counter.movements() == [
        ("A", "w", "510-4100", "water", 30_00),
        ("A", None, "credit-A", "credit", 1_00),
        (None, None, "100-fee", "fee", 50),
    ]
    assert list(charge_movements("pay", counter.receipts[0])) == counter.movements()
    assert paid_on_charges(counter.movements()) == {"w": 30_00}


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.PAY, "Receipt T1-9"),
        (Kind.VOID, "Void of T1-4"),
        (Kind.REFUND, "Refund of T1-4"),
        (Kind.CHECKS_RETURNED, "Check came back"),
        (DeskKind.RETURNED_CHECK, "Check 1041 of T1-4 came back"),
        (DeskKind.DECISION, "T1-4 taken back at the ledger"),
        (DeskKind.REMITTANCE, "Payment T1-9"),
        (DeskKind.CORRECTION, "Correction"),
        (Kind.APPLY, "Credit applied"),
        (Kind.TRUST_REFUND, "Deposit given back"),
    ],
)
def test_what_moved_money_has_words(kind: Kind | DeskKind, words: str) -> None:
    data = {"original": {"receipt_no": "T1-4"}, "reference": "1041"}
    assert movement_words({"kind": kind, "receipt_no": "T1-9", "data": data}) == words
