"""Reports by keys: days and periods, the way from a row on and back, files; the ledger's by its own PIN."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countertui.domain.report_period import By, Range
from countertui.domain.report_table import Asked
from countertui.screens.report_tables.view import Place, Walk
from screens.ledger_desk import PIN
from screens.report_desk import ReportDesk


async def opened(counter, downs: int = 0):
    await counter.keys("f10", "4", *["down"] * downs, "enter")


async def test_a_cashier_has_no_reports(open_counter):
    async with open_counter(ReportDesk()) as counter:
        await counter.keys("f10", "4")
        assert counter.app.area.NAME == "menu"


async def test_a_report_of_here_opens_at_once_with_totals(open_counter):
    desk = ReportDesk()
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await opened(counter)
        assert counter.app.area.NAME == "own_report"
        screen = counter.screen()
        assert "Drawers by operator: 2026-11-01 to 2026-11-30" in screen
        assert "10,773.57" in screen
        assert "-4.25" in screen
        assert desk.asked == []


async def test_keys_change_the_days_and_the_periods(open_counter):
    desk = ReportDesk()
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await opened(counter)
        await counter.keys("left", "p", "u")
        asked = [each for _, each in desk.own_asked]
        assert [each.range for each in asked] == [
            Range("2026-11-01", "2026-11-30"),
            *[Range("2026-10-01", "2026-10-31")] * 2,
            Range("2026-10-01", "2026-12-31"),
        ]
        assert [each.by for each in asked] == [None, None, By.DAY, By.DAY]
        await counter.keys("p", "p", "p", "p", "p")
        assert desk.own_asked[-1][1].by is None


async def test_a_quarter_and_a_year_are_the_citys_fiscal_ones(open_counter):
    desk = ReportDesk()
    desk.rules = replace(desk.rules, fiscal_year_begins=7)
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await opened(counter)
        await counter.keys("u")
        assert "Drawers by operator: FY 2027, quarter 2: Oct-Dec 2026   as of 16:05" in counter.screen()
        await counter.keys("left")
        assert "Drawers by operator: FY 2027, quarter 1: Jul-Sep 2026   as of 16:05" in counter.screen()
        await counter.keys("right", "u")
        assert "Drawers by operator: FY 2027: Jul 2026-Jun 2027   as of 16:05" in counter.screen()
        assert desk.own_asked[-1][1].range == Range("2026-07-01", "2027-06-30")


async def test_days_are_typed_and_what_is_none_is_refused_and_stays(open_counter):
    desk = ReportDesk()
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await opened(counter)
        await counter.by_hand("g", *"2026-11-09 2026-11-02", "enter")
        assert "is no range of days" in counter.message
        assert counter.app.area.at is counter.app.area.days
        await counter.keys("escape")
        assert counter.app.area.at is None
        await counter.by_hand("g", *"2026-11-02 2026-11-09", "enter")
        assert desk.own_asked[-1][1].range == Range("2026-11-02", "2026-11-09")


async def test_enter_goes_on_from_a_row_and_esc_back_to_it(open_counter):
    desk = ReportDesk()
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await opened(counter)
        await counter.keys("down", "enter")
        assert desk.own_asked[-1][0] == "receipts"
        assert desk.own_asked[-1][1].key == ("T1", "1", "s2")
        assert "Featherstonehaugh" in counter.screen()
        await counter.keys("enter")
        assert "nothing behind that row" in counter.message
        await counter.keys("escape")
        assert desk.own_asked[-1][0] == "drawers"
        assert counter.app.area.list.cursor == 1
        await counter.keys("escape")
        assert counter.app.area.NAME == "report_list"


async def test_a_part_of_one_session_has_no_other_days_and_says_so(open_counter):
    desk = ReportDesk()
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await opened(counter)
        await counter.keys("down", "enter", "left")
        assert "of one session" in counter.message
        assert desk.own_asked[-1][0] == "receipts"


def part_of_a_day(name, *key, by=None):
    walk = Walk()
    walk.at = Place(name, Asked(Range("2026-11-01", "2026-11-30"), by=by, key=key), by_periods=False)
    return walk


@pytest.mark.parametrize(
    ("day", "steps", "range_", "then"),
    [
        ("2026-11-20", 1, ("2026-11-01", "2026-11-30"), "2026-11-21"),
        ("2026-11-20", -2, ("2026-11-01", "2026-11-30"), "2026-11-18"),
        ("2026-11-30", 1, ("2026-12-01", "2026-12-31"), "2026-12-01"),
        ("2026-11-01", -1, ("2026-10-01", "2026-10-31"), "2026-10-31"),
    ],
)
def test_a_part_of_one_day_turns_to_the_next(day, steps, range_, then):
    for name, key in (("totals", (day,)), ("gl-entries", ("100", "100-4410", day, "T1", "1"))):
        walk = part_of_a_day(name, *key)
        walk.turn(steps)
        assert walk.at.asked.range == Range(*range_)
        assert then in walk.at.asked.key
        assert len(walk.at.asked.key) == len(key)


def test_a_part_of_a_week_turns_to_the_next_week_and_typed_days_have_it_on_one_of_them():
    walk = part_of_a_day("totals", "2026-11-18", by=By.WEEK)
    walk.turn(1)
    assert walk.at.asked.key == ("2026-11-23",)
    walk.days("2026-11-02 2026-11-05")
    assert (walk.at.asked.range, walk.at.asked.key) == (Range("2026-11-02", "2026-11-05"), ("2026-11-05",))


async def test_a_file_is_chosen_by_letter_or_none_is_written(open_counter):
    desk = ReportDesk()
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await opened(counter)
        await counter.keys("e", "escape")
        assert desk.files == []
        await counter.keys("e", "x")
        await counter.until(lambda: bool(desk.files))
        await counter.until(lambda: "reports/drawers.xlsx" in counter.message)
        [(table, ending)] = desk.files
        assert (table.name, ending) == ("drawers", ".xlsx")
        await counter.keys("c")
        assert len(desk.files) == 1


async def test_the_ledgers_are_asked_for_after_its_pin_and_lead_on(open_counter):
    desk = ReportDesk()
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await opened(counter, 12)
        assert counter.app.area.NAME == "ledger_report"
        assert desk.asked == []
        await counter.keys(*PIN, "enter")
        await counter.until(lambda: bool(counter.app.area.list.items))
        asked = {"name": "voids", "since": "2026-11-01", "until": "2026-11-30", "key": [], "by": "", "office": ""}
        assert desk.asked == [("report", asked)]
        assert "159,129.11" in counter.screen()
        assert "0.20%" in counter.screen()
        await counter.keys("down", "enter")
        await counter.until(lambda: "Wrong fee" in counter.screen())
        assert desk.asked[-1][1]["key"] == ["bo"]
        await counter.keys("escape")
        await counter.until(lambda: "159,129.11" in counter.screen())
        desk.reached = False
        await counter.keys("left")
        await counter.until(lambda: "no connection" in counter.message)


async def test_an_answer_of_another_form_is_said_and_nothing_is_shown_of_it(open_counter):
    desk = ReportDesk(answers={"report": {"name": "voids", "rows": "none"}})
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await opened(counter, 12)
        await counter.keys(*PIN, "enter")
        await counter.until(lambda: "cannot be read" in counter.message)
        assert list(counter.app.area.list.items) == []


async def test_of_one_office_alone_and_of_all_again(open_counter):
    desk = ReportDesk()
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await opened(counter, 12)
        await counter.keys(*PIN, "enter")
        await counter.until(lambda: bool(counter.app.area.list.items))
        await counter.by_hand("o", *"hall", "enter")
        await counter.until(lambda: "by cashier, HALL: 2026" in counter.screen())
        assert desk.asked[-1][1]["office"] == "HALL"
        await counter.by_hand("o", "escape")
        assert counter.app.area.NAME == "ledger_report"
        await counter.by_hand("o", *["backspace"] * 4, "enter")
        await counter.until(lambda: desk.asked[-1][1]["office"] == "")
