"""The word index of reference.db: for each beginning of a word the accounts that have such a word, in name order.

Sets of account ids are Roaring bitmaps (Lemire and others, Roaring Bitmaps: Implementation of an Optimized Software
Library, 2018): words typed together are intersected in microseconds, however common each of them is. Inverted lists
that are walked, as FTS5's, take milliseconds for two common words.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import chain, groupby, islice

from pyroaring import BitMap

from countertui.store.near_words import near_beginnings, slip_rows
from countertui.store.search import MOST_ROWS

BEGINNING = 10
"""Beginnings of up to this many letters have a row; a longer one is the union of the whole words it begins."""
_KEPT_BYTES = 32 * 1024 * 1024
_IDS = "I"

_FIRST = "SELECT first FROM account_words WHERE beginning = ?"
_LONGER = "SELECT beginning, first FROM account_words WHERE beginning >= ? AND beginning < ?"
_ALL = "SELECT ids FROM account_word_sets WHERE beginning = ?"


class WordCollector:
    """Gathers the words of accounts, ids ascending, and gives the rows of the two tables."""

    def __init__(self) -> None:
        self._ids: defaultdict[str, array[int]] = defaultdict(lambda: array(_IDS))

    def add(self, id_: int, words: list[str]) -> None:
        """Take the words of one account; ids must rise."""
        for word in set(words):
            self._ids[word].append(id_)

    @property
    def words(self) -> Collection[str]:
        """Every word, once."""
        return self._ids.keys()

    def sets(self) -> list[tuple[str, BitMap]]:
        """Every beginning with the ids it is found at, sorted."""
        level = [(word, BitMap(self._ids[word])) for word in sorted(self._ids)]
        sets = [(word, ids) for word, ids in level if len(word) > BEGINNING]
        for length in range(BEGINNING, 0, -1):
            level = [(start, _union(group)) for start, group in groupby(level, key=lambda pair: pair[0][:length])]
            sets.extend((start, ids) for start, ids in level if len(start) == length)
        return sorted(sets, key=lambda pair: pair[0])


def write_words(connection: sqlite3.Connection, words: WordCollector) -> None:
    """Fill the three tables of the index."""
    connection.executemany("INSERT INTO account_slips (slip, head) VALUES (?, ?)", slip_rows(words.words))
    sets = words.sets()
    firsts = ((start, start in words.words, array(_IDS, islice(ids, MOST_ROWS)).tobytes()) for start, ids in sets)
    connection.executemany("INSERT INTO account_words (beginning, whole, first) VALUES (?, ?, ?)", firsts)
    larger = ((beginning, ids.serialize()) for beginning, ids in sets if len(ids) > MOST_ROWS)
    connection.executemany("INSERT INTO account_word_sets (beginning, ids) VALUES (?, ?)", larger)


class WordIndex:
    """Looks accounts up by how words begin. One thread at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._recent: dict[str, tuple[BitMap, int]] = {}
        self._recent_bytes = 0

    def holding(self, beginnings: list[str], limit: int) -> list[int]:
        """The first ids, at most limit, of accounts that for each beginning have a word that begins so; ascending."""
        if len(beginnings) == 1 and len(beginnings[0]) <= BEGINNING and limit <= MOST_ROWS:
            row = self._connection.execute(_FIRST, (beginnings[0],)).fetchone()
            return array(_IDS, row[0])[:limit].tolist() if row else []
        found: BitMap | None = None
        # Longer beginnings are rarer: nothing left early spares reading the large sets of the short ones.
        for beginning in sorted(beginnings, key=len, reverse=True):
            ids = self._ids(beginning)
            found = ids if found is None else found & ids
            if not found:
                return []
        return list(islice(found or (), limit))

    def nearly_holding(self, beginnings: list[str], limit: int) -> list[int]:
        """Ids, at most limit, of accounts that have such words but for one, which is spelled nearly so.

        First those with a whole word nearly so spelled, then those with a word that begins so; ascending for each word.
        Where some beginnings are of no word at all, all of those are misspelled. Some ids `holding` may give as well.
        """
        sets = {beginning: self._ids(beginning) for beginning in beginnings}
        unknown = [beginning for beginning, ids in sets.items() if not ids]
        for also in unknown[1:]:
            sets[also] = BitMap.union(BitMap(), *map(self._ids, chain(*near_beginnings(self._connection, also))))
        tries = []
        for wrong in unknown[:1] or beginnings:
            # The fewest first: what they leave is all that the many are looked through for.
            others = sorted((ids for beginning, ids in sets.items() if beginning != wrong), key=len)
            rest = BitMap.intersection(*others) if others else None
            if rest is None or rest:  # else no account has the words that are spelled right
                tries.append((rest, near_beginnings(self._connection, wrong)))
        found: dict[int, None] = {}
        for rank in (0, 1):
            for rest, near in tries:
                for beginning in near[rank]:
                    ids = self._ids(beginning)
                    found.update(dict.fromkeys(islice(ids if rest is None else ids & rest, limit)))
                    if len(found) >= limit:
                        return list(found)[:limit]
        return list(found)

    def _ids(self, beginning: str) -> BitMap:
        """All ids for one beginning. Lately used ones are kept: the next key mostly changes one word of several."""
        kept = self._recent.pop(beginning, None)
        if kept is None:
            kept = self._read(beginning)
            self._recent_bytes += kept[1]
            while self._recent and self._recent_bytes > _KEPT_BYTES:
                self._recent_bytes -= self._recent.pop(next(iter(self._recent)))[1]
        self._recent[beginning] = kept
        return kept[0]

    def _read(self, beginning: str) -> tuple[BitMap, int]:
        """The ids and about how many bytes they take."""
        if len(beginning) <= BEGINNING:
            return self._read_one(beginning, self._connection.execute(_FIRST, (beginning,)).fetchone())
        rows = self._connection.execute(_LONGER, (beginning, beginning + "\x7f")).fetchall()
        parts = [self._read_one(word, (first,)) for word, first in rows]
        return BitMap.union(BitMap(), *(ids for ids, _ in parts)), sum(size for _, size in parts) + _SMALL

    def _read_one(self, beginning: str, row: tuple[bytes] | None) -> tuple[BitMap, int]:
        if row is None:
            return BitMap(), _SMALL
        if len(row[0]) == _FULL:
            more = self._connection.execute(_ALL, (beginning,)).fetchone()
            if more:
                return BitMap.deserialize(more[0]), len(more[0])
        return BitMap(array(_IDS, row[0])), _SMALL


_FULL = MOST_ROWS * array(_IDS).itemsize
_SMALL = 512


def _union(group: Iterator[tuple[str, BitMap]]) -> BitMap:
    sets = [ids for _, ids in group]
    return sets[0] if len(sets) == 1 else BitMap.union(*sets)
