from __future__ import annotations

import enum
import json
import unicodedata
from pathlib import Path

import pytest
import rfc8785
from hypothesis import assume, example, given
from hypothesis import strategies as st

from countertui.sync.canonical import (
    MAX_DEPTH,
    MAX_INTEGER,
    canonical,
    is_canonical,
    parse_strict,
)
from countertui.sync.faults import CanonicalError, MalformedBytesError

NAMES = ["arrays", "french", "structures", "unicode", "values", "weird"]
# What the published vectors hold that a record of money must not: floats, and text that is not NFC.
REFUSED = {"values": "float", "unicode": "NFC", "structures": "float", "weird": "NFC"}

text = st.text(st.characters(exclude_categories=["Cs"])).map(lambda s: unicodedata.normalize("NFC", s))
leaves = st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | text
values: st.SearchStrategy[object] = st.deferred(
    lambda: leaves | st.lists(values, max_size=3) | st.dictionaries(text, values, max_size=3)
)


@pytest.mark.parametrize("name", NAMES)
def test_published_jcs_vectors(vectors: Path, name: str) -> None:
    given_value = json.loads((vectors / "jcs/input" / f"{name}.json").read_bytes())
    wanted = bytes.fromhex((vectors / "jcs/outhex" / f"{name}.txt").read_text())
    assert rfc8785.dumps(given_value) == wanted
    if name in REFUSED:
        with pytest.raises(CanonicalError, match=REFUSED[name]):
            canonical(given_value)
    else:
        assert canonical(given_value) == wanted
        assert is_canonical(wanted, parse_strict(wanted))


def test_the_number_that_is_a_float_only_in_spelling_is_refused_too() -> None:
    with pytest.raises(CanonicalError, match="float"):
        canonical({"amount": 56.0})


@given(values)
@example({"x": '\u2028\u2029\x7f\x00\x1f"\\/\b\f\n\r\t', "\u00e9": 1})
@example({"\ue000": 1, "\U0001f600": 2})
@example({"": {"": []}})
def test_the_fast_form_is_rfc_8785s_in_every_case(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@given(values)
def test_what_is_written_reads_back_strictly(value: object) -> None:
    data = canonical(value)
    assert parse_strict(data) == value
    assert is_canonical(data, parse_strict(data))


@given(st.dictionaries(text, leaves, min_size=2, max_size=6), st.data())
def test_any_other_spelling_is_not_canonical(value: dict[str, object], data: st.DataObject) -> None:
    spelling = data.draw(
        st.sampled_from(
            [
                lambda v: json.dumps(v, sort_keys=True),
                lambda v: json.dumps(dict(sorted(v.items(), reverse=True)), separators=(",", ":"), ensure_ascii=False),
                lambda v: json.dumps(v, sort_keys=True, separators=(",", ":"), ensure_ascii=True),
                lambda v: canonical(v).decode() + " ",
                lambda v: canonical(v).decode()[:-1] + "," + canonical({next(iter(v)): 1}).decode()[1:],
            ]
        )
    )(value)
    encoded = spelling.encode()
    assume(encoded != canonical(value))
    assert not is_canonical(encoded, json.loads(encoded))


@pytest.mark.parametrize(
    "data",
    [b'{"a":1.5}', b'{"a":1e3}', b'{"a":-0}', b'{"a":NaN}', b'{"a":9007199254740993}', b'{"a":"\\ud800"}',
     b'{"a":"\\u0041"}', b'{"a":"A\xcc\x8a"}', b'{"a":1,"a":1}', b'{"b":1,"a":2}', b"[" * 33 + b"]" * 33],
)  # fmt: skip
def test_not_canonical(data: bytes) -> None:
    read = json.loads(data, parse_float=str.encode, parse_constant=str.encode)
    assert not is_canonical(data, read)


class Kind(enum.StrEnum):
    PAY = "pay"


def test_an_enum_of_text_is_its_text() -> None:
    assert canonical({"kind": Kind.PAY, "lines": (1, 2)}) == b'{"kind":"pay","lines":[1,2]}'


def nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [1.0, {"a": float("nan")}, 2**53, -(2**53), {1: "a"}, {True: "a"}, {None: 1}, b"bytes", {1, 2}, "A\u030a",
     {"A\u030a": 1}, "\ud800", {"\udfff": 1}, object(), nested(MAX_DEPTH + 1)],
)  # fmt: skip
def test_values_without_a_canonical_form_are_refused(value: object) -> None:
    with pytest.raises(CanonicalError):
        canonical(value)


def test_the_edges_are_allowed() -> None:
    for value in (MAX_INTEGER, -MAX_INTEGER, nested(MAX_DEPTH), "\u00c5", "\n\u0303"):
        assert parse_strict(canonical(value)) == value


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b'{"a":1,"a":1}', "twice"),
        (b'{"a":{"b":1,"\\u0062":2}}', "twice"),
        (b'{"a":1.0}', "whole"),
        (b'{"a":1e2}', "whole"),
        (b'{"a":NaN}', "whole"),
        (b'{"a":-Infinity}', "whole"),
        (b'{"a":9007199254740992}', "large"),
        (b'{"a":' + b"9" * 10_000 + b"}", "large"),
        (b'"\xff"', "UTF-8"),
        (b'"\xed\xa0\x80"', "UTF-8"),
        ('{"a":1}'.encode("utf-16"), "UTF-8"),
        (b"\xef\xbb\xbf{}", "JSON"),
        (b'"\\ud83d"', "surrogate"),
        (b'{"\\uDe00":1}', "surrogate"),
        (b"[" * 33 + b"]" * 33, "nested"),
        (b'{"a":' * 33 + b"1" + b"}" * 33, "nested"),
        (b"[" * 1_000_000, "nested"),
        (b'{"a":1', "JSON"),
        (b'{"a":1}x', "JSON"),
        (b"{'a':1}", "JSON"),
        (b'"a\nb"', "JSON"),
        (b"01", "JSON"),
        (b"", "JSON"),
    ],
)
def test_bytes_that_two_readers_could_take_for_two_things_are_refused(data: bytes, why: str) -> None:
    with pytest.raises(MalformedBytesError, match=why):
        parse_strict(data)


def test_a_whole_character_from_two_escapes_is_fine() -> None:
    assert parse_strict(b'"\\ud83d\\ude00"') == "\U0001f600"


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda s: s.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        value = parse_strict(data)
    except MalformedBytesError:
        return
    assert json.loads(data) == value
