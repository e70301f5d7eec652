"""What else a license's owner has with the city: by what was stated when licenses were filed, or the same tax number.

For reading and for paying: whose an account is, its party, is nobody's to type, and a trust deposit is drawn on for the
accounts of its own party alone (`counter.trust`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from countertui.counter.account_changes import as_changed
from countertui.counter.accounts import account_here, owners_said, party_here
from countertui.domain.license_acts import SAME_OWNER
from countertui.domain.license_application import LIKE, SECRET
from countertui.domain.license_facts import FactRefused
from countertui.domain.reference import AccountKind
from countertui.domain.text import person_key
from countertui.store import license_rows

if TYPE_CHECKING:
    from countertui.counter.station import Station
    from countertui.domain.license_acts import LicenseAct
    from countertui.domain.license_file import License
    from countertui.store.reference_rows import AccountRow


def accounts_of_owner(
    station: Station, db: sqlite3.Connection, own: Sequence[AccountRow], most: int
) -> list[AccountRow]:
    """The accounts that owners of these licenses have beside `own`, at most so many: linked licenses, and all that is
    of the party of one of those.
    """
    there = {row.number for row in own}
    found: dict[str, AccountRow] = {}
    for number in linked_licenses(station, db, [row.number for row in own if row.kind == AccountKind.LICENSE], most):
        row = account_here(station, db, number)
        of_party = station.reference.accounts_of(party_here(station, db, number), most)
        for each in [*([row] if row is not None else []), *of_party]:
            if each.number not in there:
                found.setdefault(each.number, each)
        if len(found) >= most:
            break
    return as_changed(station, db, list(found.values())[:most])


def linked_licenses(station: Station, db: sqlite3.Connection, numbers: Iterable[str], most: int) -> list[str]:
    """The other licenses that are stated to be of the same owner as one of these, through others too."""
    here = owners_said(station, db)
    to_look, seen = list(numbers), dict.fromkeys(numbers)
    begun = len(seen)
    while to_look and len(seen) < begun + most:
        number = to_look.pop(0)
        for other in _beside(station, db, here, number, most):
            if other not in seen:
                seen[other] = None
                to_look.append(other)
    return list(seen)[begun:]


def stated_owner(station: Station, db: sqlite3.Connection, texts: Mapping[str, str], says: Mapping[str, Any]) -> str:
    """The license that an application's owner has already: the one it was filled in from, if it shares an owner with
    it or states none; else the last one filed here with one of its tax numbers. Empty for none.
    """
    like = licensed(station, db, texts.get(LIKE, ""))
    if like is not None:
        stated = {person_key(one["name"]) for one in like.says.get("owners", ())}
        if not stated or stated & {person_key(one["name"]) for one in says.get("owners", ())}:
            return like.number
    return next(iter(same_numbers(station, db, texts)), "")


def licensed(station: Station, db: sqlite3.Connection, typed: str) -> License | None:
    """The license of a number as it is typed; None where there is none here."""
    from countertui.counter.licenses import license_here  # few look at a license

    number = typed.strip().upper()
    return license_here(station, db, number) if number else None


def same_numbers(station: Station, db: sqlite3.Connection, texts: Mapping[str, str]) -> list[str]:
    """Licenses filed at this terminal with one of an application's EIN and Social Security numbers, the latest first.

    Found by keyed hashes, which erasing destroys; one that has another owner since is none of them.
    """
    from countertui.counter.tax_numbers import number_as_written, number_fault

    found: list[str] = []
    for field in SECRET:
        typed = texts.get(field, "")
        if typed.strip() and number_fault(field, typed) is None:
            blind = station.vault.blind(field.rpartition(".")[2], number_as_written(field, typed))
            found += license_rows.filed_with(db, blind)
    return [number for number in dict.fromkeys(found) if not _transferred(_acts(station, db, number))]


def same_owner_typed(station: Station, shown: License, typed: str) -> dict[str, str | None]:
    """What an act says so that a license is stated to be of the same owner as the one typed; nothing typed: of none.

    Raises FactRefused.
    """
    other = licensed(station, station.db, typed)
    if typed.strip() and (other is None or other.number == shown.number):
        raise FactRefused(
            f"There is no other license {typed.strip()[:24]}.",
            "Nothing was recorded.",
            "Type another license's number.",
        )
    now = None if other is None else other.number
    if shown.says.get(SAME_OWNER) == now:
        raise FactRefused("That is what it is.", "Nothing was recorded.", "Type another, or Esc.")
    return {SAME_OWNER: now}


def _beside(station: Station, db: sqlite3.Connection, here: Mapping[str, str], number: str, most: int) -> Iterable[str]:
    """The licenses one step away: the one that this is said to be like, and those that are said to be like this."""
    known = station.reference.licenses.license(number)
    said = here.get(number, known.same_owner if known is not None else "")
    if said and _holds(station, db, number, said):
        yield said
    others = [other for other in station.reference.licenses.said_same(number, most) if other not in here]
    for other in (*others, *(other for other, of in here.items() if of == number)):
        if _holds(station, db, other, number):
            yield other


def _holds(station: Station, db: sqlite3.Connection, license_: str, of: str) -> bool:
    """Whether a statement still holds: the license it names is there, and has no other owner since."""
    acts = _acts(station, db, of)
    said = [act.dated for act in _acts(station, db, license_) if act.says.get(SAME_OWNER) == of]
    return bool(acts) and bool(said) and not any(act.dated >= said[-1] for act in _transferred(acts))


def _acts(station: Station, db: sqlite3.Connection, number: str) -> Sequence[LicenseAct]:
    from countertui.counter.licenses import license_here

    license_ = license_here(station, db, number)
    return () if license_ is None else [act for act in license_.acts if act.carried_out]


def _transferred(acts: Iterable[LicenseAct]) -> list[LicenseAct]:
    from countertui.domain.license_states import Step

    return [act for act in acts if act.step is Step.TRANSFER]
