"""An application for a business license: texts by the name of their field, and what they say.

Nothing here stops a person from typing on: what is wrong in a field is said beside it, and only filing needs all of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, NamedTuple

from countertui.domain.card_guard import holds_card_number
from countertui.domain.dates import us_date
from countertui.domain.drawers import CountRefused, business_date
from countertui.domain.license_schedule import Answer, LicenseClass, LicenseSchedule, Question

KIND, CLASS, BUSINESS, TRADE, EIN = "kind", "class", "business", "trade_name", "ein"
PREMISES, MAILING, HOME, STARTS, NAICS = "premises", "mailing", "at_home", "starts", "naics"
LIKE = "like"
"""The number of a license that the form was filled in from; filed is only that the owner is the same, where so."""
MOST_OWNERS, MOST_CONTACTS, MOST_NAICS = 4, 2, 5
HOME_QUESTION = "home_occupation"
"""The question of a schedule that is the same as whether the business is run from a home; asked once."""
YES_NO = {"y": True, "yes": True, "n": False, "no": False}
TODAY = "today"
"""What may be typed for a start."""
AHEAD = timedelta(days=366)
"""A start further ahead than this is a slip: a license is for a year."""
_SECTORS = frozenset(
    map(str, (11, 21, 22, 23, *range(31, 34), 42, 44, 45, 48, 49, *range(51, 57), 61, 62, 71, 72, 81, 92))
)
"""The first two digits of every NAICS code (2022 manual)."""
_CODE = re.compile(r"[0-9]{2,6}")
_PO_BOX = re.compile(r"p\.? ?o\.? ?box\b", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_PHONE = re.compile(r"\+?1?[ .-]?\(?([2-9]\d{2})\)?[ .-]?(\d{3})[ .-]?(\d{4})(?: ?(?:x|ext\.?) ?(\d{1,5}))?")
_KEPT_PHONE = re.compile(r"\d{3}-\d{3}-\d{4}(?: x\d{1,5})?")
_ZIP_4 = re.compile(r"(?<=[A-Za-z] )(\d{5})-\d{4}$")
_DIGITS_OF_A_RUN = 8
"""No more of one run is kept half typed: a card number's first eight name its issuer alone (ISO/IEC 7812-1)."""


def owner_field(n: int, what: str) -> str:
    """The field of the nth owner, from 1: what is name, role or ssn."""
    return f"owner.{n}.{what}"


def contact_field(n: int, what: str) -> str:
    """The field of the nth contact, from 1: what is name, phone or email."""
    return f"contact.{n}.{what}"


def answer_field(code: str) -> str:
    """The field of a question's answer."""
    return f"answer.{code}"


def document_field(name: str) -> str:
    """The field that says whether a document was brought."""
    return f"document.{name}"


SECRET = (EIN, *(owner_field(n, "ssn") for n in range(1, MOST_OWNERS + 1)))
"""Fields that are encrypted, in the record and before; no list, message or paper has them."""


class Fault(NamedTuple):
    """What is wrong with a field, in a few words; at_once: said while it is still being typed."""

    words: str
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Application:
    """What the texts say so far.

    says: what its record will, without what is not typed or wrong. faults by field; missing: fields that filing needs,
    in the order of the form. answers in hundredths, or yes and no, with the home question's. notices by field: what
    is not wrong, and must be known.
    """

    says: Mapping[str, Any] = field(default_factory=dict)
    license_class: LicenseClass | None = None
    starts: date | None = None
    answers: Mapping[str, int | bool] = field(default_factory=dict)
    faults: Mapping[str, Fault] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    notices: Mapping[str, str] = field(default_factory=dict)


class _WrongError(ValueError):
    """What is wrong with one field."""

    def __init__(self, words: str, *, at_once: bool = False) -> None:
        super().__init__(words)
        self.fault = Fault(words, at_once)


def read_application(
    texts: Mapping[str, str], schedule: LicenseSchedule, today: date, known_naics: Callable[[str], bool]
) -> Application:
    """Read the texts by the city's schedule. known_naics: whether the city's list of industries has a code."""
    faults: dict[str, Fault] = {}

    def read(name: str, how: Callable[[str], Any]) -> Any:
        text = texts.get(name, "").strip()
        if not text:
            return None
        try:
            return how(text)
        except _WrongError as wrong:
            faults[name] = wrong.fault
            return None

    license_class = class_of(schedule, texts.get(CLASS, ""))
    at_home = read(HOME, lambda text: _at_home(text, license_class))
    starts = read(STARTS, lambda text: _starts(text, today))
    asked = () if license_class is None else questions_of(schedule, license_class)
    answers = {each.code: read(answer_field(each.code), partial(_answer, each)) for each in asked}
    answers = {code: answer for code, answer in answers.items() if answer is not None}
    if license_class is not None and at_home is not None and _asks_home(schedule, license_class):
        answers[HOME_QUESTION] = at_home
    premises = read(PREMISES, _place_of_business)
    place = schedule.judged(license_class, premises or "", at_home=at_home)
    if place.refused:
        faults[PREMISES] = Fault(place.refused, at_once=True)
    documents = () if license_class is None else license_class.documents
    says = {
        "business": read(BUSINESS, in_one_spacing),
        "trade_name": read(TRADE, in_one_spacing),
        "owners": _people(MOST_OWNERS, ("name", "role"), owner_field, lambda name: read(name, in_one_spacing)),
        "contacts": _people(
            MOST_CONTACTS, ("name", "phone", "email"), contact_field, lambda name: read(name, _how_to_read(name))
        ),
        "premises": premises,
        "mailing": read(MAILING, str) or premises,
        "license_class": None if license_class is None else license_class.code,
        "naics": read(NAICS, lambda text: _codes(text, known_naics)),
        "at_home": at_home,
        "starts": None if starts is None else starts.isoformat(),
        "answers": answers,
        "reviews": {} if license_class is None else dict.fromkeys(license_class.reviews, "open") | place.reviews,
        "documents": {each: bool(read(document_field(each), _yes_no)) for each in documents},
    }
    if says["contacts"]:
        first = says["contacts"][0]
        says |= {what: first[what] for what in ("phone", "email") if first[what]}
    faults |= _of_owners(texts)
    needed = (BUSINESS, PREMISES, HOME, STARTS, owner_field(1, "name"), *(answer_field(each.code) for each in asked))
    missing = [name for name in needed if not texts.get(name, "").strip()]
    return Application(
        {name: value for name, value in says.items() if value not in (None, "", [], {})},
        license_class,
        starts,
        answers,
        faults,
        (*([KIND] if license_class is None else []), *missing),
        {PREMISES: place.notice} if place.notice else {},
    )


def class_of(schedule: LicenseSchedule, code: str) -> LicenseClass | None:
    """The class of a code, however it is written; None where the city has none."""
    return next((each for each in schedule.classes if each.code == code.strip().upper()), None)


def with_holder(texts: Mapping[str, str], name: str, address: str) -> dict[str, str] | None:
    """What a scanned identity card fills in: its holder as an owner, and where mail goes if nothing says so yet.

    None where the form has no room for another owner.
    """
    names = [texts.get(owner_field(n, "name"), "").strip() for n in range(1, MOST_OWNERS + 1)]
    same = [n for n, each in enumerate(names, 1) if each.casefold() == name.casefold()]
    free = [n for n, each in enumerate(names, 1) if not each]
    if not same and not free:
        return None
    filled = {} if same else {owner_field(free[0], "name"): name}
    return filled | ({} if texts.get(MAILING, "").strip() or not address else {MAILING: address})


def questions_of(schedule: LicenseSchedule, license_class: LicenseClass) -> tuple[Question, ...]:
    """What the form asks of a class besides whether it is run from a home."""
    return tuple(each for each in schedule.asked_of(license_class.code) if each.code != HOME_QUESTION)


def owner_rows(texts: Mapping[str, str]) -> list[int]:
    """Which of the form's owners are stated, in the order in which they are said."""
    stated = (n for n in range(1, MOST_OWNERS + 1) if any(texts.get(owner_field(n, each)) for each in ("name", "role")))
    return list(stated)


def may_be_kept_half_typed(name: str, text: str) -> bool:
    """Whether a field's text is no card number and can't be the beginning of one; whole telephone numbers may be."""
    if holds_card_number(text):
        return False
    if name.endswith(".phone") and _KEPT_PHONE.fullmatch(text.strip()):
        return True
    runs = re.split(r"[^\W\d_]+", _ZIP_4.sub(r"\1", text.strip()))
    return all(sum(map(str.isdigit, run)) <= _DIGITS_OF_A_RUN for run in runs)


def phone_as_written(text: str) -> str:
    """A telephone number as 360-555-0142 x7; what is none stays as it is."""
    found = _PHONE.fullmatch(text.strip())
    if found is None:
        return text.strip()
    area, exchange, line, extension = found.groups()
    return f"{area}-{exchange}-{line}" + (f" x{extension}" if extension else "")


def in_one_spacing(text: str) -> str:
    """A name with one blank between its words, however many were typed."""
    return " ".join(text.split())


def _people(
    most: int, parts: tuple[str, ...], named: Callable[[int, str], str], read: Callable[[str], Any]
) -> list[dict[str, str]]:
    people = [{what: read(named(n, what)) or "" for what in parts} for n in range(1, most + 1)]
    return [one for one in people if any(one.values())]


def _of_owners(texts: Mapping[str, str]) -> dict[str, Fault]:
    """What is typed of an owner who has no name."""
    faults = {}
    for n in range(1, MOST_OWNERS + 1):
        others = any(texts.get(owner_field(n, what), "").strip() for what in ("role", "ssn"))
        if others and not texts.get(owner_field(n, "name"), "").strip():
            faults[owner_field(n, "name")] = Fault("whose is that? a name is needed")
    return faults


def _how_to_read(name: str) -> Callable[[str], str]:
    return {"phone": _phone, "email": _email}.get(name.rpartition(".")[2], in_one_spacing)


def _yes_no(text: str) -> bool:
    answer = YES_NO.get(text.casefold())
    if answer is None:
        raise _WrongError("type y or n")
    return answer


def _at_home(text: str, license_class: LicenseClass | None) -> bool:
    at_home = _yes_no(text)
    if at_home and license_class is not None and not license_class.at_home:
        raise _WrongError(f"{license_class.code} is not allowed at a home", at_once=True)
    return at_home


def _starts(text: str, today: date) -> date:
    try:
        starts = today if text.casefold() == TODAY else business_date(text)
    except CountRefused as refused:
        raise _WrongError(refused.happened[0].lower() + refused.happened[1:].rstrip(".")) from None
    if starts > today + AHEAD:
        raise _WrongError(f"more than a year after {us_date(today.isoformat())}")
    return starts


def _place_of_business(text: str) -> str:
    if _PO_BOX.search(text):
        raise _WrongError("a PO box is no place of business")
    if not any(map(str.isalpha, text)):
        raise _WrongError("no street in it")
    if len(text.split()) == 1:
        raise _WrongError("a street and its number, like 12 Main St")
    return text


def _codes(text: str, known: Callable[[str], bool]) -> list[str]:
    codes = list(dict.fromkeys(re.split(r"[\s,;]+", text.strip(" ,;"))))
    for code in codes:
        if not _CODE.fullmatch(code):
            raise _WrongError("a code is 2 to 6 digits, like 722330")
        if code[:2] not in _SECTORS or not known(code):
            raise _WrongError(f"{code} is no NAICS code known here")
    if len(codes) > MOST_NAICS:
        raise _WrongError(f"{MOST_NAICS} codes at most")
    return codes


def _answer(question: Question, text: str) -> int | bool:
    if question.answer is Answer.YES_NO:
        return _yes_no(text)
    try:
        hundredths = (
            Decimal(text.replace("$", "").replace(",", "").replace("−", "-") + ("0" if text == "-" else "")) * 100
        )
    except InvalidOperation:
        like = "50,000" if question.answer is Answer.MONEY else "2.5"
        raise _WrongError(f"type a number, like {like}") from None
    if hundredths.is_signed():
        raise _WrongError("it can't be negative", at_once=True)
    if not hundredths.is_finite() or hundredths >= 10**13 or hundredths % 1:
        raise _WrongError("two decimals at most, and not so much")
    return int(hundredths)


def _phone(text: str) -> str:
    if _PHONE.fullmatch(text) is None:
        raise _WrongError("ten digits, like 360-555-0142")
    return phone_as_written(text)


def _email(text: str) -> str:
    if _EMAIL.fullmatch(text) is None:
        raise _WrongError("an e-mail address has @ and a dot")
    return text


def _asks_home(schedule: LicenseSchedule, license_class: LicenseClass) -> bool:
    return any(each.code == HOME_QUESTION for each in schedule.asked_of(license_class.code))
