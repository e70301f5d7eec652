"""How many licenses a city has, month by month, and what falls due when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.license_acts import LicenseAct
from countertui.domain.license_file import License, fold
from countertui.domain.license_reports import Month, Span, counts, deadlines, in_all, month_of, months, spans
from countertui.domain.license_rows import listed_act
from countertui.domain.license_states import Step
from countertui.domain.reference import TABLES

DAY = date(2026, 11, 23)
YEAR = months(Month(2026, 1), Month(2026, 12))
FEE = "L1/2026-03-01/base"


def act(n: int, step: Step, dated: str, says: Mapping[str, Any] | None = None, **more: Any) -> LicenseAct:
    by = "zoe" if step in (Step.APPROVE, Step.DENY) else "ben"
    return LicenseAct(f"a{n}", "T1", 1, n, dated, by, step, f"a{n - 1}" if n > 1 else "", says or {}, "why", **more)


def license_(*more: LicenseAct, paid: bool = True, day: date = DAY) -> License:
    charge = {"id": FEE, "head": "", "gl": "", "description": "", "cents": 5_000, "ordinance": "", "working": []}
    term = {"begins": "2026-03-01", "ends": "2027-02-28", "due": "2026-03-31", "charges": [charge]}
    acts = [
        act(1, Step.FILE, "2026-02-10", {"business": "Ann's", "license_class": "SHOP", "reviews": {"fire": "open"}}),
        act(2, Step.REVIEW, "2026-02-20", {"reviews": {"fire": "passed"}}),
        act(3, Step.APPROVE, "2026-02-21"),
        act(4, Step.ASSESS, "2026-02-22", term=term),
        act(5, Step.ISSUE, "2026-03-02"),
        *more,
    ]
    return fold("L1", acts, {FEE: 0} if paid else {}, day)


def listed(day: date = DAY, **says: str) -> License:
    row = dict.fromkeys(TABLES["license"], "") | {"business": "Old", "class": "TPS"} | says
    return fold("S1", [listed_act(row)], {}, day)


def numbers(of: License, what: str) -> list[int]:
    return [getattr(each, what) for each in in_all(counts([of], YEAR), YEAR)]


def test_from_its_issue_to_the_end_of_what_is_paid() -> None:
    one = license_()
    assert spans(one) == [Span(date(2026, 3, 2), date(2027, 2, 28))]
    assert numbers(one, "issued") == [0, 0, 1, *[0] * 9]
    assert numbers(one, "in_force") == [0, 0, *[1] * 10]
    assert numbers(one, "ended") == [0] * 12


def test_suspended_and_reinstated_and_closed() -> None:
    one = license_(
        act(6, Step.SUSPEND, "2026-05-10"), act(7, Step.REINSTATE, "2026-07-01"), act(8, Step.CLOSE, "2026-10-31")
    )
    assert spans(one) == [
        Span(date(2026, 3, 2), date(2026, 5, 10)),
        Span(date(2026, 7, 1), date(2026, 10, 31)),
    ]
    assert numbers(one, "in_force") == [0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0]
    assert numbers(one, "ended") == [0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0]


def test_a_move_whose_review_is_open_ends_it_until_it_is_issued_again() -> None:
    one = license_(act(6, Step.MOVE, "2026-06-05", {"premises": "2 Elm", "reviews": {"zoning": "open"}}))
    assert spans(one) == [Span(date(2026, 3, 2), date(2026, 6, 5))]


def test_one_whose_fee_came_back_unpaid_is_not_in_force() -> None:
    assert spans(license_(paid=False)) == []


def test_an_act_that_was_not_carried_out_counts_for_nothing() -> None:
    stale = replace(act(6, Step.REVOKE, "2026-05-10"), was="a3")
    assert numbers(license_(stale), "in_force") == numbers(license_(), "in_force")


def test_a_list_that_says_nothing_of_the_standing_counts_apart() -> None:
    one = listed(issued_on="2026-04-15")
    assert (numbers(one, "in_force"), numbers(one, "issued")) == ([0] * 12, [0, 0, 0, 1, *[0] * 8])
    assert numbers(one, "not_stated") == [0, 0, 0, *[1] * 9]
    stated = listed(issued_on="2026-04-15", status="issued", expires_on="2026-09-30")
    assert numbers(stated, "in_force") == [0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0]
    assert numbers(stated, "ended") == [*[0] * 8, 1, 0, 0, 0]
    assert numbers(stated, "not_stated") == [0] * 12


def test_classes_come_by_code_each_with_its_months() -> None:
    found = counts([license_(), listed(issued_on="2025-01-01")], YEAR[:2])
    assert [(code, [each.not_stated for each in of]) for code, of in found.items()] == [
        ("SHOP", [0, 0]),
        ("TPS", [1, 1]),
    ]
    assert counts([], YEAR) == {}
    assert in_all({}, YEAR)[0].in_force == 0


def test_what_falls_due() -> None:
    waiting = fold(
        "L2",
        [
            act(
                1,
                Step.FILE,
                "2026-11-01",
                {"business": "Bo's", "reviews": {"fire": "open"}, "documents": {"Lease": False}},
            ),
        ],
        {},
        DAY,
    )
    unpaid = license_(paid=False)
    found = deadlines([license_(), waiting, unpaid], DAY, date(2027, 2, 28))
    assert [(str(each.day), each.what, each.number, each.detail, each.cents) for each in found] == [
        ("2026-03-31", "fee overdue", "L1", "2026-03-01 to 2027-02-28", 5_000),
        ("2026-11-01", "document missing", "L2", "Lease", 0),
        ("2026-11-01", "review open", "L2", "fire", 0),
        ("2027-02-28", "expires", "L1", "", 0),
    ]
    assert [each.what for each in deadlines([license_(day=date(2027, 3, 1))], date(2027, 3, 1), date(2027, 3, 1))] == [
        "expired"
    ]
    assert deadlines([license_(act(6, Step.CLOSE, "2026-10-31"))], DAY, date(2030, 1, 1)) == []


@pytest.mark.parametrize(("first", "last", "many"), [((2026, 11), (2027, 2), 4), ((2026, 5), (2026, 4), 0)])
def test_months_of_a_period(first: tuple[int, int], last: tuple[int, int], many: int) -> None:
    assert len(months(Month(*first), Month(*last))) == many


@given(st.dates(date(1900, 1, 1), date(2150, 1, 1)), st.integers(-500, 500))
def test_a_month_has_its_days(day: date, more: int) -> None:
    month = month_of(day)
    assert month.begins <= day <= month.ends
    assert month.after(more).after(-more) == month
    assert str(month) == day.isoformat()[:7]


@given(st.lists(st.tuples(st.sampled_from(list(Step)), st.integers(0, 400)), max_size=6), st.booleans())
def test_in_force_at_a_month_s_end_is_never_more_than_the_licenses(steps: list[tuple[Step, int]], paid: bool) -> None:
    acts = [
        act(6 + n, step, date.fromordinal(date(2026, 3, 3).toordinal() + day).isoformat())
        for n, (step, day) in enumerate(sorted(steps, key=lambda each: each[1]))
    ]
    one = license_(*acts, paid=paid)
    there = spans(one)
    for before, after in pairwise(there):
        assert before.last is not None
        assert after.first is not None
        assert before.last <= after.first
    assert all(each.in_force in (0, 1) for each in in_all(counts([one], YEAR), YEAR))
