"""A city's rules survive the journey to a terminal unchanged, and the same rules are always the same text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.city import CityRules, rules_from_json, rules_to_json
from countertui.domain.money import Cents
from countertui.domain.postings import PostingRules
from countertui.domain.tender_rules import TenderRules
from countertui.domain.tenders import TenderKind
from domain.strategies import RULES, orders
from domain.test_tender_rules import rules_of_any_city

accounts = st.text(min_size=1, max_size=12)
postings = st.builds(
    PostingRules,
    pooled_fund=accounts,
    tender=st.fixed_dictionaries(dict.fromkeys(TenderKind, accounts)),
    over_short=st.fixed_dictionaries(dict.fromkeys(TenderKind, accounts)),
    due_from=st.dictionaries(accounts, accounts, max_size=4),
    due_to=st.dictionaries(accounts, accounts, max_size=4),
    refunds_payable=accounts,
    suspense=accounts,
)
cities = st.builds(
    CityRules,
    name=st.text(),
    posting=postings,
    order=orders,
    blind_count=st.booleans(),
    cash_refund_limit=st.integers(0, 500_00).map(Cents),
    pin_tries=st.integers(1, 9),
    over_short_reason_above=st.integers(0, 500_00).map(Cents),
    void_reasons=st.lists(st.text(), max_size=5).map(tuple),
    receipt_footer=st.text(),
    receipt_address=st.text(),
    license_address=st.text(),
    license_credit_gl=st.text(),
    deposit_account=st.text(),
    tenders=rules_of_any_city,
)


@given(cities)
def test_rules_come_back_as_they_were(rules: CityRules) -> None:
    read = rules_from_json(rules_to_json(rules))
    assert read == rules
    assert rules_to_json(read) == rules_to_json(rules)
    assert all(type(kind) is TenderKind for kind in (*read.posting.tender, *read.posting.over_short))


def test_the_text_does_not_depend_on_the_order_things_were_written_in() -> None:
    turned = PostingRules(
        pooled_fund=RULES.pooled_fund,
        tender=dict(reversed(RULES.tender.items())),
        over_short=dict(reversed(RULES.over_short.items())),
        due_from=dict(reversed(RULES.due_from.items())),
        due_to=dict(reversed(RULES.due_to.items())),
        refunds_payable=RULES.refunds_payable,
        suspense=RULES.suspense,
    )
    assert rules_to_json(CityRules("Alder Falls", turned)) == rules_to_json(CityRules("Alder Falls", RULES))


def test_rules_written_before_tenders_had_any_are_read() -> None:
    data = json.loads(rules_to_json(CityRules("Alder Falls", RULES)))
    del data["tenders"]
    assert rules_from_json(json.dumps(data)).tenders == TenderRules()


def test_limits_travel_as_integer_cents() -> None:
    data = json.loads(rules_to_json(CityRules("Alder Falls", RULES)))
    assert (data["cash_refund_limit"], data["over_short_reason_above"]) == (50_00, 5_00)
    assert all(type(data[key]) is int for key in ("cash_refund_limit", "over_short_reason_above", "pin_tries"))
    assert data["order"] == {"first": "head", "heads": ["penalty", "tax", "trash", "sewer", "water"]}


@pytest.mark.parametrize("drop", ["name", "posting", "order", "blind_count", "void_reasons"])
def test_rules_with_something_missing_are_not_read(drop: str) -> None:
    data = json.loads(rules_to_json(CityRules("Alder Falls", RULES)))
    del data[drop]
    with pytest.raises(KeyError):
        rules_from_json(json.dumps(data))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', "{}", '{"name":"x","posting":[]}'])
def test_other_texts_are_not_rules(text: str) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        rules_from_json(text)


def test_an_unknown_tender_is_not_read() -> None:
    data = json.loads(rules_to_json(CityRules("Alder Falls", RULES)))
    data["posting"]["tender"]["bitcoin"] = "x"
    with pytest.raises(ValueError, match="bitcoin"):
        rules_from_json(json.dumps(data))
    data["posting"]["tender"] = []
    assert rules_from_json(json.dumps(data)).posting.tender == {}
