"""`countertui report` where reports are tables: of a ledger's books, as text, JSON and files."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from countertui.cli.report import report
from countertui.domain.city import rules_to_json
from countertui.domain.report_period import By
from countertui.errors import UsageError
from ledger.at_the_desk import rules_are
from ledger.reports.days import lived
from ledger.town import RULES, founded

NOVEMBER = {"since": "2026-11-01", "until": "2026-11-30"}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("told") / "ledger"
    books = founded(folder)
    lived(books)
    books.close()
    return folder


def test_the_gl_distribution_is_told_by_day_as_json(ledger, capsys):
    assert report("gl", dir=ledger, json_=True, by=By.DAY, **NOVEMBER) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["report"], said["by"], said["since"], said["ledger"]) == ("gl", "day", "2026-11-01", "DEMO-LITTLETON")
    copies = [row for row in said["rows"] if row["account"] == "100-4410"]
    assert [(row["day"], row["credit"]) for row in copies] == [("2026-11-20", 5_00), ("2026-11-23", 4_50)]
    assert said["totals"]["debit"] == said["totals"]["credit"]


def test_a_year_begins_where_the_citys_fiscal_year_does(tmp_path, capsys):
    books = founded(tmp_path / "ledger")
    lived(books)
    rules_are(books, rules_to_json(replace(RULES, fiscal_year_begins=7)))
    books.close()
    assert report("gl", dir=tmp_path / "ledger", by=By.YEAR, until="2026-11-30") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[3] == "FY 2027: 2026-07-01 to 2026-11-30, by year"
    assert any(line.startswith("FY2027  ") for line in lines)
    assert report("gl", dir=tmp_path / "ledger", by=By.QUARTER, until="2026-11-30", json_=True) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["since"], {row["quarter"] for row in said["rows"]}) == ("2026-10-01", {"FY2027-Q2"})


def test_text_says_what_it_is_a_report_of(ledger, capsys):
    assert report("voids", dir=ledger, office="HALL", **NOVEMBER) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == [
        *("DEMO - NOT REAL", "Voids and refunds by cashier", "Town of Littleton, office HALL"),
        "2026-11-01 to 2026-11-30",
    ]
    assert any(line.startswith("ann ") and "25.00%" in line for line in lines)


def test_a_report_is_written_to_a_new_file_alone(ledger, capsys, tmp_path):
    to = tmp_path / "checks.csv"
    assert report("checks", dir=ledger, to=to, **NOVEMBER) == 0
    rows = list(csv.reader(io.StringIO(to.read_text("utf-8-sig"))))
    assert rows[0] == ["date", "terminal", "receipt", "check", "taken back", "amount"]
    assert ["Total", "", "", "", "", "35.00"] in rows
    assert to.stat().st_mode & 0o077 == 0
    with pytest.raises(UsageError):
        report("checks", dir=ledger, to=to, **NOVEMBER)
    with pytest.raises(UsageError):
        report("checks", dir=ledger, to=tmp_path / "checks.docx", **NOVEMBER)


def test_a_row_leads_on(ledger, capsys):
    assert report("receipts", dir=ledger, of=("T1", "1", "S1"), json_=True, **NOVEMBER) == 0
    assert len(json.loads(capsys.readouterr().out)["rows"]) == 4


def test_what_makes_no_sense_is_refused(ledger):
    with pytest.raises(UsageError):
        report("gl", dir=ledger, since="2026-12-01", until="2026-11-01")
    with pytest.raises(UsageError):
        report("gl", dir=ledger, office="MOON", **NOVEMBER)
    with pytest.raises(UsageError):
        report("sessions", dir=ledger, by=By.DAY)
    with pytest.raises(UsageError):
        report("licenses", dir=ledger, office="HALL")


def test_numbers_that_are_missing_are_a_no(ledger, capsys):
    assert report("gaps", dir=ledger, json_=True, **NOVEMBER) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == []
