"""Surprise counts at the ledger: they post nothing; who may not count it, and what is far off, is told."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.drawers import cash_count
from countertui.domain.records import Kind
from countertui.domain.tenders import TenderKind
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal
from ledger.test_posting import balances, items, posted
from ledger.town import NOW, Till, allocation, line


def found(cash: int, expected: int = 250_00, **other: Any) -> dict[str, Any]:
    pieces = [[denomination, n] for denomination, n in cash_count({1_00: cash // 1_00}).pieces]

    def each(cents: int) -> list[dict[str, Any]]:
        return [{"tender": kind.value, "count": 0, "cents": cents if kind == "cash" else 0} for kind in TenderKind]

    said = {"counted": each(cash), "expected": each(expected), "over_short": each(cash - expected)}
    return {"drawer": "D1", "pieces": pieces, "reason": "", **said, **other}


@pytest.fixture
def till(books: Books, key: Ed25519PrivateKey) -> Till:
    till = Till(books)
    register_terminal(books, key, "T1", "HALL", 1, till.identity.public_key, now=NOW)
    till.open("S1")
    till.pay(line(None, allocation(None, "100-4410", 50_00)), tenders=[("cash", 50_00)])
    return till


@pytest.mark.parametrize(
    ("counted", "head", "told"),
    [
        (found(250_00), {"operator": "bo"}, []),
        (found(240_00), {"operator": "bo", "approver": "ann"}, []),
        (found(199_00), {"operator": "bo"}, ["surprise-count-off"]),
        (found(301_00), {"operator": "bo"}, ["surprise-count-off"]),
        (found(250_00), {}, ["own-surprise-count"]),
        (found(250_00), {"operator": "dee"}, ["no-right"]),
        (found(250_00), {"operator": "bo", "approver": "cy"}, ["other-operator"]),
        (found(100_00, 100_00), {"operator": "bo"}, ["other-expected", "surprise-count-off"]),
        (found(250_00), {"operator": "bo", "session": "S9"}, ["count-of-no-session"]),
        (found(250_00, drawer="D7"), {"operator": "bo"}, ["count-of-no-session"]),
    ],
)
def test_a_surprise_count_posts_nothing_and_is_looked_at(
    books: Books, key: Ed25519PrivateKey, till: Till, counted: dict[str, Any], head: dict[str, Any], told: list[str]
) -> None:
    till.record(Kind.SURPRISE_COUNT, counted, **head)
    till.close(250_00, 250_00, {})
    posted(books, key, till)
    assert [reason for reason, _ in items(books)] == told
    assert balances(books) == {("100", "100-1020"): 50_00, ("100", "100-4410"): -50_00}
    assert fsck(books).differences == ()


def test_one_that_does_not_add_up_is_not_posted(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.record(Kind.SURPRISE_COUNT, found(250_00, over_short=found(1_00)["over_short"]), operator="bo")
    assert ingest(books, key, till.seal(), till.identity.terminal, 1, till.batch_no, NOW).status == 202
