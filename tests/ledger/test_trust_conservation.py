"""Whatever two offices, unknown to each other, do to a deposit: it never goes below zero, and no cent is lost."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countertui.domain.balances import Movement
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.keep_terminals import register_terminal
from countertui.ledger.posting import Problem
from countertui.ledger.trust import moved_on, not_covered
from ledger.engine import Engine, Town
from ledger.test_posting import asked, balances, items, posted
from ledger.test_trust import HELD, asks_back, drawn, gives_back, held, received, water, with_deposit
from ledger.town import NOW, Till, ledger_key
from thoroughly import examples

CENTS = st.integers(1, 90_00)
BOTH = ("T1", "T2")
steps = st.one_of(
    st.tuples(st.sampled_from(["receive", "draw", "give back"]), st.integers(0, 1), CENTS),
    st.tuples(st.sampled_from(["void", "post"]), st.integers(0, 1), st.integers(0, 9)),
)


def move(cents: int) -> Movement:
    return Movement("TD-1", None, "800-2810", "drawn" if cents < 0 else "credit", cents)


@given(st.lists(st.lists(st.integers(-50, 50).filter(bool), min_size=1, max_size=4), max_size=12))
def test_of_movements_only_those_are_made_that_a_deposit_covers(records: list[list[int]]) -> None:
    """Pure: record by record, with what stood before; what is noted of a deposit adds up to what it holds."""
    balance, noted = 0, 0
    for seq, cents in enumerate(records, start=1):
        moves = [move(each) for each in cents]
        start = balance
        refused: dict[int, Problem] = not_covered(moves, {"TD-1"}, lambda _, start=start: start)
        made = [each for n, each in enumerate(moves) if n not in refused]
        balance += sum(each.cents for each in made)
        assert balance >= 0
        assert all(problem.cents == moves[n].cents < 0 for n, problem in refused.items())
        body = {"terminal": "T1", "epoch": 1, "seq": seq, "receipt_no": None, "biz_date": "", "kind": "pay", "data": {}}
        noted += sum(row[-2] for row in moved_on(body, made, {"TD-1"}))
    assert noted == balance


def prepared(books: Books) -> None:
    with_deposit(books)
    for code in BOTH:
        register_terminal(books, ledger_key(books), code, "HALL", 1, Till(books, code).identity.public_key, now=NOW)


@pytest.fixture(scope="module")
def template(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A town with a deposit that may be given back, and terminals T1 and T2, to be copied."""
    return Town(engine, tmp_path_factory.mktemp("template") / "ledger", prepared)


def opened(books: Books) -> list[Till]:
    tills = [Till(books, code) for code in BOTH]
    for till, drawer in zip(tills, ("D1", "D2"), strict=True):
        till.drawers = {"S1": drawer}
        till.open("S1", operator="ann")
    return tills


@settings(
    max_examples=examples(8),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(steps, min_size=5, max_size=16))
def test_received_less_drawn_less_given_back_is_what_is_held(template: Town, done: list[tuple[str, int, int]]) -> None:
    with TemporaryDirectory() as folder, template.copied(Path(folder) / "ledger") as books:
        key, tills = ledger_key(books), opened(books)
        standing: list[list[dict[str, Any]]] = [[], []]
        for what, at, n in [*done, ("post", 0, 0), ("post", 1, 0)]:
            till, mine = tills[at], standing[at]
            if what == "receive":
                mine.append(till.pay(received(n)))
            elif what == "draw":
                mine.append(till.pay(water(n), drawn(n), tenders=()))
            elif what == "give back":
                gives_back(till, asks_back(till, n))
            elif what == "void" and mine:
                till.void(mine.pop(n % len(mine)))
            elif what == "post":
                posted(books, key, till)
                assert held(books) >= 0
        sums = dict(asked(books, "SELECT what, CAST(SUM(cents) AS BIGINT) FROM trust_move GROUP BY what"))
        assert sum(sums.values()) == held(books) == -balances(books).get(HELD, 0)
        assert all(cents >= 0 for what, cents in sums.items() if what == "received")
        assert all(cents <= 0 for what, cents in sums.items() if what in ("drawn", "refunded"))
        assert {reason for reason, _ in items(books)} <= {"overdrawn", "suspense"}  # and suspense holds just these
        assert fsck(books).differences == ()


def test_a_receipt_that_pays_in_and_draws_at_once_is_covered_by_itself() -> None:
    assert not_covered([move(10), move(-10)], {"TD-1"}, lambda _: 0) == {}
    assert list(not_covered([move(-10), move(10)], {"TD-1"}, lambda _: 0)) == [0]
