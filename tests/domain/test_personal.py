"""Commitments to personal values: bound to field, salt and value; read from whatever a record says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.personal import MOST_FIELDS, Salted, commitment, commitments, is_field, of_tender
from countertui.domain.records import Fact, Head, Kind, body

SALT = bytes(range(32))
HEAD = Head("L", "T1", 1, 1, "2026-11-23T09:00:00.000Z", 0, "boot", 1, 0, 0)


def test_a_record_holds_commitments_and_no_value() -> None:
    fact = Fact("id", Kind.PAY, "ann", {"payor": "X"}, personal={"tender.1.account": Salted("123456789", SALT)})
    made = body(HEAD, fact, "T1-1")
    assert made["data"]["personal"] == commitments(made)
    assert commitments(made) == {"tender.1.account": commitment("tender.1.account", Salted("123456789", SALT))}
    assert "123456789" not in repr(made)
    assert "123456789" not in repr(fact)
    assert SALT.hex() not in repr(made)


def test_a_record_without_personal_values_is_as_it_always_was() -> None:
    assert "personal" not in body(HEAD, Fact("id", Kind.PAY, "ann", {"payor": "X"}), "T1-1")["data"]


def test_field_salt_and_value_all_count() -> None:
    one = commitment("tender.1.account", Salted("1", SALT))
    assert one == "9c7b9075a3ebca0e74ab94183cd0beb9a073781e768d6d25cfc252ba93161ce1"  # never another: records hold it
    others = [
        commitment("tender.1.routing", Salted("1", SALT)),
        commitment("tender.1.account", Salted("2", SALT)),
        commitment("tender.1.account", Salted("1", SALT[::-1])),
    ]
    assert len({one, *others}) == 4


def test_fields_are_named_for_what_they_belong_to() -> None:
    assert of_tender(2, "account") == "tender.2.account"
    assert is_field(of_tender(2, "account"))
    assert is_field("license.ssn")


@pytest.mark.parametrize("name", ["", "A", "a b", "a.", ".a", "a\n", "a" * 33, "a.b.c.d.e", 1, None, "é"])
def test_what_may_be_no_field(name: object) -> None:
    assert not is_field(name)


@pytest.mark.parametrize(
    "said",
    [
        None,
        1,
        [],
        "x",
        {"A B": "0" * 64},
        {"a": "0"},
        {"a": 1},
        {"a": "G" * 64},
        {f"a{n}": "0" * 64 for n in range(MOST_FIELDS + 1)},
    ],
)
def test_what_commits_to_nothing(said: object) -> None:
    assert commitments({"data": {"personal": said}}) == {}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.dictionaries(st.sampled_from(["data", "kind"]), _JSON | st.fixed_dictionaries({"personal": _JSON})))
def test_whatever_a_record_says_its_commitments_are_fields_and_hashes(said: dict[str, Any]) -> None:
    assert all(is_field(field) and len(wanted) == 64 for field, wanted in commitments(said).items())
