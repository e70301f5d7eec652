"""An industry list (NAICS): the codes in force and their titles, and the phrases by which people find them.

A newer edition takes the place of the one before; phrases stay with their codes. Those of a code that is gone go to the
one that has its title now, else to the only one of its group, and are told where there is neither. The edition of 2022
calls `retailers` what were `stores`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NamedTuple

CODE = re.compile(r"[1-9][0-9]{1,5}")
SECTORS = re.compile(r"[1-9][0-9]-[1-9][0-9]")
"""A sector that has several beginnings, such as 31-33 Manufacturing."""
BETWEEN = "; "
"""What stands between the phrases of a row; within one it is a comma."""
_WORD = re.compile(r"[a-z0-9]+")
_GROUPS = (5, 4)
"""Digits of the groups that a code is of, the closest first."""
_AS_OF_2022 = {"stores": "retailers", "markets": "retailers"}


class Industry(NamedTuple):
    """A code, its title, and what people call it."""

    code: str
    title: str
    phrases: tuple[str, ...] = ()

    def row(self) -> tuple[str, str, str]:
        """As table `industry` has it: the phrases in one text."""
        return self.code, self.title, BETWEEN.join(self.phrases)


def a_phrase(text: str) -> str:
    """A phrase as it is kept: spaces single, and nothing in it that stands between phrases."""
    return " ".join(text.split()).replace(BETWEEN.strip(), ",")


def industry_of(code: str, title: str, phrases: str) -> Industry:
    """A row of table `industry`."""
    return Industry(code, title, tuple(phrases.split(BETWEEN)) if phrases else ())


@dataclass(frozen=True, slots=True)
class Editions:
    """The list as it is after a file: what is to be set, the codes to be taken out, and why phrases found no place.

    became: for each code of the file where its row went (another code, where phrases moved by title); None: nowhere.
    """

    industries: Mapping[str, Industry]
    gone: tuple[str, ...] = ()
    became: Mapping[str, str | None] = field(default_factory=dict)
    homeless: tuple[Industry, ...] = ()


def with_table(
    there: Mapping[str, Industry], table: Mapping[str, str], spared: AbstractSet[str] = frozenset()
) -> Editions:
    """The list with a table of codes and titles in force.

    Of each length that the table has codes of, those that it lacks are gone, but for those `spared`: the table has
    them, in rows that can't be read.
    """
    lengths = {_length(code) for code in table}
    now = {code: each for code, each in there.items() if _length(code) not in lengths or code in spared}
    now |= {code: Industry(code, title, _phrases(there, code)) for code, title in table.items()}
    place = _places(now.values())
    gone = sorted(there.keys() - now.keys())
    homeless = []
    for code in gone:
        to = place(there[code])
        if to is not None:
            now[to] = now[to]._replace(phrases=_joined(now[to].title, now[to].phrases, there[code].phrases))
        elif there[code].phrases:
            homeless.append(there[code])
    return Editions(now, tuple(gone), {code: code for code in table}, tuple(homeless))


def with_index(there: Mapping[str, Industry], index: Iterable[Industry]) -> Editions:
    """The list with more phrases for the codes in force; where no list is there yet, the index is all of it."""
    given = list(index)
    now = dict(there) or {each.code: Industry(each.code, each.title) for each in given}
    place = _places(now.values())
    became: dict[str, str | None] = {}
    homeless = []
    for each in given:
        to = each.code if each.code in now else place(each)
        became[each.code] = to
        if to is None:
            homeless.append(each)
        else:
            now[to] = now[to]._replace(phrases=_joined(now[to].title, now[to].phrases, each.phrases))
    return Editions(now, (), became, tuple(homeless))


def _phrases(there: Mapping[str, Industry], code: str) -> tuple[str, ...]:
    return there[code].phrases if code in there else ()


def _joined(title: str, there: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    """Phrases in their order, each once however it is capitalized, the title itself left out."""
    known = {title.casefold(): title} | {phrase.casefold(): phrase for phrase in there}
    fresh = []
    for phrase in more:
        if phrase.casefold() not in known:
            known[phrase.casefold()] = phrase
            fresh.append(phrase)
    return (*there, *fresh)


def _places(industries: Iterable[Industry]) -> Callable[[Industry], str | None]:
    """Gives for a code that is gone the one that has its place; None where none, or not one alone, has it."""
    titles: dict[tuple[int, tuple[str, ...]], list[str]] = {}
    groups: dict[str, list[str]] = {}
    for each in industries:
        titles.setdefault(_title(each.title, each.code), []).append(each.code)
        for digits in _GROUPS:
            if len(each.code) > max(_GROUPS):
                groups.setdefault(each.code[:digits], []).append(each.code)

    def place(gone: Industry) -> str | None:
        kin = [groups.get(gone.code[:digits], []) for digits in _GROUPS if len(gone.code) > max(_GROUPS)]
        candidates = [titles.get(_title(gone.title, gone.code), []), *kin]
        return next((codes[0] for codes in candidates if len(codes) == 1), None)

    return place


def _title(title: str, code: str) -> tuple[int, tuple[str, ...]]:
    return _length(code), tuple(_AS_OF_2022.get(word, word) for word in _WORD.findall(title.casefold()))


def _length(code: str) -> int:
    """How many digits of the hierarchy a code has; a range of sectors has two."""
    return 2 if "-" in code else len(code)
