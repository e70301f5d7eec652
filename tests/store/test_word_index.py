"""The word index against a plain look at every account's words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countertui.store import word_index
from countertui.store.schema import statements_of
from countertui.store.word_index import BEGINNING, WordCollector, WordIndex, write_words

ACCOUNTS = {
    id_: [
        ("smith", "smithson", "johnson")[id_ % 3],
        ("a" * BEGINNING, "a" * (BEGINNING + 1), "a" * (BEGINNING + 2) + "b", "ab")[id_ % 4],
        f"{id_ % 7}th",
        "everywhere",
        "st",
        "st",
    ]
    for id_ in range(1, 400)
}
WORDS = sorted({word for words in ACCOUNTS.values() for word in words})


@pytest.fixture(scope="module")
def connection() -> Iterator[sqlite3.Connection]:
    made = sqlite3.connect(":memory:")
    for statement in statements_of("reference.db"):
        made.execute(statement)
    collector = WordCollector()
    for id_, words in ACCOUNTS.items():
        collector.add(id_, words)
    write_words(made, collector)
    yield made
    made.close()


def plainly(beginnings: list[str]) -> list[int]:
    return [
        id_
        for id_, words in ACCOUNTS.items()
        if all(any(word.startswith(beginning) for word in words) for beginning in beginnings)
    ]


beginnings_of_words = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(WORDS), st.integers(1, BEGINNING + 3)).map(lambda drawn: drawn[0][: drawn[1]]),
        st.text("abest1", min_size=1, max_size=3),
    ),
    min_size=1,
    max_size=4,
)


@settings(deadline=None)
@given(beginnings=beginnings_of_words, limit=st.sampled_from([1, 50, 51, 52, 1_000]))
def test_it_finds_what_a_plain_look_finds(connection: sqlite3.Connection, beginnings: list[str], limit: int) -> None:
    assert WordIndex(connection).holding(beginnings, limit) == plainly(beginnings)[:limit]


@settings(deadline=None)
@given(asked=st.lists(beginnings_of_words, min_size=5, max_size=20))
def test_what_it_keeps_in_memory_changes_no_answer(connection: sqlite3.Connection, asked: list[list[str]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(word_index, "_KEPT_BYTES", 2_000)
        index = WordIndex(connection)
        for beginnings in asked:
            assert index.holding(beginnings, 1_000) == plainly(beginnings)
            assert index._recent_bytes == sum(size for _, size in index._recent.values()) <= 2_000 + 512


def test_a_word_an_account_has_twice_counts_once(connection: sqlite3.Connection) -> None:
    assert WordIndex(connection).holding(["st"], 3) == [1, 2, 3]
