"""What an export says of licenses: every fact that is stated, and nothing for one that is not."""

from __future__ import annotations

from datetime import date
from typing import Any

from countertui.documents.growth_report import Growth, growth_pdf
from countertui.documents.license_sheets import growth_table, license_tables, months_table
from countertui.domain.license_file import fold
from countertui.domain.license_reports import Counted, Month, months
from countertui.domain.license_states import Step
from countertui.domain.money import Cents
from domain.test_license_reports import DAY, FEE, act, listed

SAYS: dict[str, Any] = {
    "business": "=Ann's Tacos",
    "trade_name": "Tacos",
    "license_class": "FOODTRUCK",
    "owners": [{"name": "Ann Lee", "role": "owner"}],
    "contacts": [{"name": "Bo", "phone": "555-010-0188", "email": ""}],
    "answers": {"employees": 250, "gross_receipts": 1_234_56, "inside_city": True},
    "reviews": {"fire": "open"},
    "documents": {"Lease": True, "Permit": False},
    "naics": ["722330", "722320"],
    "at_home": False,
}
CLASSES = {"FOODTRUCK": "Mobile food vendor"}


def exported(*more: Any) -> list[dict[str, Any]]:
    charge = {"id": FEE, "head": "", "gl": "", "description": "Base", "cents": 50_00, "ordinance": "", "working": []}
    term = {"begins": "2026-03-01", "ends": "2027-02-28", "due": "2026-03-31", "charges": [charge]}
    acts = [act(1, Step.FILE, "2026-02-10", SAYS), act(2, Step.REVIEW, "2026-02-20", {"reviews": {"fire": "passed"}})]
    acts += [act(3, Step.APPROVE, "2026-02-21"), act(4, Step.ASSESS, "2026-02-22", term=term)]
    one = fold("L1", acts, {}, DAY)
    two = listed()
    tables = license_tables([one, two], CLASSES, frozenset({"gross_receipts"}))
    return [
        {column.name: value for column, value in zip(table.columns, row, strict=True)}
        for table in tables
        for row in table.rows
    ]


def test_every_fact_that_is_stated() -> None:
    one, two, term, *history = exported()
    assert (one["license"], one["state"], one["class name"], one["unpaid"]) == (
        "L1",
        "fees due",
        "Mobile food vendor",
        50_00,
    )
    assert (one["owners"], one["contacts"]) == ("Ann Lee, owner", "Bo, 555-010-0188")
    assert one["answers"] == "employees=2.50; gross_receipts=1234.56; inside_city=yes"
    assert (one["reviews"], one["documents"]) == ("fire=passed", "Lease=brought; Permit=missing")
    assert (one["NAICS"], one["at home"], one["acts"], one["last act"]) == ("722330 722320", "no", 4, "assess")
    assert (term["fee"], term["unpaid"], term["charges"]) == (50_00, 50_00, "Base 50.00")
    assert [each["done"] for each in history] == ["file", "review", "approve", "assess", "file"]
    assert history[1]["said"] == "reviews: fire=passed"
    assert {name for name, value in two.items() if value not in ("", None, 0)} == {
        "license",
        "state",
        "business",
        "class",
        "last act",
    }
    assert two["state"] == "not stated"


def test_months_with_nothing_have_no_line_and_charts_show_all() -> None:
    period = months(Month(2026, 10), Month(2026, 12))
    by_class = {"A": [Counted(), Counted(issued=1, in_force=1), Counted(in_force=1)]}
    taken = {("2026-12", "A"): 5_00, ("2026-10", ""): -1_00}
    table = months_table(by_class, taken, period, {"A": "All"})
    assert [row[0:2] for row in table.rows] == [("2026-10", "not stated"), ("2026-11", "A"), ("2026-12", "A")]
    assert [row[-1] for row in table.rows] == [-1_00, 0, 5_00]
    growth = growth_table(by_class["A"], taken, period)
    assert growth.rows[2] == ("2026-12", 1, 0, 0, 0, 5_00)
    assert len(growth.charts) == 3


def test_growth_as_a_pdf_is_the_same_bytes_again() -> None:
    period = tuple(months(Month(2026, 1), Month(2026, 3)))
    growth = Growth(
        period, (Counted(in_force=1), Counted(in_force=2), Counted(not_stated=3)), (Cents(0), Cents(5), Cents(-5))
    )
    made_at = int(date(2026, 11, 23).strftime("%j"))
    first = growth_pdf("City of Fernhollow", "DEMO-X", growth, made_at=made_at)
    assert first.startswith(b"%PDF-1.7")
    assert growth_pdf("City of Fernhollow", "DEMO-X", growth, made_at=made_at) == first
    assert growth_pdf("City", "REAL", Growth((), (), ()), made_at=0).startswith(b"%PDF-1.7")
