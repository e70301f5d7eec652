"""The renewal run: who is renewed for the next term, assessed license by license, so that it goes on where it ended.

A run is known by its name in each license's history. What it assessed it does not assess again, whatever ended it:
every part of it is committed whole or not at all, and the books are all that it goes by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import Connection, select

from countertui.config.licenses import holding
from countertui.domain.license_acts import LONGEST_REASON, MAILING, LicenseActData, TermData
from countertui.domain.license_file import License
from countertui.domain.license_schedule import LicenseSchedule
from countertui.domain.license_states import Step
from countertui.domain.license_term_charges import raised_row
from countertui.domain.reference import CityKey
from countertui.domain.renewals import CAME_BACK, Excepted, Renewal, Run, Schedules, judged
from countertui.errors import AnswerNo
from countertui.ledger import tables
from countertui.ledger.charges_raised import schedule_for
from countertui.ledger.city_day import city_day
from countertui.ledger.desk import Ground
from countertui.ledger.license_desk import LicenseActRefusedError, record_acts
from countertui.ledger.license_notices import Owed
from countertui.ledger.licenses import licenses_in_books
from countertui.ports.clock import Ids

AT_ONCE = 50
"""So many licenses are assessed in one transaction."""
_READ = 500


class NoScheduleError(AnswerNo):
    """The books have no license fees that can be used."""


@dataclass(frozen=True, slots=True)
class Selected:
    """What a run finds: licenses that are renewed, by number, and those that are left to a person, by number."""

    renewals: tuple[Renewal, ...]
    excepted: tuple[Excepted, ...]

    @property
    def to_do(self) -> tuple[Renewal, ...]:
        """Those that are not assessed yet."""
        return tuple(one for one in self.renewals if not one.done)

    @property
    def unpaid(self) -> tuple[Renewal, ...]:
        """Those of which something is unpaid: who is written to."""
        return tuple(one for one in self.renewals if one.unpaid > 0)


def selected(connection: Connection, run: Run, day: date) -> Selected:
    """What a run finds in the books on a day. Raises NoScheduleError."""
    schedules = schedules_of(connection)
    renewals: list[Renewal] = []
    excepted: list[Excepted] = []
    for some in _in_parts(_ending(connection, run)):
        for license_ in licenses_in_books(connection, some, day).values():
            found = judged(run, license_, schedules, holding)
            if isinstance(found, Renewal):
                renewals.append(found)
            elif found is not None:
                excepted.append(found)
    return Selected(tuple(renewals), tuple(excepted))


def assess_some(ground: Ground, run: Run, some: Sequence[Renewal], *, by: str, second: str, ids: Ids) -> int:
    """Assess the next term of these licenses, in this transaction; gives how many. Both people have signed in.

    Each is judged again by the books as they are now: what somebody did meanwhile is not done twice.
    Raises NotAllowed, LicenseActRefusedError, NoScheduleError; nothing is changed then.
    """
    connection = ground.connection
    schedules, day = schedules_of(connection), date.fromisoformat(city_day(connection, ground.now))
    now = licenses_in_books(connection, [one.license.number for one in some], day).values()
    found = [judged(run, license_, schedules, holding) for license_ in now]
    acts = [
        _act(one.license, Step.ASSESS, run.name, term=one.term)
        for one in found
        if isinstance(one, Renewal) and not one.done
    ]
    return len(record_acts(ground, by, acts, ids, second))


def _act(
    license_: License, step: Step, reason: str, *, says: Mapping[str, Any] | None = None, term: TermData | None = None
) -> LicenseActData:
    return LicenseActData(
        license=license_.number,
        was=license_.version,
        step=step.value,
        says=dict(says or {}),
        reason=reason,
        term=term,
    )


def in_parts(renewals: Sequence[Renewal]) -> Iterator[Sequence[Renewal]]:
    """The licenses of a run as they are assessed: so many in a transaction."""
    for start in range(0, len(renewals), AT_ONCE):
        yield renewals[start : start + AT_ONCE]


def owed_by(connection: Connection, renewals: Sequence[Renewal]) -> dict[str, Owed]:
    """What the accounts of these licenses owe, by number."""
    c = tables.reference["charge"].c
    begins = {one.license.number: one.term["begins"] for one in renewals}
    found = {number: Owed({}, {}) for number in begins}
    for some in _in_parts(list(begins)):
        rows = select(c.id, c.account, c.amount_cents, c.balance_cents, c.description).where(c.account.in_(some))
        for id_, number, amount, balance, words in connection.execute(rows.order_by(c.id)):
            owed = found[number]
            unpaid, raised = dict(owed.unpaid) | {id_: balance}, dict(owed.raised)
            if raised_row(id_, number, begins[number]) is not None:
                raised[id_] = (amount, balance, words)
            found[number] = Owed(unpaid, raised)
    return found


def mail_came_back(ground: Ground, numbers: Sequence[str], *, by: str, second: str, ids: Ids) -> int:
    """Take out the mailing addresses of licenses to which mail could not be delivered; gives how many had one.

    Each one's history keeps the address, and the next run leaves the license to a person. Raises NotAllowed,
    LicenseActRefusedError for a license that is not known; nothing is changed then.
    """
    day = date.fromisoformat(city_day(ground.connection, ground.now))
    found = licenses_in_books(ground.connection, numbers, day)
    if missing := [number for number in numbers if number not in found]:
        raise LicenseActRefusedError(f"There is no license {missing[0][:24]}.", "Nothing was changed.")
    acts = [
        _act(one, Step.AMEND, f"{CAME_BACK} from {one.says[MAILING]}"[:LONGEST_REASON], says={MAILING: None})
        for one in found.values()
        if one.says.get(MAILING)
    ]
    return len(record_acts(ground, by, acts, ids, second))


def schedules_of(connection: Connection) -> Schedules:
    """The city's license rows in force on a day. Raises NoScheduleError, also when it is asked."""
    c = tables.reference["city"].c
    kept = connection.execute(select(c.value).where(c.key == CityKey.LICENSES)).scalar() or '""'

    @cache
    def on(day: date) -> LicenseSchedule:
        schedule = schedule_for(kept, day)
        if schedule is None:
            raise NoScheduleError("The books have no license fees that can be used.", "Nothing was changed.")
        return schedule

    return on


def _ending(connection: Connection, run: Run) -> list[str]:
    """The numbers of the licenses whose last day is the run's, in order."""
    c = tables.reference["license"].c
    query = select(c.number).where(c.expires_on >= run.first.isoformat(), c.expires_on <= run.last.isoformat())
    if run.classes:
        query = query.where(c["class"].in_(run.classes))
    return list(connection.execute(query.order_by(c.number)).scalars())


def _in_parts(numbers: Sequence[str]) -> Iterator[list[str]]:
    source = iter(numbers)
    while some := list(islice(source, _READ)):
        yield some
