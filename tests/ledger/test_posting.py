"""What a batch does to the books: entries, balances, charges, credits, suspense; undoing is looked at again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countertui.domain.balances import Movement
from countertui.domain.money import Cents
from countertui.domain.postings import Credit, receipt_entry
from countertui.domain.records import Kind
from countertui.domain.tenders import TenderKind
from countertui.ledger.amounts import UnsoundRecordError, net_of
from countertui.ledger.books import Books
from countertui.ledger.ingest import ingest
from countertui.ledger.posting import by_place, chart, post_pay
from ledger.engine import Engine, Town
from ledger.test_ingest import asked
from ledger.town import NOW, RULES, Till, allocation, ledger_key, line
from thoroughly import examples

SUSPENSE = ("100", "100-2990")


def posted(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    envelope = till.seal()
    answer = ingest(books, key, envelope, till.identity.terminal, till.identity.epoch, till.batch_no, NOW)
    assert answer.status == 201, answer.body


def balances(books: Books) -> dict[tuple[str, str], int]:
    kept = {(fund, account): cents for fund, account, cents in asked(books, "SELECT * FROM gl_balance")}
    summed = {
        (fund, account): cents
        for fund, account, cents in asked(books, "SELECT fund, account, SUM(cents) FROM gl_line GROUP BY fund, account")
    }
    assert kept == summed
    assert asked(books, "SELECT entry, fund FROM gl_line GROUP BY entry, fund HAVING SUM(cents) <> 0") == []
    waiting = asked(books, "SELECT COALESCE(SUM(cents), 0) FROM error_item WHERE state = 'open'")[0][0]
    assert -summed.get(SUSPENSE, 0) == waiting
    return {key: cents for key, cents in kept.items() if cents}


def charges(books: Books) -> dict[str, int]:
    return dict(asked(books, "SELECT id, balance_cents FROM charge"))  # type: ignore[arg-type]


def items(books: Books) -> list[tuple[str, int]]:
    return asked(books, "SELECT reason, cents FROM error_item ORDER BY id")  # type: ignore[return-value]


BOTH = line("U1", allocation("C1", "510-4310", 20_00), allocation("C2", "100-4110", 5_00))


def test_a_receipt_balances_in_every_fund(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(BOTH, line(None, allocation(None, "100-4410", 75)), tenders=[("check", 20_00), ("cash", 10_00)])
    posted(books, key, till)
    assert balances(books) == {
        ("100", "100-1030"): 20_00,
        ("100", "100-1020"): 5_75,
        ("100", "100-4110"): -5_00,
        ("100", "100-4410"): -75,
        ("100", "100-2510"): -20_00,
        ("510", "510-1010"): 20_00,
        ("510", "510-4310"): -20_00,
    }
    assert charges(books) == {"C1": 30_00, "C2": 0, "C3": 70_00}
    assert asked(books, "SELECT biz_date, terminal, epoch, receipts, net_cents FROM day") == [
        ("2026-11-23", "T1", 1, 1, 25_75)
    ]
    assert asked(books, "SELECT receipt_no, account, cents, voided FROM receipt_history") == [("T1-1", "U1", 25_00, 0)]
    assert asked(books, "SELECT terminal, epoch, seq, kind, biz_date, receipt_no FROM entry") == [
        ("T1", 1, 1, "pay", "2026-11-23", "T1-1")
    ]


def rounding(gl: str, cents: int, **other: Any) -> dict[str, Any]:
    return line(None, allocation(None, gl, cents) | {"head": "rounding"}) | {"fee": "CASH-ROUNDING"} | other


@pytest.mark.parametrize("undo", ["void", "refund"])
def test_cash_rounded_off_is_posted_and_taken_back_like_any_line(
    books: Books, key: Ed25519PrivateKey, till: Till, undo: str
) -> None:
    taken = till.pay(line("U1", allocation("C1", "510-4310", 10_02)), rounding("100-4410", -2))
    till.pay(line("U2", allocation("C3", "510-4310", 9_98)), rounding("100-4410", 2))
    if undo == "refund":
        till.close(220_00, 220_00)
    posted(books, key, till)
    found = balances(books)
    assert (found["100", "100-1020"], found["510", "510-4310"]) == (20_00, -20_00)
    assert ("100", "100-4410") not in found
    if undo == "void":
        till.void(taken, till.ask(Kind.VOID_REQUEST, taken)["seq"])
    else:
        till.open("S2")
        till.refund(taken, till.ask(Kind.REFUND_REQUEST, taken, session="S2")["seq"], session="S2")
    posted(books, key, till)
    assert balances(books)["100", "100-4410"] == -2
    assert charges(books)["C1"] == 50_00
    assert items(books) == []


@pytest.mark.parametrize(
    "spoiled",
    [
        rounding("100-4410", -6),
        rounding("100-4410", -2, fee="COPY"),
        rounding("100-4410", -2, account="U1"),
        line(None, allocation(None, "100-4410", -2)) | {"fee": "CASH-ROUNDING"},
        line(None, *[allocation(None, "100-4410", -1) | {"head": "rounding"}] * 2) | {"fee": "CASH-ROUNDING"},
        line(None, allocation("C1", "100-4410", -2) | {"head": "rounding"}) | {"fee": "CASH-ROUNDING"},
    ],
)
def test_nothing_but_rounding_is_less_than_nothing(till: Till, spoiled: dict[str, Any]) -> None:
    owed = line("U1", allocation("C1", "510-4310", 10_06))
    assert net_of(till.pay(owed, rounding("100-4410", -5))) == 10_01
    with pytest.raises(UnsoundRecordError, match="a part of a line is not more than zero cents"):
        net_of(till.pay(owed, spoiled))


def test_rounding_to_no_account_waits_in_suspense(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(line("U1", allocation("C1", "510-4310", 10_02)), rounding("100-9999", -2))
    posted(books, key, till)
    assert items(books) == [("unknown-gl", -2)]
    assert balances(books)[SUSPENSE] == 2


def test_money_beyond_what_is_owed_becomes_the_accounts_credit(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    till.pay(line("U3", allocation(None, "510-2310", 7_00)))
    till.pay(line("U3", allocation(None, "510-2310", 3_00)))
    posted(books, key, till)
    till.pay(line("U3", allocation(None, "510-2310", 1_00)))
    posted(books, key, till)
    assert asked(
        books, "SELECT id, account, due, head, gl, amount_cents, balance_cents FROM charge WHERE account = 'U3'"
    ) == [("CR-U3", "U3", "2026-11-23", "credit", "510-2310", -11_00, -11_00)]
    assert balances(books)["510", "510-2310"] == -11_00


def test_paid_twice_at_two_offices_is_a_credit_not_an_error(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    other = Till(books, code="T2").registered(books)
    for each in (till, other):
        each.pay(line("U1", allocation("C1", "510-4310", 50_00)))
        posted(books, key, each)
    assert charges(books) == {"C1": 0, "C2": 5_00, "C3": 70_00, "CR-U1": -50_00}
    assert balances(books)["510", "510-2310"] == balances(books)["510", "510-4310"] == -50_00
    assert items(books) == []


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (allocation("C1", "510-9999", 20_00), "unknown-gl"),
        (allocation("C1", "900-1", 20_00), "unknown-gl"),
        (allocation("C9", "510-4310", 20_00), "unknown-charge"),
        (allocation("C3", "510-4310", 20_00), "unknown-charge"),
    ],
)
def test_19_what_can_not_be_posted_waits_in_suspense(
    books: Books, key: Ed25519PrivateKey, till: Till, part: dict[str, Any], reason: str
) -> None:
    till.pay(line("U1", part, allocation("C2", "100-4110", 1_00)))
    posted(books, key, till)
    assert items(books) == [(reason, 20_00)]
    assert balances(books) == {("100", "100-1020"): 21_00, SUSPENSE: -20_00, ("100", "100-4110"): -1_00}
    assert charges(books)["C1"] == (30_00 if part["charge"] == "C1" else 50_00)
    assert charges(books)["C3"] == 70_00


def test_19_an_unknown_accounts_credit_waits_in_suspense(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    till.pay(line("U9", allocation(None, "510-2310", 3_00)))
    posted(books, key, till)
    assert items(books) == [("unknown-account", 3_00)]
    assert balances(books)[SUSPENSE] == -3_00


def test_a_tender_without_an_account_waits_in_suspense(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    with books.writing() as connection:
        connection.exec_driver_sql("UPDATE city SET value = replace(value, '\"card\":\"100-1040\",', '')")
    till.pay(BOTH, tenders=[("card", 25_00)])
    posted(books, key, till)
    assert items(books) == [("unknown-tender", -25_00)]
    assert balances(books)[SUSPENSE] == 25_00


def test_a_void_takes_back_its_own(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = till.pay(BOTH, tenders=[("cash", 30_00)])
    till.pay(line("U1", allocation("C1", "510-4310", 1_00)))
    till.void(taken)
    posted(books, key, till)
    assert balances(books) == {
        ("100", "100-1020"): 1_00,
        ("100", "100-2510"): -1_00,
        ("510", "510-1010"): 1_00,
        ("510", "510-4310"): -1_00,
    }
    assert charges(books) == {"C1": 49_00, "C2": 5_00, "C3": 70_00}
    assert asked(books, "SELECT voided FROM receipt_history ORDER BY receipt_no") == [(1,), (0,)]
    assert asked(books, "SELECT biz_date, terminal, epoch, receipts, net_cents FROM day") == [
        ("2026-11-23", "T1", 1, 2, 1_00)
    ]
    assert items(books) == []


def test_a_void_in_a_later_batch_turns_round_what_was_posted(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = till.pay(BOTH)
    posted(books, key, till)
    with books.writing() as connection:
        connection.exec_driver_sql("UPDATE gl_account SET fund = '100' WHERE code = '510-4310'")
    till.void(taken)
    posted(books, key, till)
    assert balances(books) == {}
    assert charges(books) == {"C1": 50_00, "C2": 5_00, "C3": 70_00}


def test_a_void_of_what_waits_in_suspense_takes_it_out(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = till.pay(line("U1", allocation("C9", "510-4310", 20_00)))
    till.void(taken)
    posted(books, key, till)
    assert items(books) == [("unknown-charge", 20_00), ("suspense", -20_00)]
    assert balances(books) == {}


@pytest.mark.parametrize(
    ("method", "left"), [("ap_check", {("100", "100-1020"): 25_00, ("100", "100-2010"): -25_00}), ("cash", {})]
)
def test_a_refund_is_paid_as_it_says(
    books: Books, key: Ed25519PrivateKey, till: Till, method: str, left: dict[tuple[str, str], int]
) -> None:
    taken = till.pay(BOTH)
    till.close(225_00, 225_00)
    posted(books, key, till)
    till.open("S2")
    request = till.ask(Kind.REFUND_REQUEST, taken, method, session="S2")
    till.refund(taken, request["seq"], method, session="S2")
    posted(books, key, till)
    assert balances(books) == left
    assert charges(books) == {"C1": 50_00, "C2": 5_00, "C3": 70_00}
    assert items(books) == []


def test_a_requested_void_may_be_approved_later(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = till.pay(BOTH)
    request = till.ask(Kind.VOID_REQUEST, taken)
    posted(books, key, till)
    till.void(taken, request["seq"])
    posted(books, key, till)
    assert (balances(books), items(books)) == ({}, [])


@pytest.mark.parametrize(
    ("people", "reason"),
    [
        ({"approver": "ann"}, "self-approval"),
        ({"approver": " ANN "}, "self-approval"),
        ({"approver": "ａｎｎ"}, "self-approval"),
        ({"operator": "bo", "approver": "bo"}, "self-approval"),
        ({"approver": None}, "not-approved"),
        ({"approver": "dee"}, "no-right"),
        ({"approver": "nobody"}, "no-right"),
    ],
)
def test_22_self_approval_is_refused_again_at_the_ledger(
    books: Books, key: Ed25519PrivateKey, till: Till, people: dict[str, Any], reason: str
) -> None:
    taken = till.pay(BOTH)
    till.void(taken, **people)
    posted(books, key, till)
    assert items(books) == [(reason, -25_00)]
    found = balances(books)
    assert found[SUSPENSE] == 25_00
    assert found["510", "510-4310"] == -20_00
    assert ("100", "100-1020") not in found
    assert charges(books)["C1"] == 30_00
    assert asked(books, "SELECT voided FROM receipt_history") == [(0,)]


def test_22_who_asked_may_not_approve(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = till.pay(BOTH)
    till.close(225_00, 225_00)
    request = till.ask(Kind.REFUND_REQUEST, taken, operator="bo")
    till.refund(taken, request["seq"], operator="ann", approver="bo")
    posted(books, key, till)
    assert items(books) == [("self-approval", -25_00)]
    assert balances(books)["100", "100-2010"] == -25_00
    assert charges(books)["C1"] == 30_00


def test_a_refund_needs_a_request_of_the_same_receipt(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    one, other = till.pay(BOTH), till.pay(line("U2", allocation("C3", "510-4310", 1_00)))
    till.close(226_00, 226_00)
    request = till.ask(Kind.REFUND_REQUEST, other)
    till.refund(one, request["seq"])
    till.refund(other, 999)
    till.refund(other, None)
    posted(books, key, till)
    assert items(books) == [("unknown-request", -25_00), ("unknown-request", -1_00), ("unknown-request", -1_00)]


def test_a_receipt_is_taken_back_once(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = till.pay(BOTH)
    till.void(taken)
    till.void(taken)
    posted(books, key, till)
    till.void(taken)
    posted(books, key, till)
    assert items(books) == [("taken-back-twice", -25_00)] * 2
    assert charges(books) == {"C1": 50_00, "C2": 5_00, "C3": 70_00}


def test_a_void_of_what_is_not_there_or_is_another(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = till.pay(BOTH)
    elsewhere = Till(books, code="T7").pay(BOTH)
    till.all[elsewhere["id"]] = elsewhere, bytes(32)
    till.void(elsewhere)
    forged = {**taken, "data": {**taken["data"], "lines": [line("U1", allocation("C1", "510-4310", 25_00))]}}
    till.void(forged)
    till.void(taken, session="S9")
    till.all[taken["id"]] = taken, bytes(32)
    till.void(taken)
    posted(books, key, till)
    assert [reason for reason, _ in items(books)] == ["unknown-receipt", "other-money", "other-money", "other-receipt"]
    assert charges(books)["C1"] == 30_00
    balances(books)


@pytest.mark.parametrize(("counted", "cash", "gain"), [(210_00, 10_00, -10_00), (199_00, -1_00, 1_00)])
def test_over_and_short_have_their_own_account(
    books: Books, key: Ed25519PrivateKey, till: Till, counted: int, cash: int, gain: int
) -> None:
    till.close(counted, 200_00)
    posted(books, key, till)
    assert balances(books) == {("100", "100-1020"): cash, ("100", "100-4911"): gain}


def test_a_close_that_counts_wrong_is_held(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    made = till.close(200_00, 200_00)
    made["data"]["over_short"][0]["cents"] = 5
    till.records.clear()
    till.bodies.clear()
    till.seq, till.prev = 0, till.head_before
    till.record(Kind.CLOSE, made["data"])
    assert ingest(books, key, till.seal(), "T1", 1, 1, NOW).status == 202


PARTS = st.sampled_from(
    [
        ("U1", "C1", "510-4310"),
        ("U1", "C2", "100-4110"),
        ("U2", "C3", "510-4310"),
        ("U2", "C3", "900-1"),
        ("U2", "C9", "510-4310"),
        ("U3", None, "510-2310"),
        ("U9", None, "510-2310"),
        (None, None, "100-4410"),
        (None, None, "nowhere"),
    ]
)
LINES = st.lists(st.tuples(PARTS, st.integers(1, 99_99)), min_size=1, max_size=4)


@pytest.fixture(scope="module")
def template(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A town's ledger with terminal T1, to be copied: cheaper than founding one for each example."""
    return Town(engine, tmp_path_factory.mktemp("template") / "ledger", lambda books: Till(books).registered(books))


@contextmanager
def copied(template: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Books, Ed25519PrivateKey, Till]]:
    folder = tmp_path_factory.mktemp("copy") / "ledger"
    with template.copied(folder) as books:
        yield books, ledger_key(books), Till(books)
    shutil.rmtree(folder)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    receipts=st.lists(
        st.tuples(
            LINES, st.sampled_from(["cash", "check", "card"]), st.sampled_from(["stays", "void", "self", "refund"])
        ),
        min_size=1,
        max_size=6,
    ),
    cut=st.integers(0, 6),
)
def test_any_day_balances_and_undone_receipts_leave_no_trace_on_charges(
    template: Town, tmp_path_factory: pytest.TempPathFactory, receipts: list[Any], cut: int
) -> None:
    with copied(template, tmp_path_factory) as (books, key, till):
        expected = {"C1": 50_00, "C2": 5_00, "C3": 70_00}
        to_refund = []
        for n, (parts, tender, fate) in enumerate(receipts):
            lines = [line(account, allocation(charge, gl, cents)) for (account, charge, gl), cents in parts]
            taken = till.pay(*lines, tenders=[(tender, sum(cents for _, cents in parts))])
            if n == cut:
                posted(books, key, till)
            if fate == "void":
                till.void(taken)
            elif fate == "self":
                till.void(taken, approver="ann")
            elif fate == "refund":
                to_refund.append(taken)
            if fate in ("stays", "self"):
                for (_, charge, _), cents in parts:
                    if charge in expected:
                        expected[charge] -= cents
        till.close(200_00, 200_00)
        for taken in to_refund:
            till.refund(taken, till.ask(Kind.REFUND_REQUEST, taken)["seq"])
        posted(books, key, till)
        balances(books)
        standing = charges(books)
        assert {id_: standing[id_] for id_ in expected} == {id_: max(0, cents) for id_, cents in expected.items()}
        for account, paid in (("U1", ("C1", "C2")), ("U2", ("C3",))):
            assert standing.get(f"CR-{account}", 0) == sum(min(0, expected[id_]) for id_ in paid)
        credit = sum(
            cents
            for parts, _, fate in receipts
            if fate in ("stays", "self")
            for (account, charge, _), cents in parts
            if account == "U3" and charge is None
        )
        assert standing.get("CR-U3", 0) == -credit


def test_a_share_on_the_cash_account_itself_still_pays_the_charge(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    till.pay(line("U1", allocation("C2", "100-1020", 2_00)))
    posted(books, key, till)
    assert charges(books)["C2"] == 3_00
    assert asked(books, "SELECT count(*) FROM entry") == [(0,)]


JUNK = st.sampled_from([None, True, -1, 0, 7, 2**53 - 1, "", "x", [], {}, [1], {"id": 1}, ["x"], "2026-11-23"])


def a_full_day(till: Till) -> None:
    one = till.pay(BOTH, tenders=[("cash", 20_00), ("check", 7_00)])
    two = till.pay(line(None, allocation(None, "100-4410", 25)))
    keep(till, "fay")
    till.void(one, till.ask(Kind.VOID_REQUEST, one)["seq"])
    till.close(200_25, 199_00)
    till.open("S2", 199_00, approver="fay")
    till.refuse(till.ask(Kind.REFUND_REQUEST, two, session="S2"))
    till.refund(two, till.ask(Kind.REFUND_REQUEST, two, "cash", session="S2")["seq"], "cash", session="S2")
    till.close(198_75, 198_75, session="S2")


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for name, item in below for found in [(*path, name), *places(item, (*path, name))]]


@settings(max_examples=examples(120), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_a_signed_record_says_the_ledger_answers_and_stays_in_balance(
    template: Town, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    with copied(template, tmp_path_factory) as (books, key, till):
        a_full_day(till)
        bodies = till.bodies
        changed = data.draw(st.sampled_from(bodies))
        path = data.draw(st.sampled_from(places(changed)))
        holder: Any = changed
        for name in path[:-1]:
            holder = holder[name]
        if isinstance(holder, dict) and data.draw(st.booleans()):
            del holder[path[-1]]
        else:
            holder[path[-1]] = data.draw(JUNK)
        envelope = till.resealed(bodies)
        answer = ingest(books, key, envelope, "T1", 1, 1, NOW)
        assert answer.status in {201, 202}
        assert ingest(books, key, envelope, "T1", 1, 1, NOW).status == (200 if held_or_posted(books) else 202)
        balances(books)


def held_or_posted(books: Books) -> bool:
    return bool(asked(books, "SELECT 1 FROM batch"))


def keep(till: Till, id_: str, roles: str = "lead", by: str = "eli", name: str = "Fay", **more: Any) -> None:
    """An operator is added; `more` may say that something else happened, and by whom else."""
    data = {"what": "added", "id": id_, "name": name, "roles": roles, "verifier": "v1", "active_to": None}
    second = "bo" if more.get("what", "added") == "added" else None
    head = {"operator": by, "approver": more.pop("second", second)}
    till.record(Kind.OPERATOR, data | {"replaces": None} | more, session=None, biz_date=None, **head)


def test_an_operator_added_at_a_terminal_counts_from_there_on(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = till.pay(BOTH)
    keep(till, "fay")
    till.void(taken, approver="fay")
    posted(books, key, till)
    assert items(books) == []
    found = "SELECT name, roles, verifier, active_from, active_to FROM operator WHERE id = "
    assert asked(books, found + "'fay'") == [("Fay", "lead", "v1", "2026-11-23", None)]


def test_only_an_admin_keeps_operators_and_never_themselves(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    taken = till.pay(BOTH)
    keep(till, "fay", by="bo")
    keep(till, "gus", by="fay")
    keep(till, "eli", roles="admin lead")
    keep(till, "BO")
    keep(till, "CY")
    till.record(Kind.OPERATOR, {"id": "hal", "name": None}, operator="eli", session=None, biz_date=None)
    till.void(taken, approver="fay")
    posted(books, key, till)
    reasons = ["no-right", "no-right", "self-approval", "self-approval", "bad-operator", "bad-operator", "no-right"]
    assert [reason for reason, _ in items(books)] == reasons
    assert asked(books, "SELECT id, roles, verifier FROM operator WHERE id NOT IN ('ann', 'bo', 'cy', 'dee')") == [
        ("eli", "admin", "")
    ]
    balances(books)


ACCOUNTS = ["100-4110", "100-1020", "510-4310", "510-2310"]


@given(
    shares=st.lists(st.tuples(st.sampled_from(ACCOUNTS), st.integers(1, 10**9)), min_size=1, max_size=8),
    split=st.lists(st.tuples(st.sampled_from(list(TenderKind)), st.integers(1, 10**6)), max_size=3),
    change=st.integers(0, 500),
)
def test_a_receipt_posts_what_the_domain_says(
    shares: list[tuple[str, int]], split: list[tuple[TenderKind, int]], change: int
) -> None:
    funds = {account: account[:3] for account in ACCOUNTS}
    total = sum(cents for _, cents in shares)
    tenders = [*split, (TenderKind.CASH, total + 10**7 - sum(cents for _, cents in split))]
    change += sum(cents for _, cents in tenders) - total
    tendered: dict[TenderKind, Cents] = {}
    for kind, cents in tenders:
        tendered[kind] = Cents(tendered.get(kind, 0) + cents)
    credits = [Credit(account, funds[account], Cents(cents)) for account, cents in shares]
    rules = RULES.posting
    data = {"tenders": [{"kind": kind.value, "cents": cents} for kind, cents in tenders], "change_cents": change}
    movements = [Movement(None, None, account, "fee", cents) for account, cents in shares]
    posting = post_pay(data, movements, chart(rules, funds, {}, set()))
    assert posting.lines == by_place(receipt_entry(credits, tendered, Cents(change), rules))
    assert posting.problems == []
