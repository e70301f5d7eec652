"""Businesses in a list from elsewhere that no license is found for: candidates, ranked, each with its evidence.

A row of a state's registry or of the utility's commercial accounts is licensed where a license has nearly its name, or
its address and a like name. Most of what is left are false leads (Hamilton, 2015: 684 looked at, 27 real), so each says
what was nearest, and one that somebody put aside never comes back.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from rapidfuzz.fuzz import ratio, token_set_ratio

from countertui.domain.business_names import name_words, same_business

SAME_NAME = 90
"""From so many percent alike on two names are one business's."""
LIKE_NAME = 60
"""The same, where they have one address too."""
_COMMON = 200
"""A word that more licenses have than this leads to too many of them to compare."""

Place = Callable[[str], str]
"""What two spellings of one street address have in common; empty for what is none."""


@dataclass(frozen=True, slots=True)
class Business:
    """A business of a list: what the list calls it, its name, and its street address as the post writes it."""

    key: str
    name: str
    address: str

    @property
    def known_by(self) -> str:
        """What it is known by from one list to the next."""
        return same_business(self.name, self.address)


@dataclass(frozen=True, slots=True)
class Lead:
    """A business that no license was found for: the license nearest to it, how alike in percent, and what was seen."""

    business: Business
    nearest: Business | None
    alike: int
    evidence: tuple[str, ...]


def leads(
    found: Iterable[Business], licensed: Sequence[Business], put_aside: AbstractSet[str], place: Place | None = None
) -> list[Lead]:
    """What of a list has no license and was not put aside (by `known_by`), the least alike to any license first.

    A business that stands twice in the list is one lead.
    """
    index = Known(licensed, place)
    by_known = {business.known_by: business for business in found if business.known_by not in put_aside}
    candidates = (index.lead(business) for business in by_known.values())
    return ranked(lead for lead in candidates if lead is not None)


def ranked(found: Iterable[Lead]) -> list[Lead]:
    """Leads, the least alike to any license first."""
    return sorted(found, key=lambda lead: (lead.alike, lead.business.name, lead.business.key))


@dataclass(frozen=True, slots=True)
class _Nearest:
    """What is nearest to a business: its place among those known, how alike, whether it is the same; who is there."""

    at: int | None
    alike: int
    same: bool
    here: tuple[int, ...]


class Known:
    """Businesses by their address and by the words of their names that are not common."""

    def __init__(self, businesses: Sequence[Business], place: Place | None = None) -> None:
        self._known = businesses
        self._place = place or _plain
        self._names = [" ".join(name_words(business.name)) for business in businesses]
        self._at: Mapping[str, list[int]] = defaultdict(list)
        self._of: Mapping[str, list[int]] = defaultdict(list)
        count = Counter(word for name in self._names for word in set(name.split()))
        for n, business in enumerate(businesses):
            if place_ := self._place(business.address):
                self._at[place_].append(n)
            for word in set(self._names[n].split()):
                if count[word] <= _COMMON:
                    self._of[word[:4]].append(n)

    def same(self, business: Business) -> Business | None:
        """The one of those known that this is, spelled otherwise or not; None if it is none of them."""
        nearest = self._nearest(business)
        return self._known[nearest.at] if nearest.same and nearest.at is not None else None

    def lead(self, business: Business) -> Lead | None:
        """The business as a lead; None where it is one of those known."""
        nearest = self._nearest(business)
        if nearest.same:
            return None
        near = None if nearest.at is None else self._known[nearest.at]
        here = [self._known[n] for n in nearest.here]
        evidence = tuple(_evidence(business, near, nearest.alike, here))
        return Lead(business, near, max(nearest.alike, 0), evidence)

    def _nearest(self, business: Business) -> _Nearest:
        name, place = " ".join(name_words(business.name)), self._place(business.address)
        here = set(self._at.get(place, ())) if place else set()
        at, best = None, -1
        for n in sorted({*here, *self._named_like(name)}):
            alike = _alike(name, self._names[n])
            if alike >= (LIKE_NAME if n in here else SAME_NAME):
                return _Nearest(n, alike, True, tuple(sorted(here)))
            if alike > best:
                at, best = n, alike
        return _Nearest(at, best, False, tuple(sorted(here)))

    def _named_like(self, name: str) -> Iterator[int]:
        for word in set(name.split()):
            yield from self._of.get(word[:4], ())


def _alike(one: str, other: str) -> int:
    """Percent: the better of letter by letter and of words in any order, the latter only for two words and more."""
    whole = ratio(one, other)
    words = min(len(one.split()), len(other.split()))
    return int(max(whole, token_set_ratio(one, other))) if words > 1 else int(whole)


def _plain(address: str) -> str:
    return " ".join(address.casefold().split())


def _evidence(business: Business, nearest: Business | None, alike: int, here: Sequence[Business]) -> Iterator[str]:
    if nearest is None:
        yield "no license has a name like it"
    else:
        yield f"nearest: {nearest.key} {nearest.name}, {alike}% alike"
    if here:
        yield f"at {business.address}: {', '.join(f'{each.key} {each.name}' for each in here[:3])}"
    elif business.address:
        yield f"no license at {business.address}"
    else:
        yield "no address stated"
