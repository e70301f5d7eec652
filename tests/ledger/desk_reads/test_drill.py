"""From a drawer session to its receipts, and from one to its record: posted, in custody and live, page by page."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.rights import NotAllowed, Role
from countertui.ledger.books import Books
from countertui.ledger.desk_calls import Looking
from countertui.ledger.desk_reads import receipts_of as module
from countertui.ledger.desk_reads.receipts_of import ReceiptsAsked, SessionPlace, receipts_of
from countertui.ledger.desk_reads.record_of import NoSuchRecordError, RecordAsked, record_of
from countertui.ledger.ingest import ingest
from countertui.ledger.live import hear_records
from countertui.sync.live import record_lines
from ledger.at_the_desk import people_post
from ledger.town import NOW, Till, allocation, line

WATER = line("U1", allocation("C1", "510-4310", 20_00))
S2, S3 = (SessionPlace(terminal="T1", epoch=1, session=id_) for id_ in ("S2", "S3"))


def look(connection: Any, who: str = "dee") -> Looking:
    return Looking(connection, who, who, frozenset({Role.TECHNICIAN}), NOW)


def of(books: Books, *places: SessionPlace, who: str = "dee", at: int = 0, after: int = 0) -> dict[str, Any]:
    with books.reading() as connection:
        return dict(receipts_of(look(connection, who), ReceiptsAsked(sessions=list(places), at=at, after=after)))


def one(books: Books, seq: int, who: str = "dee") -> dict[str, Any]:
    with books.reading() as connection:
        return dict(record_of(look(connection, who), RecordAsked(terminal="T1", epoch=1, seq=seq)))


def tell(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    assert hear_records(books, key, "T1", 1, record_lines(till.records), NOW).status == 200


def a_day(books: Books, key: Ed25519PrivateKey, till: Till) -> list[int]:
    """Two drawers, their receipts mixed; one is void; posted, but for the last two, which are told live."""
    till.open("S2")
    till.open("S3")
    taken = [till.pay(WATER, session=session) for session in ("S2", "S3", "S2", "S2")]
    till.void(taken[2], session="S2")
    assert ingest(books, key, till.seal(), "T1", 1, 1, NOW).status == 201
    till.records = []
    taken += [till.pay(WATER, session="S2"), till.pay(WATER, session="S3")]
    tell(books, key, till)
    return [each["seq"] for each in taken]


def test_the_receipts_of_a_session_in_their_order(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    first, other, second, third, live, _ = a_day(books, key, till)
    found = of(books, S2)
    told = [(row["seq"], row["kind"], row["cents"], row["state"], row["undone"]) for row in found["rows"]]
    assert told == [
        (first, "pay", 20_00, "posted", ""),
        (second, "pay", 20_00, "posted", "void"),
        (third, "pay", 20_00, "posted", ""),
        (third + 1, "void", -20_00, "posted", ""),
        (live, "pay", 20_00, "live", ""),
    ]
    assert {row["receipt_no"] for row in found["rows"]} == {"T1-1", "T1-3", "T1-4", "T1-5"}
    assert found["next"] is None
    assert other not in {row["seq"] for row in found["rows"]}


@pytest.mark.parametrize("at_once", [1, 2, 3, 8])
def test_page_by_page_they_are_all_there_once(
    books: Books, key: Ed25519PrivateKey, till: Till, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    a_day(books, key, till)
    whole = [row["seq"] for row in of(books, S2, S3)["rows"]]
    assert len(whole) == 7
    monkeypatch.setattr(module, "AT_ONCE", at_once)
    found, at, after = [], 0, 0
    while True:
        page = of(books, S2, S3, at=at, after=after)
        found += [row["seq"] for row in page["rows"]]
        assert len(page["rows"]) <= at_once
        if page["next"] is None:
            break
        at, after = page["next"]
    assert found == whole


def test_a_record_with_its_hash_its_batch_and_what_it_posted(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    first, _, second, _, live, _ = a_day(books, key, till)
    found = one(books, first)
    assert found["body"]["receipt_no"] == "T1-1"
    assert found["h"] == till.all[found["body"]["id"]][1].hex()
    assert (found["state"], found["batch"]["no"], found["drawer"], found["operator_name"]) == ("posted", 1, "D2", "Ann")
    assert found["office"] == "City Hall"
    posted = {(each["account"], each["name"]): each["cents"] for each in found["lines"]}
    assert posted[("510-4310", "Water sales")] == -20_00
    assert posted[("100-1020", "Cash in drawers")] == 20_00
    assert sum(posted.values()) == 0
    assert one(books, second)["undone"] == "void"
    told = one(books, live)
    assert (told["state"], told["batch"], told["entry"], told["lines"]) == ("live", None, None, [])
    assert told["h"] == till.all[told["body"]["id"]][1].hex()
    with pytest.raises(NoSuchRecordError, match="does not have record 99"):
        one(books, 99)
    json.dumps(found)


def test_what_is_in_custody_is_read_out_of_its_batch(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    people_post(books)
    till.open("S2")
    taken = till.pay(WATER, session="S2")
    assert ingest(books, key, till.seal(), "T1", 1, 1, NOW).status == 202
    (row,) = of(books, S2)["rows"]
    assert (row["seq"], row["state"]) == (taken["seq"], "received")
    found = one(books, taken["seq"])
    assert (found["state"], found["batch"]["no"], found["lines"], found["drawer"]) == ("received", 1, [], "D2")
    assert found["h"] == till.all[taken["id"]][1].hex()


def test_nobody_looks_into_a_drawer_of_theirs_before_it_is_counted(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    seqs = a_day(books, key, till)
    for who in ("ann", "ANN "):
        with pytest.raises(NotAllowed, match="you have not counted it"):
            of(books, S2, who=who)
        for seq in (seqs[0], seqs[4]):
            with pytest.raises(NotAllowed, match="you have not counted it"):
                one(books, seq, who=who)
    till.close(0, 0, session="S2")
    till.records = till.records[-1:]
    tell(books, key, till)
    assert len(of(books, S2, who="ann")["rows"]) == 5
    assert one(books, seqs[0], who="ann")
