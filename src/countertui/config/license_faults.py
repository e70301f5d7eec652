"""What rows of licenses.toml say of one another that is not so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from countertui.config.conditions import ConditionError, FactKind, condition
from countertui.config.license_rows import ClassRow, LicenseFeeRow, QuestionRow, TimingFileRow, YearRow
from countertui.config.problems import unknown
from countertui.domain.license_fees import GROSS_RECEIPTS
from countertui.domain.license_schedule import Answer, Question


def facts_of(questions: Iterable[QuestionRow | Question]) -> dict[str, FactKind]:
    """The facts that conditions may name: the class, whether it is a renewal, and the answers."""
    kinds = {Answer.MONEY: FactKind.NUMBER, Answer.COUNT: FactKind.NUMBER, Answer.YES_NO: FactKind.YES_NO}
    always = {"license_class": FactKind.WORD, "renewal": FactKind.YES_NO}
    return {**always, **{question.code: kinds[question.answer] for question in questions}}


def faults(
    classes: Sequence[ClassRow],
    questions: Sequence[QuestionRow],
    years: Sequence[YearRow],
    fees: Sequence[LicenseFeeRow],
    timings: Sequence[TimingFileRow],
) -> Iterator[str]:
    """What the rows say of one another that is not so: each names table, row, key and what is allowed."""
    codes = [row.code for row in classes]
    for table, rows in (("question", questions), ("year", years), ("fee", fees), ("timing", timings)):
        for row in rows:
            for code in row.classes:
                if code not in codes:
                    yield f"licenses.toml, [[{table}]] {row.key}, key classes: {unknown('class', code, codes)}"
    if classes and not years:
        yield "licenses.toml, [[year]]: no row is in force. Allowed: one at least where there are classes."
    numbers = [row.code for row in questions if row.answer is not Answer.YES_NO]
    for question in questions:
        if question.code == GROSS_RECEIPTS and question.answer is not Answer.MONEY:
            yield f'licenses.toml, [[question]] {GROSS_RECEIPTS}, key answer: it is money. Allowed: "money".'
    before: list[str] = []
    for fee in fees:
        if fee.measure and fee.measure not in numbers:
            told = unknown("question answered with money or a count", fee.measure, numbers)
            yield f"licenses.toml, [[fee]] {fee.code}, key of: {told}"
        for code in fee.of:
            if code not in before:
                yield f"licenses.toml, [[fee]] {fee.code}, key of: {unknown('fee before it', code, before)}"
        before.append(fee.code)
    for timing in timings:
        for code in timing.of:
            if code not in before:
                told = unknown("fee or row before it", code, before)
                yield f"licenses.toml, [[timing]] {timing.code}, key of: {told}"
        before.append(timing.code)
    yield from _conditions(facts_of(questions), fees, timings)


def _conditions(
    known: dict[str, FactKind], fees: Sequence[LicenseFeeRow], timings: Sequence[TimingFileRow]
) -> Iterator[str]:
    for table, rows in (("fee", fees), ("timing", timings)):
        for row in rows:
            try:
                if row.when:
                    condition(row.when, known)
            except ConditionError as error:
                yield f"licenses.toml, [[{table}]] {row.key}, key when: {error}. Allowed: facts, numbers, and, or, not."
