"""A city's folder is read to the cent and to the day, or refused with every problem named."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from countertui.config.folder import load_city, read_city
from countertui.config.problems import ConfigError
from countertui.domain.cash_back import CashBack
from countertui.domain.cash_rounding import CashRounding
from countertui.domain.charges import AllocationFirst, AllocationOrder
from countertui.domain.city import CityRules, rules_from_json, rules_to_json
from countertui.domain.money import Cents
from countertui.domain.postings import PostingRules
from countertui.domain.reference import AccountKind
from countertui.domain.scan_layouts import CheckDigit, ScanLayout, Span
from countertui.domain.tender_rules import Accepts, Field, Limit, Requires, ReturnedChecks, Scope, TenderRules
from countertui.domain.tenders import TenderKind

FERNHOLLOW = Path(__file__).with_name("fernhollow")
TODAY = date(2026, 11, 23)
UTILITY_STUB = ScanLayout(
    name="utility stub",
    length=42,
    account=Span(1, 11),
    checks=(CheckDigit(42, (Span(1, 41),), (2, 1), digit_sums=True),),
    amount=Span(22, 31),
    zero_filled=True,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of Fernhollow's folder, to be spoiled."""
    return Path(shutil.copytree(FERNHOLLOW, tmp_path / "fernhollow"))


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def problems(folder: Path, on: date = TODAY) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as refused:
        load_city(folder, on)
    error = refused.value
    assert error.exit_status == 2
    assert error.safe == "Nothing was read from it."
    assert all(problem in str(error) for problem in error.problems)
    return error.problems


def test_the_rules_in_force_today() -> None:
    assert load_city(FERNHOLLOW, TODAY) == CityRules(
        name="City of Fernhollow",
        posting=PostingRules(
            pooled_fund="101",
            tender={
                TenderKind.CASH: "101-1010",
                TenderKind.CHECK: "101-1020",
                TenderKind.CARD: "101-1035",
                TenderKind.MONEY_ORDER: "101-1040",
            },
            over_short={
                TenderKind.CASH: "101-4901",
                TenderKind.CHECK: "101-4902",
                TenderKind.CARD: "101-4903",
                TenderKind.MONEY_ORDER: "101-4904",
            },
            due_from={"401": "401-1310", "402": "402-1310"},
            due_to={"401": "101-2401", "402": "101-2402"},
            refunds_payable="101-2010",
            suspense="101-2990",
        ),
        order=AllocationOrder(("sewer", "water"), AllocationFirst.OLDEST),
        blind_count=False,
        cash_refund_limit=Cents(75_50),
        pin_tries=4,
        over_short_reason_above=Cents(1),
        void_reasons=("Wrong account", "Wrong amount", "Customer changed mind"),
        receipt_footer="Thank you. Questions? Ask at window 1.",
        receipt_address="https://pay.fernhollow.example/receipt",
        license_address="https://licenses.fernhollow.example/check",
        deposit_account="Fernhollow Trust 0071-22",
        fiscal_year_begins=7,
        stubs=(UTILITY_STUB,),
        terminals={"HALL": ("T1",), "DEPOT": ("T2",)},
    )


def test_the_rules_of_another_day_are_those_of_that_day() -> None:
    rules = load_city(FERNHOLLOW, date(2026, 6, 30))
    assert rules.order == AllocationOrder()
    assert rules.fiscal_year_begins == 1
    assert rules.blind_count is True
    assert rules.cash_refund_limit == 25_00
    assert rules.receipt_footer == ""
    assert rules.posting.tender[TenderKind.CARD] == "101-1030"
    assert rules.posting.due_to == {"401": "101-2401"}
    assert load_city(FERNHOLLOW, date(2026, 7, 1)).cash_refund_limit == 75_50


def test_money_becomes_integer_cents() -> None:
    rules = load_city(FERNHOLLOW, TODAY)
    assert type(rules.cash_refund_limit) is int
    assert type(rules.over_short_reason_above) is int


def test_what_was_read_travels_in_a_snapshot() -> None:
    rules = load_city(FERNHOLLOW, TODAY)
    assert rules_from_json(rules_to_json(rules)) == rules


def test_places_and_funds_in_force() -> None:
    now, before = read_city(FERNHOLLOW, TODAY), read_city(FERNHOLLOW, date(2026, 8, 31))
    assert [office.code for office in now.offices] == ["HALL", "DEPOT"]
    assert [(terminal.code, terminal.office) for terminal in now.terminals] == [("T1", "HALL"), ("T2", "DEPOT")]
    assert [(drawer.code, drawer.fund) for drawer in now.drawers] == [("D1", 150_25)]
    assert [(drawer.code, drawer.fund) for drawer in before.drawers] == [("D1", 100_00)]
    assert [office.code for office in before.offices] == ["HALL"]
    assert [fund.code for fund in now.funds] == ["101", "401", "402"]
    assert now.offices[1].ordinance == "Res. 12-2026"


def test_before_the_city_began_every_table_is_named() -> None:
    told = problems(FERNHOLLOW, date(2024, 1, 1))
    tables = ("city", "office", "terminal", "drawer", "tender", "control", "fund")
    assert len(told) == len(tables)
    for table, problem in zip(tables, told, strict=True):
        assert f"[[{table}]]: no row is in force on 2024-01-01" in problem


SPOILED = {
    "a key that is nearly right": (
        "city.toml",
        "pin_tries = 4",
        "pin_trys = 4",
        "city.toml, [[city]] row 2: there is no key pin_trys. Did you mean pin_tries? Allowed: allocation_first, ",
    ),
    "a missing key": (
        "city.toml",
        "pin_tries = 4\n",
        "",
        "city.toml, [[city]] row 2, key pin_tries: is missing. Allowed: a whole number from 1 to 10.",
    ),
    "too many tries": (
        "city.toml",
        "pin_tries = 4",
        "pin_tries = 11",
        "key pin_tries: holds what is not allowed. Allowed",
    ),
    "a month as a number": (
        "city.toml",
        'fiscal_year_begins = "july"',
        "fiscal_year_begins = 7",
        'key fiscal_year_begins: holds what is not allowed. Allowed: a month like "july", in quotes, or no such line.',
    ),
    "a month that is none": ("city.toml", '"july"', '"juli"', "key fiscal_year_begins"),
    "tries as text": ("city.toml", "pin_tries = 4", 'pin_tries = "4"', "key pin_tries"),
    "tries as a truth": ("city.toml", "pin_tries = 4", "pin_tries = true", "key pin_tries"),
    "a truth as text": ("city.toml", "blind_count = false", 'blind_count = "no"', "key blind_count: holds what is not"),
    "a truth as a number": ("city.toml", "blind_count = false", "blind_count = 0", "Allowed: true or false."),
    "money with mills": (
        "city.toml",
        "75.50",
        "75.505",
        "key cash_refund_limit: holds what is not allowed. Allowed: dollars",
    ),
    "money below zero": ("city.toml", "75.50", "-0.01", "key cash_refund_limit"),
    "money as text": ("city.toml", "75.50", '"75.50"', "key cash_refund_limit"),
    "money that is no number": ("city.toml", "75.50", "nan", "key cash_refund_limit"),
    "money without end": ("city.toml", "75.50", "inf", "key cash_refund_limit"),
    "money as a truth": ("city.toml", "75.50", "true", "key cash_refund_limit"),
    "money beyond counting": ("city.toml", "75.50", "1e20", "key cash_refund_limit"),
    "an order there is not": ("city.toml", '"oldest"', '"newest"', 'Allowed: "head" or "oldest".'),
    "a head twice": ("city.toml", '["sewer", "water"]', '["sewer", "sewer"]', "key allocation_heads"),
    "no heads": ("city.toml", '["sewer", "water"]', "[]", "key allocation_heads"),
    "a head that is a number": ("city.toml", '["sewer", "water"]', '["sewer", 2]', "key allocation_heads"),
    "a date in quotes": (
        "city.toml",
        "effective_from = 2026-07-01",
        'effective_from = "2026-07-01"',
        "row 2, key effective_from: holds what is not allowed. Allowed: a date like 2026-07-01, without quotes.",
    ),
    "a date with a time": ("city.toml", "2026-07-01", "2026-07-01T09:00:00", "key effective_from"),
    "no ordinance": ("city.toml", 'ordinance = "Ord. 1412 § 3"\n', "", "row 2, key ordinance: is missing"),
    "an empty ordinance": ("city.toml", '"Ord. 1412 § 3"', '""', "row 2, key ordinance"),
    "an address without https": (
        "city.toml",
        '"https://pay',
        '"http://pay',
        "key receipt_address: holds what is not allowed",
    ),
    "an escape code": ("city.toml", "Thank you.", "Thank you.\\u001b[2J", "key receipt_footer: holds what is not"),
    "a line break": ("offices.toml", "1 Fern Street", "1 Fern\\nStreet", "[[office]] row 1, key address"),
    "a code with a space": ("offices.toml", 'code = "T1"', 'code = "T 1"', "[[terminal]] row 1, key code"),
    "a code that ends its line": ("offices.toml", 'code = "T1"', 'code = "T1\\n"', "[[terminal]] row 1, key code"),
    "an office there is not": (
        "offices.toml",
        'office = "DEPOT"',
        'office = "DEPT"',
        "T2, key office: there is no office in force on 2026-11-23 with the code DEPT. Did you mean DEPOT?",
    ),
    "two rows on one day": (
        "city.toml",
        "effective_to = 2026-06-30",
        "effective_to = 2026-07-01",
        "city.toml, [[city]]: two rows are in force on 2026-07-01. Allowed: one on any day.",
    ),
    "the same row twice": (
        "offices.toml",
        'code = "DEPOT"',
        'code = "HALL"\nname = "Hall"\naddress = "x"\n\n'
        '[[office]]\neffective_from = 2026-09-01\nordinance = "x"\ncode = "HALL"',
        "offices.toml, [[office]] HALL: two rows are in force on 2026-09-01.",
    ),
    "an end before the beginning": (
        "city.toml",
        "effective_to = 2026-06-30",
        "effective_to = 2025-06-30",
        "effective_to 2025-06-30 lies before effective_from 2025-07-01",
    ),
    "a tender there is not": ("tenders.toml", '"money_order"', '"voucher"', '"cash", "check", "card" or "money_order"'),
    "a tender twice": (
        "tenders.toml",
        'kind = "money_order"',
        'kind = "cash"\neffective_to = 2025-07-01',
        "tenders.toml, [[tender]] cash: two rows are in force on 2025-07-01.",
    ),
    "a pool there is not": ("gl.toml", 'pooled_fund = "101"', 'pooled_fund = "100"', "Did you mean 101?"),
    "a fund the pool cannot owe": ("gl.toml", 'due_to = "101-2402"\n', "", "[[fund]] 402, key due_to"),
    "a pool that owes itself": (
        "gl.toml",
        '"General fund"',
        '"General fund"\ndue_from = "x"',
        "[[fund]] 101, key due_from",
    ),
    "a table there is not": (
        "gl.toml",
        "[[control]]",
        "[[controls]]",
        "gl.toml: there is no table controls. Did you mean control",
    ),
    "one bracket too few": (
        "gl.toml",
        "[[control]]",
        "[control]",
        "begins with the line [[control]], in double brackets",
    ),
    "a table that is a number": ("gl.toml", "[[control]]", "control = 1\n[x]", "in double brackets"),
    "a column behind the line": ("scans.toml", "[22, 31]", "[22, 43]", "[[stub]] row 1, key amount: holds what is not"),
    "columns from right to left": (
        "scans.toml",
        "[1, 11]",
        "[11, 1]",
        "[[stub]] row 1, key account: holds what is not",
    ),
    "a check digit that checks itself": ("scans.toml", "[[1, 41]]", "[[1, 42]]", "[[stub]] row 1, key check: holds"),
    "a check digit behind the line": ("scans.toml", "at = 42", "at = 43", "[[stub]] row 1, key check: holds"),
    "weights that are none": ("scans.toml", "[2, 1]", "[]", "[[stub]] row 1, key check: holds"),
    "no check digit": ("scans.toml", "[[stub.check]]", "[stub.chek]", "[[stub]] row 1: there is no key chek"),
    "no TOML": ("gl.toml", "[[control]]", "[[control]", "gl.toml: this is not TOML: "),
}


@pytest.mark.parametrize("spoiled", SPOILED)
def test_a_spoiled_folder_is_refused_by_name(folder: Path, spoiled: str) -> None:
    file, old, new, told = SPOILED[spoiled]
    before = (folder / file).read_text(encoding="utf-8")
    # The later row of a table is spoiled where there are two: it is the one in force.
    at = before.rindex(old) if file == "city.toml" else before.index(old)
    (folder / file).write_text(before[:at] + new + before[at + len(old) :], encoding="utf-8")
    found = problems(folder)
    assert any(told in problem for problem in found), found
    assert all(problem.startswith(file) for problem in found), found


def test_an_office_may_serve_some_kinds_of_accounts(folder: Path) -> None:
    change(folder / "offices.toml", 'code = "HALL"\n', 'code = "HALL"\naccounts = ["utility", "license"]\n')
    served = {office.code: office.accounts for office in read_city(folder, TODAY).offices}
    assert served["HALL"] == (AccountKind.UTILITY, AccountKind.LICENSE)


TENDER_RULES = """
[[accepts]]
effective_from = 2026-07-01
ordinance = "Fiscal policy 4"
at = "account_kind"
code = "citation"
tenders = ["cash", "money_order"]
by_approval = true

[[accepts]]
effective_from = 2026-07-01
effective_to = 2026-10-31
ordinance = "Fiscal policy 4"
at = "office"
code = "HALL"
tenders = ["cash"]

[[limit]]
effective_from = 2026-07-01
ordinance = "Fiscal policy 4"
kind = "check"
most = 2500.00
micr = true

[[apart]]
effective_from = 2026-07-01
ordinance = "Fiscal policy 4"
kinds = ["trust", "fee"]

[[change]]
effective_from = 2026-07-01
ordinance = "Fiscal policy 4"
below = 50.00

[[returned_checks]]
effective_from = 2026-07-01
ordinance = "Fiscal policy 4"
count = 2
within_days = 365

[[rounding]]
effective_from = 2026-07-01
ordinance = "Fiscal policy 4"
to = 5
account = "101-4905"

[[requires]]
effective_from = 2026-07-01
ordinance = "Fiscal policy 4"
kind = "check"
fields = ["micr"]
at = "account_kind"
code = "license"

[[requires]]
effective_from = 2026-07-01
ordinance = "Fiscal policy 4"
kind = "card"
fields = ["slip"]
by_approval = true

[[cash_back]]
effective_from = 2026-07-01
ordinance = "Fiscal policy 4"
kind = "money_order"
most = 20.00
"""


def with_tender_rules(folder: Path) -> Path:
    file = folder / "tenders.toml"
    file.write_text(file.read_text(encoding="utf-8") + TENDER_RULES, encoding="utf-8")
    return file


def test_the_rules_of_tenders_in_force(folder: Path) -> None:
    with_tender_rules(folder)
    citation = Accepts(Scope.ACCOUNT_KIND, "citation", (TenderKind.CASH, TenderKind.MONEY_ORDER), by_approval=True)
    hall = Accepts(Scope.OFFICE, "HALL", (TenderKind.CASH,))
    limit = Limit(TenderKind.CHECK, Cents(2500_00), needs_micr=True)
    expected = TenderRules((citation,), (limit,), (("trust", "fee"),), Cents(50_00), ReturnedChecks(2, 365))
    needs = (
        Requires(TenderKind.CHECK, (Field.MICR,), Scope.ACCOUNT_KIND, "license"),
        Requires(TenderKind.CARD, (Field.SLIP,), by_approval=True),
    )
    back = (CashBack(TenderKind.MONEY_ORDER, Cents(20_00)),)
    expected = replace(expected, rounding=CashRounding(5, "101-4905"), requires=needs, cash_back=back)
    assert rules_from_json(rules_to_json(load_city(folder, TODAY))).tenders == expected
    assert load_city(folder, TODAY).tenders == expected
    assert load_city(folder, date(2026, 10, 31)).tenders.accepts == (citation, hall)
    assert load_city(FERNHOLLOW, TODAY).tenders == TenderRules()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"citation"', '"citations"', "[[accepts]] account_kind citations, key code: there is no account of kind"),
        ('"HALL"', '"HAL"', "[[accepts]] office HAL, key code: there is no office HAL. Did you mean HALL?"),
        ('["cash", "money_order"]', '["cash", "cash"]', "[[accepts]] row 1, key tenders: holds what is not allowed."),
        ('kind = "check"', 'kind = "cash"', "[[limit]] cash, key micr: only a check has such a line."),
        ("2500.00", "-1", "[[limit]] row 1, key most: holds what is not allowed."),
        ('"trust", "fee"', '"trust", "fees"', "[[apart]] row 1, key kinds: holds what is not allowed."),
        ('"trust", "fee"', '"trust"', "[[apart]] row 1, key kinds: holds what is not allowed."),
        ("below", "under", "[[change]] row 1: there is no key under."),
        ("to = 5", "to = 25", "[[rounding]] row 1, key to: holds what is not allowed. Allowed: 5 or 10"),
        ('"license"', '"licenses"', "[[requires]] check account_kind licenses, key code: there is no account of kind"),
        ('\ncode = "license"', "", "[[requires]] check account_kind, keys at and code: one is there without"),
        ('["micr"]', '["slip"]', "[[requires]] check account_kind license, key fields: a check has no slip."),
        ('["micr"]', '["stamp"]', "[[requires]] row 1, key fields: holds what is not allowed."),
        ('"money_order"\nmost', '"cash"\nmost', "[[cash_back]] cash, key kind: change for cash needs no rule."),
        ("count = 2", "count = 0", "[[returned_checks]] row 1, key count: holds what is not allowed."),
    ],
)
def test_rules_of_tenders_that_are_none_are_named(folder: Path, old: str, new: str, told: str) -> None:
    file = with_tender_rules(folder)
    text = file.read_text(encoding="utf-8")
    kept = len(text) - len(TENDER_RULES)
    assert old in text[kept:]
    file.write_text(text[:kept] + text[kept:].replace(old, new, 1), encoding="utf-8")
    found = problems(folder, date(2026, 10, 31))
    assert any(problem.startswith(f"tenders.toml, {told}") for problem in found), found


def test_a_tender_kind_that_is_not_in_force_is_named(folder: Path) -> None:
    change(folder / "tenders.toml", 'kind = "money_order"', 'kind = "money_order"\neffective_to = 2026-01-31')
    assert load_city(folder, date(2026, 1, 31))
    assert problems(folder) == (
        "tenders.toml, [[tender]], key kind: no row for money_order is in force on 2026-11-23. Allowed: one.",
    )


def test_every_problem_is_told_at_once(folder: Path) -> None:
    change(folder / "city.toml", "pin_tries", "pin_trys")
    change(folder / "offices.toml", "HALL", "")
    (folder / "tenders.toml").unlink()
    (folder / "gl.toml").write_bytes(b"\xff\xfe")
    (folder / "office.toml").write_text("")
    told = problems(folder)
    assert len(told) == 6
    assert "there is no file office.toml. Did you mean offices.toml?" in told[0]
    assert "tenders.toml: the file is missing." in told
    assert "gl.toml: the file is not text in UTF-8." in told


def test_a_card_number_is_refused_without_being_repeated(folder: Path) -> None:
    change(folder / "offices.toml", "1 Fern Street", "4111 1111 1111 1111")
    assert "4111" not in " ".join(problems(folder))


def test_an_unprintable_key_is_shown_harmlessly(folder: Path) -> None:
    change(folder / "offices.toml", "name =", '"na\\u001b[2Jme" = "x"\nname =')
    told = " ".join(problems(folder))
    assert "\x1b" not in told
    assert "na\\x1b[2Jme" in told


def test_texts_are_held_composed(folder: Path) -> None:
    change(folder / "offices.toml", "Old Depot", "Cafe\u0301 Depot")
    assert read_city(folder, TODAY).offices[1].name == "Caf\u00e9 Depot"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert problems(tmp_path / "nowhere") == ("there is no such folder.",)


def test_other_files_may_lie_in_the_folder(folder: Path) -> None:
    (folder / "README.md").write_text("Read by people.")
    assert load_city(folder, TODAY)


def test_a_city_without_stubs_needs_no_file_of_them(folder: Path) -> None:
    (folder / "scans.toml").unlink()
    assert load_city(folder, TODAY).stubs == ()


def test_the_domain_does_not_load_pydantic() -> None:
    code = (
        "import pkgutil, sys, importlib, countertui.domain as d\n"
        "for m in pkgutil.iter_modules(d.__path__): importlib.import_module(f'countertui.domain.{m.name}')\n"
        "import countertui.errors, countertui.ports as p\n"
        "for m in pkgutil.iter_modules(p.__path__): importlib.import_module(f'countertui.ports.{m.name}')\n"
        "sys.exit(' '.join(sorted({'pydantic', 'countertui.config'} & set(sys.modules))) or 0)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_ledgers_desk_goes_by_the_folder_too(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FERNHOLLOW, tmp_path / "city"))
    change(folder / "city.toml", "cash_refund_limit = 75.50\n", "cash_refund_limit = 75.50\nbatches_by_people = true\n")
    change(folder / "city.toml", "pin_tries = 4\n", "pin_tries = 4\nreturned_check_fee = 35\n")
    accounts = 'bank = "101-1001"\nlockbox = "101-1002"\nach = "101-1001"\nreturned_check_fee = "101-4400"\n'
    accounts += 'license_credits = "101-2300"\n'
    change(folder / "gl.toml", 'suspense = "101-2990"\n', f'suspense = "101-2990"\n{accounts}')
    rules = load_city(folder, TODAY)
    assert (rules.batches_by_people, rules.returned_check_fee, rules.returned_check_gl) == (True, 35_00, "101-4400")
    assert (rules.license_credit_gl, rules.license_credits) == ("101-2300", "101-2300")
    assert rules.posting.bank == "101-1001"
    assert rules.posting.origins == {"lockbox": "101-1002", "ach": "101-1001"}
    assert rules_from_json(rules_to_json(rules)) == rules
