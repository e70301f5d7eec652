"""Licenses as tables for spreadsheets: every fact of each, its terms, and what was done with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from countertui.documents.spreadsheet import Chart, Table, dollars
from countertui.domain.license_acts import (
    ANSWERS,
    AT_HOME,
    BUSINESS,
    CONTACTS,
    DOCUMENTS,
    EMAIL,
    LICENSE_CLASS,
    MAILING,
    NAICS,
    OWNERS,
    PHONE,
    PREMISES,
    REVIEWS,
    SOURCE,
    STARTS,
    TRADE_NAME,
)
from countertui.domain.license_file import License
from countertui.domain.license_reports import Counted, Deadline, Month, Taken
from countertui.domain.report_table import Column, Value
from countertui.domain.report_table import ColumnKind as Kind

_YES_NO = {True: "yes", False: "no"}
_FACTS = (
    *(Column("license"), Column("state"), Column("business"), Column("trade name"), Column("class")),
    *(Column("class name"), Column("issued on"), Column("paid until"), Column("started"), Column("premises")),
    *(Column("mailing address"), Column("phone"), Column("email"), Column("owners"), Column("contacts")),
    *(Column("NAICS"), Column("at home"), Column("answers"), Column("reviews"), Column("documents")),
    *(
        Column("unpaid", Kind.CENTS),
        Column("as a list said"),
        Column("acts", Kind.COUNT),
        Column("last act"),
    ),
)


def license_tables(licenses: Sequence[License], classes: Mapping[str, str], money: frozenset[str]) -> list[Table]:
    """Licenses, their terms, and what was done with each, in their order.

    classes: names by code; money: the questions whose answers are money. What is not stated is empty, never made up.
    """
    return [
        Table("Licenses", _FACTS, [_facts(license_, classes, money) for license_ in licenses]),
        Table(
            "Terms",
            (
                *(Column("license"), Column("begins"), Column("ends"), Column("due")),
                *(Column("fee", Kind.CENTS), Column("unpaid", Kind.CENTS), Column("charges")),
            ),
            [row for license_ in licenses for row in _terms(license_)],
        ),
        Table(
            "History",
            (
                *(Column("license"), Column("day"), Column("done"), Column("by"), Column("at")),
                *(Column("why"), Column("said"), Column("carried out")),
            ),
            [row for license_ in licenses for row in _history(license_)],
        ),
    ]


def months_table(
    by_class: Mapping[str, Sequence[Counted]],
    taken: Mapping[tuple[str, str], int],
    period: Sequence[Month],
    classes: Mapping[str, str],
) -> Table:
    """Each month and class: licenses issued, ended, in force, and what was taken; taken: cents by month and class."""
    rows: list[Sequence[Value]] = []
    codes = sorted({*by_class, *(code for _, code in taken)})
    nothing = [Counted() for _ in period]
    for n, month in enumerate(period):
        for code in codes:
            counted, cents = by_class.get(code, nothing)[n], taken.get((str(month), code), 0)
            if cents or counted != Counted():
                numbers = counted.issued, counted.ended, counted.in_force, counted.not_stated
                rows.append((str(month), code or "not stated", classes.get(code, ""), *numbers, cents))
    columns = (
        *(Column("month"), Column("class"), Column("class name"), Column("issued", Kind.COUNT)),
        *(Column("ended", Kind.COUNT), Column("in force at its end", Kind.COUNT)),
        *(Column("standing not stated", Kind.COUNT), Column("taken", Kind.CENTS)),
    )
    return Table("By month and class", columns, rows)


def growth_table(sums: Sequence[Counted], taken: Mapping[tuple[str, str], int], period: Sequence[Month]) -> Table:
    """Each month of all classes, with charts of licenses and of money."""
    columns = (
        *(
            Column("month"),
            Column("in force at its end", Kind.COUNT),
            Column("standing not stated", Kind.COUNT),
        ),
        *(Column("issued", Kind.COUNT), Column("ended", Kind.COUNT), Column("taken", Kind.CENTS)),
    )
    rows = [
        (str(month), counted.in_force, counted.not_stated, counted.issued, counted.ended, taken_in(taken, month))
        for month, counted in zip(period, sums, strict=True)
    ]
    charts = (
        Chart("Licenses at the end of each month", 0, (1, 2), lines=True),
        Chart("Issued and ended in each month", 0, (3, 4)),
        Chart("Taken for licenses in each month, in dollars", 0, (5,)),
    )
    return Table("Growth", columns, rows, charts)


def taken_in(taken: Mapping[tuple[str, str], int], month: Month) -> int:
    """What was taken in a month for all classes, in cents."""
    return sum(cents for (of, _), cents in taken.items() if of == str(month))


def revenue_table(taken: Iterable[Taken], classes: Mapping[str, str]) -> Table:
    """What was taken for licenses, by month, class, kind of charge and GL account."""
    columns = (
        *(Column("month"), Column("class"), Column("class name"), Column("for"), Column("GL account")),
        Column("taken", Kind.CENTS),
    )
    rows = [
        (
            each.month,
            each.license_class or "not stated",
            classes.get(each.license_class, ""),
            each.head,
            each.gl,
            each.cents,
        )
        for each in taken
    ]
    return Table("Revenue", columns, rows)


def deadlines_table(found: Iterable[Deadline], classes: Mapping[str, str]) -> Table:
    """What falls due, a line each."""
    columns = (
        *(Column("day"), Column("what"), Column("license"), Column("business"), Column("class"), Column("class name")),
        *(Column("state"), Column("detail"), Column("unpaid", Kind.CENTS)),
    )
    rows = [
        (
            *(str(each.day), each.what.value, each.number, each.business, each.license_class),
            *(classes.get(each.license_class, ""), each.state.label, each.detail, each.cents or None),
        )
        for each in found
    ]
    return Table("Deadlines", columns, rows)


def _facts(license_: License, classes: Mapping[str, str], money: frozenset[str]) -> Sequence[Value]:
    says = license_.says
    code = says.get(LICENSE_CLASS, "")
    last = next((act for act in reversed(license_.acts) if act.carried_out), None)
    people = (_listed((each["name"], each["role"]) for each in says.get(OWNERS, ())),)
    reached = (_listed((each["name"], each["phone"], each["email"]) for each in says.get(CONTACTS, ())),)
    at_home = "" if AT_HOME not in says else _YES_NO[says[AT_HOME]]
    documents = {name: "brought" if brought else "missing" for name, brought in says.get(DOCUMENTS, {}).items()}
    return (
        *(license_.number, license_.state.label, says.get(BUSINESS, ""), says.get(TRADE_NAME, ""), code),
        *(classes.get(code, ""), _day(license_.issued_on), _day(license_.expires_on), says.get(STARTS, "")),
        *(says.get(PREMISES, ""), says.get(MAILING, ""), says.get(PHONE, ""), says.get(EMAIL, ""), *people, *reached),
        *(" ".join(says.get(NAICS, ())), at_home, _pairs(_answers(says.get(ANSWERS, {}), money))),
        *(_pairs(says.get(REVIEWS, {})), _pairs(documents), license_.unpaid or None, says.get(SOURCE, "")),
        *(len([act for act in license_.acts if act.terminal]), "" if last is None else last.step.value),
    )


def _terms(license_: License) -> Iterable[Sequence[Value]]:
    for term in license_.terms:
        charges = "; ".join(f"{each['description']} {dollars(each['cents'])}" for each in term.charges)
        days = str(term.begins), str(term.ends), str(term.due)
        yield license_.number, *days, term.cents, term.unpaid, charges


def _history(license_: License) -> Iterable[Sequence[Value]]:
    for act in license_.acts:
        said = "; ".join(f"{name}: {_said(value)}" for name, value in act.says.items())
        done = "" if act.carried_out else "not carried out"
        yield license_.number, act.dated, act.step.value, act.operator, act.terminal, act.reason, said, done


def _answers(answers: Mapping[str, Any], money: frozenset[str]) -> dict[str, str]:
    """Answers in words: yes or no, dollars, or a count without needless decimals."""
    told: dict[str, str] = {}
    for code, value in answers.items():
        if isinstance(value, bool):
            told[code] = _YES_NO[value]
        else:
            told[code] = dollars(value) if code in money else dollars(value).removesuffix(".00")
    return told


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return _pairs({name: _said(each) for name, each in value.items()}, ", ")
    if isinstance(value, list | tuple):
        return ", ".join(_said(each) for each in value)
    return "taken out" if value is None else str(value)


def _pairs(values: Mapping[str, Any], between: str = "; ") -> str:
    return between.join(f"{name}={value}" for name, value in values.items())


def _listed(people: Iterable[Sequence[str]]) -> str:
    return "; ".join(", ".join(part for part in each if part) for each in people)


def _day(day: object) -> str:
    return "" if day is None else str(day)
