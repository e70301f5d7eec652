"""Words spelled nearly as one that was typed: one letter too many, too few or wrong, or two neighbours swapped.

Two words that differ so are equal once each loses a letter, or one of them does (Mor and Fraenkel, A Hash Code Method
for Detecting and Correcting Spelling Errors, 1982; Garbe's Symmetric Delete): so the first letters of every word are
kept with what is left of them when one letter is missing. What is found by that is measured before it is believed:
optimal string alignment distance of at most one.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator

HEAD = 5
"""How many first letters of a word are kept with a letter missing."""
SHORTEST = 3
"""Words of fewer letters are all nearly alike."""
LONGEST = 10
"""As many letters as `account_words` has beginnings of."""

_HEADS = "SELECT h.head FROM json_each(?) s CROSS JOIN account_slips h ON h.slip = s.value"
_NEAR = """
SELECT w.beginning, w.whole FROM json_each(:heads) h
CROSS JOIN account_words w ON w.beginning >= h.value AND w.beginning < h.value || x'7f'
WHERE length(w.beginning) BETWEEN :length - 1 AND :length + 1 AND substr(w.beginning, 1, :length) <> :word
"""


def slips_of(head: str) -> set[str]:
    """The head itself and what is left of it when one letter is missing."""
    return {head, *(head[:at] + head[at + 1 :] for at in range(len(head)))}


def slip_rows(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The rows of `account_slips` for the distinct words of a city, sorted: what is left, and the head it is of.

    Heads are the first three, four and five letters of words of letters only.
    """
    lengths = range(SHORTEST, HEAD + 1)
    heads = {word[:length] for word in words if len(word) >= SHORTEST and word.isalpha() for length in lengths}
    yield from sorted((slip, head) for head in heads for slip in slips_of(head))


def near_beginnings(connection: sqlite3.Connection, typed: str) -> tuple[list[str], list[str]]:
    """The beginnings of known words that a typed one, or its first ten letters, may be a misspelling of, sorted.

    First those that are whole words, then all others. Never what begins with the typed letters themselves; none for
    words with digits or of one or two letters; of `smith` and `smithe` only the first, as it holds the other.
    """
    word = typed[:LONGEST]
    if len(word) < SHORTEST or not word.isalpha():
        return [], []
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract_iter

    slips = json.dumps(sorted(slips_of(word[:HEAD])))
    # Of heads of which one begins another only the shorter: it has the other's words, and most come by several.
    heads = list(_shortest(sorted({head for (head,) in connection.execute(_HEADS, (slips,))})))
    asked = {"heads": json.dumps(heads), "length": len(word), "word": word}
    is_whole: dict[str, int] = dict(connection.execute(_NEAR, asked).fetchall())
    near = sorted(choice for choice, *_ in extract_iter(word, list(is_whole), scorer=OSA.distance, score_cutoff=1))
    whole = list(_shortest(beginning for beginning in near if is_whole[beginning]))
    return whole, [beginning for beginning in _shortest(near) if beginning not in whole]


def _shortest(beginnings: Iterable[str]) -> Iterator[str]:
    """Those of sorted beginnings that begin with none of the others."""
    last = None
    for beginning in beginnings:
        if last is None or not beginning.startswith(last):
            last = beginning
            yield beginning
