"""Words spelled nearly as one that was typed, against measuring every word."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import chain

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from countertui.store.near_words import LONGEST, SHORTEST, near_beginnings
from countertui.store.schema import statements_of
from countertui.store.word_index import WordCollector, WordIndex, write_words

NAMES = ("lee", "john", "johns", "johnson", "jansen", "main", "maine", "smith", "smithe", "smyth", "o5", "mary")
words_alike = st.text("abc", min_size=1, max_size=LONGEST)


def indexed(accounts: dict[int, list[str]]) -> sqlite3.Connection:
    made = sqlite3.connect(":memory:")
    for statement in statements_of("reference.db"):
        made.execute(statement)
    collector = WordCollector()
    for id_, words in accounts.items():
        collector.add(id_, words)
    write_words(made, collector)
    return made


@pytest.fixture(scope="module")
def named() -> Iterator[sqlite3.Connection]:
    connection = indexed({id_: [name, "john", "12"] for id_, name in enumerate(NAMES, start=1)})
    yield connection
    connection.close()


def is_near(typed: str, word: str) -> bool:
    """Whether a word begins nearly, but not quite, as was typed."""
    beginnings = (word[:length] for length in range(len(typed) - 1, len(typed) + 2) if len(word) >= length)
    return not word.startswith(typed) and any(OSA.distance(typed, beginning) <= 1 for beginning in beginnings)


@settings(deadline=None, max_examples=150)
@given(words=st.lists(words_alike, max_size=12), typed=st.text("abcd", min_size=SHORTEST + 1, max_size=LONGEST - 1))
@example(words=["abbbb"], typed="babbb")
@example(words=["aabcab"], typed="abacab")
def test_it_finds_what_measuring_every_word_finds(words: list[str], typed: str) -> None:
    with indexed({id_: [word] for id_, word in enumerate(words, start=1) if len(word) >= SHORTEST}) as connection:
        found = WordIndex(connection).nearly_holding([typed], 1_000) if not _begins_any(words, typed) else None
    connection.close()
    if found is not None:
        assert sorted(found) == [n for n, word in enumerate(words, 1) if len(word) >= SHORTEST and is_near(typed, word)]


def _begins_any(words: list[str], typed: str) -> bool:
    return any(len(word) >= SHORTEST and word.startswith(typed) for word in words)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("jonson", "johnson"),
        ("jonso", "johnson"),
        ("jhonson", "johnson"),
        ("johnsonn", "johnson"),
        ("mian", "main"),
        ("smiht", "smith"),
        ("lex", "lee"),
    ],
)
def test_a_slip_of_one_letter(named: sqlite3.Connection, typed: str, meant: str) -> None:
    assert any(meant.startswith(beginning) for beginning in chain(*near_beginnings(named, typed)))


@pytest.mark.parametrize("typed", ["jnohson", "lx", "jo5", "12", "zzzz"])
def test_what_is_further_off_is_of_no_word(named: sqlite3.Connection, typed: str) -> None:
    assert near_beginnings(named, typed) == ([], [])


def test_what_begins_as_typed_is_no_misspelling(named: sqlite3.Connection) -> None:
    assert not any(beginning.startswith("smit") for beginning in chain(*near_beginnings(named, "smit")))


def test_one_word_of_several_may_be_wrong(named: sqlite3.Connection) -> None:
    index = WordIndex(named)
    assert index.nearly_holding(["jonson", "john"], 50) == [NAMES.index("johnson") + 1]
    assert index.nearly_holding(["john", "12", "jonson"], 50) == [NAMES.index("johnson") + 1]
    assert index.nearly_holding(["jonson", "jhon"], 50) == [NAMES.index("johnson") + 1], "both are of no word"
    assert index.nearly_holding(["jonson", "13"], 50) == []
    assert index.nearly_holding(["smyth", "john"], 1) == [NAMES.index("smith") + 1]


def test_whole_words_come_before_beginnings() -> None:
    with indexed({1: ["hoax", "james"], 2: ["choi", "james"], 3: ["hoard", "james"]}) as connection:
        assert WordIndex(connection).nearly_holding(["hoi", "james"], 50) == [2, 1, 3]
        assert WordIndex(connection).nearly_holding(["hoi", "james"], 1) == [2]
    connection.close()
