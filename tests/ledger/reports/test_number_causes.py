"""Why receipt numbers are missing, by what records, batches and the register say."""

from __future__ import annotations

import pytest

from countertui.domain.desk_records import DeskKind
from countertui.domain.records import Kind
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal
from ledger.at_the_desk import hire, stepped
from ledger.reports.days import FIRST, SECOND, copies, sent, told
from ledger.town import NOW, Till, ledger_key


def let_in(books, epoch, **numbers):
    till = Till(books, "T1", epoch=epoch)
    till.receipts = numbers.get("after", 0)
    register_terminal(books, ledger_key(books), "T1", "HALL", epoch, till.identity.public_key, now=NOW)
    return till


def works(till, receipts, day):
    session = f"S{till.identity.epoch}"
    till.open(session, biz_date=day)
    for _ in range(receipts):
        till.pay(copies(1_00), session=session, biz_date=day)


def causes(books):
    with books.reading() as connection:
        return [(row[1], row[2], row[6]) for row in told(connection, "gaps").rows]


@pytest.fixture
def former(books):
    """T1's first store, with two receipts posted and two that were sealed and came not."""
    till = let_in(books, 1)
    works(till, 2, FIRST)
    sent(books, till)
    till.pay(copies(1_00), session="S1", biz_date=FIRST)
    till.pay(copies(1_00), session="S1", biz_date=FIRST)
    return till


def goes_on(books, after=4, **said):
    till = let_in(books, 2, after=after)
    if said:
        till.record(Kind.RESTORE, said, session=None, biz_date=None)
    works(till, 1, SECOND)
    sent(books, till)


def test_what_a_former_store_took_last_has_not_come_until_it_does(books, former):
    goes_on(books)
    assert causes(books) == [("T1-3", "T1-4", "not received: what was taken last in epoch 1")]
    sent(books, former)
    assert causes(books) == []


def test_of_a_terminal_that_was_lost_it_is_said(books, former):
    goes_on(books)
    with books.writing() as connection:
        connection.exec_driver_sql("UPDATE terminal SET state = 'revoked' WHERE epoch = 1")
    [(_, _, cause)] = causes(books)
    assert cause == "terminal lost: the key of epoch 1 is revoked, and what it took last has not come"


def test_numbers_that_a_copy_left_to_paper_are_named_by_its_record(books, former):
    said = {"epoch": 1, "seq": 4, "h": "00" * 32, "receipt_n": 2, "anchor_seq": None, "paper_n": 4, "first_n": 5}
    goes_on(books, **said)
    [(_, _, cause)] = causes(books)
    assert cause == "on paper alone: the store went on from an older copy (record T1/2/1)"


def test_a_batch_that_leaves_numbers_out_is_named_with_who_posted_it(books):
    hire(books, "fay", "technician lead")
    till = let_in(books, 1)
    works(till, 2, FIRST)
    sent(books, till)
    till.receipts += 3
    till.pay(copies(1_00), session="S1", biz_date=FIRST)
    assert ingest(books, ledger_key(books), till.seal(), "T1", 1, 2, NOW).status == 202
    assert causes(books) == []
    stepped(books, ledger_key(books), till, DeskKind.BATCH_RELEASE, 2, "dee", "Looked at")
    stepped(books, ledger_key(books), till, DeskKind.BATCH_POST, 2, "fay")
    assert causes(books) == [("T1-3", "T1-5", "batch 2 leaves them out; fay posted it")]


def test_a_receipt_that_could_not_be_posted_is_named_by_its_error_item(books):
    hire(books, "fay", "technician lead")
    till = let_in(books, 1)
    works(till, 1, FIRST)
    paid = till.pay(copies(1_00), session="S1", biz_date=FIRST)
    till.record(Kind.PAY, {**paid["data"], "total_cents": 9_00}, session="S1", biz_date=FIRST)
    till.pay(copies(1_00), session="S1", biz_date=FIRST)
    ingest(books, ledger_key(books), till.seal(), "T1", 1, 1, NOW)
    stepped(books, ledger_key(books), till, DeskKind.BATCH_RELEASE, 1, "dee", "Looked at")
    stepped(books, ledger_key(books), till, DeskKind.BATCH_POST, 1, "fay")
    [(first, last, cause)] = causes(books)
    assert (first, last) == ("T1-3", "T1-3")
    assert cause.startswith("error item 1: a record that could not be posted")
