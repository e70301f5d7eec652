"""Unlicensed businesses: lists bring up leads once, people say what becomes of them, and no list brings them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.documents.postal_addresses import street_of
from countertui.domain.lead_list import LeadStatus
from countertui.domain.rights import NotAllowed
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.lead_search import Ended, Found, Row, look_through
from countertui.ledger.lead_worklist import (
    LeadRefusedError,
    Worked,
    keep_found,
    set_status,
    worklist,
    write_letters,
)
from countertui.ledger.leads import Business
from ledger.at_the_desk import act, new_id
from ledger.test_ingest import asked
from ledger.town import DAY

LICENSED = [Business("L-1", "Smith & Sons Hauling, LLC", "12 North Main Street, Fernhollow WA 98001")]
ENDED = [Ended(Business("L-7", "Zebra Tattoo", "7 New Rd"), "closed on 2025-06-30")]
LIST = [
    Row(Business("S-1", "SMITH AND SONS HAULING", "12 N Main St")),
    Row(Business("S-2", "Harbor Bakery", "90 Elm St Ste 4"), "PO Box 7, Fernhollow WA 98001", "bakery"),
    Row(Business("S-3", "ZEBRA TATTOO INC", "7 New Road")),
    Row(Business("S-4", "Harbor  Bakery", "90 Elm St Ste 4")),
    Row(Business("S-5", "Quiet Consulting", "")),
]
BY_TRADE_NAME = Row(Business("S-6", "Blue Door", "12 N Main St"), also="Smith & Sons Hauling")


def looked(books: Books, rows: Sequence[Row] = LIST, licensed: Sequence[Business] = LICENSED) -> Found:
    with books.reading() as connection:
        there = worklist(connection)
    return look_through(rows, licensed, ENDED, there, street_of)


def kept(books: Books, key: Ed25519PrivateKey, found: Found, **more: Any) -> int:
    told = {"by": "bo", "new_id": new_id} | more
    made: int = act(books, key, keep_found, found, "State registry", "ab" * 32, **told)
    return made


def listed(books: Books) -> list[Worked]:
    with books.reading() as connection:
        return worklist(connection)


def say(
    books: Books, key: Ed25519PrivateKey, numbers: list[int], status: LeadStatus, note: str = "", by: str = "bo"
) -> None:
    act(books, key, set_status, numbers, status, note, by=by, id_=new_id())


def test_a_list_brings_up_what_has_no_license_the_likeliest_first(books: Books, key: Ed25519PrivateKey) -> None:
    found = looked(books)
    assert [lead.business.key for lead, _ in found.leads] == ["S-3", "S-2", "S-5"]
    assert found.leads[0][0].evidence[0] == "had license L-7: closed on 2025-06-30"
    assert (found.rows, found.licensed, found.known, found.repeated) == (5, 1, 0, 1)
    assert kept(books, key, found) == 1
    first, second, third = listed(books)
    assert [(each.no, each.name, each.status, each.letters) for each in (first, second, third)] == [
        (1, "ZEBRA TATTOO INC", LeadStatus.NEW, 0),
        (2, "Harbor Bakery", LeadStatus.NEW, 0),
        (3, "Quiet Consulting", LeadStatus.NEW, 0),
    ]
    assert (second.mailing, second.about, second.list) == ("PO Box 7, Fernhollow WA 98001", "bakery", "State registry")
    assert fsck(books).differences == ()


def test_the_same_list_again_and_another_spelling_bring_up_nothing(books: Books, key: Ed25519PrivateKey) -> None:
    kept(books, key, looked(books))
    say(books, key, [2], LeadStatus.NOT_LIABLE, "A church")
    again = [Row(Business("T-9", "HARBOUR BAKERY LLC", "90 ELM STREET #4")), *LIST]
    found = looked(books, again)
    assert (found.leads, found.licensed_now, found.known) == ((), (), 4)
    assert kept(books, key, found) == 0
    assert len(listed(books)) == 3


def test_an_open_lead_that_is_licensed_by_now_is_settled_a_settled_one_stays(
    books: Books, key: Ed25519PrivateKey
) -> None:
    kept(books, key, looked(books))
    say(books, key, [3], LeadStatus.OUT_OF_CITY, "In Riverton")
    licensed = [
        *LICENSED,
        Business("L-20", "Harbor Bakery", "90 Elm St Ste 4"),
        Business("L-21", "Quiet Consulting", ""),
    ]
    found = looked(books, LIST[:1], licensed)
    assert [(each.no, number) for each, number in found.licensed_now] == [(2, "L-20")]
    kept(books, key, found)
    assert [(each.status, each.note) for each in listed(books)] == [
        (LeadStatus.NEW, ""),
        (LeadStatus.LICENSED, "L-20"),
        (LeadStatus.OUT_OF_CITY, "In Riverton"),
    ]
    assert fsck(books).differences == ()


def test_letters_go_once_each_and_a_second_one_later(books: Books, key: Ed25519PrivateKey) -> None:
    kept(books, key, looked(books))
    first = act(books, key, write_letters, LeadStatus.NEW, DAY, by="bo", new_id=new_id)
    assert [each.no for each in first] == [1, 2]  # the third has no address
    assert [(each.status, each.letters) for each in listed(books)] == [
        (LeadStatus.LETTER_SENT, 1),
        (LeadStatus.LETTER_SENT, 1),
        (LeadStatus.NEW, 0),
    ]
    assert act(books, key, write_letters, LeadStatus.NEW, DAY, by="bo", new_id=new_id) == []
    say(books, key, [1], LeadStatus.LETTER_CAME_BACK)
    assert act(books, key, write_letters, LeadStatus.LETTER_SENT, "2026-11-22", by="bo", new_id=new_id) == []
    second = act(books, key, write_letters, LeadStatus.LETTER_SENT, DAY, by="bo", new_id=new_id)
    assert [each.no for each in second] == [2]
    assert [(each.status, each.letters) for each in listed(books)][:2] == [
        (LeadStatus.LETTER_CAME_BACK, 1),
        (LeadStatus.SECOND_LETTER_SENT, 2),
    ]
    assert fsck(books).differences == ()


@pytest.mark.parametrize("status", [LeadStatus.NOT_LIABLE, LeadStatus.OUT_OF_CITY, LeadStatus.OUT_OF_BUSINESS])
def test_nothing_is_put_aside_without_a_reason(books: Books, key: Ed25519PrivateKey, status: LeadStatus) -> None:
    kept(books, key, looked(books))
    with pytest.raises(LeadRefusedError, match="A reason is needed"):
        say(books, key, [1], status, "  ")
    assert listed(books)[0].status is LeadStatus.NEW


def test_what_can_t_be_said_changes_nothing(books: Books, key: Ed25519PrivateKey) -> None:
    kept(books, key, looked(books))
    with pytest.raises(LeadRefusedError, match="no lead 9"):
        say(books, key, [1, 9], LeadStatus.PENDING)
    with pytest.raises(LeadRefusedError, match="Of one to 200"):
        say(books, key, [], LeadStatus.PENDING)
    with pytest.raises(LeadRefusedError, match="longer than 200"):
        say(books, key, [1], LeadStatus.PENDING, "x" * 201)
    with pytest.raises(LeadRefusedError, match="No letter goes"):
        act(books, key, write_letters, LeadStatus.LICENSED, DAY, by="bo", new_id=new_id)
    for by in ("ann", "nobody"):
        with pytest.raises(NotAllowed):
            say(books, key, [1], LeadStatus.PENDING, by=by)
        with pytest.raises(NotAllowed):
            kept(books, key, looked(books, [Row(Business("N", "New One", "1 Oak"))]), by=by)
    assert {each.status for each in listed(books)} == {LeadStatus.NEW}


def test_a_business_is_licensed_under_its_other_name_too(books: Books) -> None:
    assert looked(books, [BY_TRADE_NAME]).licensed == 1
    assert looked(books, [replace(BY_TRADE_NAME, also="")]).licensed == 0


def test_a_long_list_takes_several_records(books: Books, key: Ed25519PrivateKey) -> None:
    many = [Row(Business(f"S-{n}", f"Firm {n:04} {'abcdefghij'[n % 10] * 9}{n}", f"{n} Long Rd")) for n in range(450)]
    found = look_through(many, [], [], [], lambda address: address)
    assert kept(books, key, found) == 3
    assert [no for (no,) in asked(books, "SELECT no FROM lead ORDER BY no")] == list(range(1, 451))
    assert fsck(books).differences == ()
