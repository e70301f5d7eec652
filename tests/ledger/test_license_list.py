"""All licenses together at the ledger: how each stands, what was taken for them, whose business is licensed."""

from __future__ import annotations

from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.license_reports import Taken
from countertui.domain.license_states import State
from countertui.ledger.books import Books
from countertui.ledger.importing.businesses import licensed_businesses, street_in
from countertui.ledger.license_list import every_license, taken_for_licenses
from ledger.test_licenses import LISTED, LISTED_LICENSE, NUMBER, act, paid, tills, walk_in
from ledger.test_posting import posted
from ledger.town import DAY, Till, brought

__all__ = ["tills"]
TODAY = date.fromisoformat(DAY)


@pytest.fixture
def till(books: Books, tills: tuple[Till, Till]) -> Till:
    brought(books, "account", [LISTED])
    brought(books, "license", [LISTED_LICENSE])
    return tills[0]


def taken(books: Books, first: str = "2026-01-01", last: str = "2026-12-31") -> list[Taken]:
    with books.reading() as connection:
        return taken_for_licenses(connection, first, last)


def test_every_license_as_it_stands(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    walk_in(till)
    posted(books, key, till)
    with books.reading() as connection:
        found = {each.number: each for each in every_license(connection, TODAY)}
        later = {each.number: each.state for each in every_license(connection, date(2027, 3, 1))}
    assert {number: each.state for number, each in found.items()} == {"BL-7": State.ISSUED, NUMBER: State.ISSUED}
    assert later == {"BL-7": State.EXPIRED, NUMBER: State.EXPIRED}
    assert (found["BL-7"].says["business"], found["BL-7"].acts[0].terminal) == ("Bo's", "")


def test_what_was_taken_counts_by_month_and_what_was_given_back_is_off(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    assert taken(books) == []
    walk_in(till, issue=False)
    paid(till, cents=60_00, biz_date="2026-10-31")
    receipt = paid(till, cents=40_00)
    posted(books, key, till)
    both = [
        Taken("2026-10", "FOODTRUCK", "license", "100-4410", 60_00),
        Taken("2026-11", "FOODTRUCK", "license", "100-4410", 40_00),
    ]
    assert taken(books) == both
    assert taken(books, "2026-11-01") == both[1:]
    till.void(receipt)
    posted(books, key, till)
    assert taken(books) == both[:1]


def test_who_is_licensed_and_whose_license_ended(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    was = walk_in(till)
    act(till, NUMBER, was, "close")
    posted(books, key, till)
    with books.reading() as connection:
        licensed, ended = licensed_businesses(connection, TODAY)
        later, gone = licensed_businesses(connection, date(2027, 1, 1))
    assert [(each.key, each.name) for each in licensed] == [("BL-7", "Bo's")]
    assert [(each.business.name, each.how) for each in ended] == [("Ana's Tacos", f"closed on {DAY}")]
    assert (later, sorted(each.how for each in gone)) == ([], [f"closed on {DAY}", "expired on 2026-12-31"])
    assert street_in(licensed[0].address) == street_in("7 ELM ST, FERNHOLLOW WA 98001") == "7elmst"
