"""What the ledger answers about a day, read at the terminal as it reads it: the two forms are one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.counter import ledger_desk
from countertui.counter.ledger_day import NOT_HEARD, OFFICE, read_day
from countertui.counter.ledger_receipts import read_receipts, read_record
from countertui.ledger.books import Books
from countertui.ledger.ingest import ingest
from ledger.desk_line import PINS, Line, desk_line, people_are_known
from ledger.town import DAY, NOW, Till, allocation, line


@pytest.fixture
def at(books: Books) -> Iterator[Line]:
    people_are_known(books)
    with desk_line(books) as opened:
        yield opened


def test_a_day_its_receipts_and_one_record(at: Line, key: Ed25519PrivateKey, till: Till) -> None:
    Till(at.books, "T2").registered(at.books)
    with at.books.writing() as connection:
        connection.exec_driver_sql("DELETE FROM session")
        connection.exec_driver_sql("UPDATE terminal SET heard_at = '2026-11-22T09:00:00+00:00' WHERE code = 'T2'")
    till.open("S2")
    taken = till.pay(line("U1", allocation("C1", "510-4310", 20_00)), session="S2")
    card = [("card", 5_00, "auth 17")]
    till.pay(line(None, allocation(None, "100-4410", 5_00)), tenders=card, session="S2")
    till.void(taken, session="S2")
    assert ingest(at.books, key, till.seal(), "T1", 1, 1, NOW).status == 201
    station = at.station(till)
    session = ledger_desk.sign_in(station, "dee", PINS["dee"])
    day = read_day(station, ledger_desk.look(station, session, "day"))
    assert day.date == DAY
    office, drawer, silent = day.rows
    assert (office.state, office.name, office.columns.card, office.said) == (
        OFFICE,
        "City Hall",
        5_00,
        "2 receipts posted",
    )
    assert (drawer.state, drawer.drawer, drawer.who, drawer.columns.cash) == ("open", "D2", "Ann", 0)
    assert (silent.state, silent.terminal, silent.said) == (NOT_HEARD, "T2", "last heard 2026-11-22 09:00")
    assert drawer.place is not None
    terminal, epoch, id_ = drawer.place
    asked = {"sessions": [{"terminal": terminal, "epoch": epoch, "session": id_}]}
    said = ledger_desk.look(station, session, "receipts_of", asked)
    said.pop("as_of")
    page = read_receipts(station, said)
    assert [(row.receipt_no, row.tenders, row.cents, row.state) for row in page.rows] == [
        ("T1-1", "Cash", 20_00, "VOID"),
        ("T1-2", "Card", 5_00, "posted"),
        ("T1-1", "Cash", -20_00, "posted"),
    ]
    first = page.rows[0]
    said = ledger_desk.look(
        station, session, "record_of", {"terminal": first.terminal, "epoch": first.epoch, "seq": first.seq}
    )
    said.pop("as_of")
    text = "\n".join(read_record(station, said).lines)
    assert "VOID" in text
    assert "City Hall" in text
    assert f"Hash {till.all[taken['id']][1].hex()}" in text
    assert "Batch 1, received" in text
    assert "Water sales" in text
