"""The register of licenses: lists of what waits for somebody, finding one, and all that is known of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from countertui.counter import licenses
from countertui.counter.license_schedule import business_day, schedule_on
from countertui.counter.licenses import LicenseRefused, license_here
from countertui.domain.card_guard import refuse_card_numbers
from countertui.domain.dates import us_date
from countertui.domain.license_acts import BUSINESS, LICENSE_CLASS, TRADE_NAME
from countertui.domain.license_application import class_of
from countertui.domain.license_facts import FactLine, fact_lines
from countertui.domain.license_file import License
from countertui.domain.license_rows import state_said
from countertui.domain.license_states import State, standing_on
from countertui.domain.reference import AccountKind
from countertui.domain.text import refuse_controls
from countertui.store import license_rows

if TYPE_CHECKING:
    from countertui.counter.station import Session, Station
    from countertui.domain.license_schedule import LicenseClass
    from countertui.store.reference_rows import ListedLicense

MOST_LISTED = 200


class Listing(StrEnum):
    """Which list: what waits for a decision, for money or its certificate, has expired, is suspended; all."""

    OPEN = "open"
    DUE = "due"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    ALL = "all"


_STATES = {
    Listing.OPEN: (State.SUBMITTED, State.IN_REVIEW),
    Listing.DUE: (State.APPROVED, State.FEES_DUE),
    Listing.EXPIRED: (State.EXPIRED,),
    Listing.SUSPENDED: (State.SUSPENDED,),
    Listing.ALL: tuple(State),
}


@dataclass(frozen=True, slots=True)
class Registered:
    """One line of a list: number, business, class code, state, and until when it is paid (ISO, None: not known)."""

    number: str
    business: str
    license_class: str
    state: State
    expires_on: str | None


@dataclass(frozen=True, slots=True)
class LicenseSeen:
    """One license as it stands here on a day: what is stated, line by line; its class as the city has it now."""

    license: License
    facts: tuple[FactLine, ...]
    license_class: LicenseClass | None
    day: date

    @property
    def business(self) -> str:
        """Its name, as people call it."""
        says = self.license.says
        return str(says.get(TRADE_NAME) or says.get(BUSINESS, ""))


def listed(station: Station, listing: Listing, session: Session | None = None) -> list[Registered]:
    """A list in the order of numbers, what was done here since the snapshot with it; MOST_LISTED at most."""
    day = business_day(station, station.reader, session)
    here = {row.number: row for row in _changed_here(station, day)}
    wanted = frozenset(_STATES[listing])
    rows = [here.pop(one.number, one) for one in _of_snapshot(station, wanted, day, MOST_LISTED + len(here))]
    found = [row for row in (*here.values(), *rows) if row.state in wanted]
    return found[:MOST_LISTED]


def found_licenses(station: Station, text: str, session: Session | None = None) -> list[Registered]:
    """Licenses by number, name, trade name, address, telephone or class. Raises CardNumberRefused, TextRefused."""
    refuse_card_numbers(text, "What was typed")
    refuse_controls(text, "What was typed")
    text = text.strip()
    day = business_day(station, station.reader, session)
    here = {row.number: row for row in _changed_here(station, day)}
    numbers = [row.number for row in station.reference.search(text) if row.kind == AccountKind.LICENSE] if text else []
    numbers += station.reference.licenses.like(text, MOST_LISTED) if text else []
    known = {number: here.get(number) or _registered(station, number, day) for number in dict.fromkeys(numbers)}
    plain = text.casefold()
    born = [row for row in here.values() if row.number not in known and _fits(row, plain)]
    return [*born, *(row for row in known.values() if row is not None)][:MOST_LISTED]


def license_seen(station: Station, number: str, session: Session | None = None) -> LicenseSeen:
    """All that is known of a license here. Raises LicenseRefused where there is none."""
    return seen_in(station, found_here(station, number), business_day(station, station.reader, session))


def found_here(station: Station, number: str) -> License:
    """A license as it stands here. Raises LicenseRefused where there is none."""
    license_ = license_here(station, station.reader, number)
    if license_ is None:
        raise LicenseRefused(f"There is no license {number[:24]}.", press="Find it again: F.")
    return license_


def seen_in(station: Station, license_: License, day: date) -> LicenseSeen:
    """A license with its lines as the city's schedule of a day has them."""
    schedule = schedule_on(station, day)
    class_ = class_of(schedule, str(license_.says.get(LICENSE_CLASS, "")))
    return LicenseSeen(license_, tuple(fact_lines(license_.says, schedule)), class_, day)


def _changed_here(station: Station, day: date) -> list[Registered]:
    numbers = license_rows.changed_after(station.reader, station.reference.snapshot().seq)
    return [row for number in numbers if (row := _registered(station, number, day)) is not None]


def _registered(station: Station, number: str, day: date) -> Registered | None:
    license_ = license_here(station, station.reader, number, day)
    if license_ is None:
        return None
    says, until = license_.says, license_.expires_on
    business = str(says.get(TRADE_NAME) or says.get(BUSINESS, ""))
    code = str(says.get(LICENSE_CLASS, ""))
    return Registered(number, business, code, license_.state, until.isoformat() if until else None)


def _of_snapshot(station: Station, states: frozenset[State], day: date, limit: int) -> list[Registered]:
    said = {words: state_said(words) for words in station.reference.licenses.statuses()}
    wanted = [words for words, state in said.items() if state in states]
    over = [words for words, state in said.items() if state is State.ISSUED and State.EXPIRED in states]
    rows = station.reference.licenses.with_status(wanted, over, day.isoformat(), limit)
    return [_as_listed(row, day) for row in rows]


def _as_listed(row: ListedLicense, day: date) -> Registered:
    state = state_said(row.status)
    expires_on = date.fromisoformat(row.expires_on) if row.expires_on else None
    name = row.trade_name or row.business
    return Registered(row.number, name, row.license_class, standing_on(state, expires_on, day), row.expires_on)


def _fits(row: Registered, plain: str) -> bool:
    return bool(plain) and any(plain in text.casefold() for text in (row.number, row.business, row.license_class))


def until_words(row: Registered) -> str:
    """Until when it is paid, in words."""
    return f"until {us_date(row.expires_on)}" if row.expires_on else ""


def license_as_of(station: Station, number: str, day: date) -> LicenseSeen:
    """A license as it stood at the end of a day, by the acts until then and what was paid by then.

    Raises LicenseRefused where there is none, or was none yet.
    """
    found_here(station, number)
    then = licenses.license_as_of(station, station.reader, number, day)
    if then is None:
        raise LicenseRefused(
            f"Nothing was done with {number} until {us_date(day.isoformat())}.", press="Type a later day, or Esc."
        )
    return seen_in(station, then, day)


def proposed_lines(station: Station, license_: License, session: Session | None, width: int) -> list[str]:
    """What the next term of a license costs, in lines of at most `width` cells: the term, then each line's working.

    Raises AssessmentRefused.
    """
    from countertui.counter.license_deeds import proposed
    from countertui.documents.determination import determination_lines

    said = proposed(station, license_, session)
    first, last, due = (us_date(day.isoformat()) for day in (said.term.begins, said.term.ends, said.due))
    return [f"{first} to {last}, due {due}", *determination_lines(said.fee, width)]
