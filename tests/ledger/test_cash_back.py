"""Cash back at the ledger: posted as it was given, told where the rules give less, and believed of no other sum."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.cash_back import CashBack
from countertui.domain.city import rules_to_json
from countertui.domain.money import Cents
from countertui.domain.records import Kind
from countertui.domain.reference import CityKey
from countertui.domain.tender_rules import TenderRules
from countertui.domain.tenders import TenderKind
from countertui.ledger.amounts import UnsoundRecordError, net_of
from countertui.ledger.books import Books
from ledger.test_ingest import asked
from ledger.test_posting import balances, posted
from ledger.town import RULES, Till, brought, line
from ledger.town import allocation as to


def paid(till: Till, *, back: int | None = 20_00, check: int = 30_00, cash: int = 0) -> dict[str, Any]:
    tenders = [{"kind": "check", "cents": check, "reference": "7"}]
    tenders += [{"kind": "cash", "cents": cash, "reference": ""}] if cash else []
    data = {
        "payor": "Ann Ferry",
        "lines": [line(None, to(None, "100-4410", 10_00))],
        "tenders": tenders,
        "change_cents": check + cash - 10_00,
        "total_cents": 10_00,
    }
    return till.record(Kind.PAY, data | ({} if back is None else {"cash_back_cents": back}), net=10_00)


def allow(books: Books, cents: int) -> None:
    rules = replace(RULES, tenders=TenderRules(cash_back=(CashBack(TenderKind.CHECK, Cents(cents)),)))
    brought(books, "city", [(CityKey.RULES.value, rules_to_json(rules))])


def reasons(books: Books) -> list[str]:
    return [row[0] for row in asked(books, "SELECT reason FROM error_item ORDER BY id")]


@pytest.fixture
def till(books: Books) -> Till:
    return Till(books).registered(books)


@pytest.mark.parametrize(("given", "told"), [(20_00, []), (19_99, ["cash-back"]), (0, ["cash-back"])])
def test_it_is_posted_and_told_where_the_rules_give_less(
    books: Books, key: Ed25519PrivateKey, till: Till, given: int, told: list[str]
) -> None:
    if given:
        allow(books, given)
    taken = paid(till)
    posted(books, key, till)
    assert balances(books) == {("100", "100-1030"): 30_00, ("100", "100-1020"): -20_00, ("100", "100-4410"): -10_00}
    assert reasons(books) == told
    till.void(taken)


def test_a_void_of_it_is_the_same_money_back(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    allow(books, 20_00)
    taken = paid(till)
    change = {
        name: taken["data"][name] for name in ("lines", "tenders", "change_cents", "total_cents", "cash_back_cents")
    }
    void = {"original": till.original(taken), "request_seq": None, "reason": "Wrong account"}
    till.record(Kind.VOID, void | change, net=-10_00, approver="bo")
    posted(books, key, till)
    assert balances(books) == {}
    assert reasons(books) == []


@pytest.mark.parametrize(
    ("back", "check", "cash"),
    [(None, 30_00, 0), (19_99, 30_00, 0), (20_01, 30_00, 0), (-1, 30_00, 0), ("20", 30_00, 0), (20_00, 25_00, 5_00)],
)
def test_another_sum_than_the_change_says_is_unsound(till: Till, back: Any, check: int, cash: int) -> None:
    with pytest.raises(UnsoundRecordError):
        net_of(paid(till, back=back, check=check, cash=cash))
