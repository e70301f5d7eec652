"""The ledger's quick reader of records comes to the answers of the strict rules, whatever the bytes."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from countertui.sync.canonical import MAX_DEPTH, MAX_INTEGER, canonical, is_canonical
from countertui.sync.faults import CanonicalError, MalformedBytesError
from countertui.sync.record_json import end_of_object, is_written_so, read_object

any_text = st.text(st.characters(exclude_categories=["Cs"]))
leaves = (
    st.none() | st.booleans() | st.integers(-MAX_INTEGER - 2, MAX_INTEGER + 2) | st.floats(allow_nan=False) | any_text
)
values: st.SearchStrategy[object] = st.deferred(
    lambda: leaves | st.lists(values, max_size=3) | st.dictionaries(any_text, values, max_size=3)
)
objects = st.dictionaries(any_text, values, max_size=4)


def by_the_rules(data: bytes) -> bool:
    return is_canonical(data, json.loads(data, parse_float=str.encode, parse_constant=str.encode))


def spellings(value: dict[str, object]) -> list[bytes]:
    found = [
        json.dumps(value, sort_keys=sort, separators=separators, ensure_ascii=ascii_).encode()
        for sort in (True, False)
        for separators in ((",", ":"), (", ", ": "))
        for ascii_ in (True, False)
    ]
    try:
        found.append(canonical(value))
    except CanonicalError:
        found.append(b"{}")
    return found


@given(objects, st.integers(0, 8))
@example({"\ue000": 1, "\U0001f600": 2}, 1)
@example({"e\u0301": 1}, 1)
@example({"a": "\u0338=\u0338"}, 1)
@example({"a": [1.0, 1e22]}, 1)
@example({"x": '\u2028\u2029\x7f\x00\x1f"\\/\b\f\n\r\t'}, 0)
def test_it_judges_as_the_rules_do(value: dict[str, object], which: int) -> None:
    data = spellings(value)[which]
    assert is_written_so(data, read_object(data)) == by_the_rules(data)


@given(objects)
def test_canonical_bytes_are_found_to_be_so(value: dict[str, object]) -> None:
    try:
        data = canonical(value)
    except CanonicalError:
        return
    assert read_object(data) == value
    assert is_written_so(data, read_object(data))


def nested(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


def test_depth_is_bounded() -> None:
    assert is_written_so(nested(MAX_DEPTH), read_object(nested(MAX_DEPTH)))
    assert not is_written_so(nested(MAX_DEPTH + 1), read_object(nested(MAX_DEPTH + 1)))
    wide = canonical({"a": [[] for _ in range(MAX_DEPTH * 2)]})
    assert is_written_so(wide, read_object(wide))
    with pytest.raises(MalformedBytesError):
        read_object(nested(100_000))


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"1", b"{", b"{}x", b"{} {}", b'{"a":\xff}', b'{"\xff":1}', b"\xef\xbb\xbf{}"]
)
def test_what_is_no_object_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedBytesError):
        read_object(data)


@given(objects, st.binary(max_size=20), st.binary(max_size=20))
def test_an_objects_end_is_found_by_its_braces(value: dict[str, object], before: bytes, after: bytes) -> None:
    data = json.dumps(value).encode()
    assert end_of_object(before + data + after, len(before)) == len(before) + len(data)


@given(objects)
def test_an_object_cut_short_has_no_end(value: dict[str, object]) -> None:
    assume(value)
    data = json.dumps(value).encode()
    assert end_of_object(data[:-1], 0) == -1


def test_a_composed_text_stays_one_between_quotation_marks() -> None:
    """What the check of all bytes at once rests on: the mark composes with no letter after it."""
    marks = [chr(point) for point in range(0x110000) if unicodedata.combining(chr(point))]
    assert all(unicodedata.normalize("NFC", '"' + mark)[0] == '"' for mark in marks)
