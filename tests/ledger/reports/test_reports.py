"""Each report of the ledger against a small day whose numbers are known by hand, on both engines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countertui.domain.report_lines import WIDTH, text_lines
from countertui.domain.report_period import By, NoRange, Range
from countertui.domain.report_table import Asked, key_of
from countertui.ledger.reports import PARTS, REPORTS, UnknownReportError
from ledger.reports.days import DAYS, FIRST, SECOND, rows_of, told

HALL = Asked(DAYS, office="HALL")


def test_drawers_stand_by_operator_with_what_was_over_or_short(asking):
    table = told(asking, "drawers")
    assert rows_of(table) == [
        ("ann", FIRST, "T1", "D1", 3, 235_00, 235_00, 0),
        ("ann", SECOND, "T1", "D2", 1, 202_50, None, None),
        ("cy", SECOND, "T2", table.rows[2][3], 1, 207_00, 206_00, -1_00),
    ]
    assert table.totals is not None
    assert list(table.totals[4:8]) == [5, 442_00, 441_00, -1_00]
    assert "1 drawer is still open" in table.notes[0]


def test_drawers_by_month_are_each_operators_closed_ones(asking):
    assert rows_of(told(asking, "drawers", Asked(DAYS, by=By.MONTH))) == [
        ("2026-11", "ann", 1, 3, 235_00, 235_00, 0),
        ("2026-11", "cy", 1, 1, 207_00, 206_00, -1_00),
    ]


def test_of_one_office_there_are_its_terminals_alone(asking):
    assert {row[2] for row in told(asking, "drawers", HALL).rows} == {"T1"}
    assert {row[1] for row in told(asking, "totals", Asked(DAYS, office="POOL")).rows} == {"T2"}


def test_x_and_z_totals_are_told_tender_by_tender(asking):
    rows = rows_of(told(asking, "totals"))
    assert [row[1:2] + row[3:] for row in rows if row[5] in ("cash", "check") and row[3] == "ann"] == [
        ("T1", "ann", "Z", "cash", None, 200_00, 200_00, 0),
        ("T1", "ann", "Z", "check", 2, 35_00, 35_00, 0),
        ("T1", "ann", "X", "cash", None, 202_50, None, None),
    ]
    assert [row[4:] for row in rows if row[3] == "cy" and row[5] == "cash"] == [
        ("Z", "cash", None, 207_00, 206_00, -1_00)
    ]


def test_checks_are_listed_with_what_was_taken_back(asking):
    table = told(asking, "checks")
    assert rows_of(table) == [
        (FIRST, "T1", "T1-2", "417", "", 30_00),
        (FIRST, "T1", "T1-3", "12", "refund", 5_00),
    ]
    assert table.totals is not None
    assert table.totals[-1] == 35_00
    assert rows_of(told(asking, "checks", Asked(DAYS, by=By.WEEK))) == [("2026-11-16", 2, 35_00)]


def test_voids_and_refunds_are_the_cashiers_with_rates(asking):
    table = told(asking, "voids")
    assert rows_of(table) == [
        ("ann", 4, 47_50, 1, 10_00, 25_00, 1, 5_00, 25_00),
        ("cy", 1, 7_00, 0, 0, 0, 0, 0, 0),
    ]
    assert table.totals is not None
    assert list(table.totals[1:]) == [5, 54_50, 1, 10_00, 20_00, 1, 5_00, 20_00]
    assert rows_of(told(asking, "voids", Asked(DAYS, by=By.DAY)))[0] == (
        *(FIRST, "ann", 3, 45_00, 1, 10_00, 33_33),
        *(0, 0, 0),
    )


def test_a_cashiers_voids_lead_to_each_with_its_reason_and_people(asking):
    table = told(asking, "voids")
    part = told(asking, table.drill.report, Asked(DAYS, key=key_of(table, table.rows[0])))
    assert rows_of(part) == [
        (FIRST, "T1-1", "void", "ann", "ann", "bo", "Wrong account", 10_00),
        (SECOND, "T1-3", "refund", "ann", "ann", "bo", "Paid twice", 5_00),
    ]
    assert rows_of(told(asking, "voided")) == rows_of(part)
    assert rows_of(told(asking, "voided", Asked(DAYS, office="POOL"))) == []


def test_no_sales_stand_by_operator_and_one_by_one(asking):
    assert rows_of(told(asking, "no-sales")) == [("ann", 1, 4, 25_00)]
    assert rows_of(told(asking, "opened", Asked(DAYS, key=("ann",)))) == [
        (FIRST, "T1", "D1", "ann", "09:00", "A roll of dimes")
    ]


def test_over_and_short_are_added_up_apart_and_drawn(asking):
    table = told(asking, "over-short")
    assert rows_of(table) == [(FIRST, 1, 0, 0, 0), (SECOND, 1, 0, -1_00, -1_00)]
    assert table.bars is not None
    monthly = told(asking, "over-short", Asked(DAYS, by=By.MONTH))
    assert rows_of(monthly) == [("2026-11", 2, 0, -1_00, -1_00)]
    part = told(asking, "totals", Asked(DAYS, by=By.MONTH, key=key_of(monthly, monthly.rows[0])))
    assert part.asked.range == DAYS
    assert len({row[11] for row in part.rows}) == 3


def test_a_period_at_the_edge_of_a_range_leads_to_what_it_added_up_alone(asking):
    late = Asked(Range(SECOND, SECOND), by=By.MONTH)
    monthly = told(asking, "over-short", late)
    part = told(asking, "totals", replace(late, key=key_of(monthly, monthly.rows[0])))
    assert part.asked.range == Range(SECOND, SECOND)
    assert {row[0] for row in part.rows} == {SECOND}
    with pytest.raises(NoRange, match=f"{FIRST} is not in {SECOND}"):
        told(asking, "totals", replace(late, key=(FIRST,)))


def test_the_gl_distribution_leads_to_days_and_entries(asking):
    table = told(asking, "gl")
    assert ("100", "100-4410", "Copies", None, 9_50) in rows_of(table)
    assert ("100", "100-4911", "Over and short", 1_00, None) in rows_of(table)
    assert table.totals is not None
    assert table.totals[-2] == table.totals[-1]
    row = next(row for row in table.rows if row[1] == "100-4410")
    days = told(asking, "gl-days", Asked(DAYS, key=key_of(table, row)))
    assert rows_of(days)[0] == (FIRST, "T1", "100", "100-4410", None, 5_00)
    entries = told(asking, "gl-entries", Asked(DAYS, key=key_of(days, days.rows[0])))
    assert [row[1:3] + row[-2:] for row in rows_of(entries)] == [
        ("pay", "T1-1", None, 10_00),
        ("pay", "T1-3", None, 5_00),
        ("void", "", 10_00, None),
    ]


def test_a_session_leads_to_its_receipts(asking):
    table = told(asking, "drawers")
    found = told(asking, "receipts", Asked(DAYS, key=key_of(table, table.rows[0])))
    assert rows_of(found) == [
        ("T1-1", "09:00", "pay (void)", "Somebody", "cash", 10_00),
        ("T1-2", "09:00", "pay", "Somebody", "check", 30_00),
        ("T1-3", "09:00", "pay (refund)", "Somebody", "check", 5_00),
        ("T1-1", "09:00", "void", "", "cash", -10_00),
    ]


def test_money_that_is_in_no_deposit_is_told_by_its_age(asking):
    table = told(asking, "lag")
    assert [row[:6] for row in rows_of(table)] == [
        (FIRST, "T1", "D1", "ann", "", None),
        (SECOND, "T2", table.rows[1][2], "cy", "", None),
    ]
    assert "2 closed sessions are in no deposit." in table.notes


def test_without_a_gap_none_is_told(asking):
    assert told(asking, "gaps").rows == []


def test_rights_are_told_of_everybody(asking):
    assert [row[0] for row in told(asking, "rights").rows] == ["ann", "bo", "cy", "dee", "eli"]


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_can_be_read_of_any_range_and_says_when_it_is_of(asking, name):
    for asked in (Asked(DAYS), Asked(Range("2001-01-01", "2001-01-01"), "POOL", By.QUARTER)):
        table = told(asking, name, asked)
        lines = text_lines(table)
        assert lines[:3] == ["DEMO - NOT REAL", table.title, lines[2]]
        assert "Town of Littleton" in lines[2]
        assert all(len(line) <= WIDTH for line in lines)
        assert all(len(row) == len(table.columns) for row in (*table.rows, *([table.totals] if table.totals else [])))


def test_what_there_is_no_report_of_is_refused(asking):
    for name, asked in (("money", Asked(DAYS)), ("receipts", Asked(DAYS)), ("receipts", Asked(DAYS, key=("T1",)))):
        with pytest.raises(UnknownReportError):
            told(asking, name, asked)


def test_every_row_that_leads_on_leads_to_a_report(asking):
    for name in REPORTS:
        table = told(asking, name)
        if table.drill is not None:
            assert table.drill.report in {**REPORTS, **PARTS}
            for row in table.rows:
                told(asking, table.drill.report, Asked(table.asked.range, by=table.asked.by, key=key_of(table, row)))
