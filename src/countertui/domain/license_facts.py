"""What is stated of a license, line by line as a person reads it, and how one line of it is typed anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from countertui.domain.dates import us_date
from countertui.domain.license_acts import (
    ANSWERS,
    AT_HOME,
    BUSINESS,
    BY_KEY,
    CONTACTS,
    DOCUMENTS,
    LICENSE_CLASS,
    MAILING,
    NAICS,
    OPEN,
    OWNERS,
    PREMISES,
    REVIEWS,
    SAME_OWNER,
    STARTS,
    TRADE_NAME,
)
from countertui.domain.license_application import (
    CLASS,
    HOME,
    answer_field,
    class_of,
    contact_field,
    owner_field,
    questions_of,
    read_application,
)
from countertui.domain.license_file import changed_fields
from countertui.domain.license_schedule import LicenseClass, LicenseSchedule
from countertui.domain.money import format_cents
from countertui.domain.refusal import Refused

NOT_STATED = "not stated"
_YES_NO = {True: "yes", False: "no"}


class FactRefused(Refused):
    """A line can't be as it was typed."""


@dataclass(frozen=True, slots=True)
class FactLine:
    """One line: the field's name, its label, and its text as it is typed, empty where it is not stated."""

    field: str
    label: str
    text: str
    more: str = ""

    @property
    def shown(self) -> str:
        """What a person reads."""
        return (f"{self.text} {self.more}" if self.more else self.text) or NOT_STATED


def fact_lines(says: Mapping[str, Any], schedule: LicenseSchedule) -> list[FactLine]:
    """Every line of what is stated, those that lack too."""
    texts = texts_of(says)
    class_ = class_of(schedule, texts[CLASS])
    lines = [
        FactLine(BUSINESS, "Business", texts[BUSINESS]),
        FactLine(TRADE_NAME, "Trade name", texts[TRADE_NAME]),
    ]
    for n in range(1, max(1, len(says.get(OWNERS, ()))) + 1):
        lines.append(FactLine(owner_field(n, "name"), f"Owner {n}", texts.get(owner_field(n, "name"), "")))
        lines.append(FactLine(owner_field(n, "role"), f"Owner {n} is", texts.get(owner_field(n, "role"), "")))
    lines += [FactLine(PREMISES, "Premises", texts[PREMISES]), FactLine(MAILING, "Mailing", texts[MAILING])]
    for n in range(1, max(1, len(says.get(CONTACTS, ()))) + 1):
        for what, label in (("name", "Contact"), ("phone", "Telephone"), ("email", "E-mail")):
            lines.append(FactLine(contact_field(n, what), f"{label} {n}", texts.get(contact_field(n, what), "")))
    lines += [
        FactLine(CLASS, "Class", texts[CLASS], f"({class_.name})" if class_ is not None else ""),
        FactLine(NAICS, "NAICS", texts[NAICS]),
        FactLine(HOME, "At a home", texts[HOME]),
        FactLine(STARTS, "Starts", texts[STARTS]),
    ]
    if class_ is not None:
        lines += [
            FactLine(answer_field(each.code), each.words, texts.get(answer_field(each.code), ""))
            for each in questions_of(schedule, class_)
        ]
    lines.append(FactLine(SAME_OWNER, "Same owner as", says.get(SAME_OWNER, "")))
    return lines


def texts_of(says: Mapping[str, Any]) -> dict[str, str]:
    """What is stated as the application's texts, by field."""
    contacts = says.get(CONTACTS) or [{"name": "", "phone": says.get("phone", ""), "email": says.get("email", "")}]
    return {
        BUSINESS: says.get(BUSINESS, ""),
        TRADE_NAME: says.get(TRADE_NAME, ""),
        **{owner_field(n, what): text for n, one in enumerate(says.get(OWNERS, ()), 1) for what, text in one.items()},
        **{contact_field(n, what): text for n, one in enumerate(contacts, 1) for what, text in one.items()},
        PREMISES: says.get(PREMISES, ""),
        MAILING: says.get(MAILING, ""),
        CLASS: says.get(LICENSE_CLASS, ""),
        NAICS: " ".join(says.get(NAICS, ())),
        HOME: _YES_NO[says[AT_HOME]] if AT_HOME in says else "",
        STARTS: us_date(says[STARTS]) if STARTS in says else "",
        **{answer_field(code): answer_as_typed(answer) for code, answer in says.get(ANSWERS, {}).items()},
    }


def amended(
    says: Mapping[str, Any],
    schedule: LicenseSchedule,
    today: date,
    known_naics: Callable[[str], bool],
    field: str,
    text: str,
) -> dict[str, Any]:
    """What an act must say so that one line is as it was typed. Another class brings its reviews, open, and documents.

    Raises FactRefused.
    """
    text = text.strip()
    if field == CLASS and class_of(schedule, text) is None:
        codes = ", ".join(each.code for each in schedule.classes[:8])
        raise FactRefused(f"There is no class {text}.", "Nothing was recorded.", f"Classes: {codes} …")
    texts = {**texts_of(says), field: text}
    read = read_application(texts, schedule, today, known_naics)
    fault = read.faults.get(field) or (read.faults.get(HOME) if field == CLASS else None)
    if fault is not None:
        raise FactRefused(f"{fault.words[0].upper()}{fault.words[1:]}.", "Nothing was recorded.", "Type it anew.")
    place = schedule.judged(read.license_class, texts[PREMISES], at_home=read.says.get(AT_HOME))
    if field in (CLASS, HOME) and place.refused:
        raise FactRefused(f"{place.refused}.", "Nothing was recorded.", "Type another, or Esc.")
    named = _said_by(field)
    if named == ANSWERS and not text:
        raise FactRefused("An answer can't be taken out.", "Nothing was recorded.", "Type another, or Esc.")
    now = {**says, **{name: _whole(name, read.says[name]) for name in named_fields(named) if name in read.says}}
    for name in named_fields(named):
        if name not in BY_KEY and (name not in read.says or (name == MAILING and not text)):
            now.pop(name, None)  # an application without a mailing address has the premises': nobody stated that here
    if field == CLASS and read.license_class is not None and read.license_class.code != says.get(LICENSE_CLASS):
        now |= of_class(says, read.license_class)
    differ = changed_fields(says, now)
    if not differ:
        raise FactRefused("That is what it is.", "Nothing was recorded.", "Type another, or Esc.")
    return differ


def of_class(says: Mapping[str, Any], class_: LicenseClass) -> dict[str, Any]:
    """The reviews and documents of a class beside those there are: reviews open, documents not brought."""
    reviews, documents = says.get(REVIEWS, {}), says.get(DOCUMENTS, {})
    return {
        REVIEWS: {**reviews, **{each: OPEN for each in class_.reviews if each not in reviews}},
        DOCUMENTS: {**documents, **{each: False for each in class_.documents if each not in documents}},
    }


def named_fields(named: str) -> tuple[str, ...]:
    """The fields that are said with one: a first contact's telephone and e-mail address are the license's own too,
    and whether it is at a home may be a question of the schedule.
    """
    return {CONTACTS: (CONTACTS, "phone", "email"), AT_HOME: (AT_HOME, ANSWERS)}.get(named, (named,))


def _said_by(field: str) -> str:
    first = field.partition(".")[0]
    return {"owner": OWNERS, "contact": CONTACTS, "answer": ANSWERS, CLASS: LICENSE_CLASS}.get(first, first)


def _whole(name: str, value: Any) -> Any:
    """People with all their parts, those that are not stated empty."""
    parts = {OWNERS: ("name", "role"), CONTACTS: ("name", "phone", "email")}.get(name)
    return value if parts is None else [{part: one.get(part, "") for part in parts} for one in value]


def answer_as_typed(answer: int | bool) -> str:  # noqa: FBT001 - an answer is one or the other
    """An answer as it is typed: yes, no, or a number that is kept in hundredths."""
    if isinstance(answer, bool):
        return _YES_NO[answer]
    return format_cents(answer).removesuffix(".00")
