"""Charges paid at more than one office while they were offline: the rest is the account's credit, in whatever order."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from countertui.domain.records import Kind
from countertui.ledger.books import Books
from countertui.ledger.correction_targets import ToCharge
from countertui.ledger.corrections import Who, move
from countertui.ledger.fsck import fsck
from countertui.ledger.imported import Counted, ImportFact, begin_import
from countertui.ledger.keep_terminals import register_terminal
from ledger.at_the_desk import act, ground, new_id
from ledger.engine import Engine, Town
from ledger.test_posting import asked, balances, charges, items, posted
from ledger.town import DAY, NOW, Till, allocation, ledger_key, line
from ledger.workings import unexplained
from thoroughly import examples

CREDITS, WATER, TAX = ("510", "510-2310"), ("510", "510-4310"), ("100", "100-4110")
OWED = {"C1": ("U1", WATER, 50_00), "C2": ("U1", TAX, 5_00), "C3": ("U2", WATER, 70_00)}


def part(charge: str, cents: int) -> dict[str, Any]:
    account, (_, gl), _ = OWED[charge]
    return line(account, allocation(charge, gl, cents))


def registered(books: Books) -> None:
    for code in ("T1", "T2"):
        public_key = Till(books, code).identity.public_key
        register_terminal(books, ledger_key(books), code, "HALL", 1, public_key, now=NOW)


def two_tills(books: Books) -> tuple[Till, Till]:
    """Terminals T1 and T2, each with an open drawer of its own."""
    made = Till(books), Till(books, "T2")
    for till, drawer in zip(made, ("D1", "D2"), strict=True):
        till.drawers = {"S1": drawer}
        till.open("S1", operator="ann")
    return made


@pytest.fixture
def tills(books: Books) -> tuple[Till, Till]:
    registered(books)
    return two_tills(books)


def over(books: Books) -> dict[str, int]:
    return dict(asked(books, "SELECT charge, cents FROM paid_over"))  # type: ignore[arg-type]


def test_the_rest_crosses_funds_to_the_credit(books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]) -> None:
    for till in tills:
        till.pay(part("C2", 5_00))
        posted(books, key, till)
    assert charges(books) == {"C1": 50_00, "C2": 0, "C3": 70_00, "CR-U1": -5_00}
    pool = {("100", "100-1020"): 10_00, ("100", "100-2510"): -5_00, ("510", "510-1010"): 5_00}
    assert balances(books) == pool | {TAX: -5_00, CREDITS: -5_00}
    assert asked(books, "SELECT kind, terminal, receipt_no FROM entry WHERE kind = 'credit'") == [
        ("credit", "T2", None)
    ]
    assert items(books) == []
    assert fsck(books).differences == ()


@pytest.mark.parametrize("first", [True, False])
def test_either_receipt_voided_leaves_the_other(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till], first: bool
) -> None:
    taken = [(till, till.pay(part("C1", 50_00))) for till in tills]
    for till in tills:
        posted(books, key, till)
    till, receipt = taken[0 if first else 1]
    till.void(receipt)
    posted(books, key, till)
    assert charges(books) == {"C1": 0, "C2": 5_00, "C3": 70_00, "CR-U1": 0}
    assert balances(books).get(CREDITS, 0) == 0
    assert balances(books)[WATER] == -50_00
    assert over(books) == {}
    assert fsck(books).differences == ()


def test_where_the_credit_has_no_account_the_charge_itself_shows_it(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    with books.writing() as connection:
        connection.execute(text("UPDATE account SET credit_gl = '510-9999' WHERE number = 'U1'"))
    for till in tills:
        till.pay(part("C1", 50_00))
        posted(books, key, till)
    assert charges(books) == {"C1": -50_00, "C2": 5_00, "C3": 70_00}
    assert balances(books)[WATER] == -100_00
    assert items(books) == []


def test_a_charge_that_came_as_a_credit_keeps_it(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    """Below zero as it was brought in: only what is paid here is beyond it."""
    with books.writing() as connection:
        connection.execute(text("UPDATE charge SET amount_cents = -300, balance_cents = -300 WHERE id = 'C2'"))
    tills[0].pay(part("C2", 1_00))
    posted(books, key, tills[0])
    assert charges(books)["C2"] == -3_00
    assert charges(books)["CR-U1"] == over(books)["C2"] * -1 == -1_00


def test_the_credit_stays_whose_it_is_when_the_charge_becomes_anothers(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    """It was U1 who paid too much: neither U2's account nor what U1 may still spend knows of it after the void."""
    taken = [till.pay(part("C1", 50_00)) for till in tills]
    for till in tills:
        posted(books, key, till)
    with ground(books, key) as here:
        bringing = begin_import(here.connection)
        changed = ("C1", "U2", "2026-10-01", "water", "Water Oct", "510-4310", 50_00, 50_00)
        assert bringing.put("charge", [changed]) == ["updated"]
        bringing.answered_by(here, ImportFact(new_id(), "charges", "eli", Counted(rows=1, updated=1)))
    assert charges(books) == {"C1": 0, "C2": 5_00, "C3": 70_00, "CR-U1": -50_00}
    tills[1].void(taken[1])
    posted(books, key, tills[1])
    assert charges(books) == {"C1": 0, "C2": 5_00, "C3": 70_00, "CR-U1": 0}
    assert fsck(books).differences == ()


def moved_to(books: Books, key: Ed25519PrivateKey, account: str, cents: int = 50_00) -> None:
    """An import says that C1 is that account's, and how much it is."""
    with ground(books, key) as here:
        bringing = begin_import(here.connection)
        changed = ("C1", account, "2026-10-01", "water", "Water Oct", "510-4310", cents, cents)
        assert bringing.put("charge", [changed]) == ["updated"]
        bringing.answered_by(here, ImportFact(new_id(), "charges", "eli", Counted(rows=1, updated=1)))


@pytest.mark.parametrize("first", ["U1", "U2"])
def test_two_accounts_that_overpay_one_charge_have_each_its_own_credit(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till], first: str
) -> None:
    """U1 paid it twice, it became U2's, and U2 paid it too: what is voided comes from the credit of whose it was."""
    taken = {"U1": [till.pay(part("C1", 50_00)) for till in tills]}
    for till in tills:
        posted(books, key, till)
    moved_to(books, key, "U2")
    taken["U2"] = [tills[1].pay(line("U2", allocation("C1", "510-4310", 50_00)))]
    posted(books, key, tills[1])
    held = charges(books)
    assert (held["C1"], held["CR-U1"], held["CR-U2"]) == (0, -50_00, -50_00)
    assert asked(books, "SELECT charge, account, cents FROM paid_over ORDER BY account") == [
        ("C1", "U1", 50_00),
        ("C1", "U2", 50_00),
    ]
    assert balances(books)[CREDITS] == -100_00
    assert fsck(books).differences == ()
    tills[1].void(taken[first][-1])
    posted(books, key, tills[1])
    held = charges(books)
    left = {"U1": -50_00, "U2": -50_00} | {first: 0}
    assert (held["C1"], held["CR-U1"], held["CR-U2"]) == (0, left["U1"], left["U2"])
    assert (balances(books)[CREDITS], balances(books)[WATER]) == (-50_00, -50_00)
    assert fsck(books).differences == ()


def test_an_account_s_credit_pays_no_charge_that_became_another_s(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    for till in tills:
        till.pay(part("C1", 50_00))
        posted(books, key, till)
    moved_to(books, key, "U2", 120_00)
    tills[0].pay(line("U2", allocation("C1", "510-4310", 1_00)))
    posted(books, key, tills[0])
    assert (charges(books)["C1"], charges(books)["CR-U1"]) == (69_00, -50_00)
    assert fsck(books).differences == ()


def test_a_correction_takes_the_money_of_the_account_whose_receipt_it_was(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    """U1's second payment of C1 goes to C2 after C1 became U2's, who overpaid it too: U2's credit stays."""
    taken = [till.pay(part("C1", 50_00)) for till in tills]
    for till in tills:
        posted(books, key, till)
    moved_to(books, key, "U2")
    tills[0].pay(line("U2", allocation("C1", "510-4310", 50_00)))
    posted(books, key, tills[0])
    place = "T2", 1, taken[1]["seq"]
    act(books, key, move, place, ToCharge("C1"), ToCharge("C2"), 5_00, Who("dee", "bo", "Tax", DAY, new_id()))
    held = charges(books)
    assert (held["C1"], held["C2"], held["CR-U1"], held["CR-U2"]) == (0, 0, -45_00, -50_00)
    assert fsck(books).differences == ()


# In whatever order

steps = st.one_of(
    st.tuples(st.just("pay"), st.integers(0, 1), st.sampled_from([*OWED]), st.integers(1, 80_00)),
    st.tuples(st.just("void"), st.integers(0, 1), st.integers(0, 9), st.just(0)),
    st.tuples(st.just("post"), st.integers(0, 1), st.just(0), st.just(0)),
)


@pytest.fixture(scope="module")
def template(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A town's ledger with terminals T1 and T2, to be copied."""
    return Town(engine, tmp_path_factory.mktemp("template") / "ledger", registered)


@settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=4, max_size=14))
def test_voided_receipts_leave_no_trace_whoever_took_what_first(template: Town, done: list[tuple[Any, ...]]) -> None:
    with TemporaryDirectory() as folder, template.copied(Path(folder) / "ledger") as books:
        key = ledger_key(books)
        tills = two_tills(books)
        standing: list[list[tuple[dict[str, Any], str, int]]] = [[], []]
        for what, at, which, cents in [*done, ("post", 0, 0, 0), ("post", 1, 0, 0)]:
            mine = standing[at]
            if what == "pay":
                mine.append((tills[at].pay(part(which, cents)), which, cents))
            elif what == "void" and mine:
                tills[at].void(mine.pop(which % len(mine))[0])
            elif what == "post":
                posted(books, key, tills[at])
                assert min(charges(books)[charge] for charge in OWED) >= 0
        paid = dict.fromkeys(OWED, 0)
        for _, charge, cents in (*standing[0], *standing[1]):
            paid[charge] += cents
        beyond = {id_: max(0, paid[id_] - owed) for id_, (_, _, owed) in OWED.items()}
        held = charges(books)
        assert {id_: held[id_] for id_ in OWED} == {
            id_: owed - paid[id_] + beyond[id_] for id_, (_, _, owed) in OWED.items()
        }
        assert over(books) == {id_: cents for id_, cents in beyond.items() if cents}
        for account in ("U1", "U2"):
            mine_over = sum(cents for id_, cents in beyond.items() if OWED[id_][0] == account)
            assert held.get(f"CR-{account}", 0) == -mine_over
        kept = balances(books)
        assert kept.get(CREDITS, 0) == -sum(beyond.values())
        assert kept.get(TAX, 0) == beyond["C2"] - paid["C2"]
        assert kept.get(WATER, 0) == beyond["C1"] + beyond["C3"] - paid["C1"] - paid["C3"]
        assert kept.get(("100", "100-1020"), 0) == sum(paid.values())
        assert items(books) == []
        assert unexplained(books) == []
        assert fsck(books).differences == ()


def test_a_refund_by_the_ledger_takes_the_credit_back(
    books: Books, key: Ed25519PrivateKey, tills: tuple[Till, Till]
) -> None:
    taken = [(till, till.pay(part("C3", 70_00))) for till in tills]
    for till, receipt in taken:
        posted(books, key, till)
        if till is tills[1]:
            till.close(270_00, 270_00)
            till.refund(receipt, till.ask(Kind.REFUND_REQUEST, receipt)["seq"])
            posted(books, key, till)
    assert (charges(books)["C3"], charges(books)["CR-U2"]) == (0, 0)
    assert balances(books).get(CREDITS, 0) == 0
