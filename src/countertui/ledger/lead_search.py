"""What a list of businesses has beyond the licenses and the worklist. Imported late: it brings rapidfuzz."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from countertui.domain.lead_list import SETTLED
from countertui.ledger.lead_worklist import Worked
from countertui.ledger.leads import Business, Known, Lead, Place

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Row:
    """A business as a list has it: where its letters go, what else the list says in a few words, its other name."""

    business: Business
    mailing: str = ""
    about: str = ""
    also: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """A license that is no more in force, and how it ended, in words."""

    business: Business
    how: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a list comes to: new leads, the likeliest first; leads that are licensed by now; the rest by why."""

    rows: int
    leads: tuple[tuple[Lead, Row], ...]
    licensed_now: tuple[tuple[Worked, str], ...]
    licensed: int
    known: int
    repeated: int


def look_through(
    rows: Iterable[Row],
    licensed: Sequence[Business],
    ended: Sequence[Ended],
    worklist: Sequence[Worked],
    place: Place,
    progress: Progress = lambda _: None,
) -> Found:
    """What a list has beyond licenses and worklist. Businesses whose license ended come first, then the least alike.

    place: what spellings of one address have in common. progress is told the rows so far.
    """
    in_force = Known(licensed, place)
    before = Known([Business(str(each.no), each.name, each.address) for each in worklist], place)
    lapsed = Known([each.business for each in ended], place)
    how = {each.business.key: each.how for each in ended}
    seen: set[str] = set()
    found: list[tuple[bool, Lead, Row]] = []
    count = is_licensed = is_known = 0
    for row in rows:
        count += 1
        progress(count)
        if row.business.known_by in seen:
            continue
        seen.add(row.business.known_by)
        lead = in_force.lead(row.business)
        if lead is None or _same_otherwise(in_force, row) is not None:
            is_licensed += 1
        elif _same(before, row) is not None:
            is_known += 1
        else:
            had = _same(lapsed, row)
            if had is not None:
                lead = replace(lead, evidence=(f"had license {had.key}: {how[had.key]}", *lead.evidence))
            found.append((had is None, lead, row))
    found.sort(key=lambda each: (each[0], each[1].alike, each[1].business.name, each[1].business.key))
    open_ = (each for each in worklist if each.status not in SETTLED)
    now = [(each, in_force.same(Business(str(each.no), each.name, each.address))) for each in open_]
    return Found(
        count,
        tuple((lead, row) for _, lead, row in found),
        tuple((each, license_.key) for each, license_ in now if license_ is not None),
        is_licensed,
        is_known,
        count - len(seen),
    )


def _same(known: Known, row: Row) -> Business | None:
    """The one of those known that a row is, by its name or its other name."""
    return known.same(row.business) or _same_otherwise(known, row)


def _same_otherwise(known: Known, row: Row) -> Business | None:
    """The one of those known that a row is by its other name."""
    return known.same(replace(row.business, name=row.also)) if row.also else None
