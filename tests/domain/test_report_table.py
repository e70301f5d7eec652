"""Reports as tables: their periods, their lines, their totals; what no reader may overlook."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.paper import width_of
from countertui.domain.report_lines import laid_out, text_lines
from countertui.domain.report_period import By, NoRange, Range, begins, moved, period_of, periods, range_of
from countertui.domain.report_period import range_of_period as whole
from countertui.domain.report_table import (
    Asked,
    Bars,
    Column,
    ColumnKind,
    Drill,
    Heading,
    Table,
    key_of,
    percent,
    rate,
    summed,
)
from countertui.domain.signed_bars import signed_bars

DAYS = Range("2026-11-01", "2026-11-30")
COLUMNS = (
    Column("operator"),
    Column("day", ColumnKind.DATE),
    Column("receipts", ColumnKind.COUNT),
    Column("taken", ColumnKind.CENTS),
    Column("voids rate", ColumnKind.RATE),
    Column("session", for_programs=True),
)
ROWS = [("ann", "2026-11-23", 1_200, 12_345_67, 125, "S1"), ("bo", "2026-11-24", 2, -5, None, "S2")]
TABLE = Table(
    "drawers",
    "Drawers by operator",
    Asked(DAYS, office="HALL", by=By.MONTH),
    COLUMNS,
    ROWS,
    summed(COLUMNS, ROWS),
    notes=("Nothing was heard from T2.",),
    drill=Drill("session", (0, 5)),
    heading=Heading("Littleton", "L-1", "2026-11-30T17:05:00", "the ledger's books"),
)


def test_a_report_says_whose_and_of_when_it_is_and_adds_up():
    assert text_lines(TABLE) == [
        "Drawers by operator",
        "Littleton, office HALL",
        "2026-11-01 to 2026-11-30, by month",
        "As of 2026-11-30 17:05, the ledger's books",
        "",
        "operator  day         receipts      taken  voids rate",
        "-----------------------------------------------------",
        "ann       2026-11-23     1,200  12,345.67       1.25%",
        "bo        2026-11-24         2      -0.05",
        "-----------------------------------------------------",
        "Total                    1,202  12,345.62",
        "",
        "Nothing was heard from T2.",
    ]


def test_a_column_for_programs_is_shown_to_nobody_and_leads_on():
    assert not any("S1" in line for line in text_lines(TABLE))
    assert key_of(TABLE, ROWS[1]) == ("bo", "S2")


@pytest.mark.parametrize(("ledger", "mark"), [("TRAINING-1", "TRAINING - NOT REAL"), ("DEMO-1", "DEMO - NOT REAL")])
def test_of_a_made_up_city_it_says_so_first(ledger, mark):
    made_up = Table("x", "X", Asked(DAYS), COLUMNS, [], heading=Heading("Littleton", ledger))
    assert text_lines(made_up)[0] == mark


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(categories=["L", "N", "Zs", "Lo", "Mn"]), max_size=90),
            st.integers(-(10**11), 10**11),
            st.text("abc ", max_size=60),
        ),
        max_size=5,
    )
)
def test_no_line_is_wider_than_the_screen_and_no_number_is_cut(rows):
    columns = (Column("who"), Column("taken in all", ColumnKind.CENTS), Column("why"))
    found = laid_out(Table("x", "X", Asked(DAYS), columns, rows, summed(columns, rows)))
    assert all(width_of(line) <= 80 for row in found.rows for line in row)
    for row, lines in zip(rows, found.rows, strict=True):
        assert f"{abs(row[1]) % 100:02d}" in lines[0]
        assert "".join("".join(lines).split()).count("…") == 0


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(By), st.integers(1, 12))
def test_a_day_lies_in_one_period_which_is_whole(day, by, year_from):
    name, days = period_of(str(day), by, year_from), whole(str(day), by, year_from)
    assert days.since <= str(day) <= days.until
    assert {period_of(days.since, by, year_from), period_of(days.until, by, year_from)} == {name}
    assert moved(moved(str(day), by, 1, year_from), by, -1, year_from) == begins(str(day), by, year_from)
    assert list(periods(days, by, year_from)) == [name]


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(1, 12))
def test_a_fiscal_year_begins_with_its_month_and_has_four_quarters(day, year_from):
    year = whole(str(day), By.YEAR, year_from)
    assert int(year.since[5:7]) == year_from
    called = period_of(str(day), By.YEAR, year_from)
    assert called.removeprefix("FY") == year.until[:4]
    assert list(periods(year, By.QUARTER, year_from)) == [f"{called}-Q{n}" for n in (1, 2, 3, 4)]
    assert len(list(periods(year, By.MONTH, year_from))) == 12


@pytest.mark.parametrize(
    ("days", "by", "year_from", "said"),
    [
        (("2026-10-01", "2026-12-31"), None, 7, "FY 2027, quarter 2: Oct-Dec 2026"),
        (("2026-10-01", "2026-12-31"), By.MONTH, 7, "FY 2027, quarter 2: Oct-Dec 2026, by month"),
        (("2026-07-01", "2027-06-30"), By.QUARTER, 7, "FY 2027: Jul 2026-Jun 2027, by quarter"),
        (("2026-11-01", "2027-01-31"), None, 2, "FY 2027, quarter 4: Nov 2026-Jan 2027"),
        (("2026-10-01", "2026-11-23"), By.QUARTER, 7, "FY 2027, quarter 2: 2026-10-01 to 2026-11-23, by quarter"),
        (("2026-07-01", "2026-11-23"), By.YEAR, 7, "FY 2027: 2026-07-01 to 2026-11-23, by year"),
        (("2026-10-01", "2026-12-31"), None, 1, "2026, quarter 4: Oct-Dec 2026"),
        (("2026-01-01", "2026-12-31"), None, 1, "2026: Jan-Dec 2026"),
        (("2026-01-01", "2026-12-31"), None, 7, "2026-01-01 to 2026-12-31"),
        (("2026-10-01", "2027-03-31"), By.QUARTER, 7, "2026-10-01 to 2027-03-31, by quarter"),
        (("2026-10-01", "2026-10-31"), None, 7, "2026-10-01 to 2026-10-31"),
    ],
)
def test_a_title_says_which_quarter_or_year_it_is(days, by, year_from, said):
    assert Asked(Range(*days), by=by, year_from=year_from).days == said


def test_periods_are_called_as_people_call_them():
    names = {by: period_of("2026-11-25", by) for by in By}
    assert names == {
        By.DAY: "2026-11-25",
        By.WEEK: "2026-11-23",
        By.MONTH: "2026-11",
        By.QUARTER: "2026-Q4",
        By.YEAR: "2026",
    }
    assert list(periods(Range("2025-12-30", "2026-02-01"), By.MONTH)) == ["2025-12", "2026-01", "2026-02"]


@pytest.mark.parametrize(
    ("since", "until"), [("2026-11-24", "2026-11-23"), ("yesterday", "2026-11-23"), ("1900-01-01", "2026-11-23")]
)
def test_what_is_no_range_is_refused(since, until):
    with pytest.raises(NoRange):
        range_of(since, until)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_rate_is_in_basis_points_to_the_nearest(part, all_):
    found = rate(part, all_)
    if all_ == 0:
        assert found is None
    else:
        assert found is not None
        assert abs(found * all_ - part * 10_000) * 2 <= all_


def test_a_rate_reads_as_percent():
    assert [percent(each) for each in (0, 5, 125, 10_000, -150)] == ["0.00%", "0.05%", "1.25%", "100.00%", "-1.50%"]


def test_bars_say_by_letters_and_signs_which_side_they_are():
    assert signed_bars([("Nov", 100), ("Dec", -50), ("Jan", 0), ("Feb", 1)], 30, str) == [
        "Nov           |++++++++++ +100",
        "Dec      -----|            -50",
        "Jan           |              0",
        "Feb           |+            +1",
    ]


@given(st.lists(st.tuples(st.text("ab", max_size=5), st.integers(-(10**9), 10**9)), max_size=6))
def test_bars_fit_and_what_is_not_nothing_is_seen(bars):
    for (_, value), line in zip(bars, signed_bars(bars, 60, str), strict=True):
        assert len(line) <= 60
        middle = line.index("|")
        assert ("-" in line[:middle]) == (value < 0)
        assert ("+" in line[middle : line.rindex(" ")]) == (value > 0)


def test_a_chart_stands_below_its_table():
    charted = Table(
        "x", "X", Asked(DAYS), COLUMNS[:1] + COLUMNS[3:4], [("ann", 5), ("bo", -5)], bars=Bars("Over, short", 0, 1)
    )
    lines = text_lines(charted)
    assert lines[-3] == "Over, short"
    assert lines[-2].endswith("+0.05")
    assert lines[-1].endswith("-0.05")
