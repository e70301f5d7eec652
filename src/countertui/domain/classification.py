"""Finding a business's classification by plain words: the city's own classes, and the codes of an industry list.

The list is whatever was imported (NAICS with its index of activities); the city's classes carry their own synonyms.
Words count by how they begin: `plumber` finds `plumbing`, `bakeries` finds `bakery`. What has all words in one phrase
comes first, then what has them anywhere, then what lacks the fewest.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, takewhile
from typing import NamedTuple

_WORD = re.compile(r"[a-z0-9]+")
_IGNORED = frozenset({"a", "an", "and", "by", "for", "from", "in", "of", "on", "or", "services", "the", "to", "with"})
_ENDINGS = ("ations", "ation", "ings", "ing", "ers", "er", "ors", "or", "ies", "es", "y", "s", "e")
_SHORTEST_STEM = 3


class Entry(NamedTuple):
    """Something to be found: its code, its title, and the phrases people use for it."""

    code: str
    title: str
    phrases: tuple[str, ...] = ()


class Match(NamedTuple):
    """An entry that fits, and the phrase by which it does."""

    entry: Entry
    phrase: str


@dataclass(frozen=True, slots=True)
class Classification:
    """Entries, their phrases (each with its entry's place) and, by the stem of each word, the phrases that hold it."""

    entries: tuple[Entry, ...]
    phrases: tuple[tuple[int, str], ...]
    holding: Mapping[str, Sequence[int]] = field(repr=False)
    stems: tuple[str, ...] = field(repr=False)
    """Sorted."""

    def find(self, text: str, most: int = 20) -> list[Match]:
        """The entries that fit plain words best, at most so many; none where no word is known."""
        asked = list(dict.fromkeys(_stem(word) for word in _words(text)))
        of_word = [self._phrases_of(stem) for stem in asked]
        held: dict[int, int] = {}
        for phrases in of_word:
            for phrase in phrases:
                held[phrase] = held.get(phrase, 0) + 1
        by_entry: dict[int, set[int]] = {}
        for n, phrases in enumerate(of_word):
            for phrase in phrases:
                by_entry.setdefault(self.phrases[phrase][0], set()).add(n)
        best: dict[int, tuple[tuple[int, int, int, int, str], int]] = {}
        for phrase, count in held.items():
            entry, words = self.phrases[phrase]
            rank = (-len(by_entry[entry]), -count, len(_words(words)), len(words), self.entries[entry].code)
            if entry not in best or rank < best[entry][0]:
                best[entry] = rank, phrase
        found = sorted((rank, entry, phrase) for entry, (rank, phrase) in best.items())
        return [Match(self.entries[entry], self.phrases[phrase][1]) for _, entry, phrase in found[:most]]

    def _phrases_of(self, stem: str) -> Iterable[int]:
        if len(stem) <= _SHORTEST_STEM:
            return self.holding.get(stem, ())
        at = bisect_left(self.stems, stem)
        begun = takewhile(lambda word: word.startswith(stem), islice(self.stems, at, None))
        return frozenset().union(*(self.holding[word] for word in begun))


def classification(entries: Iterable[Entry]) -> Classification:
    """Entries made ready to be found; each by its title, its phrases and its code."""
    kept = tuple(entries)
    phrases: list[tuple[int, str]] = []
    holding: dict[str, set[int]] = {}
    for n, entry in enumerate(kept):
        for phrase in (entry.title, *entry.phrases):
            for word in (*_words(phrase), entry.code.lower()):
                holding.setdefault(_stem(word), set()).add(len(phrases))
            phrases.append((n, phrase))
    # Arrays: as sets they would take seven times the room, and a list of industries has 20,000 phrases.
    stems = {stem: array("I", sorted(found)) for stem, found in holding.items()}
    return Classification(kept, tuple(phrases), stems, tuple(sorted(stems)))


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.lower()) if word not in _IGNORED]


def _stem(word: str) -> str:
    if word.isdigit():
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM and not word.endswith("ss"):
            return word[: -len(ending)]
    return word
