"""A terminal's own reports: of closed drawers alone, with the columns that the ledger's have."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from counter_day import count_all
from counter_station import at_work, check, clock_of, drawer_of, fee, on, pay, run_here
from countertui.cli.report import report
from countertui.counter.cash_drawer import open_without_sale
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.report_tables import ReportRefused, own_table, write_report
from countertui.counter.station import Station
from countertui.counter.void_receipt import void_now
from countertui.documents import report_files
from countertui.domain.report_lines import WIDTH, text_lines
from countertui.domain.report_names import OF_TERMINAL
from countertui.domain.report_period import By, Range
from countertui.domain.report_table import Asked, key_of
from countertui.errors import UsageError
from countertui.store.report_tables import PARTS, TABLES

DAYS = Range("2026-11-01", "2026-11-30")
DAY = "2026-11-23"


@pytest.fixture
def day(station: Station) -> Station:
    """Rosa's closed drawer with a void, a check and a no-sale, and her open one with a receipt."""
    rosa, session = at_work(station)
    first = pay(station, session, fee(station))
    line = fee(station, "NOTARY*2")
    pay(station, session, line, tenders=[check(line.amount, "417")])
    open_without_sale(station, rosa, session, "A roll of dimes")
    void_now(station, rosa, on(station, "lena"), first.receipt_no, "Wrong account")
    counted, others = count_all(station, session)
    commit_count(station, rosa, session, counted, others)
    close_drawer(station, rosa, session, "")
    clock_of(station).go_on(60)
    again = drawer_of(station, rosa)
    pay(station, again, fee(station))
    return station


def told(station: Station, name: str, **asked):
    table = own_table(station, name, Asked(DAYS, **asked))
    return table, [tuple(row[n] for n in table.shown) for row in table.rows]


def test_years_are_those_of_the_citys_fiscal_year(day):
    day.rules = replace(day.rules, fiscal_year_begins=7)
    table, rows = told(day, "drawers", by=By.YEAR)
    assert rows[0][0] == "FY2027"
    assert "2026-11-01 to 2026-11-30, by year" in table.told()
    off = own_table(day, "over-short", Asked(Range("2026-01-01", "2026-12-31"), by=By.QUARTER))
    assert off.rows[0][0] == "FY2027-Q2"
    within = own_table(day, off.drill.report, replace(off.asked, key=key_of(off, off.rows[0])))
    assert "FY 2027, quarter 2: Oct-Dec 2026, by quarter" in within.told()


def test_money_is_told_of_closed_drawers_alone(day):
    _, rows = told(day, "drawers")
    taken = fee(day, "NOTARY*2").amount
    assert [row[:5] + row[-1:] for row in rows] == [("rosa", DAY, "T1", "D1", 2, 0)]
    assert rows[0][5] == rows[0][6] > taken
    _, rows = told(day, "voids")
    assert rows[0][:2] == ("rosa", 2)
    assert rows[0][3:6] == (1, fee(day).amount, 50_00)
    _, rows = told(day, "checks")
    assert [row[3:] for row in rows] == [("417", "", taken)]


def test_of_an_open_drawer_no_amount_is_told(day):
    """Whoever counts blind learns nothing of it by asking for a report."""
    session = at_work_open(day)
    for name in [each.name for each in OF_TERMINAL]:
        for by in (None, *By):
            table, _ = told(day, name, by=by)
            assert not any(session in map(str, row) for row in table.rows)
    table, rows = told(day, "receipts", key=("T1", "1", session))
    assert rows == []


def at_work_open(station: Station) -> str:
    return str(station.db.execute("SELECT id FROM session WHERE close_seq IS NULL").fetchone()[0])


def test_a_drawer_leads_to_its_receipts_and_a_cashier_to_each_void(day):
    table, _ = told(day, "drawers")
    assert table.drill is not None
    _, rows = told(day, table.drill.report, key=key_of(table, table.rows[0]))
    assert [(row[0], row[2], row[4]) for row in rows] == [
        ("T1-1", "pay (void)", "cash"),
        ("T1-2", "pay", "check"),
        ("T1-1", "void", "cash"),
    ]
    _, rows = told(day, "voided", key=("rosa",))
    assert [row[1:7] for row in rows] == [("T1-1", "void", "rosa", "rosa", "lena", "Wrong account")]


def test_no_sales_and_over_and_short_and_gaps(day):
    _, rows = told(day, "no-sales")
    assert [row[:2] for row in rows] == [("rosa", 1)]
    _, rows = told(day, "opened", key=("rosa",))
    assert [row[-1] for row in rows] == ["A roll of dimes"]
    _, rows = told(day, "over-short", by=By.MONTH)
    assert rows == [("2026-11", 1, 0, 0, 0)]
    _, rows = told(day, "gaps")
    assert rows == []


def test_every_own_report_fits_the_screen_and_says_whose_word_it_is(day):
    for offered in OF_TERMINAL:
        for asked in ({}, {"by": By.WEEK}):
            table, _ = told(day, offered.name, **asked)
            lines = text_lines(table)
            assert all(len(line) <= WIDTH for line in lines)
            assert any("T1's own journal, of closed drawers" in line for line in lines)
            assert lines[0].endswith("NOT REAL")
            if table.drill is not None:
                assert table.drill.report in {*PARTS, "totals"}


def test_days_before_there_was_anything_have_nothing(day):
    for offered in OF_TERMINAL:
        assert own_table(day, offered.name, Asked(Range("2020-01-01", "2021-12-31"))).rows == []


def test_what_the_ledger_alone_knows_is_refused_here(day):
    with pytest.raises(ReportRefused):
        own_table(day, "gl", Asked(DAYS))


def test_a_file_is_new_and_its_owners_alone_and_of_the_whole_report(day):
    table, _ = told(day, "checks")
    first = write_report(day, run_here(day), table, ".csv")
    again = write_report(day, run_here(day), table, ".csv")
    assert (first.name, again.name) == ("checks-2026-11-01-2026-11-30.csv", "checks-2026-11-01-2026-11-30-2.csv")
    assert first.parent.name == "reports"
    assert first.stat().st_mode & 0o077 == 0
    assert "417" in first.read_text("utf-8-sig")
    with pytest.raises(ReportRefused, match="not all of it"):
        write_report(day, run_here(day), replace(table, left_out=3), ".csv")


def test_a_long_pdf_is_several_files_that_lie_beside_the_first(day, monkeypatch, tmp_path):
    monkeypatch.setattr(report_files, "MOST_ON_PAPER", 2)
    table, rows = told(day, "totals")
    assert 2 < len(rows) <= 4
    first = write_report(day, run_here(day), table, ".pdf")
    assert sorted(path.name for path in first.parent.glob("totals-*.pdf")) == [f"{first.stem}-2.pdf", first.name]
    days = {"since": DAYS.since, "until": DAYS.until}
    assert report("totals", dir=day.store.path.parent, to=tmp_path / "z.pdf", **days) == 0
    assert sorted(path.name for path in tmp_path.glob("z*.pdf")) == ["z-2.pdf", "z.pdf"]
    (tmp_path / "z.pdf").unlink()
    with pytest.raises(UsageError, match=r"z-2\.pdf is there already"):
        report("totals", dir=day.store.path.parent, to=tmp_path / "z.pdf", **days)
    assert not (tmp_path / "z.pdf").exists()


def test_the_list_has_every_report_that_there_is_here():
    assert [named.name for named in OF_TERMINAL] == list(TABLES)


def test_the_command_line_tells_the_same_beside_the_open_counter(day, capsys):
    folder = day.store.path.parent
    days = {"since": DAYS.since, "until": DAYS.until}
    assert report("drawers", dir=folder, json_=True, **days) == 0
    said = json.loads(capsys.readouterr().out)
    table, _ = told(day, "drawers")
    assert [list(row.values()) for row in said["rows"]] == [list(row) for row in table.rows]
    assert report("receipts", dir=folder, of=tuple(map(str, key_of(table, table.rows[0]))), **days) == 0
    assert "pay (void)" in capsys.readouterr().out
    for name, more in (("receipts", {}), ("drawers", {"office": "HALL"})):
        with pytest.raises(UsageError):
            report(name, dir=folder, **more, **days)
