"""A city's folder brought into the ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.config.folder import CityInForce, read_city
from countertui.domain.city import rules_from_json
from countertui.domain.postings import DepositAccount
from countertui.ledger.books import Books
from countertui.ledger.city import CityRefusedError, CitySet, set_city
from ledger.test_ingest import asked
from ledger.test_posting import posted
from ledger.town import NOW, Till, allocation, answering, brought, line

FERNHOLLOW = Path(__file__).parents[1] / "config" / "fernhollow"
CONTROL = {
    "101": ("1010", "1020", "1035", "1040", "2010", "2401", "2402", "2990", "4901", "4902", "4903", "4904"),
    "401": ("1310",),
    "402": ("1310",),
}
NEEDED = [f"{fund}-{code}" for fund, codes in CONTROL.items() for code in codes]


def fernhollow(on: date = date(2026, 11, 23)) -> CityInForce:
    return read_city(FERNHOLLOW, on)


def with_chart(books: Books) -> None:
    brought(books, "gl_account", [(code, code[:3], f"Account {code}", "asset") for code in NEEDED])


def test_a_citys_folder_is_what_the_ledger_goes_by(books: Books) -> None:
    with_chart(books)
    brought(books, "drawer", [("D9", "HALL", "An old drawer", 200_00)])
    city = fernhollow()
    done = set_city(books, city, answering(books), NOW)
    assert (done.updated, done.removed) == (4, 1)  # name, rules, City Hall and its first drawer; D9 is gone
    (rules,) = asked(books, "SELECT value FROM city WHERE key = 'rules'")[0]
    assert rules_from_json(rules) == city.rules
    assert asked(books, "SELECT value FROM city WHERE key = 'name'") == [("City of Fernhollow",)]
    assert asked(books, "SELECT code, name FROM office ORDER BY code") == [
        (office.code, office.name) for office in sorted(city.offices, key=lambda office: office.code)
    ]
    assert asked(books, "SELECT code, fund_cents FROM drawer ORDER BY code") == [
        (drawer.code, drawer.fund) for drawer in sorted(city.drawers, key=lambda drawer: drawer.code)
    ]
    assert {("401", "Water fund"), ("510", "Water")} <= set(asked(books, "SELECT code, name FROM fund"))
    assert set_city(books, city, answering(books), NOW) == CitySet(0, 0, 0)


def test_control_accounts_that_the_chart_lacks_are_named(books: Books) -> None:
    brought(books, "gl_account", [("101-1010", "401", "Cash", "asset")])
    before = asked(books, "SELECT * FROM city"), asked(books, "SELECT * FROM office")
    with pytest.raises(CityRefusedError) as caught:
        set_city(books, fernhollow(), answering(books), NOW)
    said = str(caught.value)
    for code in NEEDED:
        assert code in said
    assert "Cash, account: account 101-1010 is of fund 401; an account of fund 101 is needed." in said
    assert (asked(books, "SELECT * FROM city"), asked(books, "SELECT * FROM office")) == before


def test_an_offices_bank_account_that_the_chart_lacks_is_named_with_its_row(books: Books) -> None:
    with_chart(books)
    city = fernhollow()
    own = DepositAccount("DEPOT", "101-1005", ("4420",), "Authority", "2026-07-01")
    posting = replace(city.rules.posting, deposit_accounts=(own,))
    with pytest.raises(CityRefusedError) as caught:
        set_city(books, replace(city, rules=replace(city.rules, posting=posting)), answering(books), NOW)
    place = "gl.toml, [[deposit_account]] DEPOT from 2026-07-01, key account"
    assert f"{place}: account 101-1005 is not in the chart." in str(caught.value)


def test_the_pool_is_not_changed_under_what_was_posted(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    with_chart(books)
    till.pay(line("U1", allocation("C1", "510-4310", 1_00)))
    posted(books, key, till)
    with pytest.raises(CityRefusedError, match="posted through fund 100 already"):
        set_city(books, fernhollow(), answering(books), NOW)
