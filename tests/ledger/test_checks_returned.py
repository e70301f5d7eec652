"""Checks that terminals say came back: taken back as at the desk, once, whoever says it and in whatever order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.city import rules_to_json
from countertui.domain.records import Kind
from countertui.ledger.books import Books
from countertui.ledger.checks_back import ReturnRefusedError
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal
from ledger.at_the_desk import rules_are
from ledger.test_ingest import asked
from ledger.test_money_at_the_bank import BANK, BANKED, CASH, CHECKS, deposited, returned
from ledger.test_posting import SUSPENSE, balances, charges, items, posted
from ledger.town import DAY, NOW, Till, allocation, line

OWED = ("100", "100-2010")
PEOPLE = {"operator": "dee", "approver": "bo", "session": None}


@pytest.fixture
def town(books: Books) -> Books:
    rules_are(books, rules_to_json(BANKED))
    return books


def opened(books: Books, key: Ed25519PrivateKey, code: str) -> Till:
    """A till of the register, its session open by its own record."""
    made = Till(books, code=code)
    register_terminal(books, key, code, "HALL", 1, made.identity.public_key, now=NOW)
    made.open("S1")
    return made


@pytest.fixture
def till(town: Books, key: Ed25519PrivateKey) -> Till:
    return opened(town, key, "T1")


def check(taken: dict[str, Any], reference: str, cents: int, till: Till | None, **other: Any) -> dict[str, Any]:
    """One check of a receipt, taken at `till` or, where that is None, at another terminal."""
    return {
        "receipt_no": taken["receipt_no"],
        "original": None if till is None else till.original(taken),
        "reference": reference,
        "cents": cents,
        "reason": "NSF",
        "account": "U1",
        "fee_cents": 35_00,
        "fee_gl": "100-4410",
    } | other


def came_back(till: Till, *checks: dict[str, Any], **head: Any) -> dict[str, Any]:
    return till.record(Kind.CHECKS_RETURNED, {"source": "", "checks": list(checks)}, **(PEOPLE | head))


def water(till: Till, reference: str, cents: int = 20_00, **head: Any) -> dict[str, Any]:
    return till.pay(line("U1", allocation("C1", "510-4310", cents)), tenders=[("check", cents, reference)], **head)


def fees(books: Books) -> dict[str, int]:
    return {name: cents for name, cents in charges(books).items() if name.startswith("RC-")}


def test_it_is_taken_back_in_the_same_batch_or_later(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    first, second = water(till, "11"), water(till, "12", 5_00)
    came_back(till, check(first, "11", 20_00, till))
    posted(town, key, till)
    assert charges(town)["C1"] == 45_00
    came_back(till, check(second, "12", 5_00, till))
    posted(town, key, till)
    assert charges(town)["C1"] == 50_00
    assert fees(town) == {"RC-T1-1-4-0": 35_00, "RC-T1-1-6-0": 35_00}
    assert balances(town) == {}
    assert asked(town, "SELECT voided FROM receipt_history") == [(1,), (1,)]
    assert asked(town, "SELECT flags FROM account WHERE number = 'U1'") == [("returned-check",)]
    rows = asked(town, "SELECT receipt_no, reference, account, biz_date FROM returned_check ORDER BY receipt_no")
    assert rows == [("T1-1", "11", "U1", DAY), ("T1-2", "12", "U1", DAY)]
    assert asked(town, "SELECT SUM(net_cents) FROM day") == [(0,)]
    assert items(town) == []
    assert fsck(town).differences == ()


def test_a_banks_list_is_one_record_and_an_entry_a_check(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = [water(till, str(n), 10_00) for n in range(3)]
    posted(town, key, till)
    came_back(till, *(check(each, str(n), 10_00, till) for n, each in enumerate(taken)))
    posted(town, key, till)
    assert charges(town)["C1"] == 50_00
    assert len(fees(town)) == 3
    assert asked(town, "SELECT COUNT(*) FROM entry WHERE kind = 'checks_returned'") == [(3,)]
    assert fsck(town).differences == ()


def test_two_checks_of_one_receipt_take_back_each_its_part(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    both = line("U1", allocation("C1", "510-4310", 50_00), allocation("C2", "100-4110", 5_00))
    taken = till.pay(both, tenders=[("check", 30_00, "A"), ("check", 25_00, "B")])
    came_back(till, check(taken, "A", 30_00, till), check(taken, "B", 25_00, till))
    posted(town, key, till)
    assert {name: cents for name, cents in charges(town).items() if name in {"C1", "C2"}} == {"C1": 50_00, "C2": 5_00}
    assert balances(town) == {}
    assert asked(town, "SELECT voided FROM receipt_history") == [(1,)]
    assert fsck(town).differences == ()


FEES = ("100", "100-4410")


def test_cash_given_back_on_it_is_owed_as_well(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = till.pay(line("U1", allocation("C1", "510-4310", 20_00)), tenders=[("check", 32_00, "11")])
    came_back(till, check(taken, "11", 32_00, till, given_cents=12_00))
    posted(town, key, till)
    assert (charges(town)["C1"], fees(town)) == (50_00, {"RC-T1-1-3-0": 35_00})
    assert charges(town)["RB-T1-1-3-0"] == 12_00
    assert balances(town) == {CASH: -12_00, FEES: 12_00}
    assert asked(town, "SELECT description, gl FROM charge WHERE id = 'RB-T1-1-3-0'") == [
        ("Cash back on check 11", "100-4410")
    ]
    assert asked(town, "SELECT SUM(net_cents) FROM day") == [(0,)]
    assert [row[0] for row in items(town)] == ["cash-back"]  # this town's rules give none
    till.pay(line("U1", allocation("RB-T1-1-3-0", "100-4410", 12_00)))
    posted(town, key, till)
    assert (charges(town)["RB-T1-1-3-0"], balances(town)) == (0, {})
    assert fsck(town).differences == ()


@pytest.mark.parametrize("order", ["AB", "BA"])
def test_of_two_checks_with_cash_back_all_comes_back_whichever_is_first(
    town: Books, key: Ed25519PrivateKey, till: Till, order: str
) -> None:
    other = opened(town, key, "T2")
    both = line("U1", allocation("C1", "510-4310", 50_00), allocation("C2", "100-4110", 5_00))
    cents = {"A": 30_00, "B": 35_00}
    taken = till.pay(both, tenders=[("check", cents[name], name) for name in "AB"])
    posted(town, key, till)
    for name in order:  # said by another terminal, which knows of no cash
        came_back(other, check(taken, name, cents[name], None))
    posted(town, key, other)
    assert (charges(town)["C1"], charges(town)["C2"]) == (50_00, 5_00)
    assert [cents for id_, cents in charges(town).items() if id_.startswith("RB-")] == [10_00]
    assert balances(town) == {CASH: -10_00, FEES: 10_00}
    assert asked(town, "SELECT voided FROM receipt_history") == [(1,)]
    assert fsck(town).differences == ()


def test_cash_given_back_to_nobody_known_waits_in_suspense(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = till.pay(line(None, allocation(None, "100-4410", 10_00)), tenders=[("check", 30_00, "7")])
    came_back(till, check(taken, "7", 30_00, till, account=None, fee_cents=0))
    posted(town, key, till)
    assert items(town) == [("cash-back", 0), ("cash-back-owed", -20_00)]
    assert balances(town) == {CASH: -20_00, SUSPENSE: 20_00}
    assert fsck(town).differences == ()


def test_other_cash_than_was_given_back_is_told(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = till.pay(line("U1", allocation("C1", "510-4310", 20_00)), tenders=[("check", 32_00, "11")])
    came_back(till, check(taken, "11", 32_00, till, given_cents=13_00))
    posted(town, key, till)
    assert ("other-cash-back", 0) in items(town)
    assert charges(town)["RB-T1-1-3-0"] == 12_00


def test_the_desk_takes_a_check_with_cash_back_back(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(line("U1", allocation("C1", "510-4310", 20_00)), tenders=[("check", 32_00, "11")])
    posted(town, key, till)
    returned(town, key, "T1-1", "11")
    assert charges(town)["C1"] == 50_00
    assert [cents for id_, cents in charges(town).items() if id_.startswith("RB-")] == [12_00]
    assert balances(town) == {CASH: -12_00, FEES: 12_00}
    assert asked(town, "SELECT SUM(net_cents) FROM day") == [(0,)]
    assert fsck(town).differences == ()


def test_the_fee_may_be_paid_in_the_same_batch(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = water(till, "11")
    came_back(till, check(taken, "11", 20_00, till))
    till.pay(line("U1", allocation("RC-T1-1-3-0", "100-4410", 35_00)))
    posted(town, key, till)
    assert (fees(town), items(town)) == ({"RC-T1-1-3-0": 0}, [])
    assert balances(town)["100", "100-4410"] == -35_00
    assert fsck(town).differences == ()


def test_of_another_terminal_it_is_found_by_number_and_leaves_the_bank(
    town: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    other = opened(town, key, "T2")
    taken = water(till, "11")
    till.close(200_00, 200_00, {"check": (1, 20_00)})
    posted(town, key, till)
    deposited(town, key)
    assert balances(town) == {BANK: 20_00, ("510", "510-1010"): 20_00, ("510", "510-4310"): -20_00} | {
        ("100", "100-2510"): -20_00
    }
    came_back(other, check(taken, "11", 20_00, None))
    posted(town, key, other)
    assert charges(town)["C1"] == 50_00
    assert balances(town) == {}
    assert fsck(town).differences == ()


def test_two_offices_say_the_same_check_offline_and_the_second_is_an_error_item(
    town: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    other = opened(town, key, "T2")
    taken = water(till, "11")
    posted(town, key, till)
    came_back(till, check(taken, "11", 20_00, till))
    came_back(other, check(taken, "11", 20_00, None))
    posted(town, key, other)
    posted(town, key, till)
    assert items(town) == [("taken-back-twice", 0)]
    assert (charges(town)["C1"], len(fees(town)), balances(town)) == (50_00, 1, {})
    with pytest.raises(ReturnRefusedError, match="came back before"):
        returned(town, key, "T1-1", "11")
    assert fsck(town).differences == ()


@pytest.mark.parametrize("first", ["void", "return"])
def test_a_void_and_a_return_of_one_receipt_are_not_both_posted(
    town: Books, key: Ed25519PrivateKey, till: Till, first: str
) -> None:
    other = opened(town, key, "T2")
    taken = water(till, "11")
    posted(town, key, till)
    till.void(taken)
    came_back(other, check(taken, "11", 20_00, None))
    for each in (till, other) if first == "void" else (other, till):
        posted(town, key, each)
    suspended = 0 if first == "void" else -20_00
    assert items(town) == [("taken-back-twice", suspended)]
    assert charges(town)["C1"] == 50_00
    assert balances(town).get(SUSPENSE, 0) == -suspended
    assert fsck(town).differences == ()


def test_of_one_batch_too_the_first_to_take_a_receipt_back_stands(
    town: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    voided, twice = water(till, "11"), water(till, "12", 5_00)
    till.void(voided)
    came_back(till, check(voided, "11", 20_00, till))
    came_back(till, check(twice, "12", 5_00, till), check(twice, "12", 5_00, till))
    came_back(till, check(twice, "12", 5_00, till))
    posted(town, key, till)
    assert items(town) == [("taken-back-twice", 0)] * 3
    assert (charges(town)["C1"], len(fees(town)), balances(town)) == (50_00, 1, {})
    assert fsck(town).differences == ()


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (1, 2, 0)])
def test_whoever_is_first_of_three_offices_a_receipt_is_taken_back_once(
    town: Books, key: Ed25519PrivateKey, till: Till, order: tuple[int, ...]
) -> None:
    """Office 0 refunds it, offices 1 and 2, which are alike, say that its check came back."""
    second, third = opened(town, key, "T2"), opened(town, key, "T3")
    taken = water(till, "11")
    till.close(200_00, 200_00, {"check": (1, 20_00)})
    posted(town, key, till)
    till.refund(taken, till.ask(Kind.REFUND_REQUEST, taken)["seq"])
    for other in (second, third):
        came_back(other, check(taken, "11", 20_00, None))
    tills = [till, second, third]
    for n in order:
        posted(town, key, tills[n])
    refunded = order[0] == 0
    found = balances(town)
    suspended = 0 if refunded else 20_00
    assert found.get(SUSPENSE, 0) == suspended
    assert found[OWED] == -20_00
    assert found.get(CHECKS, 0) == (20_00 if refunded else 0)
    assert (charges(town)["C1"], len(fees(town))) == (50_00, 0 if refunded else 1)
    assert asked(town, "SELECT COUNT(*) FROM payable") == [(1 if refunded else 0,)]
    assert [reason for reason, _ in items(town)] == ["taken-back-twice"] * 2
    assert fsck(town).differences == ()


def test_a_refund_after_a_return_is_an_error_item(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = water(till, "11")
    till.close(200_00, 200_00, {"check": (1, 20_00)})
    request = till.ask(Kind.REFUND_REQUEST, taken)
    came_back(till, check(taken, "11", 20_00, till))
    till.refund(taken, request["seq"])
    posted(town, key, till)
    assert items(town) == [("taken-back-twice", -20_00)]
    assert asked(town, "SELECT COUNT(*) FROM payable") == [(0,)]
    assert fsck(town).differences == ()


@pytest.mark.parametrize(
    ("head", "other", "reason"),
    [
        ({"approver": None}, {}, "not-approved"),
        ({"operator": "ann"}, {}, "no-right"),
        ({"operator": "bo"}, {}, "no-right"),
        ({"approver": "eli"}, {}, "no-right"),
        ({"approver": "dee"}, {}, "self-approval"),
        ({}, {"reference": "12"}, "other-check"),
        ({}, {"cents": 19_99}, "other-check"),
        ({}, {"original": None, "receipt_no": "T9-9"}, "unknown-receipt"),
        ({}, {"receipt_no": "T1-2"}, "other-receipt"),
    ],
)
def test_what_may_not_stand_is_an_error_item_and_posts_nothing(
    town: Books, key: Ed25519PrivateKey, till: Till, head: dict[str, Any], other: dict[str, Any], reason: str
) -> None:
    taken = water(till, "11")
    posted(town, key, till)
    before = balances(town), charges(town)
    came_back(till, check(taken, "11", 20_00, till) | other, **head)
    posted(town, key, till)
    assert items(town) == [(reason, 0)]
    assert (balances(town), charges(town)) == before
    assert asked(town, "SELECT flags FROM account WHERE number = 'U1'") == [("",)]
    assert fsck(town).differences == ()


def test_nobody_takes_back_a_receipt_that_they_took_part_in(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = water(till, "11", approver="bo")
    posted(town, key, till)
    came_back(till, check(taken, "11", 20_00, till))
    posted(town, key, till)
    assert items(town) == [("self-approval", 0)]
    assert charges(town)["C1"] == 30_00


def test_another_fee_than_the_citys_is_charged_as_said_and_told(
    town: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    taken = water(till, "11")
    came_back(till, check(taken, "11", 20_00, till, fee_cents=10_00))
    posted(town, key, till)
    assert (items(town), fees(town)) == ([("other-fee", 0)], {"RC-T1-1-3-0": 10_00})
    assert fsck(town).differences == ()


def test_what_waits_in_suspense_is_corrected_first(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = till.pay(line("U1", allocation("C9", "510-4310", 20_00)), tenders=[("check", 20_00, "11")])
    came_back(till, check(taken, "11", 20_00, till))
    posted(town, key, till)
    came_back(till, check(taken, "11", 20_00, till))
    posted(town, key, till)
    assert items(town) == [("unknown-charge", 20_00), ("taken-back-twice", 0), ("taken-back-twice", 0)]
    assert balances(town) == {CHECKS: 20_00, SUSPENSE: -20_00}


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"source": "", "checks": []},
        {"source": 1, "checks": [{}]},
        {"source": "", "checks": [{"receipt_no": "T1-1"}]},
    ],
)
def test_a_record_that_names_no_check_is_held(
    town: Books, key: Ed25519PrivateKey, till: Till, data: dict[str, Any]
) -> None:
    till.record(Kind.CHECKS_RETURNED, data, **PEOPLE)
    answer = ingest(town, key, till.seal(), "T1", 1, till.batch_no, NOW)
    assert answer.status == 202
    assert asked(town, "SELECT state FROM batch") == [("held",)]


def test_a_city_without_a_fee_charges_none(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    rules_are(town, rules_to_json(replace(BANKED, returned_check_gl="")))
    taken = water(till, "11")
    came_back(till, check(taken, "11", 20_00, till, fee_cents=0, fee_gl=""))
    posted(town, key, till)
    assert (fees(town), items(town), charges(town)["C1"]) == ({}, [], 50_00)
