"""What a business is, by plain words: the city's classes and the industry list's codes, made ready once a snapshot.

Reading the list and its words takes some tenths of a second: ask for it where the counter looks things up, ahead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from countertui.config.licenses import licenses_on
from countertui.domain.classification import Classification, Entry, classification
from countertui.domain.license_schedule import LicenseClass
from countertui.store.reference import Reference

_DAYS = 3
"""Classes are kept of so many days: an application's own, and the one that it is about."""
_CODE = re.compile(r"[1-9][0-9]{1,5}(?![0-9])")


@dataclass(frozen=True, slots=True)
class Classifications:
    """The city's classes and the industry codes, each found by plain words. Either may be empty."""

    classes: Classification
    industries: Classification
    of_class: dict[str, tuple[str, ...]]
    """Class to the beginnings of the industry codes that are in it."""

    def title(self, code: str) -> str | None:
        """The title of an industry code; None for one that is not in the list."""
        return next((each.title for each in self.industries.entries if each.code == code), None)

    def classes_of(self, code: str) -> tuple[str, ...]:
        """The classes an industry code belongs to, those that name it more closely first."""
        fitting = [
            (-len(begun), place, name)
            for place, (name, beginnings) in enumerate(self.of_class.items())
            for begun in beginnings
            if code.startswith(begun)
        ]
        return tuple(dict.fromkeys(name for _, _, name in sorted(fitting)))


def industries(reference: Reference, on: date) -> Classifications:
    """The classes in force on a day and the industry codes of the snapshot in use; read once for each.

    Raises LicensesRefused where the snapshot's rows of licenses can't be read.
    """
    version = reference.snapshot().version
    classes, of_class = _classes(reference, version, on)
    return Classifications(classes, _listed(reference, version), of_class)


@lru_cache(maxsize=_DAYS)
def _classes(reference: Reference, _version: int, on: date) -> tuple[Classification, dict[str, tuple[str, ...]]]:
    """The city's classes of a day, and the beginnings of the industry codes in each."""
    text = reference.licenses_toml()
    classes = licenses_on(text, on).classes if text else ()
    return classification(map(_entry, classes)), {each.code: _beginnings(each.naics) for each in classes}


@lru_cache(maxsize=1)
def _listed(reference: Reference, _version: int) -> Classification:
    """The list alone: the same on every day."""
    return classification(Entry(each.code, each.title, each.phrases) for each in reference.industries())


def _entry(each: LicenseClass) -> Entry:
    return Entry(each.code, each.name, (*each.synonyms, *each.naics))


def _beginnings(naics: Iterable[str]) -> tuple[str, ...]:
    return tuple(found[0] for each in naics if (found := _CODE.match(each)))
