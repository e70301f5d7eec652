"""What reports add up is what the journal has: whatever was posted, by whatever periods it is told."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text

from countertui.domain.city import rules_to_json
from countertui.domain.deposit_deadlines import Deadline, DepositRules, Way
from countertui.domain.report_period import By, Range, by_period, periods
from countertui.domain.report_table import Asked, key_of
from countertui.ledger import tables
from countertui.ledger.deposits import deposit
from countertui.ledger.entries import write_entries
from countertui.ledger.reports.general_ledger import distribution
from ledger.at_the_desk import act, new_id, rules_are
from ledger.reports.days import DAYS, SECOND, lived, rows_of, told
from ledger.test_money_at_the_bank import BANKED
from ledger.test_posting import posted
from ledger.test_trust import received, two_tills, with_deposit
from ledger.town import RULES

FIRST = date(2025, 11, 1)
dates = st.sampled_from([0, 1, 6, 31, 400]).map(lambda n: (FIRST + timedelta(days=n)).isoformat())
amounts = st.integers(1, 10**9)
postings = st.lists(
    st.tuples(dates, st.sampled_from(["T1", "T2", "LEDGER"]), st.sampled_from(["A", "B", "C"]), amounts),
    min_size=1,
    max_size=12,
)


class _UndoneError(Exception):
    """Nothing is kept."""


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(postings, dates, dates, st.sampled_from([None, *By]), st.sampled_from([1, 7, 12]))
def test_the_gl_distribution_is_the_journal_of_its_days(books, made, one, other, by, year_from):
    since, until = sorted((one, other))
    try:
        with books.writing() as connection:
            entries = [(n, where, 1, n, "pay", day, None) for n, (day, where, _, _) in enumerate(made, start=9_000)]
            lines = [{("100", account): cents, ("100", "cash"): -cents} for *_, account, cents in made]
            write_entries(connection, entries, lines)
            table = distribution(connection, Asked(Range(since, until), by=by, year_from=year_from))
            journal = connection.execute(
                text("SELECT fund, account, SUM(cents) FROM gl_line WHERE biz_date BETWEEN :a AND :b GROUP BY 1, 2"),
                {"a": since, "b": until},
            ).all()
            raise _UndoneError
    except _UndoneError:
        pass
    at = 0 if by is None else 1
    sums: Counter[tuple[str, str]] = Counter()
    for row in table.rows:
        sums[row[at], row[at + 1]] += (row[-2] or 0) - (row[-1] or 0)
    assert {key: cents for key, cents in sums.items() if cents} == {
        (fund, account): int(cents) for fund, account, cents in journal if cents
    }
    assert table.totals is None or table.totals[-2] == table.totals[-1]
    if by is not None:
        assert {row[0] for row in table.rows} <= set(periods(Range(since, until), by, year_from))


def test_quarters_and_years_are_those_of_the_citys_fiscal_year(books):
    lived(books)
    rules_are(books, rules_to_json(replace(RULES, fiscal_year_begins=7)))
    with books.reading() as connection:
        by_quarter, by_year = (told(connection, "gl", Asked(DAYS, by=by)) for by in (By.QUARTER, By.YEAR))
        assert {row[0] for row in by_quarter.rows} == {"FY2027-Q2"}
        assert {row[0] for row in by_year.rows} == {"FY2027"}
        assert by_year.totals[-2:] == told(connection, "gl").totals[-2:]
        off = told(connection, "over-short", Asked(Range("2026-01-01", SECOND), by=By.YEAR))
        sessions = told(connection, off.drill.report, replace(off.asked, key=key_of(off, off.rows[0])))
        assert f"FY 2027: 2026-07-01 to {SECOND}, by year" in sessions.told()


@given(
    st.lists(st.tuples(dates, st.sampled_from("ab"), st.integers(-100, 100), st.integers(0, 9))),
    st.sampled_from(By),
)
def test_periods_add_up_to_the_whole_range(rows, by):
    whole = {row[0]: row[1:] for row in by_period(rows, 1, None)}
    sums: dict[str, list[int]] = {}
    for _, key, *each in by_period(rows, 1, by):
        found = sums.setdefault(key, [0, 0])
        found[0] += each[0]
        found[1] += each[1]
    assert {key: tuple(each) for key, each in sums.items()} == whole


def test_numbers_between_two_runs_are_a_gap_on_the_days_it_touches(books):
    runs = [("T1", 1, 1, 9, "2026-11-01", "2026-11-05"), ("T1", 1, 13, 20, "2026-11-09", "2026-11-20")]
    with books.writing() as connection:
        for run in [*runs, ("T2", 1, 3, 4, "2026-11-07", "2026-11-07")]:
            connection.execute(insert(tables.number_run).values(run))
    with books.reading() as connection:
        both = rows_of(told(connection, "gaps", Asked(Range("2026-11-06", "2026-11-07"))))
        later = rows_of(told(connection, "gaps", Asked(Range("2026-11-10", "2026-11-30"))))
    assert both == [
        ("T1", "T1-10", "T1-12", 3, "2026-11-05", "2026-11-09", "unknown"),
        ("T2", "T2-1", "T2-2", 2, "", "2026-11-07", "unknown"),
    ]
    assert later == []


def test_trust_deposits_are_tied_to_their_control_account_and_a_difference_is_told(books, key):
    with_deposit(books)
    till, _ = two_tills(books)
    till.pay(received(300_00))
    posted(books, key, till)
    with books.reading() as connection:
        table = told(connection, "trust")
        assert rows_of(table) == [("800-2810", "Deposits held", 1, 300_00, 300_00, 0)]
        assert "Every control account is what its deposits hold." in table.notes[0]
        accounts = told(connection, "trust-accounts", Asked(DAYS, key=("800-2810",)))
        assert rows_of(accounts) == [("TD-1", "SMITH, JOHN - Plan deposit", "Plan 7", "2026-12-01", 300_00, 300_00)]
    with books.writing() as connection:
        write_entries(connection, [(9_001, "T1", 1, 99, "x", DAYS.until, None)], [{("800", "800-2810"): -5_00}])
    with books.reading() as connection:
        assert rows_of(told(connection, "trust"))[0][-3:] == (300_00, 305_00, -5_00)


def test_a_deposit_is_told_with_what_it_is_made_of_its_sessions_and_its_lag(books, key):
    rules_are(books, rules_to_json(BANKED))
    lived(books)
    act(
        *(books, key, deposit, "HALL", "B-7", [("T1", 1, "S1")]),
        by="dee",
        second="cy",
        biz_date=SECOND,
        id_=new_id(),
    )
    with books.reading() as connection:
        table = told(connection, "deposits")
        assert rows_of(table) == [(SECOND, "HALL", "B-7", "interim", 0, 35_00, 35_00, "", None, "100-1010")]
        part = told(connection, "deposited", Asked(DAYS, key=key_of(table, table.rows[0])))
        assert [row[:4] for row in rows_of(part)] == [(DAYS.since, "T1", "D1", "ann")]
        assert rows_of(told(connection, "deposits", Asked(DAYS, office="POOL"))) == []
        found = told(connection, "lag")
        assert [row[4:] for row in rows_of(found)] == [(SECOND, 3, None, "", None), ("", None, None, "", None)]
        assert "The longest wait for a deposit was 3 days." in found.notes
        assert rows_of(told(connection, "deposits", Asked(Range("2026-01-01", "2026-11-22")))) == []


def test_the_lag_says_until_when_the_citys_rules_wanted_a_deposit(books, key):
    same_day = DepositRules((Deadline(Way.DAYS, 0),))
    rules_are(books, rules_to_json(replace(BANKED, deposits=same_day)))
    lived(books)
    act(
        *(books, key, deposit, "HALL", "B-7", [("T1", 1, "S1")]),
        by="dee",
        second="cy",
        biz_date=SECOND,
        id_=new_id(),
    )
    with books.reading() as connection:
        found = told(connection, "lag")
    assert [row[7:] for row in rows_of(found)] == [(DAYS.since, 3), (SECOND, 0)]
    assert "1 of them late by the city's rules." in found.notes


def test_what_was_taken_back_is_in_no_total_wherever_its_bag_went(books):
    lived(books)
    with books.writing() as connection:
        for no, state in ((1_000_000_001, "taken_back"), (1_000_000_002, "deposited")):
            row = (no, "T1", 1, no, f"T1-D{no}", "HALL", "100-1010", "B-9", SECOND, 35_00, "interim", state)
            connection.execute(insert(tables.deposit).values(row))
        connection.execute(insert(tables.couriered).values(("T1", 1, 98, "B-9")))
    with books.reading() as connection:
        table = told(connection, "deposits")
    assert [row[3] for row in table.rows] == ["taken back, courier", "interim, courier"]
    assert table.totals is not None
    assert table.totals[6] == 35_00
    assert table.notes == ("1 of them not at the bank as far as its files say.", "What was taken back is in no total.")
