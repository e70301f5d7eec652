"""Filing an application: all that is asked is there and can be, then it is a license, submitted, under its number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from countertui.config.licenses import holding
from countertui.counter.drafts import Form, forgetting
from countertui.counter.license_application import as_written, read_here
from countertui.counter.license_schedule import business_day, schedule_on
from countertui.counter.licenses import act, file_license
from countertui.counter.same_owner import stated_owner
from countertui.counter.typed import checked_text
from countertui.domain.license_acts import LONGEST_FIELD, SAME_OWNER, STARTS
from countertui.domain.license_application import EIN, SECRET, owner_field, owner_rows
from countertui.domain.license_assessment import assessment
from countertui.domain.license_states import State, Step
from countertui.domain.license_term_charges import term_data
from countertui.domain.refusal import Refused

if TYPE_CHECKING:
    from countertui.counter.station import Person, Session, Station
    from countertui.domain.license_file import License
    from countertui.domain.personal import Salted


class ApplicationIncomplete(Refused):
    """Something lacks or is wrong; `of` is the first such field of the form."""

    def __init__(self, of: str, why: str) -> None:
        self.of = of
        super().__init__(f"It can't be filed yet: {why}.", "It is kept as typed.", "Type what is marked, then F9.")


def file_application(
    station: Station, person: Person, session: Session | None, id_: str, texts: Mapping[str, str]
) -> License:
    """File what is typed; the draft of that id is gone with it. Gives the license, submitted.

    Raises ApplicationIncomplete, LicenseRefused, NotAllowed, LicensesRefused, and as `Station.record`.
    """
    day = business_day(station, station.db, session)
    checked = {
        name: text if name in SECRET else checked_text(text, "The application", LONGEST_FIELD)
        for name, text in texts.items()
    }
    usual = {name: as_written(name, text, day) for name, text in checked.items()}
    application = read_here(station, usual, day).application
    for of, fault in application.faults.items():
        raise ApplicationIncomplete(of, fault.words)
    for of in application.missing:
        raise ApplicationIncomplete(of, "something is needed that is not stated")
    owner = stated_owner(station, station.db, usual, application.says)
    says = {**application.says, **({SAME_OWNER: owner} if owner else {})}
    forget = forgetting(Form.LICENSE, id_)
    return file_license(station, person, session, says, _personal(station, usual), forget)


def approve_and_assess(
    station: Station, person: Person, approver: Person, session: Session | None, filed: License
) -> License:
    """Approve an application that needs no review, by somebody who did not write it, and assess its first term.

    Gives the license with its fees due. Raises StepRefused, LicenseRefused, AssessmentRefused, NotAllowed.
    """
    day = business_day(station, station.db, session)
    starts = filed.says.get(STARTS, "")
    schedule = schedule_on(station, max(day, date.fromisoformat(starts)) if starts else day)
    # Whether it can be assessed is known before it is approved.
    first = assessment(replace(filed, state=State.APPROVED), schedule, day, holding)
    approved = act(station, approver, session, filed, Step.APPROVE)
    term = term_data(approved.number, first.term, first.due, first.fee)
    return act(station, person, session, approved, Step.ASSESS, term=term)


def _personal(station: Station, texts: Mapping[str, str]) -> dict[str, Salted]:
    """The numbers of persons, by the field that the record commits to: owners as they are counted in it."""
    numbers = {EIN: texts.get(EIN, "")}
    for n, row in enumerate(owner_rows(texts), 1):
        numbers[owner_field(n, "ssn")] = texts.get(owner_field(row, "ssn"), "")
    return {field: station.vault.salted(number) for field, number in numbers.items() if number}
