"""Print documents: sanitising, JSON there and back, and what a reader refuses."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.documents import (
    LONGEST_TEXT,
    Barcode,
    Cut,
    Document,
    DocumentError,
    Feed,
    Logo,
    Pair,
    Qr,
    Rule,
    Text,
    from_json,
    plain,
    to_json,
)
from countertui.domain.paper import paired, width_of, wrapped

ANY_TEXT = st.text(st.characters(), max_size=60)
PLAIN = ANY_TEXT.map(plain)
BLOCKS = st.one_of(
    st.builds(Text, PLAIN, st.sampled_from(["left", "center"]), st.booleans(), st.booleans()),
    st.builds(Pair, PLAIN, PLAIN, st.booleans(), st.booleans()),
    st.just(Rule()),
    st.builds(Feed, st.integers(0, 20)),
    st.builds(Qr, st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=80)),
    st.builds(Barcode, st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40)),
    st.just(Logo()),
    st.just(Cut()),
)
DOCUMENTS = st.builds(
    Document,
    st.sampled_from(["receipt", "x_report", "z_report", "test"]),
    PLAIN,
    st.lists(BLOCKS, max_size=12).map(tuple),
    st.integers(0, 999),
    st.booleans(),
    st.sampled_from(["en", "es"]),
)


@given(ANY_TEXT)
def test_plain_text_holds_no_control_and_is_its_own_plain_text(text: str) -> None:
    made = plain(text)
    assert not any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for letter in made)
    assert plain(made) == made
    assert unicodedata.is_normalized("NFC", made)


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("John\x1bp\x00 Doe", "John?p? Doe"),
        ("Ann\u202eeoD", "Ann?eoD"),
        ("zero\u200bwidth", "zero?width"),
        ("line\nbreak\ttab\x7f\x85", "line?break?tab??"),
        ("Jose\u0301", "José"),
        ("12\u00a0Elm", "12 Elm"),
        ("blank\u3164 \ufe0f", "blank? ?"),
    ],
)
def test_what_cannot_be_seen_is_shown_as_a_question_mark(given_text: str, shown: str) -> None:
    assert plain(given_text) == shown


def test_plain_text_ends_visibly_where_it_is_cut() -> None:
    assert plain("x" * 5000) == "x" * (LONGEST_TEXT - 3) + "..."


@given(DOCUMENTS)
def test_json_gives_the_same_document_back(document: Document) -> None:
    assert from_json(to_json(document)) == document


def test_json_has_the_agreed_shape() -> None:
    blocks = (
        Text("left", "center", bold=True, double=True),
        Pair("Water", "12.34"),
        Rule(),
        Feed(1),
        Qr("{}"),
        Cut(),
    )
    assert json.loads(to_json(Document("receipt", "R 1", blocks, 2))) == {
        "v": 1,
        "kind": "receipt",
        "title": "R 1",
        "copy": 2,
        "training": False,
        "blocks": [
            {"t": "text", "s": "left", "align": "center", "bold": True, "double": True},
            {"t": "pair", "l": "Water", "r": "12.34"},
            {"t": "rule"},
            {"t": "feed", "n": 1},
            {"t": "qr", "s": "{}"},
            {"t": "cut"},
        ],
    }


GOOD = {"v": 1, "kind": "receipt", "title": "x", "copy": 0, "training": False, "blocks": []}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"v": 2}, "version 1"),
        ({"v": True}, "version 1"),
        ({"kind": "letter"}, "kind must be one of"),
        ({"kind": ["receipt"]}, "kind must be text"),
        ({"title": "a\x1bb"}, "control"),
        ({"copy": -1}, "copy"),
        ({"copy": True}, "copy"),
        ({"training": 1}, "training"),
        ({"blocks": {}}, "blocks a list"),
        ({"more": 1}, "exactly"),
        ({"blocks": ["text"]}, "block 0 is not an object"),
        ({"blocks": [{"t": "raw", "s": "x"}]}, "known: text"),
        ({"blocks": [{"t": "text"}]}, "block 0"),
        ({"blocks": [{"t": "text", "s": "x", "size": 9}]}, "unknown fields: size"),
        ({"blocks": [{"t": "text", "s": "x", "align": "right"}]}, "align"),
        ({"blocks": [{"t": "text", "s": "x", "bold": "yes"}]}, "bold"),
        ({"blocks": [{"t": "text", "s": "x\x1d"}]}, "control"),
        ({"blocks": [{"t": "text", "s": "\ud800"}]}, "control"),
        ({"blocks": [{"t": "pair", "l": "x", "r": 5}]}, "r must be text"),
        ({"blocks": [{"t": "pair", "l": "x", "r": "y" * 2001}]}, "longer"),
        ({"blocks": [{"t": "feed", "n": 21}]}, "n must be"),
        ({"blocks": [{"t": "qr", "s": ""}]}, "QR"),
        ({"blocks": [{"t": "qr", "s": "é"}]}, "QR"),
        ({"blocks": [{"t": "code128", "s": ""}]}, "bar code"),
        ({"blocks": [{"t": "code128", "s": "ñ"}]}, "bar code"),
        ({"blocks": [{"t": "code128", "s": "1" * 41}]}, "bar code"),
        ({"blocks": [{"t": "logo", "s": "x"}]}, "unknown fields: s"),
        ({"language": "fr"}, "language must be one of en, es"),
        ({"language": ["es"]}, "language must be one of"),
        ({"language": "en"}, "not written"),
    ],
)
def test_a_document_that_breaks_the_rules_is_refused(changed: dict[str, object], said: str) -> None:
    from_json(json.dumps(GOOD))
    with pytest.raises(DocumentError, match=said):
        from_json(json.dumps(GOOD | changed))


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "[" * 100_000])
def test_what_is_not_a_document_is_refused(text: str) -> None:
    with pytest.raises(DocumentError):
        from_json(text)


def test_no_layout_can_leave_out_duplicate_and_training() -> None:
    document = Document("receipt", "x", (Text("body"),), copy=3, training=True)
    assert [block.s for block in document.printed if isinstance(block, Text)] == [
        "TRAINING - NO REAL MONEY",
        "DUPLICATE 3",
        "body",
    ]


@given(PLAIN, st.integers(8, 60))
def test_wrapping_loses_no_word_and_keeps_to_the_paper(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert all(width_of(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(PLAIN, PLAIN, st.integers(16, 60))
def test_left_and_right_end_on_one_line(left: str, right: str, width: int) -> None:
    lines = paired(left, right, width)
    assert all(width_of(line) <= width for line in lines)
    assert width_of(lines[-1]) == width
    assert sorted("".join("".join(lines).split())) == sorted("".join((left + right).split()))


def test_a_long_left_text_wraps_above_its_amount() -> None:
    assert paired("Utility account at 12 Elm Street", "1,234.56", 24) == [
        "Utility account at 12",
        "Elm Street      1,234.56",
    ]
    assert paired("Water", "Juan Pedro de la Rosa", 16) == ["Water", "Juan Pedro de la", "            Rosa"]
