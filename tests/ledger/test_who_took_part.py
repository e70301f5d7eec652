"""A record of the desk by the ledger's own key, and by people who may not: recomputing the books tells of each."""

from __future__ import annotations

from types import ModuleType

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.city import rules_to_json
from countertui.domain.desk_records import DeskKind
from countertui.domain.records import Kind
from countertui.ledger import batch_states, corrections, deposits, periods, requests, returned_checks
from countertui.ledger.books import Books
from countertui.ledger.correction_targets import ToCharge, ToGl
from countertui.ledger.corrections import move
from countertui.ledger.fsck import fsck
from ledger import test_money_at_the_bank as bank
from ledger.at_the_desk import act, hire, rules_are, stepped
from ledger.engine import only_sqlite
from ledger.test_corrections import who
from ledger.test_fsck import put
from ledger.test_periods import said
from ledger.test_posting import BOTH, posted
from ledger.test_requests import decided
from ledger.town import Till, brought

pytestmark = only_sqlite  # whatever the books are on, they are recomputed on SQLite
TOOK_PART = "Nobody approves what they began or took part in."


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Acts without their rules on people, as by whoever holds the ledger's key and writes the database."""
    for module in (deposits, corrections, periods, returned_checks):
        monkeypatch.setattr(module, "_require_people", lambda *_: None)
    monkeypatch.setattr(requests, "_require_person", lambda *_: None)
    monkeypatch.setattr(batch_states, "_require_step", lambda *_: None)
    for each in (corrections, periods, batch_states):
        _without_rights(monkeypatch, each)
    return monkeypatch


def _without_rights(monkeypatch: pytest.MonkeyPatch, module: ModuleType) -> None:
    for name in ("require_right", "require_two"):
        if hasattr(module, name):
            monkeypatch.setattr(module, name, lambda *_: None)


@pytest.fixture
def banked(books: Books) -> Books:
    rules_are(books, rules_to_json(bank.BANKED))
    return books


@pytest.fixture
def lead(books: Books) -> str:
    """Ann, a cashier, who may approve and agree as well."""
    brought(books, "operator", [("ann", "Ann", "cashier lead", "", "2020-01-01", None)])
    return "ann"


def told(books: Books, unchecked: pytest.MonkeyPatch) -> str:
    unchecked.undo()
    return "\n".join(fsck(books).differences)


def test_a_month_closed_by_a_cashier(books: Books, key: Ed25519PrivateKey, unchecked: pytest.MonkeyPatch) -> None:
    said(books, key, DeskKind.PERIOD_CLOSE, "2026-11", by="ann", second="bo")
    assert "ann may not correct the books" in told(books, unchecked)


def test_a_month_closed_by_one(books: Books, key: Ed25519PrivateKey, unchecked: pytest.MonkeyPatch) -> None:
    said(books, key, DeskKind.PERIOD_CLOSE, "2026-11", by="dee", second="DEE")
    assert "recomputed" in told(books, unchecked)


def test_a_correction_agreed_by_who_took_the_money(
    books: Books, key: Ed25519PrivateKey, till: Till, lead: str, unchecked: pytest.MonkeyPatch
) -> None:
    till.pay(BOTH)
    posted(books, key, till)
    act(books, key, move, ("T1", 1, 1), ToCharge("C1"), ToGl("100-4911"), 1_00, who(second=lead))
    assert TOOK_PART in told(books, unchecked)


def test_a_deposit_agreed_by_whose_drawer_it_is(
    banked: Books, key: Ed25519PrivateKey, till: Till, lead: str, unchecked: pytest.MonkeyPatch
) -> None:
    till.open("S1")
    till.pay(BOTH)
    till.close(225_00, 225_00)
    posted(banked, key, till)
    bank.deposited(banked, key, second=lead)
    assert TOOK_PART in told(banked, unchecked)


def test_a_returned_check_by_who_took_it(
    banked: Books, key: Ed25519PrivateKey, till: Till, lead: str, unchecked: pytest.MonkeyPatch
) -> None:
    till.pay(BOTH, tenders=[("check", 25_00)])
    posted(banked, key, till)
    bank.returned(banked, key, "T1-1", "", second=lead)
    assert TOOK_PART in told(banked, unchecked)


def test_a_request_decided_by_who_made_it(
    books: Books, key: Ed25519PrivateKey, till: Till, lead: str, unchecked: pytest.MonkeyPatch
) -> None:
    request = till.ask(Kind.REFUND_REQUEST, till.pay(BOTH))
    posted(books, key, till)
    decided(books, key, request["seq"], by=lead)
    assert TOOK_PART in told(books, unchecked)


def test_a_batch_released_and_posted_by_one(
    books: Books, key: Ed25519PrivateKey, till: Till, unchecked: pytest.MonkeyPatch
) -> None:
    hire(books, "fay", "technician")
    till.pay(BOTH)
    assert put(books, key, till, till.seal(totals={"net": 1})) == 202
    stepped(books, key, till, DeskKind.BATCH_RELEASE, 1, "fay", "Whole")
    stepped(books, key, till, DeskKind.BATCH_POST, 1, "fay")
    assert TOOK_PART in told(books, unchecked)
