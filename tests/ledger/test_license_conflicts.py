"""Whatever two counters that know nothing of each other do to a license, pay and void: nothing of it is lost."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countertui.domain.license_acts import LISTED
from countertui.domain.license_file import fold
from countertui.domain.license_states import State
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.keep_terminals import register_terminal
from countertui.ledger.licenses import license_in_books
from ledger.engine import Engine, Town
from ledger.test_licenses import LISTED as ACCOUNT
from ledger.test_licenses import LISTED_LICENSE, act, paid, term
from ledger.test_posting import asked, balances, items, posted
from ledger.town import NOW, Till, brought, ledger_key
from thoroughly import examples

BL = "BL-7"
STEPS = ("amend", "assess", "suspend", "reinstate", "move", "review", "approve", "issue", "close")
SAYS: dict[str, Any] = {
    "amend": {"phone": "5550100"},
    "move": {"premises": "9 Oak St", "reviews": {"zoning": "open"}},
    "review": {"reviews": {"zoning": "passed"}},
}
EXPECTED = {"changed-twice", "license-state", "license-unpaid", "unknown-charge", "suspense", "self-approval"}
steps = st.one_of(
    st.tuples(st.sampled_from(STEPS), st.integers(0, 1), st.integers(0, 2)),
    st.tuples(st.sampled_from(["pay", "pay", "void", "post", "know"]), st.integers(0, 1), st.integers(0, 9)),
)


def prepared(books: Books) -> None:
    for code in ("T1", "T2"):
        register_terminal(books, ledger_key(books), code, "HALL", 1, Till(books, code).identity.public_key, now=NOW)
    brought(books, "account", [ACCOUNT])
    brought(books, "license", [LISTED_LICENSE])


@pytest.fixture(scope="module")
def template(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A town with a license that a list brought, and terminals T1 and T2, to be copied."""
    return Town(engine, tmp_path_factory.mktemp("template") / "ledger", prepared)


def opened(books: Books) -> list[Till]:
    tills = [Till(books, code) for code in ("T1", "T2")]
    for till, drawer in zip(tills, ("D1", "D2"), strict=True):
        till.drawers = {"S1": drawer}
        till.open("S1", operator="ann")
    return tills


def version(books: Books) -> str:
    return str(asked(books, f"SELECT version FROM license WHERE number = '{BL}'")[0][0]) or LISTED


@settings(max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=6, max_size=18))
def test_acts_payments_and_voids_of_two_counters(template: Town, done: list[tuple[str, int, int]]) -> None:
    with TemporaryDirectory() as folder, template.copied(Path(folder) / "ledger") as books:
        key, tills = ledger_key(books), opened(books)
        knows = [LISTED, LISTED]
        taken: list[list[dict[str, Any]]] = [[], []]
        acts, in_drawers = [], 0
        for what, at, n in [*done, ("post", 0, 0), ("post", 1, 0)]:
            till, receipts = tills[at], taken[at]
            if what == "pay":
                receipts.append(paid(till, BL, 40_00 + 10_00 * n, 2027 + n % 2))
                in_drawers += receipts[-1]["data"]["total_cents"]
            elif what == "void" and receipts:
                gone = receipts.pop(n % len(receipts))
                till.void(gone)
                in_drawers -= gone["data"]["total_cents"]
            elif what == "post":
                posted(books, key, till)
            elif what == "know":
                knows[at] = version(books)
            elif what in STEPS:
                assessed = {"term": term(BL, 2027 + n % 2)} if what == "assess" else {}
                body = act(till, BL, knows[at], what, SAYS.get(what), operator=("dee", "bo", "cy")[n], **assessed)
                knows[at] = body["id"]
                acts.append(body)
        with books.reading() as connection:
            license_ = license_in_books(connection, BL, date.min)
        assert license_ is not None
        mine = [one for one in license_.acts if one.id != LISTED]
        assert {one.id for one in mine} == {body["id"] for body in acts}
        told = asked(books, "SELECT terminal, seq FROM error_item WHERE reason IN ('changed-twice', 'license-state')")
        assert {(one.terminal, one.seq) for one in mine if not one.carried_out} == set(told)
        unpaid = dict(asked(books, f"SELECT id, balance_cents FROM charge WHERE account = '{BL}'"))
        assert fold(BL, license_.acts, unpaid, date.min) == license_  # type: ignore[arg-type]
        row = asked(books, f"SELECT status, version FROM license WHERE number = '{BL}'")
        assert row == [(license_.state.value, license_.version if mine and license_.version != LISTED else row[0][1])]
        if license_.state is State.ISSUED:
            assert not license_.reviews
        raised = sum(one.cents for one in license_.terms)
        owed = asked(books, f"SELECT COALESCE(SUM(balance_cents), 0) FROM charge WHERE account = '{BL}'")[0][0]
        waiting = sum(cents for _, cents in items(books))
        assert raised - owed + waiting == in_drawers
        assert balances(books).get(("100", "100-1020"), 0) == in_drawers
        assert {reason for reason, _ in items(books)} <= EXPECTED
        assert fsck(books).differences == ()
