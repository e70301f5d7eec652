"""An application for a license, while it is typed: what is wrong, what it may mean, and what it would cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from countertui.counter.classify import Classifications, industries
from countertui.counter.license_schedule import business_day, schedule_on
from countertui.counter.licenses_alike import Alike, licenses_alike
from countertui.counter.same_owner import licensed, same_numbers, stated_owner
from countertui.counter.station import Session, Station
from countertui.counter.tax_numbers import number_as_written, number_fault
from countertui.documents.postal_addresses import as_posted
from countertui.domain.classification import Match
from countertui.domain.dates import us_date
from countertui.domain.license_application import (
    BUSINESS,
    KIND,
    LIKE,
    MAILING,
    NAICS,
    PREMISES,
    SECRET,
    STARTS,
    TODAY,
    TRADE,
    Application,
    Fault,
    in_one_spacing,
    phone_as_written,
    questions_of,
    read_application,
)
from countertui.domain.license_determination import Determination
from countertui.domain.license_schedule import Declared, Question
from countertui.domain.license_terms import Term

if TYPE_CHECKING:
    from countertui.domain.license_schedule import LicenseSchedule

Texts = Mapping[str, str]
MOST_CLASSES = 8


@dataclass(frozen=True, slots=True)
class FirstFee:
    """What the license would cost for its first term, due on a day; whole: everything that is asked was answered."""

    determination: Determination
    term: Term
    due: date
    whole: bool


@dataclass(frozen=True, slots=True)
class Advice:
    """What is to be said of the texts as they stand.

    texts: what it was made from. asked: the questions of the class. classes and industries: those that the words
    may mean. alike: licenses that may be
    the same business. fee: what it would cost, None while class or start lack. written: texts that are written in
    another way once their field is left. has_classes: whether the city has any. same_owner: the license that its owner
    has already, as far as that is stated.
    """

    texts: Texts = field(repr=False)
    application: Application
    asked: tuple[Question, ...]
    classes: tuple[Match, ...]
    industries: tuple[Match, ...]
    alike: tuple[Alike, ...]
    fee: FirstFee | None
    written: Texts = field(repr=False)
    has_classes: bool = True
    same_owner: str = ""


def advise(station: Station, texts: Texts, session: Session | None = None) -> Advice:
    """What is to be said of the texts now. Raises LicensesRefused."""
    advice = read_here(station, texts, business_day(station, station.reader, session))
    names = texts.get(BUSINESS, "").strip(), texts.get(TRADE, "").strip()
    same = same_numbers(station, station.reader, texts)
    alike = licenses_alike(station, names, texts.get(PREMISES, "").strip(), same)
    return replace(
        advice, alike=alike, same_owner=stated_owner(station, station.reader, texts, advice.application.says)
    )


def read_here(station: Station, texts: Texts, day: date) -> Advice:
    """The same without licenses alike; by the schedule in force when the business starts, where that is later."""
    known = industries(station.reference, day)
    advice = advice_of(schedule_on(station, day), known, texts, day)
    starts = advice.application.starts
    if starts is not None and starts > day:
        advice = advice_of(schedule_on(station, starts), known, texts, day)
    if texts.get(LIKE, "").strip() and licensed(station, station.reader, texts[LIKE]) is None:
        faults = {LIKE: Fault("no license here has that number"), **advice.application.faults}
        advice = replace(advice, application=replace(advice.application, faults=faults))
    return advice


def advice_of(schedule: LicenseSchedule, known: Classifications, texts: Texts, day: date) -> Advice:
    """The same by a schedule, without the licenses that there are; a city without a list of industries knows any."""
    listed = bool(known.industries.entries)
    application = read_application(texts, schedule, day, lambda code: not listed or known.title(code) is not None)
    numbers = {name: fault for name in SECRET if (fault := number_fault(name, texts.get(name, ""))) is not None}
    application = replace(application, faults={**application.faults, **numbers})
    kind = texts.get(KIND, "").strip()
    license_class = application.license_class
    return Advice(
        texts,
        application,
        () if license_class is None else questions_of(schedule, license_class),
        tuple(known.classes.find(kind, MOST_CLASSES)) if kind else (),
        tuple(known.industries.find(texts.get(NAICS, "").strip() or kind, MOST_CLASSES)),
        (),
        first_fee(schedule, application, day),
        {name: other for name, text in texts.items() if (other := as_written(name, text, day)) != text},
        bool(schedule.classes),
    )


def first_fee(schedule: LicenseSchedule, application: Application, day: date) -> FirstFee | None:
    """What the first term would cost that business; what it did not answer counts as 0 or no."""
    from countertui.config.licenses import holding

    license_class, starts = application.license_class, application.starts
    if license_class is None or starts is None:
        return None
    declared = Declared(license_class.code, starts, application.answers)
    term = schedule.first_term(license_class.code, starts, day)
    due = schedule.first_due(license_class.code, term, starts, day)
    asked = {each.code for each in schedule.asked_of(license_class.code)}
    fee = schedule.determine(declared, term, holding(schedule, declared))
    return FirstFee(fee, term, due, whole=asked <= application.answers.keys())


def as_written(name: str, text: str, day: date) -> str:
    """A field's text as it is written once it is left: addresses as the post has them, numbers with their dashes, and
    `today` as the date it is.
    """
    if name == STARTS and text.strip().casefold() == TODAY:
        return us_date(day.isoformat())
    if name in (PREMISES, MAILING):
        return as_posted(text)
    if name in SECRET:
        return number_as_written(name, text)
    if name.endswith(".phone"):
        return phone_as_written(text)
    return in_one_spacing(text)


def class_meant(advice: Advice, kind: str) -> Match | None:
    """The class that a kind of business says without doubt: by its code, by a whole phrase, or as the only one."""
    plain = " ".join(kind.split()).casefold()
    named = [match for match in advice.classes if match.entry.code.casefold() == plain]
    whole = [match for match in advice.classes if match.phrase.casefold() == plain]
    for found in (named, whole, list(advice.classes)):
        if len(found) == 1:
            return found[0]
    return None
