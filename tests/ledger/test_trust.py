"""Trust deposits in the books: held as a liability, drawn on by receipts, given back by two, never below zero."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.city import rules_to_json
from countertui.domain.records import Kind
from countertui.ledger.books import Books
from countertui.ledger.checks_back import ReturnRefusedError
from countertui.ledger.correction_targets import ToCharge
from countertui.ledger.corrections import Who, correct_item, move
from countertui.ledger.fsck import fsck
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal
from countertui.ledger.returned_checks import return_check
from countertui.ledger.taken_back import CorrectionRefusedError
from ledger.at_the_desk import act, new_id
from ledger.test_posting import asked, balances, charges, items, posted
from ledger.town import DAY, NOW, RULES, Till, allocation, brought, ledger_key, line

HELD, WATER, CASH = ("800", "800-2810"), ("510", "510-4310"), ("100", "100-1020")
SUSPENSE = ("100", "100-2990")
GL = "800-2810"


def with_deposit(books: Books, release_on: str = "2026-12-01") -> None:
    """A fund for deposits, and deposit TD-1 of the party of U1, at least 100.00, not given back before that day."""
    posting = replace(
        RULES.posting,
        due_from={**RULES.posting.due_from, "800": "800-1010"},
        due_to={**RULES.posting.due_to, "800": "100-2580"},
    )
    brought(books, "city", [("rules", rules_to_json(replace(RULES, posting=posting)))])
    brought(books, "fund", [("800", "Trust")])
    accounts = [("100-2580", "100", "Due to trust", "liability"), ("800-1010", "800", "Due from pool", "asset")]
    brought(books, "gl_account", [*accounts, (GL, "800", "Deposits held", "liability")])
    brought(books, "account", [("TD-1", "trust", "P1", "SMITH, JOHN - Plan deposit", "1 Elm St", "", "", "", GL, "")])
    brought(books, "trust_terms", [("TD-1", "Plan 7", 100_00, release_on)])


@pytest.fixture
def town(books: Books) -> Books:
    with_deposit(books)
    return books


def received(cents: int) -> dict[str, Any]:
    return line("TD-1", allocation(None, GL, cents)) | {"account_kind": "trust"}


def drawn(cents: int, account: str = "TD-1", gl: str = GL) -> dict[str, Any]:
    part = allocation(None, gl, -cents) | {"head": "drawn"}
    return line(account, part) | {"account_kind": "trust"}


def water(cents: int) -> dict[str, Any]:
    return line("U1", allocation("C1", "510-4310", cents))


def held(books: Books) -> int:
    (row,) = asked(books, "SELECT COALESCE(SUM(balance_cents), 0) FROM charge WHERE account = 'TD-1'")
    return -int(row[0])


def moves(books: Books) -> list[tuple[Any, ...]]:
    return asked(books, "SELECT terminal, seq, what, cents, receipt_no FROM trust_move ORDER BY terminal, seq")


def two_tills(books: Books) -> tuple[Till, Till]:
    made = Till(books), Till(books, "T2")
    for till, drawer in zip(made, ("D1", "D2"), strict=True):
        register_terminal(
            books, ledger_key(books), till.identity.terminal, "HALL", 1, till.identity.public_key, now=NOW
        )
        till.drawers = {"S1": drawer}
        till.open("S1", operator="ann")
    return made


@pytest.fixture
def till(town: Books) -> Till:
    return two_tills(town)[0]


def asks_back(till: Till, cents: int, **head: Any) -> dict[str, Any]:
    data = {"account": "TD-1", "name": "SMITH, JOHN - Plan deposit", "gl": GL, "cents": cents, "reason": "Done"}
    return till.record(Kind.TRUST_REFUND_REQUEST, data, **head)


def gives_back(till: Till, request: dict[str, Any], **head: Any) -> dict[str, Any]:
    head = {"approver": "bo", "biz_date": "2026-12-02"} | head
    return till.record(Kind.TRUST_REFUND, request["data"] | {"request_seq": request["seq"]}, **head)


def test_a_deposit_is_a_liability_of_its_own_fund(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(received(300_00))
    posted(town, key, till)
    assert balances(town) == {
        CASH: 300_00,
        ("100", "100-2580"): -300_00,
        ("800", "800-1010"): 300_00,
        HELD: -300_00,
    }
    assert held(town) == 300_00
    assert moves(town) == [("T1", 2, "received", 300_00, "T1-1")]
    assert fsck(town).differences == ()


def test_a_draw_pays_a_charge_across_funds_and_takes_no_money(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(received(300_00))
    till.pay(water(50_00), drawn(50_00), tenders=())
    posted(town, key, till)
    assert charges(town)["C1"] == 0
    assert held(town) == 250_00
    assert balances(town) == {
        CASH: 300_00,
        ("100", "100-2580"): -250_00,
        ("800", "800-1010"): 250_00,
        HELD: -250_00,
        ("100", "100-2510"): -50_00,
        ("510", "510-1010"): 50_00,
        WATER: -50_00,
    }
    assert moves(town)[1:] == [("T1", 3, "drawn", -50_00, "T1-2")]
    assert asked(town, "SELECT receipts, net_cents FROM day") == [(2, 300_00)]
    assert items(town) == []
    assert fsck(town).differences == ()


def test_a_draw_that_was_voided_is_held_again(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(received(300_00))
    taken = till.pay(water(50_00), drawn(30_00), tenders=[("cash", 20_00)])
    till.void(taken)
    posted(town, key, till)
    assert (held(town), charges(town)["C1"], items(town)) == (300_00, 50_00, [])
    assert moves(town)[2] == ("T1", 4, "voided", 30_00, "T1-2")
    assert balances(town) == {CASH: 300_00, ("100", "100-2580"): -300_00, ("800", "800-1010"): 300_00, HELD: -300_00}
    assert fsck(town).differences == ()


def test_two_offices_that_draw_below_zero_offline_are_an_error_item_and_suspense(
    town: Books, key: Ed25519PrivateKey
) -> None:
    one, other = two_tills(town)
    one.pay(received(100_00))
    one.pay(water(30_00), drawn(30_00), tenders=())
    posted(town, key, one)
    other.pay(line(None, allocation(None, "100-4410", 80_00)), drawn(80_00), tenders=(), approver="bo")
    posted(town, key, other)  # custody is not refused
    assert items(town) == [("overdrawn", -80_00)]
    assert held(town) == 70_00
    assert balances(town)[SUSPENSE] == 80_00
    assert balances(town)[HELD] == -70_00
    assert [move[:3] for move in moves(town)] == [("T1", 2, "received"), ("T1", 3, "drawn")]
    assert fsck(town).differences == ()


def test_a_top_up_drawn_on_since_is_not_voided_away(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = till.pay(received(100_00))
    till.pay(water(30_00), drawn(30_00), tenders=())
    till.void(taken)
    posted(town, key, till)
    assert items(town) == [("overdrawn", -100_00)]
    assert held(town) == 70_00
    assert balances(town)[SUSPENSE] == 100_00
    assert fsck(town).differences == ()


def test_what_is_no_deposit_is_not_drawn_on(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(line("U2", allocation(None, "510-2310", 40_00)))
    till.pay(line("U2", allocation("C3", "510-4310", 40_00)), drawn(40_00, "U2", "510-2310"), tenders=())
    posted(town, key, till)
    assert items(town) == [("no-deposit", -40_00)]
    assert charges(town)["CR-U2"] == -40_00
    assert fsck(town).differences == ()


def test_a_refund_by_two_is_owed_to_the_depositor(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(received(100_00))
    gives_back(till, asks_back(till, 60_00))
    posted(town, key, till)
    assert items(town) == []
    assert held(town) == 40_00
    assert balances(town)["100", "100-2010"] == -60_00
    assert balances(town)[HELD] == -40_00
    assert moves(town)[1] == ("T1", 4, "refunded", -60_00, "")
    assert fsck(town).differences == ()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"biz_date": DAY}, "not-released"),
        ({"approver": None}, "not-approved"),
        ({"approver": "ann"}, "self-approval"),
        ({"approver": "dee"}, "no-right"),
    ],
)
def test_a_refund_that_may_not_stand_posts_nothing(
    town: Books, key: Ed25519PrivateKey, till: Till, changed: dict[str, Any], reason: str
) -> None:
    till.pay(received(100_00))
    gives_back(till, asks_back(till, 60_00), **changed)
    posted(town, key, till)
    assert items(town) == [(reason, 0)]
    assert held(town) == 100_00
    assert ("100", "100-2010") not in balances(town)
    assert fsck(town).differences == ()


def test_a_request_is_answered_once_and_only_as_it_was_asked(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(received(100_00))
    request = asks_back(till, 30_00)
    refusal = {"account": "TD-1", "cents": 30_00, "reason": "Not yet", "request_seq": request["seq"]}
    till.record(Kind.TRUST_REFUND_REFUSAL, refusal, operator="bo")
    gives_back(till, request)
    other = asks_back(till, 20_00)
    gives_back(till, other | {"data": other["data"] | {"cents": 25_00}})
    posted(town, key, till)
    assert items(town) == [("request-answered", 0), ("unknown-request", 0)]
    assert held(town) == 100_00


def test_more_than_is_held_is_not_given_back(town: Books, key: Ed25519PrivateKey) -> None:
    one, other = two_tills(town)
    one.pay(received(100_00))
    one.pay(water(50_00), drawn(50_00), tenders=())
    posted(town, key, one)
    gives_back(other, asks_back(other, 60_00))
    posted(town, key, other)
    assert items(town) == [("overdrawn", 0)]
    assert held(town) == 50_00
    assert fsck(town).differences == ()


def test_fees_that_a_deposit_pays_are_approved(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    copies = line(None, allocation(None, "100-4410", 10_00))
    till.pay(received(100_00))
    till.pay(copies, drawn(10_00), tenders=(), approver="bo")
    till.pay(water(10_00), drawn(10_00), tenders=())
    till.pay(copies, drawn(10_00), tenders=())
    posted(town, key, till)
    assert items(town) == [("not-approved", 0)]
    assert held(town) == 70_00


def test_a_deposit_that_paid_for_another_party_is_told(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(received(100_00))
    till.pay(line("U2", allocation("C3", "510-4310", 10_00)), drawn(10_00), tenders=())
    posted(town, key, till)
    assert items(town) == [("other-party", 0)]
    assert held(town) == 90_00


def came_back(books: Books, taken: dict[str, Any], number: str) -> None:
    act(
        books,
        ledger_key(books),
        return_check,
        taken["receipt_no"],
        number,
        by="dee",
        second="bo",
        reason="NSF",
        biz_date=DAY,
        id_=new_id(),
    )


def test_a_check_that_came_back_takes_no_deposit_below_zero(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = till.pay(received(100_00), tenders=[("check", 100_00, "1041")])
    till.pay(water(30_00), drawn(30_00), tenders=())
    posted(town, key, till)
    came_back(town, taken, "1041")
    assert items(town) == [("overdrawn", -100_00)]
    assert held(town) == 70_00
    assert balances(town)[SUSPENSE] == 100_00
    assert fsck(town).differences == ()


def test_a_check_that_paid_beside_a_deposit_takes_only_its_own_back(
    town: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    till.pay(received(100_00))
    taken = till.pay(water(50_00), drawn(30_00), tenders=[("check", 20_00, "1041")])
    posted(town, key, till)
    came_back(town, taken, "1041")
    assert (held(town), charges(town)["C1"], items(town)) == (70_00, 20_00, [])
    assert fsck(town).differences == ()


def test_a_check_beside_a_deposit_does_not_come_back_from_a_charge_that_its_money_left(
    town: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    """It is all that was tendered, and not all that was paid: the charge would be owed more than was ever billed."""
    till.pay(received(20_00))
    taken = till.pay(water(50_00), drawn(20_00), tenders=[("check", 30_00, "77")])
    posted(town, key, till)
    who = Who("dee", "bo", "Meant for the other", DAY, new_id())
    act(town, key, move, ("T1", 1, taken["seq"]), ToCharge("C1"), ToCharge("C3"), 50_00, who)
    more = {"by": "dee", "second": "bo", "reason": "NSF", "biz_date": DAY, "id_": new_id()}
    with pytest.raises(ReturnRefusedError, match="corrected since"):
        act(town, key, return_check, taken["receipt_no"], "77", **more)
    assert (charges(town)["C1"], charges(town)["C3"]) == (50_00, 20_00)


def test_a_draw_in_suspense_is_corrected_once_the_deposit_covers_it(
    town: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    till.pay(received(20_00))
    till.pay(water(50_00), drawn(50_00), tenders=())
    posted(town, key, till)
    ((item, cents),) = asked(town, "SELECT id, cents FROM error_item")
    assert cents == -50_00
    who = lambda: Who("dee", "bo", "Topped up", DAY, new_id())  # noqa: E731 - a record's id is used once
    with pytest.raises(CorrectionRefusedError, match=r"held 20\.00"):
        act(town, key, correct_item, item, ToCharge("CR-TD-1"), who())
    till.pay(received(40_00))
    posted(town, key, till)
    act(town, key, correct_item, item, ToCharge("CR-TD-1"), who())
    assert held(town) == 10_00
    assert SUSPENSE not in balances(town)
    assert fsck(town).differences == ()


def apply(till: Till, cents: int, account: str = "U1", gl: str = "510-2310", **head: Any) -> dict[str, Any]:
    part = allocation("C1" if account == "U1" else "C3", "510-4310", cents)
    data = {"account": account, "name": "Somebody", "gl": gl, "cents": cents, "allocations": [part]}
    return till.record(Kind.APPLY, data, **head)


def test_applied_credit_pays_charges_and_moves_no_money(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(line("U1", allocation(None, "510-2310", 30_00)))
    before = {CASH: 30_00, ("100", "100-2510"): -30_00, ("510", "510-1010"): 30_00}
    apply(till, 30_00)
    posted(town, key, till)
    assert (charges(town)["C1"], charges(town)["CR-U1"], items(town)) == (20_00, 0, [])
    assert balances(town) == before | {WATER: -30_00}
    assert asked(town, "SELECT receipts, net_cents FROM day") == [(1, 30_00)]
    assert fsck(town).differences == ()


def unapply(till: Till, made: dict[str, Any], original: dict[str, Any] | None = None, **head: Any) -> dict[str, Any]:
    """An applied credit taken back; `original` may lie in a part."""
    named = {"seq": made["seq"], "h": till.all[made["id"]][1].hex(), "id": made["id"]} | (original or {})
    return till.record(Kind.UNAPPLY, made["data"] | {"original": named, "reason": "Wrong invoice"}, **head)


@pytest.mark.parametrize("at_once", [True, False])
def test_applied_credit_is_taken_back_once(town: Books, key: Ed25519PrivateKey, till: Till, at_once: bool) -> None:
    taken = till.pay(line("U1", allocation(None, "510-2310", 30_00)))
    posted(town, key, till)
    before = balances(town)
    made = apply(till, 30_00)
    if not at_once:
        posted(town, key, till)
    unapply(till, made)
    unapply(till, made)
    posted(town, key, till)
    assert (charges(town)["C1"], charges(town)["CR-U1"]) == (50_00, -30_00)
    assert (balances(town), items(town)) == (before, [("taken-back-twice", 0)])
    steps = asked(town, "SELECT what FROM charge_step WHERE charge = 'C1' ORDER BY source")
    assert [what for (what,) in steps] == ["Credit applied", "Applied credit taken back"]
    till.void(taken)
    posted(town, key, till)
    assert (charges(town)["CR-U1"], balances(town)) == (0, {})
    assert fsck(town).differences == ()


@pytest.mark.parametrize(
    ("original", "head", "reason"),
    [
        ({"seq": 99}, {}, "unknown-apply"),
        ({"seq": 2}, {}, "unknown-apply"),
        ({"h": "00" * 32}, {}, "other-apply"),
        ({"id": "0190b2c4-0000-7000-a000-00000000ffff"}, {}, "other-apply"),
        ({}, {"operator": "dee"}, "no-right"),
    ],
)
def test_what_may_not_be_taken_back_moves_nothing(
    town: Books, key: Ed25519PrivateKey, till: Till, original: dict[str, Any], head: dict[str, Any], reason: str
) -> None:
    till.pay(line("U1", allocation(None, "510-2310", 30_00)))
    made = apply(till, 30_00)
    unapply(till, made, original, **head)
    posted(town, key, till)
    assert items(town) == [(reason, 0)]
    assert (charges(town)["C1"], charges(town)["CR-U1"]) == (20_00, 0)
    assert fsck(town).differences == ()


def test_what_was_never_applied_is_not_taken_back(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    made = apply(till, 30_00)
    unapply(till, made)
    posted(town, key, till)
    unapply(till, made)
    posted(town, key, till)
    assert items(town) == [("credit-gone", 0), ("never-applied", 0), ("never-applied", 0)]
    assert charges(town)["C1"] == 50_00
    assert fsck(town).differences == ()


def test_applied_across_funds_each_fund_balances(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    brought(town, "account", [("AR-1", "customer", "P9", "HALL CLUB", "", "", "", "", "100-2310", "")])
    brought(town, "charge", [("INV-1", "AR-1", DAY, "invoice", "Hydrant", "510-4310", 40_00, 40_00)])
    till.pay(line("AR-1", allocation(None, "100-2310", 25_00)))
    part = allocation("INV-1", "510-4310", 25_00)
    data = {"account": "AR-1", "name": "HALL CLUB", "gl": "100-2310", "cents": 25_00, "allocations": [part]}
    till.record(Kind.APPLY, data)
    posted(town, key, till)
    assert charges(town)["INV-1"] == 15_00
    assert balances(town) == {
        CASH: 25_00,
        ("100", "100-2510"): -25_00,
        ("510", "510-1010"): 25_00,
        WATER: -25_00,
    }
    assert fsck(town).differences == ()


def test_credit_applied_at_two_offices_is_applied_once_and_told(town: Books, key: Ed25519PrivateKey) -> None:
    one, other = two_tills(town)
    one.pay(line("U1", allocation(None, "510-2310", 30_00)))
    apply(one, 30_00)
    posted(town, key, one)
    apply(other, 20_00)
    posted(town, key, other)
    assert items(town) == [("credit-gone", 0)]
    assert (charges(town)["C1"], charges(town)["CR-U1"]) == (20_00, 0)
    assert SUSPENSE not in balances(town)
    assert fsck(town).differences == ()


@pytest.mark.parametrize(
    ("account", "gl", "head", "reason"),
    [
        ("U1", "900-1", {}, "unknown-gl"),
        ("U9", "510-2310", {}, "unknown-account"),
        ("U1", "510-2310", {"operator": "dee"}, "no-right"),
    ],
)
def test_what_can_not_be_applied_moves_nothing(
    town: Books, key: Ed25519PrivateKey, till: Till, account: str, gl: str, head: dict[str, Any], reason: str
) -> None:
    till.pay(line("U1", allocation(None, "510-2310", 30_00)))
    apply(till, 10_00, account, gl, **head)
    posted(town, key, till)
    assert (reason, 0) in items(town)
    assert all(cents == 0 for _, cents in items(town))
    assert (charges(town)["C1"], charges(town)["CR-U1"]) == (50_00, -30_00)
    assert SUSPENSE not in balances(town)


def test_an_unsound_apply_or_refund_is_held_with_its_batch(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    data = {"account": "U1", "name": "X", "gl": "510-2310", "cents": 10_00, "allocations": []}
    till.record(Kind.APPLY, data)
    till.record(Kind.TRUST_REFUND_REQUEST, {"account": "TD-1", "cents": -5})
    till.pay(line(None, allocation(None, "100-4410", -5_00)), tenders=())
    answer = ingest(town, key, till.seal(), "T1", 1, till.batch_no, NOW)
    assert answer.status == 202, answer.body
    (why,) = asked(town, "SELECT reasons FROM batch")
    assert all(f"Record {n}" in str(why) for n in (2, 3, 4))


def test_a_refund_of_what_a_deposit_paid_owes_nobody_a_check(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(received(100_00))
    taken = till.pay(water(50_00), drawn(50_00), tenders=())
    till.close(300_00, 300_00)
    till.refund(taken, till.ask(Kind.REFUND_REQUEST, taken)["seq"])
    posted(town, key, till)
    assert (held(town), charges(town)["C1"], items(town)) == (100_00, 50_00, [])
    assert asked(town, "SELECT cents FROM payable") == []
    assert ("100", "100-2010") not in balances(town)
    assert fsck(town).differences == ()
