"""Payments of licenses that the desk moves elsewhere, or that are of a closed month: what they raised follows."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.city import rules_to_json
from countertui.domain.desk_records import DeskKind
from countertui.domain.records import Kind
from countertui.ledger.books import Books
from countertui.ledger.correction_targets import ToCharge
from countertui.ledger.fsck import fsck
from ledger.at_the_desk import rules_are
from ledger.test_corrections import moved
from ledger.test_money_at_the_bank import BANKED, took
from ledger.test_overpaid import registered, two_tills
from ledger.test_periods import said
from ledger.test_posting import asked, items, posted
from ledger.test_renewals import assess, owed, pay_late, town_of_shops
from ledger.town import Till

__all__ = ["town_of_shops"]


@pytest.fixture
def till(town_of_shops: Books, key: Ed25519PrivateKey) -> Till:
    registered(town_of_shops)
    assess(town_of_shops, key)
    return two_tills(town_of_shops)[0]


def test_a_penalty_moved_to_another_license_and_then_refunded_leaves_both_as_they_were(
    town_of_shops: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    receipt = pay_late(till, "BL-8")
    till.close(310_00, 310_00)
    posted(town_of_shops, key, till)
    late = asked(town_of_shops, "SELECT id FROM charge WHERE head = 'penalty'")[0][0]
    moved(town_of_shops, key, receipt["seq"], ToCharge(str(late)), ToCharge("BL-2/2026-10-01/BASE"), 10_00)
    moved(town_of_shops, key, receipt["seq"], ToCharge("BL-8/2026-10-01/BASE"), ToCharge("BL-2/2026-10-01/BASE"), 90_00)
    assert owed(town_of_shops, "BL-8") == [("BASE", 100_00, 90_00), ("LATE", 10_00, 10_00)]
    assert owed(town_of_shops, "BL-2") == [("BASE", 100_00, 0)]
    request = till.ask(Kind.REFUND_REQUEST, receipt)
    till.refund(receipt, request["seq"])
    posted(town_of_shops, key, till)
    assert items(town_of_shops) == []
    assert owed(town_of_shops, "BL-8") == [("BASE", 100_00, 100_00), ("LATE", 0, 0)]
    assert owed(town_of_shops, "BL-2") == [("BASE", 100_00, 100_00)]
    assert fsck(town_of_shops).differences == ()


def test_a_penalty_of_a_closed_month_is_raised_and_its_money_waits(
    town_of_shops: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    said(town_of_shops, key, DeskKind.PERIOD_CLOSE, "2026-11")
    receipt = pay_late(till, "BL-8")
    posted(town_of_shops, key, till)
    assert items(town_of_shops) == [("closed-period", 110_00)]
    assert owed(town_of_shops, "BL-8") == [("BASE", 100_00, 0), ("LATE", 10_00, 0)]
    till.void(receipt)
    posted(town_of_shops, key, till)
    assert owed(town_of_shops, "BL-8") == [("BASE", 100_00, 100_00), ("LATE", 0, 0)]
    assert fsck(town_of_shops).differences == ()


def test_two_offices_that_raise_one_penalty_are_told_and_a_refund_of_the_second_leaves_one(
    town_of_shops: Books, key: Ed25519PrivateKey
) -> None:
    registered(town_of_shops)
    tills = two_tills(town_of_shops)
    assess(town_of_shops, key)
    pay_late(tills[0], "BL-8", n="1")
    second = pay_late(tills[1], "BL-8", n="2")
    tills[1].close(310_00, 310_00)
    for till in tills:
        posted(town_of_shops, key, till)
    assert [reason for reason, _ in items(town_of_shops)] == ["other-raised"]
    assert asked(town_of_shops, "SELECT SUM(balance_cents) FROM charge WHERE account = 'BL-8'")[0][0] == -100_00
    request = tills[1].ask(Kind.REFUND_REQUEST, second)
    tills[1].refund(second, request["seq"])
    posted(town_of_shops, key, tills[1])
    assert owed_sum(town_of_shops) == (110_00, 0)
    assert fsck(town_of_shops).differences == ()


def test_what_a_bank_file_pays_late_without_a_penalty_is_told(
    town_of_shops: Books, key: Ed25519PrivateKey, tmp_path: Path
) -> None:
    """Nobody stood there to raise it: the money is in the books, and a technician decides."""
    rules_are(town_of_shops, rules_to_json(BANKED))
    assess(town_of_shops, key)
    file = "P,BL-8,10000,BO,1001\nP,U1,1000,SMITH,1002\nT,2,11000,,\n"
    assert took(town_of_shops, key, file, tmp_path).state == "posted"
    assert owed(town_of_shops, "BL-8") == [("BASE", 100_00, 0)]
    assert asked(town_of_shops, "SELECT reason, detail, cents FROM error_item") == [
        (
            "other-raised",
            "On license BL-8, LATE of the term from 10/01/2026: 0.00 was raised, the city's rows give 10.00.",
            0,
        )
    ]
    assert fsck(town_of_shops).differences == ()


def owed_sum(books: Books) -> tuple[object, ...]:
    of_it = "FROM charge WHERE account = 'BL-8' AND head <> 'credit'"
    return tuple(asked(books, f"SELECT SUM(amount_cents), SUM(balance_cents) {of_it}")[0])
