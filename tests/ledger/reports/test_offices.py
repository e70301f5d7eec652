"""A terminal that was moved from one office to another: each report has each day under the office of that day."""

from __future__ import annotations

import pytest

from countertui.domain.report_table import Asked, key_of
from countertui.ledger.keep_terminals import register_terminal
from ledger.reports.days import DAYS, FIRST, SECOND, copies, rows_of, sent, told, water
from ledger.town import NOW, Till, brought, ledger_key

WHEN = {"HALL": FIRST, "POOL": SECOND}


@pytest.fixture
def moved(books):
    """T1 at HALL on the first day, at POOL on the second: under another key and epoch, with the next numbers."""
    brought(books, "office", [("POOL", "Pool", "9 Lake St")])
    taken = 0
    for epoch, (office, day) in enumerate(WHEN.items(), start=1):
        till = Till(books, "T1", epoch=epoch)
        till.receipts = taken
        register_terminal(books, ledger_key(books), "T1", office, epoch, till.identity.public_key, now=NOW)
        till.open(f"S{epoch}", biz_date=day)
        till.void(till.pay(copies(10_00), session=f"S{epoch}", biz_date=day), session=f"S{epoch}", biz_date=day)
        till.pay(water(30_00), session=f"S{epoch}", biz_date=day, tenders=[("check", 30_00, f"41{epoch}")])
        till.close(200_00, 200_00, {"check": (1, 30_00)}, session=f"S{epoch}", biz_date=day)
        sent(books, till)
        taken = till.receipts + epoch - 1
    return books


def test_a_moved_terminals_days_are_each_of_the_office_that_it_was_at(moved):
    with moved.reading() as connection:
        for office, day in WHEN.items():
            asked = Asked(DAYS, office=office)
            for name, place in (("drawers", 1), ("totals", 0), ("checks", 0), ("lag", 0), ("over-short", 0)):
                assert {row[place] for row in told(connection, name, asked).rows} == {day}, (name, office)
            assert [row[0] for row in told(connection, "voided", asked).rows] == [day]
            [voids] = told(connection, "voids", asked).rows
            assert list(voids[1:4]) == [2, 40_00, 1]
            table = told(connection, "gl", asked)
            assert ("100", "100-1030") in {row[:2] for row in table.rows}
            row = next(row for row in table.rows if row[1] == "100-1030")
            assert row[3] == 30_00
            days = told(connection, "gl-days", Asked(DAYS, office, key=key_of(table, row)))
            assert {row[0] for row in days.rows} == {day}
            part = told(connection, "gl-entries", Asked(DAYS, office, key=key_of(days, days.rows[0])))
            assert part.rows


def test_all_offices_together_are_what_each_has(moved):
    with moved.reading() as connection:
        for name in ("drawers", "totals", "checks", "lag", "over-short", "voided"):
            each = [row for office in WHEN for row in rows_of(told(connection, name, Asked(DAYS, office=office)))]
            assert sorted(map(str, each)) == sorted(map(str, rows_of(told(connection, name)))), name
