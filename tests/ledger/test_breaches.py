"""What a signed record may contain and may not do: every breach is an error item, custody is never refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.records import Kind
from countertui.ledger.books import Books
from ledger.test_ingest import asked
from ledger.test_posting import BOTH, SUSPENSE, balances, charges, items, keep, posted
from ledger.town import Till, allocation, brought, line

CASH, CHECKS, OVER = ("100", "100-1020"), ("100", "100-1030"), ("100", "100-4911")
OWED = ("100", "100-2010")
WATER = line("U1", allocation("C1", "510-4310", 10_00))
NINTH = line("U1", allocation("C9", "510-4310", 10_00))
NINTH_CHARGE = ("C9", "U1", "2026-10-01", "water", "Water", "510-4310", 50_00, 50_00)
Case = Callable[[Till], Any]


def details(books: Books) -> list[str]:
    return [str(detail) for (detail,) in asked(books, "SELECT detail FROM error_item ORDER BY id")]


# Expected cash is the ledger's own


def test_over_and_short_are_posted_from_what_the_records_add_up_to(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    till.pay(WATER)
    till.close(200_00, 200_00)  # the ten dollars are gone, and the close says none were expected
    posted(books, key, till)
    assert items(books) == [("other-expected", 0)]
    assert details(books) == ["Session S1, Cash: the close expected 200.00, its records add up to 210.00; 10.00 off."]
    found = balances(books)
    assert (found.get(CASH), found[OVER]) == (None, 10_00)


def test_expected_cash_is_added_up_across_batches(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.close(200_00, 200_00)
    till.open("S2", 150_00, approver="bo")
    till.pay(WATER, tenders=[("cash", 20_00)], session="S2")
    posted(books, key, till)
    voided = till.pay(WATER, tenders=[("check", 8_00), ("cash", 5_00)], session="S2")
    till.pay(BOTH, tenders=[("check", 20_00), ("check", 5_00)], session="S2")
    posted(books, key, till)
    till.void(voided, session="S2")
    posted(books, key, till)
    till.close(160_00, 160_00, {"check": (2, 25_00)}, session="S2")
    posted(books, key, till)
    assert items(books) == []
    assert OVER not in balances(books)


def test_a_cash_refund_leaves_the_drawer_that_pays_it(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = till.pay(WATER)
    till.close(210_00, 210_00)
    till.open("S2")
    posted(books, key, till)
    till.refund(taken, till.ask(Kind.REFUND_REQUEST, taken, "cash")["seq"], "cash", session="S2")
    till.close(190_00, 190_00, session="S2")
    posted(books, key, till)
    assert items(books) == []
    assert balances(books) == {}


def test_pieces_of_paper_are_expected_too(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(WATER, tenders=[("check", 10_00)])
    till.close(200_00, 200_00, {"check": (2, 10_00)})
    posted(books, key, till)
    assert details(books) == ["Session S1, Check: the close expected 2 pieces, its records add up to 1."]
    assert OVER not in balances(books)


# Undoing turns round what was posted


@pytest.mark.parametrize("batches", [1, 2])
def test_a_void_of_what_was_in_suspense_pays_back_no_charge_known_since(
    books: Books, key: Ed25519PrivateKey, till: Till, batches: int
) -> None:
    taken = till.pay(line("U1", *NINTH["allocations"], *BOTH["allocations"]))
    if batches == 2:
        posted(books, key, till)
        brought(books, "charge", [NINTH_CHARGE])
    till.void(taken)
    posted(books, key, till)
    assert items(books) == [("unknown-charge", 10_00), ("suspense", -10_00)]
    assert balances(books) == {}
    assert charges(books) == {"C1": 50_00, "C2": 5_00, "C3": 70_00} | ({"C9": 50_00} if batches == 2 else {})


def test_a_refund_of_what_was_in_suspense_takes_it_out(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = till.pay(NINTH)
    till.close(210_00, 210_00)
    posted(books, key, till)
    brought(books, "charge", [NINTH_CHARGE])
    till.refund(taken, till.ask(Kind.REFUND_REQUEST, taken)["seq"])
    posted(books, key, till)
    assert items(books) == [("unknown-charge", 10_00), ("suspense", -10_00)]
    assert balances(books) == {CASH: 10_00, OWED: -10_00}
    assert charges(books)["C9"] == 50_00


def test_a_refund_turns_round_what_was_posted_though_its_gl_account_is_gone_since(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    taken = till.pay(WATER, line("U3", allocation(None, "510-2310", 1_00)))
    till.close(211_00, 211_00)
    posted(books, key, till)
    with books.writing() as connection:
        connection.exec_driver_sql("DELETE FROM gl_account WHERE code = '510-4310'")
    till.refund(taken, till.ask(Kind.REFUND_REQUEST, taken)["seq"])
    posted(books, key, till)
    assert items(books) == []
    assert balances(books) == {CASH: 11_00, OWED: -11_00}
    assert charges(books)["C1"] == 50_00
    assert charges(books)["CR-U3"] == 0


def test_a_refund_leaves_its_tenders_where_they_were_posted(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = till.pay(WATER, tenders=[("check", 10_00)])
    till.close(200_00, 200_00, {"check": (1, 10_00)})
    posted(books, key, till)
    with books.writing() as connection:
        connection.exec_driver_sql("UPDATE city SET value = replace(value, '100-1030', '100-1050')")
    till.refund(taken, till.ask(Kind.REFUND_REQUEST, taken)["seq"])
    posted(books, key, till)
    assert balances(books) == {CHECKS: 10_00, OWED: -10_00}
    assert items(books) == []


# Taking money


@pytest.mark.parametrize(
    ("head", "reasons"),
    [
        ({}, []),
        ({"operator": "cy"}, ["other-operator"]),
        ({"operator": "bo"}, ["no-right", "other-operator"]),
        ({"operator": "nobody"}, ["no-right", "other-operator"]),
        ({"session": "S9"}, ["session-not-open"]),
        ({"biz_date": "1999-01-01"}, ["other-date"]),
        ({"approver": "bo"}, []),
        ({"approver": "dee"}, ["no-right"]),
        ({"approver": "nobody"}, ["no-right"]),
        ({"operator": "cy", "approver": "cy"}, ["self-approval", "other-operator"]),
    ],
)
def test_a_receipt_that_breaks_a_rule_is_posted_where_it_belongs(
    books: Books, key: Ed25519PrivateKey, till: Till, head: dict[str, Any], reasons: list[str]
) -> None:
    till.pay(WATER, **head)
    till.pay(WATER)
    posted(books, key, till)
    assert items(books) == [(reason, 0) for reason in reasons]
    assert charges(books)["C1"] == 30_00
    assert balances(books)["510", "510-4310"] == -20_00


def test_money_after_the_close_is_told(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(WATER)
    till.close(210_00, 210_00)
    till.pay(WATER)
    posted(books, key, till)
    till.pay(WATER)
    posted(books, key, till)
    assert items(books) == [("session-closed", 0)] * 2
    assert charges(books)["C1"] == 20_00


def test_who_is_no_longer_there_takes_no_money(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    active = "UPDATE operator SET active_to = '{}' WHERE id = 'ann'"
    with books.writing() as connection:
        connection.exec_driver_sql(active.format("2026-11-23"))
    till.pay(WATER)
    posted(books, key, till)
    assert items(books) == []
    with books.writing() as connection:
        connection.exec_driver_sql(active.format("2026-11-22"))
    till.pay(WATER)
    posted(books, key, till)
    assert items(books) == [("no-right", 0)]


def test_an_operator_added_at_the_terminal_opens_takes_and_closes(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    keep(till, "fay", roles="cashier lead")
    till.open("S2", operator="fay")
    till.pay(WATER, operator="fay", session="S2")
    posted(books, key, till)
    till.pay(WATER, operator="fay", session="S2")
    till.close(220_00, 220_00, operator="fay", session="S2")
    posted(books, key, till)
    assert items(books) == []


# Opening and closing


@pytest.mark.parametrize(
    ("head", "reasons"),
    [
        ({"session": "S1"}, ["session-open-twice"]),
        ({"operator": "bo"}, ["no-right"]),
        ({"counted": 150_00}, ["not-approved"]),
        ({"counted": 150_00, "approver": "dee"}, ["no-right"]),
        ({"counted": 150_00, "operator": "cy", "approver": "CY "}, ["no-right"]),
        ({"counted": 150_00, "operator": "cy", "approver": "cy"}, ["self-approval"]),
        ({"counted": 150_00, "approver": "bo"}, []),
    ],
)
def test_how_a_session_may_be_opened(
    books: Books, key: Ed25519PrivateKey, till: Till, head: dict[str, Any], reasons: list[str]
) -> None:
    till.open(**({"session": "S2"} | head))
    posted(books, key, till)
    assert items(books) == [(reason, 0) for reason in reasons]


@pytest.mark.parametrize(
    ("head", "reasons"),
    [
        ({}, []),
        ({"operator": "bo"}, ["not-approved"]),
        ({"operator": "bo", "approver": "cy"}, []),
        ({"operator": "bo", "approver": "bo"}, ["self-approval"]),
        ({"operator": "bo", "approver": "ann"}, ["self-approval"]),
        ({"operator": "bo", "approver": "nobody"}, ["no-right"]),
        ({"operator": "dee", "approver": "cy"}, ["no-right"]),
        ({"biz_date": "2026-11-24"}, ["other-date"]),
    ],
)
def test_who_may_close_a_session(
    books: Books, key: Ed25519PrivateKey, till: Till, head: dict[str, Any], reasons: list[str]
) -> None:
    till.close(199_00, 200_00, **head)
    posted(books, key, till)
    assert items(books) == [(reason, 0) for reason in reasons]
    assert balances(books) == {CASH: -1_00, OVER: 1_00}


@pytest.mark.parametrize("batches", [1, 2])
def test_a_session_is_closed_once(books: Books, key: Ed25519PrivateKey, till: Till, batches: int) -> None:
    till.close(199_00, 200_00)
    if batches == 2:
        posted(books, key, till)
    till.close(150_00, 200_00)
    posted(books, key, till)
    assert items(books) == [("session-closed", 0)]
    assert balances(books) == {CASH: -1_00, OVER: 1_00}


def test_a_close_of_what_was_never_opened_waits_in_suspense(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.close(190_00, 200_00, session="S9")
    posted(books, key, till)
    assert items(books) == [("session-not-open", -10_00)]
    assert balances(books) == {CASH: -10_00, SUSPENSE: 10_00}


# Voids and refunds


def closed(till: Till, *lines: dict[str, Any]) -> dict[str, Any]:
    """A receipt whose session is closed; S2 is open."""
    taken = till.pay(*lines)
    cash = 200_00 + taken["data"]["total_cents"]
    till.close(cash, cash)
    till.open("S2")
    return taken


def void_after_the_close(till: Till) -> None:
    till.void(closed(till, WATER))


def refund_before_the_close(till: Till) -> None:
    taken = till.pay(WATER)
    till.refund(taken, till.ask(Kind.REFUND_REQUEST, taken)["seq"])


def refund_of_a_refused_request(till: Till) -> None:
    taken = closed(till, WATER)
    request = till.ask(Kind.REFUND_REQUEST, taken)
    till.refuse(request)
    till.refund(taken, request["seq"])


def void_of_a_refused_request(till: Till) -> None:
    taken = till.pay(WATER)
    request = till.ask(Kind.VOID_REQUEST, taken)
    till.refuse(request)
    till.void(taken, request["seq"])


def void_on_a_request_for_a_refund(till: Till) -> None:
    taken = till.pay(WATER)
    till.void(taken, till.ask(Kind.REFUND_REQUEST, taken)["seq"])


def cash_where_a_check_was_asked_for(till: Till) -> None:
    taken = closed(till, WATER)
    till.refund(taken, till.ask(Kind.REFUND_REQUEST, taken)["seq"], "cash", session="S2")


def cash_for_a_void_asked_for_before_the_close(till: Till) -> None:
    taken = till.pay(WATER)
    request = till.ask(Kind.VOID_REQUEST, taken)
    till.close(210_00, 210_00)
    till.open("S2")
    till.refund(taken, request["seq"], "cash", session="S2")


def cash_above_the_limit(till: Till) -> None:
    taken = closed(till, line("U2", allocation("C3", "510-4310", 50_01)))
    till.refund(taken, till.ask(Kind.REFUND_REQUEST, taken, "cash")["seq"], "cash", session="S2")


def cash_for_a_check(till: Till) -> None:
    taken = till.pay(WATER, tenders=[("check", 10_00)])
    till.close(200_00, 200_00, {"check": (1, 10_00)})
    till.open("S2")
    till.refund(taken, till.ask(Kind.REFUND_REQUEST, taken, "cash")["seq"], "cash", session="S2")


def cash_approved_by_whose_drawer_pays(till: Till) -> None:
    taken = till.pay(WATER)
    till.close(210_00, 210_00)
    till.open("S2", operator="cy")
    request = till.ask(Kind.REFUND_REQUEST, taken, "cash", session="S2")
    till.refund(taken, request["seq"], "cash", session="S2", approver="cy")


def cash_from_no_drawer(till: Till) -> None:
    taken = closed(till, WATER)
    till.refund(taken, till.ask(Kind.REFUND_REQUEST, taken, "cash")["seq"], "cash", session=None)


def cash_from_a_closed_drawer(till: Till) -> None:
    taken = closed(till, WATER)
    till.refund(taken, till.ask(Kind.REFUND_REQUEST, taken, "cash")["seq"], "cash", session="S1")


def asked_by_a_technician(till: Till) -> None:
    till.void(till.pay(WATER), operator="dee")


def asked_by_nobody_known(till: Till) -> None:
    taken = closed(till, WATER)
    till.refund(taken, till.ask(Kind.REFUND_REQUEST, taken, operator="nobody")["seq"])


@pytest.mark.parametrize(
    ("breach", "reason"),
    [
        (void_after_the_close, "session-closed"),
        (refund_before_the_close, "session-open"),
        (refund_of_a_refused_request, "request-answered"),
        (void_of_a_refused_request, "request-answered"),
        (void_on_a_request_for_a_refund, "unknown-request"),
        (cash_where_a_check_was_asked_for, "other-method"),
        (cash_for_a_void_asked_for_before_the_close, "other-method"),
        (cash_above_the_limit, "over-cash-limit"),
        (cash_for_a_check, "not-cash"),
        (cash_approved_by_whose_drawer_pays, "self-approval"),
        (cash_from_no_drawer, "session-not-open"),
        (cash_from_a_closed_drawer, "session-closed"),
        (asked_by_a_technician, "no-right"),
        (asked_by_nobody_known, "no-right"),
    ],
)
def test_money_that_was_given_back_against_the_rules_is_borne_by_suspense(
    books: Books, key: Ed25519PrivateKey, till: Till, breach: Case, reason: str
) -> None:
    breach(till)
    posted(books, key, till)
    ((found, cents),) = items(books)
    assert found == reason
    assert balances(books)[SUSPENSE] == -cents > 0
    assert asked(books, "SELECT id FROM undone") == []
    assert asked(books, "SELECT voided FROM receipt_history") == [(0,)]


def test_a_void_is_made_where_the_receipt_was(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = till.pay(WATER)
    posted(books, key, till)
    other = Till(books, code="T2").registered(books)
    other.all = till.all
    other.void(taken)
    posted(books, key, other)
    assert items(books) == [("other-money", -10_00)]
    assert charges(books)["C1"] == 40_00


def test_a_void_asked_for_before_the_close_becomes_a_refund_by_check(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    taken = till.pay(WATER)
    request = till.ask(Kind.VOID_REQUEST, taken)
    till.close(210_00, 210_00)
    posted(books, key, till)
    till.refund(taken, request["seq"], session=None)
    posted(books, key, till)
    assert items(books) == []
    assert balances(books) == {CASH: 10_00, OWED: -10_00}


def test_a_request_refused_in_an_earlier_batch_stays_refused(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = closed(till, WATER)
    request = till.ask(Kind.REFUND_REQUEST, taken)
    till.refuse(request)
    posted(books, key, till)
    till.refund(taken, request["seq"])
    posted(books, key, till)
    assert items(books) == [("request-answered", -10_00)]
    again = till.ask(Kind.REFUND_REQUEST, taken)
    till.refund(taken, again["seq"])
    posted(books, key, till)
    assert items(books)[1:] == []
    assert charges(books)["C1"] == 50_00


def test_a_request_is_carried_out_once(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = closed(till, WATER)
    request = till.ask(Kind.REFUND_REQUEST, taken)
    till.refund(taken, request["seq"], approver="ann")
    posted(books, key, till)
    till.refund(taken, request["seq"])
    posted(books, key, till)
    assert items(books) == [("self-approval", -10_00), ("request-answered", -10_00)]


@pytest.mark.parametrize("column", ["active_from = '2027-01-01'", "active_to = '2021-01-01'"])
def test_who_is_not_there_approves_nothing(books: Books, key: Ed25519PrivateKey, till: Till, column: str) -> None:
    with books.writing() as connection:
        connection.exec_driver_sql(f"UPDATE operator SET {column} WHERE id = 'bo'")
    till.void(till.pay(WATER))
    posted(books, key, till)
    assert items(books) == [("no-right", -10_00)]


def test_who_asked_may_have_left_before_it_was_approved(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = closed(till, WATER)
    request = till.ask(Kind.REFUND_REQUEST, taken)
    with books.writing() as connection:
        connection.exec_driver_sql("UPDATE operator SET active_to = '2026-11-23' WHERE id = 'ann'")
    till.refund(taken, request["seq"], biz_date="2026-12-24", utc="2026-12-24T09:00:00.000Z", session=None)
    posted(books, key, till)
    assert items(books) == []


# Drawers, dates and refusals


def test_one_drawer_is_open_once(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.drawers["S2"] = "D1"
    till.open("S2", operator="cy")
    posted(books, key, till)
    assert items(books) == [("drawer-open-twice", 0)]
    till.close(200_00, 200_00)
    till.close(200_00, 200_00, session="S2", operator="cy")
    till.drawers["S3"] = "D1"
    till.open("S3")
    posted(books, key, till)
    assert items(books) == [("drawer-open-twice", 0)]


@pytest.mark.parametrize(
    ("day", "head", "reasons"),
    [
        ("2026-11-30", {}, []),
        ("2026-12-01", {}, []),
        ("2026-12-02", {}, ["far-date"]),
        ("2026-11-14", {}, ["far-date"]),
        ("2026-12-02", {"approver": "bo"}, []),
        ("2026-12-02", {"approver": "ann"}, ["no-right"]),
    ],
)
def test_a_business_date_far_from_today_needs_a_lead(
    books: Books, key: Ed25519PrivateKey, till: Till, day: str, head: dict[str, Any], reasons: list[str]
) -> None:
    till.open("S2", biz_date=day, **head)
    posted(books, key, till)
    assert [reason for reason, _ in items(books)] == reasons


@pytest.mark.parametrize(
    ("asker", "operator", "reason"),
    [("ann", "bo", None), ("cy", "cy", "self-approval"), ("ann", "ann", "self-approval"), ("ann", "dee", "no-right")],
)
def test_only_a_lead_refuses_what_another_asked_for(
    books: Books, key: Ed25519PrivateKey, till: Till, asker: str, operator: str, reason: str | None
) -> None:
    taken = till.pay(WATER)
    request = till.ask(Kind.VOID_REQUEST, taken, operator=asker)
    till.refuse(request, operator=operator)
    posted(books, key, till)
    assert [said for said, _ in items(books)] == ([] if reason is None else [reason])
    assert asked(books, "SELECT count(*) FROM answered") == [(int(reason is None),)]
