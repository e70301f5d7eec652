"""A day that a terminal closed, at the ledger: nothing is posted; what was left open, why and by whom, is told."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.day_checklist import Item, Step, day_checked, found, not_heard
from countertui.domain.records import Kind
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal
from ledger.test_breaches import details
from ledger.test_posting import balances, items, posted
from ledger.town import NOW, Till, allocation, line


def day(*told: Item, reason: str = "") -> dict[str, Any]:
    other = {item.step: item for item in told}
    return dict(day_checked([other.get(step, found(step, 0)) for step in Step], reason))


@pytest.fixture
def till(books: Books, key: Ed25519PrivateKey) -> Till:
    till = Till(books)
    register_terminal(books, key, "T1", "HALL", 1, till.identity.public_key, now=NOW)
    till.open("S1")
    till.pay(line(None, allocation(None, "100-4410", 50_00)), tenders=[("cash", 50_00)])
    return till


LEFT = day(found(Step.CARTS, 2, "of ann"), not_heard(Step.OTHERS, "from T2"), found(Step.SEAL, 9), reason="Kim knows")
HEAD = {"operator": "bo", "session": None}


@pytest.mark.parametrize(
    ("checked", "head", "told"),
    [
        (day(), {}, []),
        (day(not_heard(Step.OTHERS, "from T2"), found(Step.UNSENT, 9), found(Step.SEND, 1)), {}, []),
        (LEFT, {}, ["left-open"]),
        (LEFT | {"reason": ""}, {}, ["left-open"]),
        (day(), {"operator": "eli"}, ["no-right"]),
        (LEFT, {"operator": "nobody"}, ["no-right", "left-open"]),
    ],
)
def test_a_closed_day_posts_nothing_and_hides_nothing(
    books: Books, key: Ed25519PrivateKey, till: Till, checked: dict[str, Any], head: dict[str, Any], told: list[str]
) -> None:
    till.close(250_00, 250_00, {})
    till.record(Kind.DAY_CHECKED, checked, **(HEAD | head))
    posted(books, key, till)
    assert [reason for reason, _ in items(books)] == told
    assert balances(books) == {("100", "100-1020"): 50_00, ("100", "100-4410"): -50_00}
    assert fsck(books).differences == ()


def test_the_error_item_lists_what_was_left_and_whose_reason_it_is(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    till.close(250_00, 250_00, {})
    body = till.record(Kind.DAY_CHECKED, LEFT, **HEAD)
    posted(books, key, till)
    assert details(books) == [
        f"bo closed the day {body['biz_date']} at T1 and left open: carts parked or left: 2 (of ann)."
        " Why, by bo: Kim knows"
    ]


def test_an_open_drawer_is_not_hidden_by_saying_so(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.record(Kind.DAY_CHECKED, day(), **HEAD)
    till.record(Kind.DAY_CHECKED, day(found(Step.DRAWERS, 1, "D1 of ann"), reason="she is ill"), **HEAD)
    posted(books, key, till)
    assert [reason for reason, _ in items(books)] == ["drawer-hidden", "left-open"]
    assert "named no open drawer; open: D1." in details(books)[0]
    till.record(Kind.DAY_CHECKED, day(), **HEAD)
    posted(books, key, till)
    till.close(250_00, 250_00, {})
    till.record(Kind.DAY_CHECKED, day(), **HEAD)
    posted(books, key, till)
    assert [reason for reason, _ in items(books)] == ["drawer-hidden", "left-open", "drawer-hidden"]
    assert fsck(books).differences == ()


@pytest.mark.parametrize("data", [day() | {"items": []}, LEFT | {"reason": None}])
def test_one_that_says_nothing_is_held(books: Books, key: Ed25519PrivateKey, till: Till, data: dict[str, Any]) -> None:
    till.record(Kind.DAY_CHECKED, data, **HEAD)
    assert ingest(books, key, till.seal(), till.identity.terminal, 1, till.batch_no, NOW).status == 202
