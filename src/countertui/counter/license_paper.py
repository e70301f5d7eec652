"""An application for a license put into the print queue, as it is typed or as it was filed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from countertui.counter.license_application import Advice, as_written, read_here
from countertui.counter.license_schedule import business_day
from countertui.counter.require_now import require_now
from countertui.counter.station import Person, Session, Station
from countertui.documents.application_paper import ApplicationFacts, application_document
from countertui.domain.dates import us_date
from countertui.domain.documents import Document, to_json
from countertui.domain.license_application import BUSINESS, EIN, owner_field, owner_rows
from countertui.domain.license_fees import in_words
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
    document = application_paper(station, texts, session, number)
    seq = station.store.tip()[0]
    station.store.write_working(lambda db: print_jobs.queue_print(db, seq, None, document.kind, 0, to_json(document)))


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
