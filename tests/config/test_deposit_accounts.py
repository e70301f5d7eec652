"""Which bank account an office's money goes to: read as written, refused where it names what is not there."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from config.test_load_city import FERNHOLLOW, TODAY, problems
from countertui.config.folder import load_city
from countertui.domain.city import rules_from_json, rules_to_json
from countertui.domain.deposit_accounts import account_of, all_numbers, numbers_of
from countertui.domain.postings import DepositAccount

BANK = 'suspense = "101-2990"\nbank = "101-1001"\nbank_accounts = ["441", "442", "443"]\n'
ROW = """
[[deposit_account]]
effective_from = {since}
ordinance = "Utility Authority bylaw 4"
office = "{office}"
account = "{account}"
bank_account = "{number}"
name = "Authority 0099"
"""
PLACE = "gl.toml, [[deposit_account]] DEPOT"


def row(office: str = "DEPOT", account: str = "101-1005", number: str = "442", since: str = "2026-09-01") -> str:
    return ROW.format(office=office, account=account, number=number, since=since)


@pytest.fixture
def gl(tmp_path: Path) -> Path:
    """gl.toml of a city whose deposits go to one account so far."""
    file = Path(shutil.copytree(FERNHOLLOW, tmp_path / "city")) / "gl.toml"
    written = file.read_text(encoding="utf-8").replace('suspense = "101-2990"\n', BANK)
    file.write_text(written, encoding="utf-8")
    return file


def add(file: Path, *rows: str) -> None:
    file.write_text("\n".join((file.read_text(encoding="utf-8"), *rows)), encoding="utf-8")


def test_an_office_has_its_account_from_its_day_on_and_all_others_the_citys(gl: Path) -> None:
    add(gl, row(), row(account="101-1006", number="443", since="2027-01-01"))
    rules = load_city(gl.parent, TODAY)
    assert rules.posting.deposit_accounts[0] == DepositAccount(
        office="DEPOT",
        account="101-1005",
        numbers=("442",),
        name="Authority 0099",
        first="2026-09-01",
        last="2026-12-31",
        ordinance="Utility Authority bylaw 4",
    )
    days = ("2026-08-31", "2026-09-01", "2026-12-31", "2027-01-01")
    assert [account_of(rules.posting, "DEPOT", day) for day in days] == ["101-1001", "101-1005", "101-1005", "101-1006"]
    assert {account_of(rules.posting, "HALL", day) for day in days} == {"101-1001"}
    assert [numbers_of(rules.posting, each) for each in ("101-1001", "101-1005", "101-1006", "101-1010")] == [
        {"441"},
        {"442"},
        {"443"},
        set(),
    ]
    assert all_numbers(rules.posting) == {"441", "442", "443"}
    assert rules_from_json(rules_to_json(rules)) == rules


def test_where_all_money_went_before_counts_for_the_days_before(gl: Path) -> None:
    written = gl.read_text(encoding="utf-8")
    control = written.partition("\n[[fund]]")[0].rpartition("[[control]]")[2]
    after = control.replace("101-1001", "101-1009").replace("2025-07-01", "2026-10-01").replace('"441", ', '"444", ')
    gl.write_text(written.replace(control, f"{control}\n[[control]]{after}"), encoding="utf-8")
    posting = load_city(gl.parent, TODAY).posting
    assert posting.bank == "101-1009"
    assert [account_of(posting, "HALL", day) for day in ("2026-09-30", "2026-10-01")] == ["101-1001", "101-1009"]
    assert "441" in numbers_of(posting, "101-1001") - numbers_of(posting, "101-1009")
    assert account_of(load_city(gl.parent, date(2026, 9, 30)).posting, "HALL", "2026-10-01") == "101-1009"


BROKEN = {
    "an office there is not": (row(office="DEPT"), "[[deposit_account]] DEPT from 2026-09-01, key office: there is no"),
    "an account the bank's files are not of": (row(number="449"), f"{PLACE}, key bank_account: there is no account in"),
    "the account of all": (row(account="101-1001"), f"{PLACE}, key account: 101-1001 is where all deposits go."),
    "suspense": (row(account="101-2990"), f"{PLACE}, key account: 101-2990 is suspense."),
    "two on one day": (row() + row(), f"{PLACE}: two rows are in force on 2026-09-01. Allowed: one on any day."),
    "a number of two accounts": (
        row() + row("HALL", account="101-1006"),
        "[[deposit_account]] HALL from 2026-09-01, key bank_account: 442 is account 101-1005 in the row of DEPOT.",
    ),
    "an account of two numbers": (
        row() + row("HALL", number="443"),
        "[[deposit_account]] HALL from 2026-09-01, key account: 101-1005 is 442 at the bank in the row of DEPOT.",
    ),
    "no ordinance": (row().replace('ordinance = "Utility Authority bylaw 4"\n', ""), "[[deposit_account]] row 1"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_cannot_be_is_refused_with_file_table_and_row(gl: Path, case: str) -> None:
    rows, told = BROKEN[case]
    add(gl, rows)
    assert any(told in problem for problem in problems(gl.parent)), problems(gl.parent)


def test_without_an_account_of_the_city_no_office_has_one(gl: Path) -> None:
    gl.write_text(gl.read_text(encoding="utf-8").replace('bank = "101-1001"\n', ""), encoding="utf-8")
    add(gl, row())
    assert f"{PLACE}: [[control]] says no bank." in " ".join(problems(gl.parent))


def test_the_city_keeps_one_number_at_least_for_all_other_deposits(gl: Path) -> None:
    gl.write_text(gl.read_text(encoding="utf-8").replace('"441", "442", "443"', '"442"'), encoding="utf-8")
    add(gl, row())
    assert "[[control]], key bank_accounts: offices have them all." in " ".join(problems(gl.parent))
