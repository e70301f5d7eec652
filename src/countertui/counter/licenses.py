"""Licenses as they stand here: what the snapshot has, with what was done and paid here since. Acts are recorded here.

The ledger carries them out when the batch is posted; until then they are in force at this counter alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from countertui.counter.balances import raised_again
from countertui.counter.require_now import require_now
from countertui.counter.today import business_date, fee_date
from countertui.domain.dates import us_date
from countertui.domain.license_act_soundness import is_sound
from countertui.domain.license_acts import LicenseAct, LicenseActData, TermData, act_of, right_of
from countertui.domain.license_file import License, fold, require_act
from countertui.domain.license_numbers import next_number
from countertui.domain.license_states import State, Step, StepRefused
from countertui.domain.license_term_charges import is_raised
from countertui.domain.personal import Salted
from countertui.domain.records import Fact, Kind
from countertui.domain.refusal import Refused
from countertui.store import account_rows, license_rows, money_here
from countertui.store.store import read_body

if TYPE_CHECKING:
    from countertui.counter.station import Person, Session, Station
    from countertui.store.store import Within


class LicenseRefused(Refused):
    """An act that can't be recorded: there is no such license, or what it says is not as it may be."""


def license_here(station: Station, db: sqlite3.Connection, number: str, day: date | None = None) -> License | None:
    """A license as it stands here on a day, today's business date where none is named; None where there is none."""
    acts = _acts(station, db, number)
    if not acts:
        return None
    found = fold(number, acts, unpaid_here(station, db, number), day or date.fromisoformat(fee_date(station, db)))
    return found if found.is_known else None


def license_as_of(station: Station, db: sqlite3.Connection, number: str, day: date) -> License | None:
    """A license as it stood at the end of a day, by the acts and the money of until then; None where it was not yet.

    Acts are taken in the order of their posting, up to the last one of that day or before.
    """
    acts = _acts(station, db, number)
    until = max((n for n, act in enumerate(acts, start=1) if act.dated <= day.isoformat()), default=0)
    found = fold(number, acts[:until], _unpaid_as_of(station, db, number, day.isoformat()), day)
    return found if found.is_known else None


def _unpaid_as_of(station: Station, db: sqlite3.Connection, number: str, day: str) -> dict[str, int]:
    """Cents owed of each charge at the end of a day: how it was billed, and what had moved on it by then."""
    since = station.reference.snapshot().seq
    owed: dict[str, int] = {}
    for step in station.reference.steps(number):
        if step.dated <= day or (not step.source and not is_raised(step.charge)):
            owed[step.charge] = owed.get(step.charge, 0) + step.cents
    for row in money_here.raised_here(db, number, since):
        if not is_raised(row.charge) or read_body(db, row.seq)["biz_date"] <= day:
            owed.setdefault(row.charge, row.cents)
    for seq, charge, cents in account_rows.moved_here(db, number, since):
        if charge is not None and read_body(db, seq)["biz_date"] <= day:
            owed[charge] = owed.get(charge, 0) - cents
    return owed


def standing_words(license_: License) -> str:
    """How it stands, for a person: `issued until 12/31/2026`, `fees due`."""
    state, last = license_.state, license_.expires_on
    if state is State.ISSUED and last is not None:
        return f"{state.label} until {us_date(last.isoformat())}"
    if state is State.EXPIRED and last is not None:
        return f"{state.label} since {us_date(last.isoformat())}"
    return state.label


def file_license(
    station: Station,
    person: Person,
    session: Session | None,
    says: Mapping[str, Any],
    personal: Mapping[str, Salted] | None = None,
    within: Within | None = None,
) -> License:
    """Record an application under the next number of this terminal's series; gives the license, submitted.

    personal: values by field (`ein`, `owner.1.ssn`), which the record holds commitments to. Raises LicenseRefused,
    NotAllowed, and as `Station.record`.
    """
    place = station.place
    try:
        number = next_number(place.terminal, place.epoch, license_rows.last_drawn(station.db))
    except ValueError as over:
        raise LicenseRefused(
            f"Terminal {place.terminal} has drawn all its license numbers.", press="File it at another terminal."
        ) from over
    return _record(station, person, session, License(number), Step.FILE, says, "", None, personal, within)


def act(
    station: Station,
    person: Person,
    session: Session | None,
    shown: License,
    step: Step,
    says: Mapping[str, Any] | None = None,
    reason: str = "",
    term: TermData | None = None,
    personal: Mapping[str, Salted] | None = None,
    within: Within | None = None,
) -> License:
    """Record an act on a license as it was shown; gives it as it stands then.

    Raises LicenseRefused where it is another by now or not here, StepRefused where the state, what is unpaid or a
    review is against it, NotAllowed, and as `Station.record`.
    """
    now = license_here(station, station.db, shown.number)
    if now is None:
        raise LicenseRefused(f"There is no license {shown.number[:24]}.", press="Find it again.")
    if now.version != shown.version:
        raise LicenseRefused(
            f"License {now.number} was changed meanwhile.", "Nothing was recorded.", "Look again, then do it again."
        )
    return _record(station, person, session, now, step, says or {}, reason, term, personal, within)


def unpaid_here(station: Station, db: sqlite3.Connection, number: str) -> dict[str, int]:
    """Cents owed of each charge of a license: by the snapshot, and by what was raised and paid here since."""
    since = station.reference.snapshot().seq
    owed = {row.id: row.balance_cents for row in station.reference.charges(number)}
    again = raised_again(station, db, number, owed.keys())
    for charge, cents in money_here.paid_here(db, number, since).items():
        if charge is not None:  # what was raised here counts as taken back
            owed[charge] = owed.get(charge, 0) - cents - again.get(charge, 0)
    return owed


def _acts(station: Station, db: sqlite3.Connection, number: str) -> list[LicenseAct]:
    here = license_rows.bodies_of(db, number, station.reference.snapshot().seq)
    return [*station.reference.licenses.acts(number), *map(act_of, here)]


def _require_withdrawable(station: Station, number: str, term: TermData | None) -> None:
    """Raise LicenseRefused where a term is assessed anew on whose charges money was paid."""
    gone = term.get("withdraws", ()) if term is not None else ()
    owed = unpaid_here(station, station.db, number) if gone else {}
    if any(owed.get(charge["id"]) != charge["cents"] for charge in gone):
        raise LicenseRefused(
            "Something was paid on what was assessed.",
            "The license is as it was.",
            "Void or refund that payment first; then assess anew.",
        )


def _record(
    station: Station,
    person: Person,
    session: Session | None,
    now: License,
    step: Step,
    says: Mapping[str, Any],
    reason: str,
    term: TermData | None,
    personal: Mapping[str, Salted] | None,
    within: Within | None,
) -> License:
    require_now(station, person.id, right_of(step))
    data = LicenseActData(
        license=now.number, was=now.version, step=step.value, says=dict(says), reason=reason.strip(), term=term
    )
    if not is_sound(data):
        raise LicenseRefused("What it says is not as an act on a license may be.", press="Look at each field again.")
    biz_date = business_date(station, station.db, session)
    fact = Fact(
        id=station.ids(),
        kind=Kind.LICENSE,
        operator=person.id,
        session=session.id if session is not None else None,
        biz_date=biz_date,
        data=data,
        personal=personal or {},
    )
    place = station.place
    told = {"id": fact.id, "terminal": place.terminal, "epoch": place.epoch, "seq": 0, "operator": person.id}
    _require_withdrawable(station, now.number, term)
    require_act(now, act_of({**told, "biz_date": biz_date, "data": data}))
    station.record(fact, within)
    done = license_here(station, station.db, now.number)
    if done is None or done.version != fact.id:
        raise StepRefused(
            f"The act on license {now.number} was recorded, and not carried out.", "It is in its history."
        )
    return done
