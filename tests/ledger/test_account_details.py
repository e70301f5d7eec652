"""Notes, addresses and telephones at the ledger: carried out, in conflict, through imports, down to terminals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.records import Kind
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.publish import publish
from ledger.snapshots_taken import contents, offered, take
from ledger.test_ingest import asked
from ledger.test_overpaid import registered, two_tills
from ledger.test_posting import posted
from ledger.town import DAY, NOW, Till, brought

U1 = ("U1", "utility", "P1", "SMITH, JOHN", "1 Elm St", "5550100", "", "", "510-2310", "")


@pytest.fixture
def tills(books: Books) -> tuple[Till, Till]:
    registered(books)
    return two_tills(books)


def changed(till: Till, was: str, now: str, detail: str = "address", **head: Any) -> dict[str, Any]:
    data = {"account": "U1", "detail": detail, "was": was, "now": now, **head.pop("data", {})}
    return till.record(Kind.ACCOUNT_CHANGE, data, **head)


def noted(till: Till, note: str, **head: Any) -> dict[str, Any]:
    return till.record(Kind.ACCOUNT_NOTE, {"account": "U1", "note": note}, **head)


def address(books: Books) -> str:
    return str(asked(books, "SELECT address FROM account WHERE number = 'U1'")[0][0])


def notes(books: Books) -> list[tuple[str, str]]:
    return [(one, two) for one, two in asked(books, "SELECT author, note FROM account_note ORDER BY dated, id")]


def problems(books: Books) -> list[tuple[str, int]]:
    return [(one, two) for one, two in asked(books, "SELECT reason, cents FROM error_item ORDER BY id")]


def test_a_change_and_a_note_reach_every_terminal(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till], tmp_path: Path
) -> None:
    mine = tmp_path / "reference.db"
    take(offered(books, publish(books, key, NOW)), mine)
    changed(tills[0], "1 Elm St", "9 Oak St")
    changed(tills[0], "5550100", "", "phone", session=None, biz_date=None)
    noted(tills[0], "Dog in the yard", operator="dee")
    posted(books, key, tills[0])
    take(offered(books, publish(books, key, NOW), mine), mine)
    (row,) = [row for row in contents(mine)["account"] if "U1" in row]
    assert "9 Oak St" in row
    assert "5550100" not in row
    assert [(row[1], row[2], row[3], row[4]) for row in contents(mine)["account_note"]] == [
        ("U1", DAY, "ann", "Address is 9 Oak St, was 1 Elm St"),
        ("U1", DAY, "ann", "Telephone 5550100 taken out"),
        ("U1", DAY, "dee", "Dog in the yard"),
    ]
    assert problems(books) == []
    assert fsck(books).differences == ()


def test_of_two_that_change_the_same_both_are_kept_and_the_later_is_told(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    changed(tills[0], "1 Elm St", "9 Oak St")
    later = changed(tills[1], "1 Elm St", "7 Ash St")
    changed(tills[1], "7 Ash St", "8 Ash St")
    for till in tills:
        posted(books, key, till)
    assert address(books) == "9 Oak St"
    assert problems(books) == [("changed-twice", 0), ("changed-twice", 0)]
    detail = str(asked(books, "SELECT detail FROM error_item ORDER BY id")[0][0])
    assert all(word in detail for word in ("ann at T2", "7 Ash St", "1 Elm St", "9 Oak St"))
    assert any("Not taken" in note and "7 Ash St" in note for _, note in notes(books))
    assert asked(books, f"SELECT COUNT(*) FROM record WHERE id = '{later['id']}'") == [(1,)]
    assert fsck(books).differences == ()


def test_both_writing_the_same_is_no_conflict(books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]) -> None:
    for till in tills:
        changed(till, "1 Elm St", "9 Oak St")
        posted(books, key, till)
    assert (address(books), problems(books)) == ("9 Oak St", [])
    assert len(notes(books)) == 1


def test_changes_of_one_batch_follow_one_another(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    changed(tills[0], "1 Elm St", "9 Oak St")
    changed(tills[0], "9 Oak St", "10 Oak St")
    posted(books, key, tills[0])
    assert (address(books), problems(books)) == ("10 Oak St", [])


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ({"operator": "eli"}, "no-right"),
        ({"operator": "nobody"}, "no-right"),
        ({"data": {"account": "U99"}}, "unknown-account"),
    ],
)
def test_who_may_not_and_what_is_not_known_changes_nothing_and_is_told(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till], head: dict[str, Any], reason: str
) -> None:
    changed(tills[0], "1 Elm St", "9 Oak St", **head)
    posted(books, key, tills[0])
    assert address(books) == "1 Elm St"
    assert problems(books) == [(reason, 0)]
    assert notes(books) == []
    assert fsck(books).differences == ()


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (Kind.ACCOUNT_NOTE, {"account": "U1"}),
        (Kind.ACCOUNT_NOTE, {"account": "", "note": "x"}),
        (Kind.ACCOUNT_NOTE, {"account": "U1", "note": 7}),
        (Kind.ACCOUNT_CHANGE, {"account": "U1", "detail": "name", "was": "SMITH, JOHN", "now": "SMYTHE"}),
        (Kind.ACCOUNT_CHANGE, {"account": "U1", "detail": "address", "now": "9 Oak St"}),
        (Kind.ACCOUNT_CHANGE, {"account": "U1", "detail": "address", "was": "", "now": "x", "more": ""}),
    ],
)
def test_a_record_that_is_none_is_not_posted(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till], kind: Kind, data: dict[str, Any]
) -> None:
    tills[0].record(kind, data)
    ingest(books, key, tills[0].seal(), "T1", 1, tills[0].batch_no, NOW)
    assert asked(books, "SELECT COUNT(*) FROM record WHERE terminal = 'T1'") == [(0,)]


def imported(books: Books, address: str, phone: str = "5550100") -> None:
    brought(books, "account", [(*U1[:4], address, phone, *U1[6:])])


def test_an_import_that_does_not_know_of_it_yet_leaves_the_change_and_one_that_has_another_takes_over(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    changed(tills[0], "1 Elm St", "9 Oak St")
    changed(tills[0], "9 Oak St", "10 Oak St")
    posted(books, key, tills[0])
    for old in ("1 Elm St", "9 Oak St"):
        imported(books, old, "5550199")
        assert address(books) == "10 Oak St"
    assert asked(books, "SELECT phone FROM account WHERE number = 'U1'") == [("5550199",)]
    imported(books, "10 Oak St", "5550199")
    assert asked(books, "SELECT COUNT(*) FROM superseded") == [(0,)]
    imported(books, "1 Elm St", "5550199")
    assert address(books) == "1 Elm St", "the billing system knew of the change, and has another now"
    assert fsck(books).differences == ()


def test_an_import_with_an_address_of_its_own_settles_it(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    changed(tills[0], "1 Elm St", "9 Oak St")
    posted(books, key, tills[0])
    imported(books, "3 Fir St")
    assert address(books) == "3 Fir St"
    assert asked(books, "SELECT COUNT(*) FROM superseded") == [(0,)]
    assert fsck(books).differences == ()


def test_an_altered_address_is_told(books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]) -> None:
    changed(tills[0], "1 Elm St", "9 Oak St")
    posted(books, key, tills[0])
    with books.writing() as connection:
        connection.exec_driver_sql("UPDATE account SET address = '1 Elm St' WHERE number = 'U1'")
        connection.exec_driver_sql("DELETE FROM superseded")
        connection.exec_driver_sql("DELETE FROM account_note")
    assert [one.split()[0] for one in fsck(books).differences] == ["superseded", "account", "account_note"]
