"""A large ledger at the desk: every question by an index, worklists page by page, none left out or told twice."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import event

from countertui.domain.rights import Role
from countertui.ledger.books import Books
from countertui.ledger.deposits import deposit, undeposited
from countertui.ledger.desk_calls import Looking, Nothing
from countertui.ledger.desk_reads import batches as module
from countertui.ledger.desk_reads.attention import attention
from countertui.ledger.desk_reads.batches import BatchesAsked, batches
from countertui.ledger.desk_reads.day import DayAsked, day
from countertui.ledger.desk_reads.error_items import ItemsAsked, error_items
from countertui.ledger.ingest import ingest
from ledger.at_the_desk import act, new_id, people_post
from ledger.desk_reads.test_day import bank_is_named
from ledger.town import DAY, NOW, Till, allocation, line

WATER = line("U1", allocation("C1", "510-4310", 20_00))
GROWS = (
    *("session", "session_tender", "record", "batch", "deposit", "deposited", "dropped", "couriered", "at_bank"),
    *("error_item", "inbox", "day", "turn", "undone"),
)
"""Tables that grow with the years."""


def look(connection: Any) -> Looking:
    return Looking(connection, "dee", "dee", frozenset({Role.TECHNICIAN}), NOW)


def plans(books: Books, ask: Any) -> list[str]:
    """How SQLite would answer what a question asks of it."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.lstrip().startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(books.engine, "before_cursor_execute", note)
    with books.reading() as connection:
        ask(look(connection))
    event.remove(books.engine, "before_cursor_execute", note)
    with books.reading() as connection:
        return [
            f"{row[3]}   in   {statement}"
            for statement, parameters in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]


def a_deposited_day(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.open("S2")
    till.pay(WATER, session="S2")
    till.close(220_00, 220_00, session="S2", approver="bo")
    assert ingest(books, key, till.seal(), "T1", 1, 1, NOW).status == 201
    bank_is_named(books)
    with books.reading() as connection:
        (waiting,) = undeposited(connection, "HALL")
    place = waiting.terminal, waiting.epoch, waiting.session
    act(books, key, deposit, "HALL", "B-7", [place], by="dee", second="eli2", biz_date=DAY, id_=new_id())


def test_no_question_reads_a_table_that_grows_from_end_to_end(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    if books.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by what is in its tables, and here there is next to nothing")
    a_deposited_day(books, key, till)
    found = [
        *plans(books, lambda look: day(look, DayAsked(date=DAY))),
        *plans(books, lambda look: attention(look, Nothing())),
        *plans(books, lambda look: error_items(look, ItemsAsked(after=3))),
        *plans(books, lambda look: batches(look, BatchesAsked())),
        *plans(books, lambda look: batches(look, BatchesAsked(which="posted", after=(NOW, "T1", 1, 1)))),
    ]
    assert any("session_by_day" in plan for plan in found)
    whole = [plan for plan in found for table in GROWS if plan.startswith(f"SCAN {table} ") and "INDEX" not in plan]
    assert whole == []


@pytest.mark.parametrize("which", ["waiting", "posted"])
def test_batches_page_by_page_though_some_are_done_meanwhile(
    books: Books, key: Ed25519PrivateKey, till: Till, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 2)
    if which == "waiting":
        people_post(books)
    for no in range(1, 6):
        till.open(f"S{no + 1}")
        ingest(books, key, till.seal(), "T1", 1, no, NOW)
    seen: list[int] = []
    after = None
    while True:
        with books.reading() as connection:
            page = batches(look(connection), BatchesAsked(which=which, after=after))
        seen += [row["no"] for row in page["batches"]]
        if not page["more"]:
            break
        last = page["batches"][-1]
        after = (last["received_at"], last["terminal"], last["epoch"], last["no"])
        with books.writing() as connection:
            done = "posted" if which == "waiting" else "rejected"
            connection.exec_driver_sql(f"UPDATE batch SET state = '{done}' WHERE no = {last['no']}")
    assert seen == ([1, 2, 3, 4, 5] if which == "waiting" else [5, 4, 3, 2, 1])


def test_an_envelope_is_read_once_for_the_list_however_often_that_is_looked_at(
    books: Books, key: Ed25519PrivateKey, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    people_post(books)
    till.open("S2")
    till.pay(WATER, session="S2")
    ingest(books, key, till.seal(), "T1", 1, 1, NOW)
    read: list[bytes] = []
    parse = module.parse_batch
    monkeypatch.setattr(module, "parse_batch", lambda data: read.append(data) or parse(data))
    monkeypatch.setattr(module, "_remembered", {}, raising=False)
    for _ in range(3):
        with books.reading() as connection:
            (row,) = batches(look(connection), BatchesAsked())["batches"]
        assert row["tenders"]["cash"]["cents"] == 20_00
    assert len(read) == 1
