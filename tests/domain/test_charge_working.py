"""The lines of a charge's working add up to its balance, whatever is known of it."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.charge_working import Step, working
from countertui.domain.charges import OpenCharge
from countertui.domain.money import Cents

cents = st.integers(-100_000, 100_000).map(Cents)
steps = st.lists(st.builds(Step, st.just("2026-11-01"), st.just("said"), cents, source=st.sampled_from(["", "T1/1/5"])))


def charge(balance: int, head: str = "water") -> OpenCharge:
    return OpenCharge("C1", head, date(2026, 10, 1), "Water Oct", "510-4310", Cents(balance))


@given(cents, cents, steps, steps, st.sampled_from(["water", "credit"]))
def test_the_lines_add_up_to_the_balance(
    balance: Cents, billed: Cents, published: list[Step], here: list[Step], head: str
) -> None:
    found = working(charge(balance, head), billed, published, here)
    assert sum(step.cents for step in found.steps) == balance
    assert [step for step in published if step not in found.steps] == []
    assert list(found.steps[len(found.steps) - len(here) :]) == here


def test_a_bill_without_lines_is_one_line() -> None:
    assert working(charge(50_00), Cents(50_00), (), ()).steps == (
        Step("2026-10-01", "As billed: Water Oct", Cents(50_00)),
    )


def test_as_billed_then_what_moved_in_the_order_of_days_then_what_is_here() -> None:
    billed = Step("2026-09-10", "base charge", Cents(50_00), "Ord. 7")
    paid = Step("2026-10-20", "Receipt T2-9", Cents(-30_00), source="T2/1/44")
    back = Step("2026-10-29", "Void of T2-9", Cents(30_00), source="T2/1/51")
    here = Step("2026-11-23", "Receipt T1-4", Cents(-20_00), source="T1/1/9", here=True)
    assert working(charge(30_00), Cents(50_00), [back, paid, billed], [here]).steps == (billed, paid, back, here)


def test_what_was_paid_before_there_were_records_has_a_line() -> None:
    assert working(charge(20_00), Cents(50_00), (), ()).steps[1] == Step(
        "", "Paid before this ledger's records", Cents(-30_00)
    )
    assert "Not explained" in working(charge(60_00), Cents(50_00), (), ()).steps[1].what
