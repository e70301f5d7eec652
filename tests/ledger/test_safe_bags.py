"""Bags of the safe that terminals deposit apart from their sessions, in the books: judged by drops, each once."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.city import rules_to_json
from countertui.domain.deposit_making import ClosedSession
from countertui.domain.deposits import BagData
from countertui.domain.desk_records import TenderSum
from countertui.domain.records import Kind
from countertui.domain.reservations import Reserving, Thing, Wanted, bag_name
from countertui.domain.safe_bags import SafeBag, less_bags
from countertui.ledger.books import Books
from countertui.ledger.deposits import undeposited
from countertui.ledger.fsck import fsck
from countertui.ledger.office_said import said_of_office
from countertui.ledger.reserving import TakenElsewhereError, reserve
from ledger.at_the_desk import ground, rules_are
from ledger.test_ingest import asked
from ledger.test_money_at_the_bank import BANKED, deposited
from ledger.test_posting import SUSPENSE, balances, items, posted
from ledger.test_terminal_deposits import (
    BANK,
    CASH,
    COPIES,
    OVER_SHORT,
    at_bank,
    data_of,
    puts,
    states,
    takes_back,
    till_of,
)
from ledger.town import DAY, NOW, Till, allocation, line


@pytest.fixture
def town(books: Books) -> Books:
    rules_are(books, rules_to_json(BANKED))
    return books


def drops(till: Till, bag: str, cents: int, session: str = "S1") -> SafeBag:
    drawer = till.drawers[session]
    data = {"drawer": drawer, "bag": bag, "pieces": [[1_00, cents // 1_00]], "cents": cents}
    till.record(Kind.DROP, data, session=session)
    return SafeBag(till.identity.terminal, 1, session, DAY, drawer, "ann", bag, cents, ("ann",))


def opens(till: Till, session: str = "S1", cash: int = 80_00) -> None:
    till.open(session)
    till.pay(line(None, allocation(None, "100-4410", cash)), tenders=[("cash", cash)], session=session)


def closes(till: Till, bags: list[SafeBag], session: str = "S1", cash: int = 80_00, off: int = 0) -> ClosedSession:
    """Closed with its bags gone from the drawer; as it stands with every bag that it dropped."""
    there = 200_00 + cash - sum(each.cents for each in bags)
    till.close(there + off, there, session=session)
    sums = (TenderSum(tender="cash", count=0, cents=cash + off),)
    held = tuple(BagData(bag=each.bag, cents=each.cents) for each in bags)
    code, drawer = till.identity.terminal, till.drawers[session]
    return ClosedSession(code, 1, session, None, drawer, "ann", DAY, sums, off, held, (), ("ann",))


def of_bags(till: Till, bags: list[SafeBag], cash: int, n: int = 1, **more: Any) -> dict[str, Any]:
    data = data_of(till, [], cash, n, bags=tuple(bags), **more)
    return data | {"safe_bags": [each.data for each in bags]}


def test_a_bag_is_at_the_bank_before_its_drawer_closes_and_the_rest_after(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    opens(till)
    one, two = drops(till, "S-1", 30_00), drops(till, "S-2", 10_00)
    puts(till, of_bags(till, [one], 30_00))
    posted(town, key, till)
    assert (items(town), balances(town)) == ([], {BANK: 30_00, CASH: 50_00, COPIES: -80_00})
    closed = closes(till, [one, two], off=-1_00)
    puts(till, data_of(till, [less_bags(closed, {"S-1"})], 49_00, 2, stage="final"))
    posted(town, key, till)
    assert (items(town), balances(town)) == ([], {BANK: 79_00, OVER_SHORT: 1_00, COPIES: -80_00})
    assert at_bank(town, key) == [("B1", 30_00), ("B2", 49_00)]
    assert asked(town, "SELECT bag, no - 1000000000 FROM deposited_bag ORDER BY bag") == [("S-1", 1), ("S-2", 2)]
    assert fsck(town).differences == ()


def test_what_lacks_in_a_bag_is_over_and_short(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    opens(till)
    one = drops(till, "S-1", 30_00)
    puts(till, of_bags(till, [one], 28_00, off_in="S-1"))
    posted(town, key, till)
    assert (items(town), balances(town)) == ([], {BANK: 28_00, CASH: 50_00, OVER_SHORT: 2_00, COPIES: -80_00})
    assert fsck(town).differences == ()


def test_a_bag_is_in_one_deposit_and_the_second_stands_in_suspense(town: Books, key: Ed25519PrivateKey) -> None:
    till, other = till_of(town, key, "T1"), till_of(town, key, "T2")
    opens(other)
    one = drops(other, "S-1", 30_00)
    closed = closes(other, [one])
    puts(other, data_of(other, [closed], 80_00))
    posted(town, key, other)
    puts(till, of_bags(till, [one], 30_00, 2))
    puts(till, of_bags(till, [one], 30_00, 3))
    posted(town, key, till)
    assert items(town) == [("deposited-twice", 30_00)] * 2
    told = asked(town, "SELECT detail FROM error_item WHERE id = 1")
    assert told == [("Deposit T1-D2, bag B2 contains bag S-1 of T2, which is in another deposit.",)]
    assert balances(town)[SUSPENSE] == -60_00
    assert fsck(town).differences == ()


def test_a_drawer_whose_bag_went_before_is_not_deposited_with_it(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    opens(till)
    one = drops(till, "S-1", 30_00)
    puts(till, of_bags(till, [one], 30_00))
    puts(till, data_of(till, [closes(till, [one])], 80_00, 2))
    posted(town, key, till)
    assert items(town) == [("deposited-twice", 80_00)]
    assert fsck(town).differences == ()


def test_what_it_says_of_a_bag_is_what_its_drop_says(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    opens(till)
    one = drops(till, "S-1", 30_00)
    data = copy.deepcopy(of_bags(till, [one], 30_00))
    data["safe_bags"][0]["cents"] = 25_00
    puts(till, data)
    less = of_bags(till, [drops(till, "S-2", 20_00)], 18_00, 2)
    less["differences"] = []
    puts(till, less)
    posted(town, key, till)
    assert items(town) == [("deposit-not-intact", 30_00), ("deposit-not-intact", 18_00)]
    assert states(town) == [("T1-D1", "suspended"), ("T1-D2", "suspended")]
    assert fsck(town).differences == ()


def test_it_waits_for_a_drop_of_another_terminal(town: Books, key: Ed25519PrivateKey) -> None:
    till, other = till_of(town, key, "T1"), till_of(town, key, "T2")
    opens(other)
    one = drops(other, "S-1", 30_00)
    puts(till, of_bags(till, [one], 30_00))
    posted(town, key, till)
    assert (items(town), states(town)) == ([("deposit-waits", 30_00)], [("T1-D1", "waiting")])
    ((told,),) = asked(town, "SELECT detail FROM error_item")
    assert told == "Deposit T1-D1, bag B1 waits for bag S-1 of T2: not dropped here yet."
    assert fsck(town).differences == ()
    posted(town, key, other)
    assert asked(town, "SELECT reason, state FROM error_item") == [("deposit-waits", "settled")]
    assert (balances(town), states(town)) == (
        {BANK: 30_00, CASH: 50_00, COPIES: -80_00},
        [("T1-D1", "deposited")],
    )
    assert asked(town, "SELECT * FROM deposit_waits_bag") == []
    assert fsck(town).differences == ()


def test_who_had_its_drawer_signs_for_no_bag(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    opens(till)
    puts(till, of_bags(till, [drops(till, "S-1", 30_00)], 30_00), "ann")
    posted(town, key, till)
    assert ("own-drawer", 0) in items(town)


def test_one_that_is_taken_back_leaves_its_bag_and_the_final_tells_of_it(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    opens(till)
    one = drops(till, "S-1", 30_00)
    made = puts(till, of_bags(till, [one], 30_00))
    closed = closes(till, [one])
    posted(town, key, till)
    evening = puts(till, data_of(till, [less_bags(closed, {"S-1"})], 50_00, 2))
    takes_back(till, made)
    ref = {"seq": evening["seq"], "h": "ab", "slip_no": "T1-D2", "bag": "B2"}
    said = {"deposit": ref, "biz_dates": [DAY], "not_heard": []}
    till.record(Kind.DEPOSIT_FINAL, said, operator="dee", approver="bo", session=None)
    posted(town, key, till)
    assert items(town) == [("final-not-all", 0)]
    ((told,),) = asked(town, "SELECT detail FROM error_item")
    assert told.endswith("left: bag S-1 of drawer D1 at T1.")
    assert balances(town) == {BANK: 50_00, CASH: 30_00, COPIES: -80_00}
    puts(till, of_bags(till, [one], 30_00, 3))
    posted(town, key, till)
    assert balances(town) == {BANK: 80_00, COPIES: -80_00}
    assert fsck(town).differences == ()


def test_the_desk_deposits_a_drawer_without_the_bag_that_went_before(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    opens(till)
    one, two = drops(till, "S-1", 30_00), drops(till, "S-2", 10_00)
    puts(till, of_bags(till, [one], 30_00))
    closes(till, [one, two])
    posted(town, key, till)
    with ground(town, key) as here:
        assert [each.total_cents for each in undeposited(here.connection)] == [50_00]
    deposited(town, key, "B7")
    assert (items(town), balances(town)) == ([], {BANK: 80_00, COPIES: -80_00})
    puts(till, of_bags(till, [two], 10_00, 2))
    posted(town, key, till)
    assert items(town) == [("deposited-twice", 10_00)]
    assert fsck(town).differences == ()


def test_the_office_hears_which_bags_are_gone_and_nobody_else_takes_one(town: Books, key: Ed25519PrivateKey) -> None:
    till, _ = till_of(town, key, "T1"), till_of(town, key, "T2")
    opens(till)
    one = drops(till, "S-1", 30_00)
    puts(till, of_bags(till, [one], 30_00))
    posted(town, key, till)
    with ground(town, key) as here:
        said = said_of_office(here.connection, "HALL", NOW)
    (made,) = next(each for each in said.terminals if each.code == "T1").deposits
    assert [tuple(each) for each in made["safe_bags"]] == [one.place]
    wanted = Reserving((Wanted(Thing.SAFE_BAG, bag_name(*one.place)),), "r1", "dee", DAY, 0)
    with pytest.raises(TakenElsewhereError, match="Bag S-1 of T1 is in a deposit of the ledger's books already"):
        reserve(town, "T2", 1, wanted, NOW)
    reserve(town, "T1", 1, wanted, NOW)


def test_a_bag_left_in_the_safe_is_told_to_the_terminal_that_deposited_its_drawer(
    town: Books, key: Ed25519PrivateKey
) -> None:
    """Its own deposit was taken back after another terminal had deposited the drawer without it."""
    till, other = till_of(town, key, "T1"), till_of(town, key, "T2")
    opens(till)
    one = drops(till, "S-1", 30_00)
    noon = puts(till, of_bags(till, [one], 30_00))
    closed = closes(till, [one])
    posted(town, key, till)
    puts(other, data_of(other, [less_bags(closed, {"S-1"})], 50_00, 5))
    posted(town, key, other)
    assert told_sessions(town, key) == []
    takes_back(till, noon)
    posted(town, key, till)
    assert told_sessions(town, key) == [("S1", ["S-1"])]
    puts(other, of_bags(other, [one], 30_00, 6))
    posted(town, key, other)
    assert (items(town), told_sessions(town, key)) == ([], [])
    assert balances(town) == {BANK: 80_00, COPIES: -80_00}


def told_sessions(town: Books, key: Ed25519PrivateKey) -> list[tuple[str, list[str]]]:
    with ground(town, key) as here:
        said = said_of_office(here.connection, "HALL", NOW)
    (terminal,) = (each for each in said.terminals if each.code == "T1")
    return [(one["id"], [each["bag"] for each in one["drops"]]) for one in terminal.sessions]
