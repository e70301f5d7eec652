"""What a drawer's difference may come from: receipts to look at, likeliest first. It accuses nobody; it says where.

The usual slips of a counter, as bookkeepers look for them: an amount equal to the difference, half of it (taken for
given), two digits in each other's place or a point that slid (the difference divides by nine), a tender keyed as
another kind, change given twice or not at all, one note or one roll. Amounts in cents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, islice
from typing import NamedTuple

from countertui.domain.drawers import DENOMINATIONS, pack_of
from countertui.domain.money import Cents, format_cents
from countertui.domain.tenders import TenderKind

MOST = 5
"""How many of them are told for one tender: more is no help to somebody who counts."""
_MOST_PAIRED = 400
"""Of how many amounts pairs are looked for, the newest: beyond, every sum is some pair's."""


class Taken(NamedTuple):
    """One tender of a receipt that stands, as it was recorded."""

    receipt_no: str
    kind: TenderKind
    cents: int


class Change(NamedTuple):
    """Change that a receipt says was given."""

    receipt_no: str
    cents: int


TAKE_ANEW = "Before it closes: void it (Wrong tender), take it anew, then count again."
"""A tender keyed as another kind. Once the drawer is closed its deposit can't take it as what it is."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What may have happened, in words, and the receipts to look at."""

    kind: TenderKind
    words: str
    receipts: tuple[str, ...] = ()
    remedy: str = ""
    """What puts it right while the drawer is open; empty where only looking does."""


def explanations(
    differences: Mapping[TenderKind, int], taken: Sequence[Taken], changes: Sequence[Change]
) -> list[Explanation]:
    """What each difference (counted less expected) may come from, at most MOST for a tender.

    taken and changes are those of the session's receipts that stand, newest first.
    """
    off = {kind: cents for kind, cents in differences.items() if cents}
    kept = _kept(taken, changes)
    given = [each for each in taken if each not in kept]
    found: list[Explanation] = []
    for kind, cents in off.items():
        own = [each for each in kept if each.kind is kind]
        handed = [each for each in given if each.kind is kind]
        ways = chain(
            _keyed_as_another(kind, cents, off, kept),
            _equal(kind, cents, [*own, *handed]),
            _transposed(kind, cents, [*own, *handed]),
            _half(kind, cents, own),
            _change(cents, changes) if kind is TenderKind.CASH else (),
            _two_together(kind, cents, own),
            _one_pack(cents) if kind is TenderKind.CASH else (),
        )
        found += islice(ways, MOST)
    return found


def _kept(taken: Iterable[Taken], changes: Iterable[Change]) -> list[Taken]:
    """What the drawer kept of each tender: of the last cash of a receipt less than was handed over, by its change."""
    left = {each.receipt_no: each.cents for each in changes}
    found = []
    for each in reversed(list(taken)):
        back = left.pop(each.receipt_no, 0) if each.kind is TenderKind.CASH else 0
        found.append(each._replace(cents=each.cents - back))
    return found[::-1]


def slid(cents: int) -> set[int]:
    """The amounts that an amount becomes when its point slides by a place or two: 12.00 keyed as 1.20 or 120.00."""
    return {cents * 10, cents * 100} | {cents // by for by in (10, 100) if cents % by == 0}


def swapped(cents: int) -> set[int]:
    """The amounts that an amount becomes when two of its digits that stand side by side are exchanged."""
    digits = str(cents)
    ways = (digits[:n] + digits[n + 1] + digits[n] + digits[n + 2 :] for n in range(len(digits) - 1))
    return {int(way) for way in ways} - {cents}


def _keyed_as_another(
    kind: TenderKind, off: int, differences: Mapping[TenderKind, int], taken: Iterable[Taken]
) -> Iterator[Explanation]:
    """Short of one kind and over of another by as much: what was keyed as the one lies in the drawer as the other."""
    if off > 0:
        return
    others = [other for other, cents in differences.items() if cents == -off]
    for each in taken:
        if each.kind is kind and each.cents == -off:
            for other in others:
                words = f"{each.receipt_no}: {_sum(off)} keyed as {kind.label.lower()}, perhaps {other.label.lower()}"
                yield Explanation(kind, words, (each.receipt_no,), TAKE_ANEW)


def _equal(kind: TenderKind, off: int, own: Iterable[Taken]) -> Iterator[Explanation]:
    for each in own:
        if each.cents == abs(off):
            why = "was it put in?" if off < 0 else "was it taken twice and keyed once?"
            yield Explanation(kind, f"{each.receipt_no} is {_sum(off)}: {why}", (each.receipt_no,))


def _transposed(kind: TenderKind, off: int, own: Iterable[Taken]) -> Iterator[Explanation]:
    if off % 9:
        return
    for each in own:
        meant = each.cents + off
        if meant in swapped(each.cents) | slid(each.cents):
            words = f"{each.receipt_no}: {_sum(each.cents)} keyed, perhaps {_sum(meant)} was taken"
            yield Explanation(kind, words, (each.receipt_no,))


def _half(kind: TenderKind, off: int, own: Iterable[Taken]) -> Iterator[Explanation]:
    for each in own:
        if each.cents * 2 == abs(off):
            why = "given back where it should have been taken?" if off < 0 else "taken where it should have gone out?"
            yield Explanation(kind, f"{each.receipt_no} is half of it, {_sum(each.cents)}: {why}", (each.receipt_no,))


def _change(off: int, changes: Iterable[Change]) -> Iterator[Explanation]:
    for each in changes:
        if each.cents == abs(off):
            why = "given twice?" if off < 0 else "not given?"
            words = f"{each.receipt_no}: change of {_sum(each.cents)}, {why}"
            yield Explanation(TenderKind.CASH, words, (each.receipt_no,))


def _two_together(kind: TenderKind, off: int, own: Sequence[Taken]) -> Iterator[Explanation]:
    for one, other in combinations(own[:_MOST_PAIRED], 2):
        if one.cents + other.cents == abs(off):
            words = f"{one.receipt_no} and {other.receipt_no} together are {_sum(off)}"
            yield Explanation(kind, words, (one.receipt_no, other.receipt_no))


def _one_pack(off: int) -> Iterator[Explanation]:
    for cents in DENOMINATIONS:
        pack = pack_of(cents)
        if abs(off) == cents * pack.pieces:
            yield Explanation(TenderKind.CASH, f"it is one {pack.name} of {format_cents(cents)}: count those again")
        elif abs(off) == cents:
            yield Explanation(TenderKind.CASH, f"it is one piece of {format_cents(cents)}: count those again")


def _sum(cents: int) -> str:
    return format_cents(Cents(abs(cents)))
