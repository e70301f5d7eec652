"""Deposits from outside: held in a liability account or refused, and nothing is charged on one."""

from __future__ import annotations

from pathlib import Path

import pytest

from countertui.ledger.books import Books
from countertui.ledger.importing.kinds import Kind
from ledger.test_importing import Desk, counts, rejects
from ledger.test_ingest import asked
from ledger.town import brought

FIELDS = """
[columns.Until]
dates = ["%m/%d/%Y"]
[columns.Least]
money = "dollars"
[fields]
number = { column = "No" }
name = { column = "Name" }
project = { column = "Project" }
minimum_cents = { column = "Least" }
release_on = { column = "Until" }
credit_gl = { column = "Gl" }
"""
HEAD = "No,Name,Project,Least,Until,Gl\n"


@pytest.fixture
def desk(books: Books, tmp_path: Path) -> Desk:
    brought(books, "gl_account", [("510-2810", "510", "Deposits held", "liability")])
    return Desk(books, tmp_path)


def test_a_deposit_comes_with_its_terms_and_changes_by_its_number(desk: Desk) -> None:
    row = "TD-1,Ann,Plan 7,500.00,06/01/2027,510-2810\n"
    assert counts(desk.put(Kind.DEPOSITS, HEAD + row, FIELDS))["created"] == 1
    assert counts(desk.put(Kind.DEPOSITS, HEAD + row, FIELDS))["unchanged"] == 1
    assert asked(desk.books, "SELECT account, project, minimum_cents, release_on FROM trust_terms") == [
        ("TD-1", "Plan 7", 500_00, "2027-06-01")
    ]
    assert asked(desk.books, "SELECT kind, party, credit_gl FROM account WHERE number = 'TD-1'") == [
        ("trust", "Ann", "510-2810")
    ]
    later = counts(desk.put(Kind.DEPOSITS, HEAD + "TD-1,Ann,Plan 7,,,510-2810\n", FIELDS))
    assert later["updated"] == 1
    assert asked(desk.books, "SELECT minimum_cents, release_on FROM trust_terms") == [(0, None)]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("TD-1,Ann,,,,510-4310\n", "A deposit is held as a liability"),
        ("TD-1,Ann,,,,510-9999\n", "not in the chart"),
        ("U1,Ann,,,,510-2810\n", "of kind utility already, not trust"),
    ],
)
def test_revenue_is_no_place_for_a_deposit(desk: Desk, row: str, why: str) -> None:
    report = desk.put(Kind.DEPOSITS, HEAD + row, FIELDS)
    assert counts(report)["rejected"] == 1
    assert why in str(rejects(report))


def test_accounts_of_kind_trust_are_held_to_the_same(desk: Desk) -> None:
    fields = (
        '[fields]\nnumber = { column = "No" }\nname = { column = "No" }\nkind = { constant = "trust" }\n'
        'credit_gl = { column = "Gl" }\n'
    )
    report = desk.put(Kind.ACCOUNTS, "No,Gl\nTD-1,510-4310\nTD-2,510-2810\n", fields)
    assert counts(report) == counts(report) | {"created": 1, "rejected": 1}
    assert "liability" in str(rejects(report))


@pytest.mark.parametrize(
    ("charge", "fine"),
    [
        ("TD-1.OPEN,credit,510-2810,-300.00", True),
        ("TD-1.OPEN,credit,510-4310,-300.00", False),
        ("TD-1.OPEN,water,510-2810,-300.00", False),
        ("TD-1.OPEN,credit,510-2810,300.00", False),
    ],
)
def test_on_a_deposit_only_what_is_held_is_brought_in(desk: Desk, charge: str, fine: bool) -> None:
    desk.put(Kind.DEPOSITS, HEAD + "TD-1,Ann,,,,510-2810\n", FIELDS)
    fields = (
        '[columns.Cents]\nmoney = "dollars"\nnegative = true\n'
        '[fields]\nid = { column = "Id" }\naccount = { constant = "TD-1" }\n'
        'due = { constant = "2026-01-01" }\nhead = { column = "Head" }\ngl = { column = "Gl" }\n'
        'amount_cents = { column = "Cents" }\n'
    )
    report = desk.put(Kind.CHARGES, f"Id,Head,Gl,Cents\n{charge}\n", fields)
    assert counts(report)["created"] == int(fine), rejects(report)
    assert bool(rejects(report)) is not fine
