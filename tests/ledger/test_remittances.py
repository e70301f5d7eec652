"""A batch of mail at the ledger: its close is believed in nothing that its own receipts don't say."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.records import Kind
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal
from ledger.test_ingest import asked
from ledger.test_posting import balances
from ledger.town import NOW, Till, line
from ledger.town import allocation as to


def opened(till: Till, pieces: int = 2, cents: int = 5_00) -> dict[str, Any]:
    return till.record(Kind.REMITTANCE_OPEN, {"origin": "mail", "pieces": pieces, "cents": cents})


def piece(till: Till, batch: dict[str, Any], cents: int) -> dict[str, Any]:
    lines = [line(None, to(None, "100-4410", cents))]
    data = {
        "payor": "By Mail",
        "lines": lines,
        "tenders": [{"kind": "check", "cents": cents, "reference": "1041"}],
        "change_cents": 0,
        "total_cents": cents,
        "remittance": batch["id"],
    }
    return till.record(Kind.PAY, data, net=cents)


def closed(till: Till, batch: dict[str, Any], taken: tuple[int, int], **changes: Any) -> dict[str, Any]:
    head = {name: changes.pop(name) for name in ("approver", "session", "operator") if name in changes}
    said = {"taken_pieces": taken[0], "taken_cents": taken[1], "reason": "", **batch["data"], **changes}
    return till.record(Kind.REMITTANCE_CLOSE, {"remittance": batch["id"], "open_seq": batch["seq"], **said}, **head)


def sent(books: Books, key: Ed25519PrivateKey, till: Till) -> int:
    return ingest(books, key, till.seal(), till.identity.terminal, 1, till.batch_no, NOW).status


def reasons(books: Books) -> list[str]:
    return [row[0] for row in asked(books, "SELECT reason FROM error_item ORDER BY id")]


@pytest.fixture
def till(books: Books, key: Ed25519PrivateKey) -> Till:
    till = Till(books)
    register_terminal(books, key, "T1", "HALL", 1, till.identity.public_key, now=NOW)
    till.open("S1")
    return till


def test_a_batch_that_agrees_posts_its_receipts_and_nothing_else(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    batch = opened(till)
    piece(till, batch, 2_00)
    piece(till, batch, 3_00)
    closed(till, batch, (2, 5_00))
    assert sent(books, key, till) == 201
    assert reasons(books) == []
    assert balances(books) == {("100", "100-1030"): 5_00, ("100", "100-4410"): -5_00}


def test_a_batch_that_a_seal_cut_in_two_is_added_up_whole(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    batch = opened(till, 2, 5_00)
    wrong = piece(till, batch, 9_00)
    piece(till, batch, 2_00)
    assert sent(books, key, till) == 201
    till.void(wrong)
    piece(till, batch, 3_00)
    closed(till, batch, (2, 5_00))
    assert sent(books, key, till) == 201
    assert reasons(books) == []


def test_a_difference_that_a_lead_accepted_is_no_error(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    batch = opened(till)
    piece(till, batch, 2_00)
    closed(till, batch, (1, 2_00), approver="bo", reason="One check unsigned")
    assert sent(books, key, till) == 201
    assert reasons(books) == []


def test_a_lead_who_closes_it_for_an_absent_cashier_accepts_it(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    batch = opened(till)
    piece(till, batch, 2_00)
    closed(till, batch, (1, 2_00), operator="bo", reason="Left open by ann")
    assert sent(books, key, till) == 201
    assert reasons(books) == []


@pytest.mark.parametrize(
    ("changes", "taken", "reason"),
    [
        ({"operator": "dee"}, (1, 2_00), "not-approved"),
        ({}, (1, 2_00), "not-approved"),
        ({"approver": "ann"}, (1, 2_00), "no-right"),
        ({}, (2, 5_00), "other-taken"),
        ({"pieces": 1, "cents": 2_00}, (1, 2_00), "other-control"),
        ({"origin": "dropbox"}, (1, 2_00), "other-control"),
        ({"session": "S2"}, (1, 2_00), "remittance-not-open"),
    ],
)
def test_a_close_that_lies_or_that_nobody_may_accept_is_told(
    books: Books, key: Ed25519PrivateKey, till: Till, changes: dict[str, Any], taken: tuple[int, int], reason: str
) -> None:
    batch = opened(till)
    piece(till, batch, 2_00)
    closed(till, batch, taken, **changes)
    assert sent(books, key, till) == 201
    assert reason in reasons(books)
    assert balances(books)["100", "100-1030"] == 2_00, "the money is posted all the same"
    assert fsck(books).differences == ()


@pytest.mark.parametrize("broken", [{"pieces": -1}, {"cents": "500"}, {"origin": "lockbox"}, {"more": 1}])
def test_a_batch_that_is_none_is_rejected(
    books: Books, key: Ed25519PrivateKey, till: Till, broken: dict[str, Any]
) -> None:
    till.record(Kind.REMITTANCE_OPEN, {"origin": "mail", "pieces": 2, "cents": 5_00, **broken})
    sent(books, key, till)
    assert asked(books, "SELECT COUNT(*) FROM record WHERE terminal = 'T1'") == [(0,)]
