"""Hand-overs at the ledger: those sessions, one drawer, two people; nothing is posted."""

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
from ledger.town import DAY, NOW, Till


@pytest.fixture
def till(books: Books, key: Ed25519PrivateKey) -> Till:
    till = Till(books)
    register_terminal(books, key, "T1", "HALL", 1, till.identity.public_key, now=NOW)
    till.drawers["S2"] = "D1"
    till.open("S1")
    till.close(200_00, 200_00, {})
    till.open("S2", operator="cy")
    return till


def given(**other: Any) -> dict[str, Any]:
    said = {"drawer": "D1", "from_session": "S1", "to_session": "S2", "close_seq": 2, "open_seq": 3}
    return said | {"left_cents": 200_00, "found_cents": 200_00, "difference_cents": 0} | other


@pytest.mark.parametrize(
    ("data", "head", "told"),
    [
        (given(), {}, []),
        (given(found_cents=190_00, difference_cents=-10_00), {}, ["hand-over-other-counts"]),
        (given(left_cents=190_00, difference_cents=10_00), {}, ["hand-over-other-counts"]),
        (given(), {"approver": "cy"}, ["other-operator", "self-approval"]),
        (given(), {"approver": None}, ["other-operator"]),
        (given(), {"operator": "bo"}, ["other-operator"]),
        (given(drawer="D2"), {}, ["hand-over-of-no-session"]),
        (given(close_seq=1), {}, ["hand-over-of-no-session"]),
        (given(open_seq=4), {}, ["hand-over-of-no-session"]),
        (given(from_session="S7"), {}, ["hand-over-of-no-session"]),
        (given(), {"session": "S1"}, ["hand-over-of-no-session"]),
    ],
)
def test_a_hand_over_posts_nothing_and_is_looked_at(
    books: Books, key: Ed25519PrivateKey, till: Till, data: dict[str, Any], head: dict[str, Any], told: list[str]
) -> None:
    till.record(Kind.HAND_OVER, data, **{"session": "S2", "operator": "cy", "approver": "ann"} | head)
    till.close(200_00, 200_00, {}, session="S2", operator="cy")
    posted(books, key, till)
    assert [reason for reason, _ in items(books)] == told
    assert balances(books) == {}
    assert fsck(books).differences == ()


@pytest.mark.parametrize(
    "other", [{"difference_cents": 1}, {"to_session": "S1"}, {"close_seq": 3}, {"drawer": ""}, {"left_cents": True}]
)
def test_one_that_says_nothing_sound_is_not_posted(
    books: Books, key: Ed25519PrivateKey, till: Till, other: dict[str, Any]
) -> None:
    till.record(Kind.HAND_OVER, given(**other), session="S2", operator="cy", approver="ann")
    assert ingest(books, key, till.seal(), till.identity.terminal, 1, till.batch_no, NOW).status == 202


@pytest.mark.parametrize(("drawer", "day"), [("D1", "2026-11-24"), ("D2", DAY)])
def test_another_date_or_drawer_is_no_hand_over(
    books: Books, key: Ed25519PrivateKey, till: Till, drawer: str, day: str
) -> None:
    till.close(200_00, 200_00, {}, session="S2", operator="cy")
    till.drawers["S3"] = drawer
    till.open("S3", biz_date=day)
    data = given(from_session="S2", to_session="S3", close_seq=4, open_seq=5)
    till.record(Kind.HAND_OVER, data, session="S3", approver="cy", biz_date=day)
    posted(books, key, till)
    assert [reason for reason, *_ in items(books)] == ["hand-over-of-no-session"]


@pytest.mark.parametrize("apart", [False, True])
def test_other_counts_are_told_from_those_of_close_and_opening(
    books: Books, key: Ed25519PrivateKey, till: Till, apart: bool
) -> None:
    """Short at the close, more than the fund at the next: what is left is never more than the fund."""
    till.close(250_00, 200_00, {}, session="S2", operator="cy")
    till.drawers["S3"] = "D1"
    till.open("S3", counted=195_00, operator="ann")
    if apart:  # the close and the opening came in a batch before
        posted(books, key, till)
    data = given(from_session="S2", to_session="S3", close_seq=4, open_seq=5, found_cents=195_00)
    till.record(Kind.HAND_OVER, data | {"difference_cents": -5_00}, session="S3", operator="ann", approver="cy")
    till.record(Kind.HAND_OVER, data | {"found_cents": 200_00}, session="S3", operator="ann", approver="cy")
    posted(books, key, till)
    assert [reason for reason, _ in items(books) if "hand-over" in reason] == ["hand-over-other-counts"]
    assert fsck(books).differences == ()
