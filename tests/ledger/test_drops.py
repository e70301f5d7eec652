"""Drops at the ledger: out of the drawer, into the deposit; a bag used twice and a drawer not open are told."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.records import Kind
from countertui.ledger.books import Books
from countertui.ledger.deposits import deposit, undeposited
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal
from ledger import test_money_at_the_bank as at_the_bank
from ledger.at_the_desk import act, ground, new_id
from ledger.test_ingest import asked
from ledger.test_posting import balances, items, posted
from ledger.town import DAY, NOW, Till, allocation, line

town = at_the_bank.town


def dropped(till: Till, bag: str, cents: int, **head: Any) -> None:
    data = {"drawer": "D1", "bag": bag, "pieces": [[10_00, cents // 10_00]], "cents": cents}
    till.record(Kind.DROP, data, **head)


@pytest.fixture
def till(town: Books, key: Ed25519PrivateKey) -> Till:
    till = Till(town)
    register_terminal(town, key, "T1", "HALL", 1, till.identity.public_key, now=NOW)
    till.open("S1")
    till.pay(line(None, allocation(None, "100-4410", 50_00)), tenders=[("cash", 50_00)])
    return till


def test_what_was_dropped_is_deposited_with_what_was_counted(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    dropped(till, "B1", 30_00)
    till.close(220_00, 220_00, {})
    posted(town, key, till)
    assert items(town) == []
    with ground(town, key) as here:
        (waiting,) = undeposited(here.connection)
    assert waiting.total_cents == 50_00
    more = {"by": "dee", "second": "bo", "biz_date": DAY, "id_": new_id()}
    act(town, key, deposit, "HALL", "BANK-1", [("T1", 1, "S1")], **more)
    assert balances(town)[at_the_bank.BANK] == 50_00
    assert at_the_bank.CASH not in balances(town)
    assert fsck(town).differences == ()


def test_a_bag_used_twice_and_a_drawer_not_open_are_told(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    dropped(till, "B1", 10_00)
    dropped(till, "B1", 20_00)
    dropped(till, "B2", 10_00, session="S9")
    till.close(220_00, 220_00, {})
    posted(town, key, till)
    assert [reason for reason, *_ in items(town)] == ["bag-used-twice", "drop-of-no-session"]
    assert asked(town, "SELECT bag, cents FROM dropped ORDER BY seq") == [("B1", 10_00), ("B1", 20_00)]
    assert fsck(town).differences == ()


@pytest.mark.parametrize("change", [{"cents": 9_99}, {"bag": None}, {"pieces": [[10_00, 2]]}])
def test_a_drop_that_does_not_add_up_is_not_posted(
    town: Books, key: Ed25519PrivateKey, till: Till, change: dict[str, Any]
) -> None:
    till.record(Kind.DROP, {"drawer": "D1", "bag": "B1", "pieces": [[10_00, 1]], "cents": 10_00} | change)
    answer = ingest(town, key, till.seal(), till.identity.terminal, 1, till.batch_no, NOW)
    assert answer.status == 202
    assert asked(town, "SELECT COUNT(*) FROM dropped") == [(0,)]
