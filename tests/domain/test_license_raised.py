"""What a payment raises on a license: never twice, none of it lost, taken back with the payment that raised it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.balances import charge_movements
from countertui.domain.charges import AllocationOrder, OpenCharge
from countertui.domain.license_fees import FeeRow, Flat
from countertui.domain.license_file import License, LicenseTerm
from countertui.domain.license_raised import (
    DueTerm,
    Raised,
    TermCharge,
    declared_for,
    due_terms,
    is_raised_by,
    is_sound,
    raised_before,
    raised_by,
)
from countertui.domain.license_schedule import Declared, ForClasses, LicenseSchedule, LicenseYear
from countertui.domain.license_term_charges import raised_row
from countertui.domain.license_timing import Early, LatePeriods, Payment, TimingRow
from countertui.domain.money import Cents
from countertui.domain.pay_record import PayData, pay_data
from countertui.domain.receipts import AccountLine, Cart, settle
from countertui.domain.returned_checks import shares_back
from countertui.domain.tenders import Tender, TenderKind

NUMBER, BEGINS, DUE = "T1-L7", date(2027, 1, 1), date(2027, 1, 31)
ORDER = AllocationOrder()
BASE = FeeRow("BASE", "Base", "100-4110", "Ord. 1", Flat(Cents(100_00)))
STATE = FeeRow("STATE", "State fee", "700-2110", "Ord. 2", Flat(Cents(4_00)), passed_through=True)
LATE = TimingRow(
    "LATE",
    "Late penalty",
    "penalty",
    "100-4210",
    "Ord. 3",
    LatePeriods(Decimal(10)),
    most=Decimal(50),
    by_postmark=True,
)
EARLY = TimingRow("EARLY", "Early discount", "discount", "100-4110", "Ord. 4", Early(Decimal(2), 15))
SCHEDULE = LicenseSchedule(
    (), (), (LicenseYear((), (1, 1), 30),), (ForClasses(BASE, ()), ForClasses(STATE, ())),
    (ForClasses(LATE, ()), ForClasses(EARLY, ())),
)  # fmt: skip
DECLARED = Declared("RETAIL", BEGINS, {})
ASSESSED = (("BASE", "license", "100-4110", 100_00), ("STATE", "license", "700-2110", 4_00))


@dataclass
class Books:
    """A license's account: what was raised by record, what was paid by record, and what came in."""

    raised: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    taken: dict[str, PayData] = field(default_factory=dict)

    def paid(self, charge: str) -> int:
        moves = (move for data in self.taken.values() for move in charge_movements("pay", data))
        return sum(move.cents for move in moves if move.charge == charge)

    def standing(self) -> list[tuple[str, Cents]]:
        return [(str(one["charge"]), Cents(one["cents"])) for each in self.raised.values() for one in each]

    def charges(self) -> tuple[OpenCharge, ...]:
        of_term = [OpenCharge(f"c-{code}", head, DUE, code, gl, Cents(cents)) for code, head, gl, cents in ASSESSED]
        extra = [
            OpenCharge(str(one["charge"]), str(one["head"]), DUE, "", str(one["gl"]), Cents(one["cents"]))
            for each in self.raised.values()
            for one in each
        ]
        extra += [OpenCharge(id_, "penalty", DUE, "", "", Cents(0)) for id_ in self.gone()]
        left = (replace(one, balance=Cents(one.balance - self.paid(one.id))) for one in (*of_term, *extra))
        return tuple(one for one in left if one.balance)

    def gone(self) -> set[str]:
        """Charges whose raise was taken back, and that another record paid."""
        moves = (move for data in self.taken.values() for move in charge_movements("pay", data))
        paid = {move.charge for move in moves if move.charge is not None and "/" in move.charge}
        return paid - {id_ for id_, _ in self.standing()}

    def line(self, day: date, postmarked: date | None = None) -> AccountLine:
        charges = self.charges()
        balances = {one.id: one.balance for one in charges}
        term = DueTerm(
            NUMBER,
            BEGINS,
            DUE,
            tuple(
                TermCharge(code, f"c-{code}", Cents(cents), Cents(balances.get(f"c-{code}", 0)))
                for code, _, _, cents in ASSESSED
            ),
            raised_before(self.standing(), NUMBER, BEGINS.isoformat()),
            tuple(one.id for one in charges if raised_row(one.id, NUMBER, BEGINS.isoformat())),
        )  # fmt: skip
        raised = raised_by(term, SCHEDULE, DECLARED, Payment(DUE, day, postmarked), lambda _: True)
        line = AccountLine(NUMBER, "license", "Taco Truck", charges, Cents(0), "100-2150", raised=raised)
        return replace(line, amount=line.owed)

    def pay(self, id_: str, line: AccountLine) -> PayData:
        cart = Cart(id_, (line,), "Taco Truck")
        data = pay_data(settle(cart, [Tender(TenderKind.CHECK, line.amount, "1001")], ORDER))
        self.taken[id_] = data
        self.raised[id_] = list(data.get("raised", []))  # type: ignore[arg-type]
        return data

    def take_back(self, id_: str) -> None:
        del self.taken[id_], self.raised[id_]


def cents_by_code(raised: tuple[Raised, ...]) -> dict[str, int]:
    return {one.code: one.cents for one in raised}


def test_paid_late_a_license_bears_the_penalty_in_its_own_record() -> None:
    books = Books()
    line = books.line(date(2027, 3, 10))
    assert cents_by_code(line.raised) == {"LATE": 20_00}
    assert line.amount == 124_00
    assert [step.text for step in line.raised[0].working] == ["2 months late at 10%: 20% of 100.00"]
    data = books.pay("r1", line)
    (one,) = data["raised"]
    assert (one["charge"], one["cents"]) == ("T1-L7/2027-01-01/LATE/r1", 20_00)
    assert is_sound(data["raised"], "r1")
    assert not is_sound(data["raised"], "r2")
    assert is_raised_by(one["charge"], "r1")
    parts = [(part["charge"], part["cents"]) for part in data["lines"][0]["allocations"]]
    assert parts == [(one["charge"], 20_00), ("c-BASE", 100_00), ("c-STATE", 4_00)]
    assert books.charges() == ()


def test_the_postmark_decides_where_the_row_goes_by_it() -> None:
    assert cents_by_code(Books().line(date(2027, 3, 10), date(2027, 1, 31)).raised) == {}
    assert cents_by_code(Books().line(date(2027, 3, 10), date(2027, 2, 2)).raised) == {"LATE": 10_00}


def test_a_part_pays_the_penalty_first_and_is_not_charged_it_again() -> None:
    books = Books()
    books.pay("r1", replace(books.line(date(2027, 2, 10)), amount=Cents(60_00)))
    owed = {one.id: one.balance for one in books.charges()}
    assert owed == {"c-BASE": 50_00, "c-STATE": 4_00}
    assert books.line(date(2027, 2, 20)).raised == ()
    again = books.line(date(2027, 3, 10))
    assert cents_by_code(again.raised) == {"LATE": 10_00}
    assert [step.text for step in again.raised[0].working] == ["2 months late at 10%: 20% of 100.00", "raised before"]
    assert sum(step.cents for step in again.raised[0].working) == 10_00


def test_a_discount_is_for_who_pays_all() -> None:
    books = Books()
    line = books.line(date(2027, 1, 5))
    assert (cents_by_code(line.raised), line.amount) == ({"EARLY": -2_00}, 102_00)
    part = pay_data(
        settle(Cart("r1", (replace(line, amount=Cents(101_99)),)), [Tender(TenderKind.CASH, Cents(101_99))], ORDER)
    )
    assert "raised" not in part
    assert part["lines"][0]["owed_after"] == 2_01
    books.pay("r2", line)
    assert books.charges() == ()
    more = Books()
    more.pay("r3", replace(line, amount=Cents(104_00)))
    parts = [(part["charge"], part["cents"]) for part in more.taken["r3"]["lines"][0]["allocations"]]
    assert parts[-2:] == [(None, 2_00), ("T1-L7/2027-01-01/EARLY/r3", -2_00)]


@pytest.mark.parametrize("cents", [1, 40_00, 101_99, 102_00])
def test_a_check_that_comes_back_takes_the_discount_with_it(cents: int) -> None:
    books = Books()
    books.pay("r1", books.line(date(2027, 1, 5)))
    moves = list(charge_movements("pay", books.taken["r1"]))
    back = shares_back(moves, cents)
    assert sum(share["cents"] for share in back) == -cents
    assert [share["cents"] for share in back if share["head"] == "discount"] == [2_00]
    rest = shares_back(moves, 102_00 - cents, back)
    assert sum(share["cents"] for share in (*back, *rest)) == -102_00
    assert sum(share["cents"] for share in rest if share["head"] == "discount") == 0


@given(
    st.lists(
        st.tuples(st.sampled_from(["pay", "all", "back"]), st.integers(0, 40), st.integers(1, 150_00)), max_size=12
    )
)
def test_whatever_is_paid_and_taken_back_nothing_is_raised_twice_and_nothing_is_lost(
    acts: list[tuple[str, int, int]],
) -> None:
    books, day = Books(), date(2026, 12, 20)
    for n, (act, days, cents) in enumerate(acts):
        day += timedelta(days)
        line = books.line(day)
        if act == "back" and books.taken:
            books.take_back(sorted(books.taken)[cents % len(books.taken)])
        elif line.owed:
            amount = line.amount if act == "all" else Cents(min(cents, line.amount))
            books.pay(f"r{n:02}", replace(line, amount=amount))
        standing = raised_before(books.standing(), NUMBER, BEGINS.isoformat())
        months = SCHEDULE.timing[0].row.timing.percent(DUE, day)[0]  # type: ignore[union-attr]
        assert line.amount >= 0
        assert 0 <= standing.get("LATE", 0) <= min(months, Decimal(50)) * 1_00
        assert standing.get("EARLY", 0) in (0, -2_00)
        owed = sum(one.balance for one in books.charges())
        received = sum(data["total_cents"] for data in books.taken.values())
        credit = sum(
            move.cents for data in books.taken.values() for move in charge_movements("pay", data) if move.charge is None
        )
        assert owed + received - credit == 104_00 + sum(standing.values())


def test_of_a_term_assessed_anew_the_rows_are_known_too() -> None:
    charge = {"id": f"{NUMBER}/2027-01-01/BASE~2", "head": "license", "gl": "100-4110", "cents": 100_00}
    charge |= {"description": "Base", "ordinance": "Ord. 1", "working": []}
    term = LicenseTerm(BEGINS, date(2027, 12, 31), DUE, (charge,), "a1", renews=True)  # type: ignore[arg-type]
    license_ = License(NUMBER, says={"license_class": "RETAIL", "starts": "2020-01-01"}, terms=(term,))
    (found,) = due_terms(license_, {}, {f"{NUMBER}/2027-01-01/LATE/r1": (10_00, 3_00)})
    assert (found.charges[0].code, found.raised, found.left) == (
        "BASE",
        {"LATE": 10_00},
        (f"{NUMBER}/2027-01-01/LATE/r1",),
    )
    raised = raised_by(found, SCHEDULE, declared_for(license_, found), Payment(DUE, date(2027, 3, 10)), lambda _: True)
    assert cents_by_code(raised) == {"LATE": 10_00}
