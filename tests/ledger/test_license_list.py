"""All licenses together at the ledger: how each stands, what was taken for them, whose business is licensed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.license_acts import LISTED as LISTED_VERSION
from countertui.domain.license_reports import Taken
from countertui.domain.license_states import State
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.importing.businesses import licensed_businesses, street_in
from countertui.ledger.importing.kinds import Kind
from countertui.ledger.importing.run import import_file
from countertui.ledger.license_list import every_license, taken_for_licenses
from countertui.ledger.licenses import licenses_in_books
from ledger.test_ingest import asked
from ledger.test_licenses import LISTED, LISTED_LICENSE, NUMBER, act, paid, tills, walk_in
from ledger.test_posting import posted
from ledger.town import DAY, NOW, Till, answering, brought

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


LIST_MAP = """
kind = "licenses"
[columns.No]
required = true
[fields]
number = { column = "No" }
name = { column = "Name" }
class = { column = "Class" }
address = { column = "Street" }
credit_gl = { constant = "100-2310" }
"""


def test_a_list_never_undoes_what_a_counter_wrote_of_a_license_since(
    books: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path
) -> None:
    file, mapping = tmp_path / "list.csv", tmp_path / "map.toml"
    file.write_text("No,Name,Class,Street\nS-1,Ann,SALES,1 Oak\nS-2,Bo,SALES,2 Oak\n", encoding="utf-8")
    mapping.write_text(LIST_MAP, encoding="utf-8")
    import_file(books, Kind.LICENSES, file, mapping, who=answering(books), now=NOW)
    owner = {"owners": [{"name": "Ann Lee", "role": "owner"}], "premises": "9 Elm St"}
    was = act(till, "S-1", LISTED_VERSION, "amend", owner, operator="ann")["id"]
    act(till, "S-1", was, "confirm")
    posted(books, key, till)
    with books.reading() as connection:
        before = licenses_in_books(connection, ["S-1", "S-2"], TODAY)
    assert [each.state for each in before.values()] == [State.ISSUED, State.NOT_STATED]
    assert before["S-1"].says["premises"] == "9 Elm St"
    file.write_text(file.read_text(encoding="utf-8").replace("Oak", "Ash"), encoding="utf-8")
    again = import_file(books, Kind.LICENSES, file, mapping, who=answering(books), now=NOW)
    assert (again.updated, again.unchanged, again.rejected) == (1, 0, 1)
    assert "S-1 was changed at a counter since; change it there" in Path(again.rejects or "").read_text("utf-8")
    with books.reading() as connection:
        after = licenses_in_books(connection, ["S-1", "S-2"], TODAY)
    assert after["S-1"] == before["S-1"]
    assert after["S-2"].says["premises"] == "2 Ash"
    assert asked(books, "SELECT name, address FROM account WHERE number = 'S-1'") == [("Ann", "9 Elm St")]
    assert fsck(books).differences == ()


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
