"""Closes that only a lead lets be, judged by the ledger: far off, or counted too often."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.records import Kind
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.keep_terminals import register_terminal
from ledger.test_posting import items, posted
from ledger.town import NOW, Till


@pytest.fixture
def till(books: Books, key: Ed25519PrivateKey) -> Till:
    till = Till(books)
    register_terminal(books, key, "T1", "HALL", 1, till.identity.public_key, now=NOW)
    till.open("S1")
    return till


@pytest.mark.parametrize(
    ("counted", "head", "told"),
    [
        (150_00, {}, []),
        (149_99, {}, ["not-approved"]),
        (250_01, {}, ["not-approved"]),
        (149_99, {"approver": "bo"}, []),
        (149_99, {"approver": "ann"}, ["no-right"]),
        (149_99, {"operator": "cy", "approver": "cy"}, ["self-approval"]),
        (149_99, {"operator": "bo"}, ["not-approved"]),
        (149_99, {"operator": "bo", "approver": "cy"}, []),
    ],
)
def test_a_close_far_off_is_a_leads_to_let_be(
    books: Books, key: Ed25519PrivateKey, till: Till, counted: int, head: dict[str, Any], told: list[str]
) -> None:
    till.close(counted, 200_00, {}, **head)
    posted(books, key, till)
    assert [reason for reason, _ in items(books)] == told
    assert fsck(books).differences == ()


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ([None] * 3, []),
        ([None] * 4, ["not-approved"]),
        ([None, None, None, "bo"], []),
        ([None, None, None, "bo", None], ["not-approved"]),
    ],
)
def test_too_many_counts_alone_are_told(
    books: Books, key: Ed25519PrivateKey, till: Till, counts: list[str | None], told: list[str]
) -> None:
    for approver in counts:
        till.record(Kind.COUNT, {"drawer": "D1", "pieces": [], "counted": []}, approver=approver)
    till.close(200_00, 200_00, {})
    posted(books, key, till)
    assert [reason for reason, _ in items(books)] == told


def test_counts_of_a_batch_before_are_added_by_what_the_close_says(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    for _ in range(3):
        till.record(Kind.COUNT, {"drawer": "D1", "pieces": [], "counted": []})
    posted(books, key, till)
    till.record(Kind.COUNT, {"drawer": "D1", "pieces": [], "counted": []})
    till.record(Kind.CLOSE, {**Till(books).close(200_00, 200_00, {})["data"], "counts": 4})
    posted(books, key, till)
    assert [reason for reason, _ in items(books)] == ["not-approved"]
