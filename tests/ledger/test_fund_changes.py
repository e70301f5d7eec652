"""Change for drawers at the ledger: it posts nothing; who had it and who gave it is looked at again."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.records import Kind
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal
from ledger.test_posting import balances, items, posted
from ledger.town import NOW, Till

CHANGE = {"drawer": "D1", "out_pieces": [[20_00, 1]], "in_pieces": [[5_00, 4]], "cents": 20_00}


@pytest.fixture
def till(books: Books, key: Ed25519PrivateKey) -> Till:
    till = Till(books)
    register_terminal(books, key, "T1", "HALL", 1, till.identity.public_key, now=NOW)
    till.open("S1")
    return till


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ({"approver": "bo"}, []),
        ({}, ["not-approved"]),
        ({"operator": "cy", "approver": "cy"}, ["other-operator", "self-approval"]),
        ({"approver": "dee"}, ["no-right"]),
        ({"approver": "bo", "session": "S9"}, ["change-of-no-session"]),
    ],
)
def test_change_posts_nothing_and_is_looked_at(
    books: Books, key: Ed25519PrivateKey, till: Till, head: dict[str, Any], told: list[str]
) -> None:
    till.record(Kind.FUND_CHANGE, CHANGE, **head)
    till.close(200_00, 200_00, {})
    posted(books, key, till)
    assert [reason for reason, _ in items(books)] == told
    assert balances(books) == {}
    assert fsck(books).differences == ()


def test_change_of_unequal_worth_is_not_posted(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.record(Kind.FUND_CHANGE, CHANGE | {"in_pieces": [[5_00, 5]]}, approver="bo")
    assert ingest(books, key, till.seal(), till.identity.terminal, 1, till.batch_no, NOW).status == 202


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ({}, []),
        ({"operator": "bo"}, ["other-operator", "no-right"]),
        ({"session": "S9"}, ["change-of-no-session"]),
    ],
)
def test_a_request_posts_nothing_and_is_looked_at(
    books: Books, key: Ed25519PrivateKey, till: Till, head: dict[str, Any], told: list[str]
) -> None:
    till.record(Kind.FUND_REQUEST, {name: CHANGE[name] for name in ("drawer", "in_pieces", "cents")}, **head)
    till.record(Kind.FUND_CHANGE, CHANGE | {"request_seq": 2}, approver="bo")
    posted(books, key, till)
    assert [reason for reason, _ in items(books)] == told


def test_a_request_of_other_worth_is_not_posted(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.record(Kind.FUND_REQUEST, {"drawer": "D1", "in_pieces": [[5_00, 1]], "cents": 6_00})
    assert ingest(books, key, till.seal(), till.identity.terminal, 1, till.batch_no, NOW).status == 202
