"""`countertui license`: what a license costs by a city's rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from countertui.cli.license_certificate import certificate
from countertui.cli.license_verify import verify
from countertui.cli.lines import tell
from countertui.errors import UsageError

if TYPE_CHECKING:
    from countertui.domain.license_determination import Determination
    from countertui.domain.license_schedule import Question
    from countertui.domain.license_terms import Term

_WORDS = {"yes": True, "no": False}


def add_to(app: App) -> None:
    """Add this module's commands."""
    from countertui.cli import license_discover, license_export, license_notices, license_penalty, license_preview

    commands = App(name="license", help="Business licenses.")
    commands.command(fee)
    commands.command(certificate)
    commands.command(verify)
    for more in (license_preview, license_export, license_discover, license_notices, license_penalty):
        more.add_to(commands)
    app.command(commands)


def fee(
    *answers: str,
    class_: Annotated[str, Parameter(name="--class")],
    starts: date,
    paid: date | None = None,
    postmarked: date | None = None,
    renewal: bool = False,
    dir: Path | None = None,  # noqa: A002
    json_: bool = False,
) -> int:
    """Say what a license would cost, line by line with its working and its ordinance. Nothing is recorded.

    Parameters
    ----------
    answers
        What the business declares, as QUESTION=ANSWER: gross_receipts=50000 employees=2.5 inside_city=no.
    class_
        The class of business.
    starts
        The day it is there from, like 2027-03-15.
    paid
        The day it is paid, for penalties and discounts; none are counted without.
    postmarked
        The postmark of a payment by mail.
    renewal
        It is licensed already: what is charged once, as for an application, is not charged.
    dir
        The terminal's folder, whose newest snapshot has the city's rows; or a folder with a licenses.toml.
    json_
        Answer as JSON: {"class", "term": [first, last], "due", "lines": [{"code", "description", "head", "gl",
        "ordinance", "cents", "working": [[text, cents]]}], "total_cents"}.
    """
    from countertui.config.licenses import holding, licenses_on
    from countertui.domain.license_schedule import Declared
    from countertui.domain.license_timing import Payment

    schedule = licenses_on(_licenses_toml(dir), starts)
    codes = [each.code for each in schedule.classes]
    if class_ not in codes:
        raise UsageError(f"There is no class {class_}.", "Nothing was computed.", f"Classes: {', '.join(codes)}.")
    declared = Declared(class_, starts, _answers(schedule.asked_of(class_), answers), renewal=renewal)
    holds = holding(schedule, declared)
    year = schedule.year_of(class_)
    term = year.term(starts)
    determined = schedule.determine(declared, term, holds)
    if paid is not None:
        payment = Payment(max(year.due(term), starts), paid, postmarked)
        determined = schedule.as_paid(determined, declared, payment, holds)
    _tell(class_, term, max(year.due(term), starts), determined, as_json=json_)
    return 0


def _licenses_toml(dir: Path | None) -> str:  # noqa: A002
    from countertui.cli.places import store_folder
    from countertui.config.licenses import LICENSES
    from countertui.store.reference import Reference

    if dir is not None and (dir / LICENSES).is_file():
        try:
            return (dir / LICENSES).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise UsageError(f"{LICENSES} is not text in UTF-8.", "Nothing was computed.") from None
    reference = Reference(store_folder(dir) / "reference.db")
    try:
        text = reference.licenses_toml()
    finally:
        reference.close()
    if not text:
        raise UsageError(
            "The city's snapshot holds no license fees.", "Nothing was computed.", f"Name a folder with a {LICENSES}."
        )
    return text


def _answers(asked: tuple[Question, ...], answers: tuple[str, ...]) -> dict[str, int | bool]:
    by_code = {question.code: question for question in asked}
    told = answers_to(by_code, answers)
    if lacking := [code for code in by_code if code not in told]:
        raise UsageError(
            f"Not answered: {', '.join(lacking)}.", "Nothing was computed.", f"Add {lacking[0]}=… to the command."
        )
    return told


def answers_to(by_code: Mapping[str, Question], answers: Iterable[str]) -> dict[str, int | bool]:
    """Answers as they are typed, QUESTION=ANSWER, to some of the questions, by code. Raises UsageError."""
    told: dict[str, int | bool] = {}
    for answer in answers:
        code, given, value = answer.partition("=")
        if code not in by_code or not given:
            raise UsageError(
                f"There is no question {code}.", "Nothing was computed.", f"Questions: {', '.join(by_code)}."
            )
        told[code] = _answer(by_code[code], value)
    return told


def _answer(question: Question, value: str) -> int | bool:
    from countertui.domain.license_schedule import Answer

    if question.answer is Answer.YES_NO:
        if value not in _WORDS:
            raise UsageError(f"{question.code} is yes or no.", "Nothing was computed.")
        return _WORDS[value]
    try:
        hundredths = Decimal(value) * 100
    except InvalidOperation:
        hundredths = Decimal("NaN")
    if not hundredths.is_finite() or not 0 <= hundredths < 10**13 or hundredths % 1:
        raise UsageError(
            f"{question.code} is a number that is not negative, with at most two decimals.", "Nothing was computed."
        )
    return int(hundredths)


def _tell(class_: str, term: Term, due: date, fee: Determination, *, as_json: bool) -> None:
    if as_json:
        lines = [
            {
                "code": line.code,
                "description": line.description,
                "head": line.head,
                "gl": line.gl,
                "ordinance": line.ordinance,
                "cents": line.cents,
                "working": [[step.text, str(step.cents)] for step in line.working],
            }
            for line in fee.lines
        ]
        said = {"class": class_, "term": [str(term.begins), str(term.ends)], "due": str(due)}
        print(json.dumps({**said, "lines": lines, "total_cents": fee.total}))
        return
    from countertui.documents.determination import determination_lines
    from countertui.domain.dates import us_date

    tell(f"{class_}: {us_date(str(term.begins))} to {us_date(str(term.ends))}, due {us_date(str(due))}")
    print("\n".join(determination_lines(fee)))
