"""Licenses that may be the one somebody applies for: by the words of its name, or at the same address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from countertui.counter.account_changes import as_changed
from countertui.counter.accounts import account_here, born_here
from countertui.counter.station import Station
from countertui.documents.postal_addresses import street_of
from countertui.domain.business_names import name_words
from countertui.domain.reference import AccountKind
from countertui.store.reference_rows import AccountRow

MOST_ALIKE = 6
_LEAST_LETTERS = 3
_SAME_BOTH, _SAME_NAME, _SAME_PLACE, _BEGINS, _LIKE, _NEARLY, _SAME_NUMBER = range(7)
WORDS = {
    _SAME_NUMBER: "the same tax number",
    _SAME_BOTH: "same name and address",
    _SAME_NAME: "same name",
    _SAME_PLACE: "same address",
    _BEGINS: "begins so",
    _LIKE: "a like name",
    _NEARLY: "a name spelled nearly so",
}


@dataclass(frozen=True, slots=True)
class Alike:
    """A license that is like what is typed: its number, name and address, class and status, and what is alike."""

    number: str
    name: str
    address: str
    license_class: str
    status: str
    why: str


def licenses_alike(
    station: Station, names: tuple[str, ...], premises: str, same_numbers: Sequence[str] = ()
) -> tuple[Alike, ...]:
    """The licenses known here that are like these names or at this address, the most alike first.

    same_numbers: licenses with one of the applicant's tax numbers: they stand first.
    """
    own = [row for number in same_numbers if (row := account_here(station, station.reader, number)) is not None]
    same = [_alike(station, row, _SAME_NUMBER) for row in as_changed(station, station.reader, own)]
    others = (one for one in _by_words(station, names, premises) if one.number not in same_numbers)
    return tuple([*same, *others][:MOST_ALIKE])


def _by_words(station: Station, names: tuple[str, ...], premises: str) -> tuple[Alike, ...]:
    words = [found for name in names if len(name.strip()) >= _LEAST_LETTERS and (found := name_words(name))]
    place = street_of(premises) if any(map(str.isalpha, premises)) and premises[:1].isdigit() else ""
    questions = [question for each in words for question in (" ".join(each), max(each, key=len))]
    if place:
        questions.append(" ".join(premises.split(",", maxsplit=1)[0].split()[:3]))
    known = chain.from_iterable(station.reference.search(each) for each in dict.fromkeys(questions))
    rows = as_changed(station, station.reader, [*known, *born_here(station, station.reader)])
    licenses = {row.number: row for row in rows if row.kind == AccountKind.LICENSE}
    ranked = sorted(
        (rank, row.number, row) for row in licenses.values() if (rank := _rank(row, words, place)) is not None
    )
    if words and not ranked:
        near = station.reference.search_nearly(next(filter(None, names)), MOST_ALIKE)
        return tuple(_alike(station, row, _NEARLY) for row in near if row.kind == AccountKind.LICENSE)
    return tuple(_alike(station, row, rank) for rank, _, row in ranked[:MOST_ALIKE])


def _rank(row: AccountRow, words: list[tuple[str, ...]], place: str) -> int | None:
    here = name_words(row.name)
    same_name = here in words
    same_place = bool(place) and street_of(row.address) == place
    if same_name:
        return _SAME_BOTH if same_place else _SAME_NAME
    if same_place:
        return _SAME_PLACE
    if any(" ".join(here).startswith(" ".join(each)) for each in words):
        return _BEGINS
    begun = (all(any(word.startswith(typed) for word in here) for typed in each) for each in words)
    return _LIKE if any(begun) else None


def _alike(station: Station, row: AccountRow, rank: int) -> Alike:
    known = station.reference.licenses.license(row.number)
    license_class, status = ("", row.status) if known is None else (known.license_class, known.status)
    return Alike(row.number, row.name, row.address, license_class, status, WORDS[rank])
