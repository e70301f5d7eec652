"""A terminal in other hands writes what it likes into a batch that is held: nobody's view of the day suffers by it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.counter.ledger_day import read_day
from countertui.counter.ledger_items import read_item
from countertui.counter.ledger_receipts import read_receipts
from countertui.counter.station import Station
from countertui.domain.records import Kind
from countertui.domain.rights import Role
from countertui.ledger.books import Books
from countertui.ledger.desk_calls import Looking
from countertui.ledger.desk_reads.day import DayAsked, day
from countertui.ledger.desk_reads.error_items import ItemAsked, error_item
from countertui.ledger.desk_reads.receipts_of import ReceiptsAsked, SessionPlace, receipts_of
from countertui.ledger.ingest import ingest
from countertui.machine import SystemClock
from ledger.at_the_desk import people_post
from ledger.town import DAY, NOW, Till, allocation, line

WATER = line("U1", allocation("C1", "510-4310", 20_00))
STATION = cast("Station", SimpleNamespace(clock=SystemClock()))


def look(connection: Any) -> Looking:
    return Looking(connection, "dee", "dee", frozenset({Role.TECHNICIAN}), NOW)


def held(books: Books, key: Ed25519PrivateKey, till: Till, bodies: list[dict[str, Any]]) -> None:
    people_post(books)
    assert ingest(books, key, till.resealed(bodies), "T1", 1, 1, NOW).status == 202


def test_the_day_is_shown_whatever_drawers_are_called(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.open("S2")
    bad = till.bodies[0] | {"operator": "x" * 5_000, "session": "s" * 300}
    held(books, key, till, [bad | {"data": bad["data"] | {"drawer": "D" * 5_000}}])
    with books.reading() as connection:
        said = day(look(connection), DayAsked(date=DAY))
    shown = read_day(STATION, said).rows
    assert [row.state for row in shown] == ["office", "open"]


@pytest.mark.parametrize(
    ("head", "payor"),
    [
        ({"utc": "the day before"}, "Ida"),
        ({"utc": "0001-01-01T00:00:00+00:00"}, "Ida"),
        ({"receipt_no": {"a": 1}}, "Ida"),
        ({"receipt_no": "9" * 3_000}, "Ida" * 1_000),
    ],
)
def test_receipts_are_listed_whatever_one_of_them_says(
    books: Books, key: Ed25519PrivateKey, till: Till, head: dict[str, Any], payor: str
) -> None:
    till.open("S2")
    till.pay(WATER, session="S2")
    opened, paid = till.bodies
    held(books, key, till, [opened, paid | head | {"data": paid["data"] | {"payor": payor}}])
    asked = ReceiptsAsked(sessions=[SessionPlace(terminal="T1", epoch=1, session="S2")])
    with books.reading() as connection:
        said = receipts_of(look(connection), asked)
    (row,) = read_receipts(STATION, said).rows
    assert (row.cents, row.payor[:3]) == (20_00, "Ida")


def test_an_error_item_of_a_record_with_parts_of_no_form_is_shown(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    till.record(Kind.NO_SALE, {"lines": 5, "tenders": [{"kind": [], "cents": "x"}], "payor": 7, "reason": ""})
    envelope = till.seal()
    assert ingest(books, key, envelope, "T1", 1, 1, NOW).status == 201
    with books.writing() as connection:
        item = "VALUES (1, 'T1', 1, 1, 'no-right', '', 0, 'open', '2026-11-23T09:00:00Z', NULL)"
        connection.exec_driver_sql(f"INSERT INTO error_item {item}")
    with books.reading() as connection:
        said = error_item(look(connection), ItemAsked(item=1))
    record = read_item(STATION, said).record
    assert record is not None
    assert (record.payor, [tender.cents for tender in record.tenders], record.lines) == ("7", [None], [])
