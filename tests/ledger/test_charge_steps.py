"""What posting adds to the working of charges: a line for each record that moved money, down to the terminals."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.records import Kind
from countertui.ledger.books import Books
from countertui.ledger.correction_targets import ToCharge
from countertui.ledger.corrections import Who, move
from countertui.ledger.fsck import fsck
from countertui.ledger.publish import publish
from countertui.ledger.returned_checks import return_check
from ledger.at_the_desk import act, new_id
from ledger.snapshots_taken import contents, offered, take
from ledger.test_ingest import asked
from ledger.test_overpaid import part, registered, two_tills
from ledger.test_posting import posted
from ledger.town import DAY, NOW, Till, brought, line
from ledger.town import allocation as to
from ledger.workings import unexplained


@pytest.fixture
def tills(books: Books) -> tuple[Till, Till]:
    registered(books)
    return two_tills(books)


def steps(books: Books, charge: str) -> list[tuple[str, int]]:
    """Words and cents of a charge's lines, in the order of days and records."""
    query = f"SELECT what, cents FROM charge_step WHERE charge = '{charge}' ORDER BY dated, source, n"
    return [(what, cents) for what, cents in asked(books, query)]


def test_payments_voids_and_refunds_each_have_a_line(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    till = tills[0]
    first, second = till.pay(part("C1", 20_00)), till.pay(part("C1", 10_00), line("U1", to(None, "510-2310", 3_00)))
    till.void(first)
    posted(books, key, till)
    assert steps(books, "C1") == [("Receipt T1-1", -20_00), ("Receipt T1-2", -10_00), ("Void of T1-1", 20_00)]
    assert steps(books, "CR-U1") == [("Receipt T1-2", -3_00)]
    till.close(213_00, 213_00)
    till.refund(second, till.ask(Kind.REFUND_REQUEST, second)["seq"])
    posted(books, key, till)
    assert steps(books, "C1")[-1] == ("Refund of T1-2", 10_00)
    assert unexplained(books) == []
    assert fsck(books).differences == ()


def test_what_was_paid_twice_goes_to_the_credit_in_a_line_of_its_own(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    for till in tills:
        taken = till.pay(part("C1", 50_00))
        posted(books, key, till)
    assert sorted(steps(books, "C1")) == [
        ("Overpaid: to the credit of U1", 50_00),
        ("Receipt T1-1", -50_00),
        ("Receipt T2-1", -50_00),
    ]
    assert steps(books, "CR-U1") == [("Overpaid on C1", -50_00)]
    assert unexplained(books) == []
    tills[1].void(taken)
    posted(books, key, tills[1])
    assert ("Back from the credit of U1", -50_00) in steps(books, "C1")
    assert unexplained(books) == []
    assert fsck(books).differences == ()


def test_checks_that_came_back_and_corrections_have_lines_too(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    till = tills[0]
    till.pay(part("C1", 20_00), tenders=[("check", 20_00, "1041")])
    wrong = till.pay(part("C1", 5_00))
    posted(books, key, till)
    act(books, key, return_check, "T1-1", "1041", by="dee", second="bo", reason="NSF", biz_date=DAY, id_=new_id())
    place = "T1", 1, wrong["seq"]
    act(books, key, move, place, ToCharge("C1"), ToCharge("C2"), 5_00, Who("dee", "bo", "Tax", DAY, new_id()))
    assert sorted(steps(books, "C1")) == [
        ("Check 1041 of T1-1 came back", 20_00),
        ("Correction", 5_00),
        ("Receipt T1-1", -20_00),
        ("Receipt T1-2", -5_00),
    ]
    assert steps(books, "C2") == [("Correction", -5_00)]
    assert unexplained(books) == []
    assert fsck(books).differences == ()


def test_what_could_not_be_posted_has_no_line(books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]) -> None:
    tills[0].pay(line("U1", to("gone", "510-4310", 9_00)))
    posted(books, key, tills[0])
    assert asked(books, "SELECT COUNT(*) FROM charge_step") == [(0,)]


def test_terminals_get_the_lines_whole_and_as_changes(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till], tmp_path: Path
) -> None:
    brought(books, "charge_step", [("C1", "", 1, "U1", "2026-09-10", "base charge", 50_00, "Ord. 1412")])
    mine = tmp_path / "reference.db"
    take(offered(books, publish(books, key, NOW)), mine)
    tills[0].pay(part("C1", 20_00))
    posted(books, key, tills[0])
    offer = offered(books, publish(books, key, NOW), mine)
    take(offer, mine)
    assert contents(mine)["charge_step"] == [
        ("C1", "", 1, "U1", "2026-09-10", "base charge", 50_00, "Ord. 1412"),
        ("C1", "T1/1/2", 1, "U1", DAY, "Receipt T1-1", -20_00, ""),
    ]


def test_an_altered_line_is_told(books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]) -> None:
    tills[0].pay(part("C1", 20_00))
    posted(books, key, tills[0])
    with books.writing() as connection:
        connection.exec_driver_sql("UPDATE charge_step SET cents = cents - 100")
    assert [one.split(":")[0] for one in fsck(books).differences] == ["charge_step C1/T1/1/2/1"]
