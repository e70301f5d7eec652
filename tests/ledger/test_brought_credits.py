"""Credits that imports bring along: booked once, against each fund's opening account, and told where there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countertui.domain.city import rules_to_json
from countertui.domain.reference import TABLES
from countertui.domain.report_period import Range
from countertui.domain.report_table import Asked
from countertui.domain.tie_out import TieRow
from countertui.ledger.desk import Ground
from countertui.ledger.fsck import fsck
from countertui.ledger.imported import Counted, ImportFact, begin_import
from countertui.ledger.tie_out import tie_out
from countertui.ledger.tie_out_causes import causes_of
from ledger.at_the_desk import new_id, rules_are
from ledger.reports.days import rows_of, told
from ledger.test_ingest import asked
from ledger.town import NOW, RULES, brought, ledger_key

OPENING = replace(RULES, posting=replace(RULES.posting, opening={"510": "510-3900"}))
MONTH = NOW[:7]


@pytest.fixture
def taken_over(books):
    """The books of a city whose water fund has an account for opening balances."""
    brought(
        books,
        "gl_account",
        [
            ("510-3900", "510", "Opening", "equity"),
            ("510-2310", "510", "Credits", "liability"),
            ("510-2810", "510", "Deposits held", "liability"),
        ],
    )
    brought(books, "account", [account("U7", "utility", "510-2310"), account("TD-1", "trust", "510-2810")])
    return books


def account(number, kind, gl):
    found = dict.fromkeys(TABLES["account"], "") | {"number": number, "kind": kind, "credit_gl": gl, "name": number}
    return tuple(found.values())


def bring(books, *credits, now=NOW):
    """An import of credits: account, GL account, cents."""
    rows = [(f"{of}.CR", of, "2026-01-01", "credit", "Credit", gl, -cents, -cents) for of, gl, cents in credits]
    with books.writing() as connection:
        bringing = begin_import(connection)
        bringing.put("charge", rows)
        fact = ImportFact(new_id(), "charges", "eli", Counted(rows=len(rows)))
        bringing.answered_by(Ground(connection, books, ledger_key(books), now), fact)


def booked(books):
    return asked(
        books,
        """SELECT l.account, SUM(l.cents) FROM entry e JOIN gl_line l ON l.entry = e.id AND l.biz_date = e.biz_date
          WHERE e.kind = 'import' GROUP BY 1 ORDER BY 1""",
    )


def differing(books, month=MONTH) -> list[TieRow]:
    with books.reading() as connection:
        return [row for row in tie_out(connection, month) if row.difference_cents]


def test_what_accounts_bring_is_booked_once_and_every_change_of_it(taken_over):
    rules_are(taken_over, rules_to_json(OPENING))
    bring(taken_over, ("U7", "510-2310", 40_00), ("TD-1", "510-2810", 300_00))
    assert booked(taken_over) == [("510-2310", -40_00), ("510-2810", -300_00), ("510-3900", 340_00)]
    bring(taken_over, ("U7", "510-2310", 40_00))
    bring(taken_over, ("U7", "510-2310", 25_00))
    assert booked(taken_over) == [("510-2310", -25_00), ("510-2810", -300_00), ("510-3900", 325_00)]
    assert asked(taken_over, "SELECT COUNT(*) FROM entry WHERE kind = 'import'") == [(2,)]
    assert differing(taken_over) == []
    assert differing(taken_over, "2026-10") == []
    with taken_over.reading() as connection:
        trust = told(connection, "trust", Asked(Range("2026-11-01", "2026-11-30")))
        before = told(connection, "trust", Asked(Range("2026-10-01", "2026-10-31")))
        part = told(connection, "trust-accounts", Asked(Range("2026-11-01", "2026-11-30"), key=("510-2810",)))
    assert rows_of(trust) == [("510-2810", "Deposits held", 1, 300_00, 300_00, 0)]
    assert rows_of(before) == [("510-2810", "Deposits held", 1, 0, 0, 0)]
    assert [row[4:] for row in rows_of(part)] == [(300_00, 300_00)]


def test_without_an_opening_account_it_is_told_by_account_and_booked_once_there_is_one(taken_over):
    bring(taken_over, ("U7", "510-2310", 40_00))
    assert booked(taken_over) == []
    [row] = differing(taken_over)
    with taken_over.reading() as connection:
        [cause] = causes_of(connection, MONTH, row)
    assert (row.account, cause.cents) == ("510-2310", 40_00)
    assert "U7" in cause.words
    rules_are(taken_over, rules_to_json(OPENING))
    bring(taken_over)
    assert booked(taken_over) == [("510-2310", -40_00), ("510-3900", 40_00)]
    assert differing(taken_over) == []


def test_a_closed_month_is_booked_in_the_next_and_the_month_says_by_what_it_is_off(taken_over):
    rules_are(taken_over, rules_to_json(OPENING))
    with taken_over.writing() as connection:
        connection.exec_driver_sql(f"INSERT INTO period (month, state, seq) VALUES ('{MONTH}', 'closed', 1)")
    bring(taken_over, ("U7", "510-2310", 40_00))
    [row] = differing(taken_over)
    with taken_over.reading() as connection:
        [cause] = causes_of(connection, MONTH, row)
    assert (row.account, cause.cents) == ("510-2310", row.difference_cents)
    assert differing(taken_over, "2026-12") == []


def test_fsck_makes_the_opening_entries_again_and_finds_one_that_was_altered(taken_over):
    rules_are(taken_over, rules_to_json(OPENING))
    bring(taken_over, ("U7", "510-2310", 40_00))
    with taken_over.writing() as connection:
        connection.exec_driver_sql("UPDATE brought_credit SET cents = cents - 1")
    assert any(each.startswith("brought_credit ") for each in fsck(taken_over).differences)
