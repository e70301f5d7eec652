"""Bags for the courier at the ledger: kept as they went; no deposit in one, one that went twice, who may not: told."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.records import Kind
from countertui.ledger.books import Books
from countertui.ledger.couriers import with_courier
from countertui.ledger.deposits import deposit
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal
from ledger import test_money_at_the_bank as at_the_bank
from ledger import test_terminal_deposits as of_terminals
from ledger.at_the_desk import act, new_id
from ledger.test_ingest import asked
from ledger.test_posting import items, posted
from ledger.town import DAY, NOW, Till, allocation, line

town = at_the_bank.town
WENT = {
    "company": "Loomis",
    "courier": "Kim Roe",
    "badge": "",
    "receipt": "4471",
    "said_at": "2026-11-23T16:40",
    "bags": ["BANK-1"],
}


@pytest.fixture
def till(town: Books, key: Ed25519PrivateKey) -> Till:
    """A till whose session was closed and deposited in bag BANK-1 by the desk; the next batch is open."""
    till = Till(town)
    register_terminal(town, key, "T1", "HALL", 1, till.identity.public_key, now=NOW)
    till.open("S1")
    till.pay(line(None, allocation(None, "100-4410", 50_00)), tenders=[("cash", 50_00)])
    till.close(250_00, 250_00, {})
    posted(town, key, till)
    more = {"by": "dee", "second": "bo", "biz_date": DAY, "id_": new_id()}
    act(town, key, deposit, "HALL", "BANK-1", [("T1", 1, "S1")], **more)
    return till


def went(till: Till, more: dict[str, Any] | None = None, **head: Any) -> None:
    till.record(Kind.COURIER, WENT | (more or {}), **({"operator": "dee", "approver": "bo", "session": None} | head))


def test_a_bag_that_went_is_with_the_courier(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    went(till)
    posted(town, key, till)
    assert items(town) == []
    with town.reading() as connection:
        assert with_courier(connection, ["BANK-1", "BANK-2"])["BANK-1"]["data"] == WENT
        assert with_courier(connection, ["BANK-2"]) == {}
    assert fsck(town).differences == ()


@pytest.mark.parametrize(
    ("more", "head", "reasons"),
    [
        ({"bags": ["BANK-1", "B-9"]}, {}, ["bag-unknown"]),
        ({}, {"operator": "ann"}, ["no-right"]),
        ({}, {"approver": "ann"}, ["no-right"]),
        ({}, {"approver": None}, ["not-approved"]),
        ({}, {"approver": "DEE"}, ["no-right", "self-approval"]),
    ],
)
def test_what_is_wrong_with_a_hand_over_is_told_and_the_bag_is_gone_all_the_same(
    town: Books, key: Ed25519PrivateKey, till: Till, more: dict[str, Any], head: dict[str, Any], reasons: list[str]
) -> None:
    went(till, more, **head)
    posted(town, key, till)
    assert [reason for reason, *_ in items(town)] == reasons
    assert asked(town, "SELECT bag FROM couriered ORDER BY bag") == [(bag,) for bag in sorted((WENT | more)["bags"])]
    assert fsck(town).differences == ()


def test_a_bag_that_went_twice_is_told_with_whom_it_went_first(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    went(till)
    went(till, {"company": "Brinks"})
    posted(town, key, till)
    ((reason, *_),) = items(town)
    assert reason == "bag-handed-over-twice"
    ((detail,),) = asked(town, "SELECT detail FROM error_item")
    assert detail == "dee gave bags to Brinks: bag BANK-1 went before, Loomis, Kim Roe, receipt 4471, 11/23/2026 16:40."
    with town.reading() as connection:
        assert with_courier(connection, ["BANK-1"])["BANK-1"]["data"]["company"] == "Loomis"


def at_terminal(town: Books, key: Ed25519PrivateKey) -> tuple[Till, dict[str, Any]]:
    """A till and the deposit that it made in bag B1."""
    till = of_terminals.till_of(town, key, "T2")
    return till, of_terminals.puts(till, of_terminals.data_of(till, [of_terminals.works(till)], 50_00))


def test_a_terminals_own_deposit_and_its_courier_come_in_one_batch(town: Books, key: Ed25519PrivateKey) -> None:
    till, _ = at_terminal(town, key)
    went(till, {"bags": ["B1"]})
    posted(town, key, till)
    assert items(town) == []
    assert fsck(town).differences == ()


@pytest.mark.parametrize("batches", [1, 2])
def test_a_deposit_taken_back_and_a_courier_can_t_both_have_the_bag(
    town: Books, key: Ed25519PrivateKey, batches: int
) -> None:
    till, made = at_terminal(town, key)
    went(till, {"bags": ["B1"]})
    if batches == 2:
        posted(town, key, till)
    of_terminals.takes_back(till, made)
    posted(town, key, till)
    ((reason, detail),) = asked(town, "SELECT reason, detail FROM error_item")
    assert (reason, detail) == ("deposit-stays", "T2-D1 was taken back, but its bag is with the courier.")
    assert asked(town, "SELECT state FROM deposit WHERE bag = 'B1'") == [("deposited",)]
    assert fsck(town).differences == ()


@pytest.mark.parametrize("batches", [1, 2])
def test_a_bag_whose_deposit_was_taken_back_before_is_told(town: Books, key: Ed25519PrivateKey, batches: int) -> None:
    till, made = at_terminal(town, key)
    of_terminals.takes_back(till, made)
    if batches == 2:
        posted(town, key, till)
    went(till, {"bags": ["B1"]})
    posted(town, key, till)
    assert [reason for reason, *_ in items(town)] == ["bag-unknown"]
    ((detail,),) = asked(town, "SELECT detail FROM error_item")
    assert detail == "dee gave bags to Loomis: the deposit in bag B1 was taken back."


@pytest.mark.parametrize("wrong", [{"receipt": ""}, {"bags": []}, {"said_at": "4 pm"}, {"more": 1}])
def test_what_is_no_hand_over_is_not_posted(
    town: Books, key: Ed25519PrivateKey, till: Till, wrong: dict[str, Any]
) -> None:
    went(till, wrong)
    answer = ingest(town, key, till.seal(), till.identity.terminal, 1, till.batch_no, NOW)
    assert answer.status == 202
    assert asked(town, "SELECT COUNT(*) FROM couriered") == [(0,)]
