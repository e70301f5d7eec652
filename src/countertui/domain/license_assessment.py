"""What a license is assessed for next: its first term once it is approved, the one after its last as a renewal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from countertui.domain.dates import us_date
from countertui.domain.license_acts import ANSWERS, LICENSE_CLASS, STARTS
from countertui.domain.license_determination import Determination, Holds
from countertui.domain.license_file import License
from countertui.domain.license_schedule import Declared, LicenseSchedule
from countertui.domain.license_states import State
from countertui.domain.license_terms import Term
from countertui.domain.refusal import Refused


class AssessmentRefused(Refused):
    """What is stated of a license does not say what it costs, or its term is assessed already."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """A term, when it is due, and what it costs by the city's rows."""

    term: Term
    due: date
    fee: Determination


def assessment(
    license_: License,
    schedule: LicenseSchedule,
    day: date,
    holding: Callable[[LicenseSchedule, Declared], Holds],
) -> Assessment:
    """What the next term of a license costs, on a day. Raises AssessmentRefused."""
    declared = declared_of(license_, schedule, day)
    class_, starts = declared.license_class, declared.starts
    if license_.state is State.APPROVED:
        term = schedule.first_term(class_, starts, day)
        due = schedule.first_due(class_, term, starts, day)
    else:
        declared = replace(declared, renewal=True)
        term = next_term(license_, schedule, day)
        due = schedule.year_of(class_).due(term)
    known = next((each for each in license_.terms if each.begins == term.begins), None)
    if known is not None:
        raise AssessmentRefused(
            f"The term from {us_date(term.begins.isoformat())} on is assessed already.",
            "Nothing was recorded.",
            "Take the payment: P." if known.unpaid else "",
        )
    return Assessment(term, due, schedule.determine(declared, term, holding(schedule, declared)))


def next_term(license_: License, schedule: LicenseSchedule, day: date) -> Term:
    """The term after the last one it is paid for; today's where that one is over, or no last day is stated."""
    year = schedule.year_of(str(license_.says[LICENSE_CLASS]))
    if license_.expires_on is None:
        return year.term(day)
    term = year.term(license_.expires_on + timedelta(days=1))
    return term if term.ends >= day else year.term(day)


def declared_of(license_: License, schedule: LicenseSchedule, day: date) -> Declared:
    """What the business declared, as the license has it; one that was there before its term is from then on.

    Raises AssessmentRefused where the class or an answer is not stated.
    """
    code = str(license_.says.get(LICENSE_CLASS, ""))
    if code not in {each.code for each in schedule.classes}:
        raise AssessmentRefused(
            f"The city has no class {code} now." if code else "Its class is not stated.",
            "Nothing was recorded.",
            "Mark the class, E: type it.",
        )
    answers = dict(license_.says.get(ANSWERS, {}))
    if lacking := [each.words for each in schedule.asked_of(code) if each.code not in answers]:
        raise AssessmentRefused(
            f"Not stated: {', '.join(lacking)}.", "Nothing was recorded.", "Mark each, E: type it; then again."
        )
    starts = license_.says.get(STARTS)
    return Declared(code, date.fromisoformat(starts) if starts else license_.issued_on or day, answers)
