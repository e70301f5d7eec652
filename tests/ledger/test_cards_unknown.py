"""A card charge that nobody knew of is an error item until its receipt comes or two people settle it."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.records import Kind
from countertui.ledger.amounts import UnsoundRecordError, net_of
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal
from ledger.test_ingest import asked
from ledger.test_posting import balances
from ledger.town import NOW, Till, line
from ledger.town import allocation as to

CENTS = 5_00


def unknown(till: Till, why: str = "no_answer", **head: Any) -> dict[str, Any]:
    data = {
        "cart": "cart-1",
        "cents": CENTS,
        "asked_at": "2026-11-23 09:41",
        "why": why,
        "reference": "" if why == "no_answer" else "991",
        "payor": "Ann Ferry",
        "lines": [{"account": None, "fee": "COPY", "cents": CENTS}],
    }
    return till.record(Kind.CARD_UNKNOWN, data, **head)


def settled(till: Till, about: dict[str, Any], verdict: str = "not_charged", **changes: Any) -> dict[str, Any]:
    head = {"approver": "bo", "session": None, "biz_date": None}
    head |= {name: changes.pop(name) for name in ("approver", "operator") if name in changes}
    charged = verdict == "charged"
    data = {
        "unknown": about["id"],
        "unknown_seq": about["seq"],
        "cart": about["data"]["cart"],
        "cents": about["data"]["cents"],
        "verdict": verdict,
        "reference": "991" if charged else "",
        "brand": "Visa" if charged else "",
        "last4": "4242" if charged else "",
        "report": "batch 117",
    }
    return till.record(Kind.CARD_SETTLED, data | changes, **head)


def paid(till: Till, about: dict[str, Any] | None) -> dict[str, Any]:
    tender = {"kind": "card", "cents": CENTS, "reference": "991"} | ({"ask": about["id"]} if about else {})
    data = {
        "payor": "Ann Ferry",
        "lines": [line(None, to(None, "100-4410", CENTS))],
        "tenders": [tender],
        "change_cents": 0,
        "total_cents": CENTS,
    }
    return till.record(Kind.PAY, data, net=CENTS)


def sent(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    answer = ingest(books, key, till.seal(), till.identity.terminal, 1, till.batch_no, NOW)
    assert answer.status == 201, answer.body


def items(books: Books) -> list[tuple[str, str]]:
    return asked(books, "SELECT reason, state FROM error_item ORDER BY id")  # type: ignore[return-value]


def sound(books: Books) -> bool:
    return fsck(books).differences == ()


@pytest.fixture
def till(books: Books, key: Ed25519PrivateKey) -> Till:
    till = Till(books)
    register_terminal(books, key, "T1", "HALL", 1, till.identity.public_key, now=NOW)
    till.open("S1")
    return till


def test_it_is_an_error_item_of_no_money_until_it_is_settled(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    charge = unknown(till)
    sent(books, key, till)
    assert asked(books, "SELECT reason, cents, state, detail FROM error_item") == [
        (
            "card-unknown",
            0,
            "open",
            "A card was asked for 5.00 of Ann Ferry at 2026-11-23 09:41. It is not known whether it was charged.",
        )
    ]
    assert balances(books) == {}
    settled(till, charge)
    sent(books, key, till)
    assert items(books) == [("card-unknown", "settled")]
    assert sound(books)


def test_one_that_was_charged_is_one_until_its_receipt_comes(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    charge = unknown(till)
    sent(books, key, till)
    settled(till, charge, "charged")
    sent(books, key, till)
    assert items(books) == [("card-charged", "open")]
    paid(till, charge)
    sent(books, key, till)
    assert items(books) == [("card-charged", "settled")]
    assert balances(books) == {("100", "100-1040"): CENTS, ("100", "100-4410"): -CENTS}
    assert sound(books)


def test_or_until_it_is_reversed(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    charge = unknown(till)
    settled(till, charge, "charged")
    sent(books, key, till)
    assert items(books) == [("card-charged", "open")]
    settled(till, charge, "not_charged")
    settled(till, charge, "reversed")
    sent(books, key, till)
    assert items(books) == [("card-charged", "settled"), ("card-other", "open")]


def test_what_is_settled_within_its_batch_is_no_item(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    settled(till, unknown(till))
    charge = unknown(till)
    settled(till, charge, "charged")
    paid(till, charge)
    left = unknown(till, "left")
    paid(till, left)
    sent(books, key, till)
    assert items(books) == []
    assert sound(books)


def test_a_receipt_that_takes_it_unsettled_is_posted_and_told(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    charge = unknown(till)
    paid(till, charge)
    sent(books, key, till)
    assert items(books) == [("card-not-settled", "open"), ("card-unknown", "open")]
    assert balances(books)["100", "100-1040"] == CENTS


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"approver": None}, "not-approved"),
        ({"approver": "ann"}, "no-right"),
        ({"approver": "cy", "operator": "cy"}, "self-approval"),
        ({"approver": "dee"}, "no-right"),
        ({"operator": "eli"}, "no-right"),
        ({"cents": 4_00}, "card-other"),
        ({"cart": "cart-2"}, "card-other"),
        ({"unknown": "0190b2c4-0000-7000-8000-000000000000"}, "card-not-open"),
    ],
)
def test_what_two_people_did_not_settle_stays_open(
    books: Books, key: Ed25519PrivateKey, till: Till, changes: dict[str, Any], reason: str
) -> None:
    settled(till, unknown(till), **changes)
    sent(books, key, till)
    assert items(books) == [(reason, "open"), ("card-unknown", "open")]


def test_who_asked_the_card_does_not_confirm(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    charge = unknown(till, operator="cy")
    settled(till, charge, operator="ann", approver="cy")
    sent(books, key, till)
    assert ("self-approval", "open") in items(books)


def test_a_close_that_hides_one_is_told(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    told, hidden = unknown(till), unknown(till)
    close = till.close(200_00, 200_00)
    assert "open_cards" not in close["data"]
    sent(books, key, till)
    assert items(books).count(("card-not-told", "open")) == 2
    assert told["seq"] != hidden["seq"]


@pytest.mark.parametrize(
    "wrong",
    [{"cents": 0}, {"cents": "5"}, {"lines": [{"account": 1, "fee": None, "cents": 1}]}, {"payor": None}, {"more": 1}],
)
def test_one_that_says_nothing_is_unsound(books: Books, till: Till, wrong: dict[str, Any]) -> None:
    body = unknown(till)
    with pytest.raises(UnsoundRecordError):
        net_of(body | {"data": body["data"] | wrong})


@pytest.mark.parametrize("wrong", [{"verdict": "perhaps"}, {"unknown_seq": 0}, {"report": None}])
def test_a_settlement_that_says_nothing_is_unsound(books: Books, till: Till, wrong: dict[str, Any]) -> None:
    body = settled(till, unknown(till))
    with pytest.raises(UnsoundRecordError):
        net_of(body | {"data": body["data"] | wrong})
