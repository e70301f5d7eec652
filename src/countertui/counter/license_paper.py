"""Papers of licenses put into the print queue: an application, as it is typed or filed; what a next term costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from countertui.counter.license_application import Advice, as_written, read_here
from countertui.counter.license_deeds import proposed
from countertui.counter.license_schedule import business_day, schedule_on
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Session, Station
from countertui.documents.application_paper import ApplicationFacts, application_document
from countertui.documents.fee_paper import FeeFacts, fee_document
from countertui.domain.dates import us_date
from countertui.domain.documents import Document, to_json
from countertui.domain.license_acts import ANSWERS, LICENSE_CLASS, TRADE_NAME
from countertui.domain.license_application import BUSINESS, EIN, class_of, owner_field, owner_rows
from countertui.domain.license_fees import in_words
from countertui.domain.license_file import License
from countertui.domain.license_schedule import Answer, Question
from countertui.domain.money import format_cents
from countertui.domain.rights import Act
from countertui.store import print_jobs

_GIVEN = "given"
_YES_NO = {True: "yes", False: "no"}


def print_application(
    station: Station, person: Person, texts: Mapping[str, str], session: Session | None = None, number: str = ""
) -> None:
    """Print what is typed; number: of the license it was filed as. Raises NotAllowed, LicensesRefused."""
    require_now(station, person.id, Act.KEEP_LICENSES)
    _queue(station, application_paper(station, texts, session, number))


def print_fee(station: Station, person: Person, license_: License, session: Session | None = None) -> None:
    """Print what the next term of a license costs and why; nothing is charged. Raises NotAllowed, AssessmentRefused."""
    require_now(station, person.id, Act.KEEP_LICENSES)
    _queue(station, fee_paper(station, license_, session))


def fee_paper(station: Station, license_: License, session: Session | None = None) -> Document:
    """The same as a document. Raises AssessmentRefused."""
    place, said = station.place, proposed(station, license_, session)
    schedule = schedule_on(station, business_day(station, station.db, session))
    says = license_.says
    class_ = class_of(schedule, str(says.get(LICENSE_CLASS, "")))
    answers = says.get(ANSWERS, {})
    asked = () if class_ is None else schedule.asked_of(class_.code)
    return fee_document(
        FeeFacts(
            city_name=place.city,
            office_name=place.office_name,
            office_address=place.office_address,
            printed_at=station.clock.local_text(),
            ledger_id=place.ledger,
            number=license_.number,
            business=str(says.get(TRADE_NAME) or says.get(BUSINESS, "")),
            stated=(
                *([("Class", f"{class_.code} {class_.name}")] if class_ is not None else []),
                *((question.words, _answered(question, answers)) for question in asked),
            ),
            begins=said.term.begins.isoformat(),
            ends=said.term.ends.isoformat(),
            due=said.due.isoformat(),
            fee=said.fee,
        )
    )


def application_paper(
    station: Station, texts: Mapping[str, str], session: Session | None = None, number: str = ""
) -> Document:
    """The same as a document, for a job."""
    place, day = station.place, business_day(station, station.db, session)
    texts = {name: as_written(name, text, day) for name, text in texts.items()}
    advice = read_here(station, texts, day)
    return application_document(
        ApplicationFacts(
            city_name=place.city,
            office_name=place.office_name,
            office_address=place.office_address,
            biz_date=day.isoformat(),
            printed_at=station.clock.local_text(),
            ledger_id=place.ledger,
            number=number,
            business=texts.get(BUSINESS, ""),
            stated=tuple(_stated(advice, texts)),
            fee=None if advice.fee is None else advice.fee.determination,
            due="" if advice.fee is None else advice.fee.due.isoformat(),
            whole=advice.fee is None or advice.fee.whole,
        )
    )


def _queue(station: Station, document: Document) -> None:
    seq = station.store.tip()[0]
    station.store.write_working(lambda db: print_jobs.queue_print(db, seq, None, document.kind, 0, to_json(document)))


def _stated(advice: Advice, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What is stated and can be read, by label; of numbers only that they were given."""
    application = advice.application
    says, taken = application.says, application.license_class
    yield "Business", says.get("business", "not stated")
    if "trade_name" in says:
        yield "Trade name", says["trade_name"]
    if taken is not None:
        yield "Class", f"{taken.code} {taken.name}"
    yield "Premises", says.get("premises", "not stated")
    yield "Mail goes to", says.get("mailing", "not stated")
    if texts.get(EIN) and EIN not in application.faults:
        yield "EIN", _GIVEN
    if "at_home" in says:
        yield "From a home", _YES_NO[says["at_home"]]
    if application.starts is not None:
        yield "Starts on", us_date(application.starts.isoformat())
    if "naics" in says:
        yield "NAICS codes", ", ".join(says["naics"])
    for n in owner_rows(texts):
        said = (texts.get(owner_field(n, what), "") for what in ("name", "role"))
        yield f"Owner {n}", ", ".join(part for part in said if part)
        if texts.get(owner_field(n, "ssn")) and owner_field(n, "ssn") not in application.faults:
            yield f"Owner {n}, Social Security number", _GIVEN
    for n, contact in enumerate(says.get("contacts", ()), start=1):
        yield f"Contact {n}", ", ".join(filter(None, contact.values()))
    for question in advice.asked:
        yield question.words, _answered(question, application.answers)
    if taken is not None:
        yield "Reviews", ", ".join(taken.reviews) or "none"
        for document, brought in says.get("documents", {}).items():
            yield document, "brought" if brought else "to be brought"


def _answered(question: Question, answers: Mapping[str, int | bool]) -> str:
    answer = answers.get(question.code)
    if answer is None:
        return "not stated"
    if question.answer is Answer.YES_NO:
        return _YES_NO[bool(answer)]
    return format_cents(answer) if question.answer is Answer.MONEY else in_words(Decimal(answer) / 100)
