"""What reports are told from: kept with every posting, equal to the lines and records, recomputed by fsck."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text, update

from countertui.domain.records import Kind
from countertui.ledger import tables
from countertui.ledger.answers import NEW
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal
from countertui.ledger.taken import _join, _Run
from ledger.town import DAY, NOW, Till, allocation, line

COPIES = line(None, allocation(None, "100-4410", 25))
WATER = line("U1", allocation("C1", "510-4310", 20_00))


def rows(books: Books, table):
    with books.reading() as connection:
        return [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]


def sent(books: Books, key, till: Till) -> None:
    place = till.identity.terminal, till.identity.epoch
    assert ingest(books, key, till.seal(), *place, till.batch_no, NOW).status == NEW


def test_a_session_is_told_by_what_it_took_and_was_counted(books, key, till):
    taken = till.pay(COPIES)
    till.pay(WATER, tenders=[("check", 20_00, "0417")])
    till.record(Kind.NO_SALE, {"drawer": "D1", "reason": "A roll of dimes"})
    till.void(taken)
    till.close(199_00, 200_00, {"check": (1, 20_00)})
    sent(books, key, till)
    assert rows(books, tables.session_taken) == [(DAY, "T1", 1, "S1", "ann", 2, 20_25, 1)]
    assert ("T1", 1, "S1", "check", 1, 20_00) in rows(books, tables.counted)
    assert ("T1", 1, "S1", "cash", 0, 199_00) in rows(books, tables.counted)
    [undone] = rows(books, tables.undone)
    assert undone[1:] == ("void", "T1", 1, 4, DAY, "T1", "ann", 25, "T1-1")
    [check] = rows(books, tables.check_taken)
    assert (check[0], *check[4:8]) == ("417", 0, 20_00, DAY, "T1-2")


def test_the_days_of_the_ledger_add_up_to_its_lines_and_balances(books, key, till):
    till.pay(COPIES)
    till.pay(COPIES)
    till.pay(WATER, biz_date="2026-11-22")
    sent(books, key, till)
    till.pay(COPIES)
    sent(books, key, till)
    summed = """SELECT e.biz_date, e.terminal, e.epoch, l.fund, l.account, SUM(l.cents) FROM gl_line l
      JOIN entry e ON e.id = l.entry AND e.biz_date = l.biz_date GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5"""
    with books.reading() as connection:
        lines = [(*row[:5], int(row[5])) for row in connection.execute(text(summed))]
    assert rows(books, tables.gl_day) == lines
    assert len({day for day, *_ in lines}) == 2


def test_receipt_numbers_stand_in_runs_and_what_was_left_out_between_them(books, key, till):
    till.pay(COPIES)
    sent(books, key, till)
    till.pay(COPIES, biz_date="2026-11-24")
    till.pay(COPIES, biz_date="2026-11-24")
    sent(books, key, till)
    assert rows(books, tables.number_run) == [("T1", 1, 1, 3, DAY, "2026-11-24")]


@pytest.mark.parametrize(
    ("runs", "made"),
    [
        ([(1, 2), (5, 6)], [(1, 2), (5, 6)]),
        ([(1, 2), (5, 6), (3, 4)], [(1, 6)]),
        ([(5, 6), (1, 4)], [(1, 6)]),
        ([(1, 9), (3, 4)], [(1, 9)]),
        ([(1, 2), (2, 3)], [(1, 3)]),
    ],
)
def test_runs_that_touch_become_one(books, runs, made):
    with books.writing() as connection:
        for first, last in runs:
            _join(connection, ("T9", 1), _Run(first, last, f"2026-01-{first:02}", f"2026-01-{last:02}"))
    assert rows(books, tables.number_run) == [
        ("T9", 1, first, last, f"2026-01-{first:02}", f"2026-01-{last:02}") for first, last in made
    ]


def test_what_a_stranger_writes_as_a_number_is_in_no_run(tmp_path):
    from countertui.ledger.taken import _number

    for receipt_no in ("T1-x", "T2-1", "T1-" + "9" * 40, "T1-\u0661", None, "T1-", "T1--1"):
        assert _number(receipt_no, "T1-") is None
    assert _number("T1-12", "T1-") == 12


def test_fsck_finds_what_was_altered(books, key):
    till = Till(books)
    register_terminal(books, key, "T1", "HALL", 1, till.identity.public_key, now=NOW)
    till.open("S2")
    till.pay(COPIES, session="S2")
    till.close(200_25, 200_25, session="S2")
    sent(books, key, till)
    assert fsck(books).differences == ()
    altered = {"gl_day": "cents", "session_taken": "receipts", "counted": "cents", "number_run": "last_no"}
    with books.writing() as connection:
        for name, column in altered.items():
            table = tables.metadata.tables[name]
            connection.execute(update(table).values({column: table.c[column] + 1}))
    found = fsck(books).differences
    for name, column in altered.items():
        assert any(each.startswith(f"{name} ") and f"{column} is" in each for each in found)
