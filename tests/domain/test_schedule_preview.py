"""A change of the license rows, before it takes effect: what each license would pay then, and what it does now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.config.licenses import LicensesRefused, holding, license_file
from countertui.domain.license_schedule import Declared
from countertui.domain.schedule_preview import Held, Preview, first_change, preview

DAY = date(2026, 11, 23)
ROWS = """
[[class]]
effective_from = 2026-01-01
ordinance = "Ord. 1"
code = "SHOP"
name = "Shop"
[[class]]
effective_from = 2026-01-01
ordinance = "Ord. 1"
code = "OWN"
name = "With a year of its own"
[[question]]
effective_from = 2026-01-01
ordinance = "Ord. 1"
code = "employees"
words = "Who works there"
answer = "count"
classes = ["SHOP"]
[[year]]
effective_from = 2026-01-01
ordinance = "Ord. 1"
begins = "07-01"
[[year]]
effective_from = 2026-01-01
ordinance = "Ord. 1"
classes = ["OWN"]
[[fee]]
effective_from = 2026-01-01
ordinance = "Ord. 1"
code = "BASE"
description = "License"
gl = "100-4110"
flat = 60.00
[[fee]]
effective_from = 2026-01-01
ordinance = "Ord. 1"
code = "STAFF"
description = "For each"
gl = "100-4110"
classes = ["SHOP"]
each = { of = "employees", amount = 5.00 }
"""
LATER = """
[[fee]]
effective_from = 2027-03-01
ordinance = "Ord. 2"
code = "BASE"
description = "License"
gl = "100-4110"
flat = 75.00
"""


def changed(*held: Held, new: str = ROWS + LATER, **more: object) -> Preview:
    before, after = license_file(ROWS, DAY), license_file(new, DAY)
    day = first_change(before, after, DAY)
    assert day is not None
    return preview(held, before, after, day, holding, **more)  # type: ignore[arg-type]


def test_each_license_for_the_first_term_after_the_change() -> None:
    result = changed(
        Held("L1", "Ann's", "SHOP", {"employees": 200}, date(2027, 7, 1)),
        Held("L2", "Bo's", "OWN", {}, date(2027, 2, 10)),
    )
    assert result.day == date(2027, 3, 1)
    assert [(each.held.number, each.begins, each.old, each.new, each.difference) for each in result.changes] == [
        ("L1", date(2027, 7, 1), 7_000, 8_500, 1_500),
        ("L2", date(2028, 2, 10), 6_000, 7_500, 1_500),
    ]
    assert [(each.code, each.licenses, each.more, each.less, each.difference) for each in result.classes] == [
        ("OWN", 1, 1, 0, 1_500),
        ("SHOP", 1, 1, 0, 1_500),
    ]
    assert (result.total.old, result.total.new) == (13_000, 16_000)


def test_a_term_that_begins_on_the_day_is_the_first() -> None:
    result = changed(Held("L1", "", "SHOP", {"employees": 0}), new=ROWS + LATER.replace("2027-03-01", "2027-07-01"))
    assert result.changes[0].begins == date(2027, 7, 1)


def test_what_is_not_stated_is_told_and_never_made_up() -> None:
    result = changed(Held("L1", "", "SHOP"), Held("L2", "", ""), Held("L3", "", "GONE"))
    assert [each.why for each in result.changes] == [
        "not stated: employees",
        "no class is stated",
        "class GONE is not in the old schedule",
    ]
    assert (result.total.licenses, result.total.computed, result.total.difference) == (3, 0, 0)


def test_an_answer_is_assumed_only_where_none_is_stated() -> None:
    result = changed(Held("L1", "", "SHOP"), Held("L2", "", "SHOP", {"employees": 100}), assumed={"employees": 300})
    assert [(each.old, each.assumed) for each in result.changes] == [(7_500, ("employees",)), (6_500, ())]


def test_a_class_that_goes_and_one_that_comes() -> None:
    new = ROWS.replace('code = "OWN"', 'code = "NEW"').replace('["OWN"]', '["NEW"]')
    result = changed(Held("L1", "", "OWN"), Held("L2", "", "NEW"), new=new)
    assert [each.why for each in result.changes] == [
        "class OWN is not in the new schedule",
        "class NEW is not in the old schedule",
    ]


def test_the_same_rows_change_on_no_day() -> None:
    assert first_change(license_file(ROWS, DAY), license_file(ROWS + "# told\n", DAY), DAY) is None


def test_rows_that_are_not_in_force_yet_change_on_their_own_day() -> None:
    later = license_file((ROWS + LATER).replace("2026-01-01", "2027-01-01"), DAY)
    assert first_change(license_file(ROWS, DAY), later, DAY) == date(2027, 3, 1)


def test_a_faulty_schedule_names_its_row() -> None:
    with pytest.raises(LicensesRefused) as refused:
        license_file(ROWS + LATER.replace("flat = 75.00", "flat = -75.00"), DAY)
    assert "[[fee]] row 3" in str(refused.value)


@dataclass(frozen=True)
class Case:
    number: int
    employees: int


@given(st.lists(st.builds(Case, st.integers(0, 9), st.integers(0, 10_000)), max_size=12))
def test_each_is_what_the_schedule_says_and_classes_add_up(cases: list[Case]) -> None:
    held = [Held(f"L{n}", "", "SHOP", {"employees": each.employees}) for n, each in enumerate(cases)]
    result = changed(*held)
    schedule = license_file(ROWS + LATER, DAY).on(date(2027, 7, 1))
    term = schedule.year_of("SHOP").term(date(2027, 7, 1))
    for change in result.changes:
        declared = Declared("SHOP", term.begins, change.held.answers)
        assert change.new == schedule.determine(declared, term, holding(schedule, declared)).total
        assert change.difference == 1_500
    assert result.total.difference == 1_500 * len(cases) == sum(each.difference for each in result.classes)


def test_the_demo_s_rows_are_the_same_as_themselves() -> None:
    text = (Path(__file__).parents[2] / "src" / "countertui" / "demo" / "licenses.toml").read_text(encoding="utf-8")
    assert first_change(license_file(text, DAY), license_file(text, DAY), DAY) is None


TIMING = """
[[timing]]
effective_from = 2026-01-01
ordinance = "Ord. 1"
code = "LATE"
description = "Late"
head = "penalty"
gl = "100-4190"
late_each = { percent = 10, every = "month" }
"""


def test_what_late_costs_stands_beside_it_also_where_only_that_changes() -> None:
    held = Held("L1", "Ann's", "SHOP", {"employees": 0}, date(2027, 7, 1))
    new = ROWS + TIMING.replace("2026-01-01", "2027-03-01").replace("percent = 10", "percent = 25")
    before, after = license_file(ROWS + TIMING, DAY), license_file(new, DAY)
    late = {days: preview([held], before, after, date(2027, 3, 1), holding, late=days) for days in (1, 32)}
    (one,), (two,) = late[1].changes, late[32].changes
    assert (one.old, one.new, one.difference) == (60_00, 60_00, 0)
    assert (one.old_late, one.new_late) == (66_00, 75_00)
    assert (two.old_late, two.new_late) == (72_00, 90_00)
    assert (late[32].total.old_late, late[32].total.new_late) == (72_00, 90_00)
    assert first_change(before, after, DAY) is not None
