"""What is done with a license at the register: decisions, results, documents, lines typed anew, fees, certificates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from countertui.counter.drafts import Form, forgetting
from countertui.counter.license_schedule import business_day, schedule_on
from countertui.counter.licenses import act
from countertui.counter.same_owner import same_owner_typed
from countertui.counter.typed import checked_text
from countertui.documents.postal_addresses import as_posted
from countertui.domain.license_acts import (
    AT_HOME,
    DOCUMENTS,
    FAILED,
    LICENSE_CLASS,
    LONGEST_FIELD,
    LONGEST_REASON,
    MAILING,
    OPEN,
    OWNERS,
    PREMISES,
    PRINTED,
    REVIEWS,
    SAME_OWNER,
    STARTS,
    right_of,
)
from countertui.domain.license_application import class_of, in_one_spacing
from countertui.domain.license_assessment import Assessment, assessment
from countertui.domain.license_facts import amended
from countertui.domain.license_file import wrote
from countertui.domain.license_states import NEEDS_REASON, State, Step, StepRefused, after
from countertui.domain.license_term_charges import term_data
from countertui.domain.refusal import Refused
from countertui.domain.rights import may

if TYPE_CHECKING:
    from countertui.counter.station import Person, Session, Station
    from countertui.domain.license_file import License, LicenseTerm


class DeedRefused(Refused):
    """What somebody wants to do with a license can't be done as it was typed."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be done: about, a review, a document or a line's field; text, its result or what is typed there."""

    step: Step
    about: str = ""
    text: str = ""
    reason: str = ""


def may_alone(license_: License, step: Step, person: Person) -> bool:
    """Whether a person needs no other for a step: has the right to it, and did not write what it approves."""
    return may(person.roles, right_of(step)) and not wrote(license_, step, person.id)


def do(
    station: Station,
    person: Person,
    session: Session | None,
    shown: License,
    deed: Deed,
    draft: tuple[str, str] | None = None,
) -> License:
    """Do it, as a record of that person's; gives the license as it stands then.

    draft: what the form that is forgotten with it is about, and who typed it.

    Raises DeedRefused, FactRefused, TextRefused, CardNumberRefused, and as `licenses.act`.
    """
    reason = checked_text(deed.reason, "The reason", LONGEST_REASON)
    if deed.step in NEEDS_REASON and not reason:
        raise StepRefused("A reason is needed.", "The license is as it was.", "Type why, then Enter.")
    require_ready(shown, deed.step)
    text = checked_text(deed.text, "What was typed", LONGEST_FIELD)
    says = _says(station, session, shown, Deed(deed.step, deed.about, text, reason))
    within = forgetting(Form.LICENSE_ACT, *draft) if draft is not None else None
    return act(station, person, session, shown, deed.step, says, reason, within=within)


def check(station: Station, session: Session | None, shown: License, deed: Deed) -> None:
    """Raise what `do` would for what is typed, before anybody is asked why and who agrees. Raises as that."""
    text = checked_text(deed.text, "What was typed", LONGEST_FIELD)
    _says(station, session, shown, replace(deed, text=text))


def require_ready(license_: License, step: Step) -> None:
    """Raise DeedRefused or StepRefused where a license isn't ready for a step, whoever does it and why."""
    if step is Step.APPROVE and (lacking := not_brought(license_)):
        raise DeedRefused(
            f"Not brought yet: {', '.join(lacking)}.", "The license is as it was.", "Mark each, B once it is here."
        )
    if step is Step.ISSUE:
        require_assessed(license_)
    after(step, license_.standing, "asked for later")


def proposed(station: Station, license_: License, session: Session | None = None) -> Assessment:
    """What the next term of a license costs. Raises AssessmentRefused."""
    from countertui.config.licenses import holding

    day = business_day(station, station.reader, session)
    return assessment(license_, schedule_on(station, day), day, holding)


def assess(station: Station, person: Person, session: Session | None, shown: License) -> License:
    """Record what the next term costs as charges of the license. Raises AssessmentRefused, and as `licenses.act`."""
    said = proposed(station, shown, session)
    term = term_data(shown.number, said.term, said.due, said.fee)
    return act(station, person, session, shown, Step.ASSESS, term=term)


def require_assessed(license_: License) -> None:
    """Raise DeedRefused where a license would be issued for no term: one that costs nothing is assessed, too."""
    if license_.state is State.APPROVED and not license_.terms:
        raise DeedRefused("Its fee is not assessed yet.", "It is not in force.", "F works the fee out.")


def not_brought(license_: License) -> tuple[str, ...]:
    """The documents that are to be brought and were not."""
    return tuple(name for name, brought in license_.says.get(DOCUMENTS, {}).items() if not brought)


def term_to_print(license_: License, day: date) -> LicenseTerm | None:
    """The term whose certificate is printed: the one that a day is in, of those paid; else the next, else the last."""
    until = license_.expires_on
    paid = [term for term in license_.terms if until is not None and term.ends <= until and not term.unpaid]
    now = [term for term in paid if term.begins <= day <= term.ends]
    later = [term for term in paid if term.begins > day]
    return next((ones[0] for ones in (now, later, paid[-1:]) if ones), None)


def in_force_from(license_: License, term: LicenseTerm, day: date) -> date:
    """From when a certificate of a term holds: never before the business starts, nor before the license is issued.

    day: when it is issued, of one that was not yet. A term that was over by then is printed as it is.
    """
    starts = license_.says.get(STARTS)
    known = (license_.issued_on or (day if license_.state in (State.APPROVED, State.FEES_DUE) else None)), starts
    days = [term.begins, *(date.fromisoformat(str(one)) for one in known if one)]
    return max(days) if max(days) <= term.ends else term.begins


def copy_of(license_: License, begins: str) -> int:
    """How many certificates of a term there will be with the next one; begins: the first day that they name, ISO."""
    printed = license_.says.get(PRINTED)
    return int(printed["copy"]) + 1 if printed and printed["begins"] == begins else 1


def _says(station: Station, session: Session | None, shown: License, deed: Deed) -> Mapping[str, Any]:
    match deed.step:
        case Step.REVIEW:
            return _review(shown, deed)
        case Step.DOCUMENT:
            return _document(shown, deed)
        case Step.AMEND:
            return _amend(station, session, shown, deed.about, deed.text)
        case Step.TRANSFER:
            return _transfer(shown, deed)
        case Step.MOVE:
            if not deed.text:
                raise DeedRefused("Where is it now?", "Nothing was recorded.", "Type its new premises.")
            said = _amend(station, session, shown, PREMISES, deed.text)
            schedule = schedule_on(station, business_day(station, station.db, session))
            class_ = class_of(schedule, str(shown.says.get(LICENSE_CLASS, "")))
            place = schedule.judged(class_, str(said[PREMISES]), at_home=shown.says.get(AT_HOME))
            return _move(shown, said, () if class_ is None else class_.reviews, tuple(place.reviews))
        case Step.ISSUE | Step.REPLACE:
            return _certificate(station, session, shown, deed)
        case _:
            return {}


def _review(shown: License, deed: Deed) -> Mapping[str, Any]:
    if deed.about not in shown.says.get(REVIEWS, {}):
        raise DeedRefused(f"There is no review {deed.about}.", "Nothing was recorded.", "Choose it with the arrows.")
    if deed.text == FAILED and not deed.reason:
        raise DeedRefused("A reason is needed.", "Nothing was recorded.", "Type why it is not passed, then Enter.")
    return {REVIEWS: {deed.about: deed.text}}


def _document(shown: License, deed: Deed) -> Mapping[str, Any]:
    documents = shown.says.get(DOCUMENTS, {})
    if deed.about not in documents:
        raise DeedRefused(f"There is no document {deed.about}.", "Nothing was recorded.", "Choose it with the arrows.")
    return {DOCUMENTS: {deed.about: not documents[deed.about]}}


def _amend(station: Station, session: Session | None, shown: License, field: str, text: str) -> dict[str, Any]:
    from countertui.counter.classify import industries

    if field == SAME_OWNER:
        return same_owner_typed(station, shown, text)
    day = business_day(station, station.db, session)
    known = industries(station.reference, day)
    listed = bool(known.industries.entries)
    typed = as_posted(text) if field in (PREMISES, MAILING) else text
    schedule = schedule_on(station, day)
    return amended(shown.says, schedule, day, lambda code: not listed or known.title(code) is not None, field, typed)


def _transfer(shown: License, deed: Deed) -> Mapping[str, Any]:
    if not deed.text:
        raise DeedRefused("Whose is it now?", "Nothing was recorded.", "Type the new owner's name.")
    gone: Mapping[str, Any] = {SAME_OWNER: None} if SAME_OWNER in shown.says else {}
    return {OWNERS: [{"name": in_one_spacing(deed.text), "role": "owner"}], **gone}


def _move(
    shown: License, said: Mapping[str, Any], of_class: Sequence[str], of_place: Sequence[str]
) -> Mapping[str, Any]:
    """Other premises: every review is open again, those of its class where a list said nothing of any, and what the new
    place needs; mail that went to the old ones goes to the new.
    """
    reviews = dict.fromkeys((*(shown.says.get(REVIEWS) or of_class), *of_place), OPEN)
    mailing = {MAILING: said[PREMISES]} if shown.says.get(MAILING) == shown.says.get(PREMISES) else {}
    return {**said, **mailing, **({REVIEWS: reviews} if reviews else {})}


def _certificate(station: Station, session: Session | None, shown: License, deed: Deed) -> Mapping[str, Any]:
    day = business_day(station, station.db, session)
    term = term_to_print(shown, day)
    if term is None:
        return {}
    begins = in_force_from(shown, term, day).isoformat()
    copy = copy_of(shown, begins)
    if deed.step is Step.REPLACE and copy > 1 and not deed.reason:
        raise DeedRefused(
            "A certificate of this term was printed before.", "Nothing was printed.", "Type why again: lost, damaged."
        )
    return {PRINTED: {"begins": begins, "ends": term.ends.isoformat(), "copy": copy}}
