"""Every question the counter asks of what was recorded has its index: none goes through a table of years."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from countertui.store import (
    account_rows,
    courier_rows,
    deposit_rows,
    journal_rows,
    license_rows,
    money_here,
    print_jobs,
    receipt_rows,
    session_rows,
    trust_requests,
)
from countertui.store.connection import open_store
from countertui.store.paper_keyed import last_paper_keyed

GROWING = (
    "journal",
    "receipt",
    "receipt_line",
    "allocation",
    "tender",
    "drawer_move",
    "drawer_count",
    "print_job",
    "print_attempt",
    "account_said",
    "license_here",
    "charge_raised",
)
"""What a year of payments fills; sessions, batches, carts and sendings stay few."""
Db = sqlite3.Connection
AT = print_jobs.At("front counter", usual=True, names=("front counter", "back office"))
QUESTIONS: dict[str, Callable[[Db], object]] = {
    "a receipt": lambda db: receipt_rows.receipt(db, "T1-1"),
    "a record's receipt": lambda db: receipt_rows.receipt_at(db, 1),
    "receipts by text": lambda db: receipt_rows.receipts(db, "smith", None, 50),
    "receipts of a session": lambda db: receipt_rows.receipts(db, "", "s", 50),
    "how many of a session": lambda db: receipt_rows.receipts_of(db, "s"),
    "a session's requested": lambda db: receipt_rows.receipts_in(db, "s", "void_requested"),
    "all requested": receipt_rows.requested,
    "expected": lambda db: session_rows.expected(db, "s"),
    "parts of it": lambda db: session_rows.expected_parts(db, "s"),
    "records since": lambda db: list(journal_rows.bodies_since(db, 9)),
    "clock changes": journal_rows.clock_changes,
    "moves": lambda db: session_rows.drawer_moves(db, "s"),
    "last record": journal_rows.last_seq,
    "paid on an account": lambda db: money_here.paid_here(db, "A-1", 0),
    "paid on accounts": lambda db: money_here.paid_sums(db, ["A-1", "A-2"], 0),
    "receipts over an amount": lambda db: receipt_rows.receipts_over(db, 84_17, 9, 50),
    "what moved an account's credit": lambda db: money_here.put_on_credit_here(db, "A-1", 0),
    "a session's first money": lambda db: deposit_rows.first_taken(db, "s1"),
    "the deposit in a bag": lambda db: deposit_rows.deposit_of_bag(db, "B-7"),
    "the courier who has a bag": lambda db: courier_rows.handed_over(db, "B-7"),
    "a deposit asked back": lambda db: trust_requests.asked_back(db, "TD-1"),
    "deposits asked back": trust_requests.open_trust_requests,
    "what was done with a license": lambda db: license_rows.bodies_of(db, "T1-L1", 0),
    "licenses changed": lambda db: license_rows.changed_after(db, 9),
    "the last act": license_rows.last_act,
    "the last number of the series": license_rows.last_drawn,
    "what was raised on an account": lambda db: money_here.raised_here(db, "A-1", 0),
    "all accounts paid on": lambda db: money_here.paid_accounts(db, 9),
    "tenders": lambda db: receipt_rows.tender_kinds(db, "T1-1"),
    "a receipt by its paper": lambda db: receipt_rows.receipts(db, "B-000101", None, 50),
    "the last paper keyed in": last_paper_keyed,
    "jobs unfinished": print_jobs.unfinished_jobs,
    "the next paper": lambda db: print_jobs.next_paper(db, AT, 3),
    "the next sheet": lambda db: print_jobs.next_slip(db, AT),
    "papers again": lambda db: print_jobs.waiting_again(db, AT),
    "printers wanted": print_jobs.devices_wanted,
    "how many unfinished": print_jobs.count_unfinished,
    "attempts of a job": lambda db: print_jobs.attempts(db, 1),
    "the next attempt": print_jobs.next_attempt,
    "after a crash": print_jobs.interrupted_jobs_are_uncertain,
    "a drawer to open": lambda db: print_jobs.waiting_kick(db, 5),
    "drawers opened without a sale": lambda db: session_rows.no_sales(
        db, session_rows.SessionRow("s", "D1", "rosa", "2026-11-23", 0, 0, 3, None, None)
    ),
    "written of an account": lambda db: account_rows.said_of(db, "A-1", 9),
    "changes since": lambda db: account_rows.changes_after(db, 9),
    "moved on an account": lambda db: account_rows.moved_here(db, "A-1", 9),
    "receipts for an account": lambda db: receipt_rows.receipts_for(db, "A-1", 9, 50),
    "a job": lambda db: print_jobs.print_job(db, 1),
}


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Db]:
    connection = open_store(tmp_path / "store.db")
    yield connection
    connection.close()


def _steps(db: Db, ask: Callable[[Db], object]) -> list[str]:
    """What SQLite does for each statement of a question, as EXPLAIN QUERY PLAN says it."""
    asked: list[str] = []
    db.set_trace_callback(asked.append)
    ask(db)
    db.set_trace_callback(None)
    assert asked
    return [row[3] for sql in asked for row in db.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()]


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_goes_through_a_whole_table(db: Db, question: str) -> None:
    steps = _steps(db, QUESTIONS[question])
    assert [step for step in steps if step.split()[0] == "SCAN" and step.split()[1] in GROWING] == []


def test_a_question_without_an_index_is_seen(db: Db) -> None:
    assert "SCAN receipt" in _steps(db, lambda db: db.execute("SELECT 1 FROM receipt WHERE operator = ?", ("rosa",)))
