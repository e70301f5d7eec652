"""A drawer at two terminals, a bag at two: an error item for people, whatever order the batches come in."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.records import Kind
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from ledger.test_ingest import asked
from ledger.test_posting import posted
from ledger.test_reserving import till_at
from ledger.town import Till


def day(till: Till, opened: str, closed: str, session: str = "S1", drawer: str = "D1") -> Till:
    """A drawer of this till from one time of the day to another."""
    till.drawers = {session: drawer}
    till.open(session, utc=f"2026-11-23T{opened}:00.000Z")
    till.close(200_00, 200_00, {}, session=session, utc=f"2026-11-23T{closed}:00.000Z")
    return till


def told(books: Books) -> list[tuple[str, str]]:
    return asked(books, "SELECT reason, detail FROM error_item ORDER BY id")  # type: ignore[return-value]


@pytest.mark.parametrize("first", [0, 1])
def test_a_drawer_open_at_two_terminals_is_told_once(books: Books, key: Ed25519PrivateKey, first: int) -> None:
    tills = [day(till_at(books, key, "T1"), "09:00", "12:00"), day(till_at(books, key, "T2"), "11:00", "15:00")]
    for till in (tills[first], tills[1 - first]):
        posted(books, key, till)
    ((reason, detail),) = told(books)
    assert reason == "drawer-at-two-terminals"
    assert "Drawer D1 was open at" in detail
    assert {"T1", "T2"} <= set(detail.replace(",", "").split())
    assert fsck(books).differences == ()


@pytest.mark.parametrize("first", [0, 1])
def test_one_after_the_other_is_no_fault(books: Books, key: Ed25519PrivateKey, first: int) -> None:
    tills = [day(till_at(books, key, "T1"), "09:00", "12:00"), day(till_at(books, key, "T2"), "12:00", "15:00")]
    for till in (tills[first], tills[1 - first]):
        posted(books, key, till)
    posted(books, key, day(till_at(books, key, "T3"), "09:00", "15:00", drawer="D2"))
    assert told(books) == []


def test_a_drawer_opened_in_one_batch_and_closed_in_the_next(books: Books, key: Ed25519PrivateKey) -> None:
    here, there = till_at(books, key, "T1"), till_at(books, key, "T2")
    here.open("S1", utc="2026-11-23T09:00:00.000Z")
    posted(books, key, here)
    posted(books, key, day(there, "10:00", "11:00"))
    assert told(books) == [], "how long the other had it is not known yet"
    here.close(200_00, 200_00, {}, utc="2026-11-23T12:00:00.000Z")
    posted(books, key, here)
    assert [reason for reason, _ in told(books)] == ["drawer-at-two-terminals"]


def test_a_bag_filled_at_two_terminals_is_told(books: Books, key: Ed25519PrivateKey) -> None:
    for n, code in enumerate(("T1", "T2"), start=1):
        till = till_at(books, key, code)
        till.drawers = {"S1": f"D{n}"}
        till.open("S1")
        till.record(Kind.DROP, {"drawer": f"D{n}", "bag": "B1", "pieces": [[10_00, 1]], "cents": 10_00})
        till.close(190_00, 190_00, {})
        posted(books, key, till)
    assert [reason for reason, _ in told(books)] == ["bag-used-twice"]


@pytest.mark.parametrize(("approver", "reasons"), [("bo", []), ("ann", ["no-right"]), ("dee", ["no-right"])])
def test_who_lets_a_drawer_be_opened_that_another_terminal_has_must_be_a_lead(
    books: Books, key: Ed25519PrivateKey, approver: str, reasons: list[str]
) -> None:
    till = till_at(books, key, "T1")
    till.open("S1", approver=approver)
    posted(books, key, till)
    assert [reason for reason, _ in told(books)] == reasons
