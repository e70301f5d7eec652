"""What a record of an act on a license may say at all: who signs a record may sign anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from countertui.domain.license_acts import (
    ANSWERS,
    AT_HOME,
    BUSINESS,
    BY_KEY,
    BY_PAYMENTS,
    CONTACTS,
    DOCUMENTS,
    EMAIL,
    EXPIRES_ON,
    FAILED,
    FROM_A_LIST,
    ISSUED_ON,
    LICENSE_CLASS,
    LONGEST_FIELD,
    LONGEST_REASON,
    MAILING,
    NAICS,
    OPEN,
    OWNERS,
    PARTY,
    PASSED,
    PHONE,
    PREMISES,
    PRINTED,
    REVIEWS,
    SAME_OWNER,
    SOURCE,
    STARTS,
    STATUS,
    TRADE_NAME,
    TermChargeData,
)
from countertui.domain.license_states import State, Step
from countertui.domain.license_term_charges import charge_prefix
from countertui.domain.money import LARGEST

MOST_IN_LIST = 50
MOST_CHARGES = 60
MOST_STEPS = 60


def is_sound(data: object, *, listed: bool = False) -> bool:
    """Whether a record's data is an act on a license at all: who signs a record may sign anything.

    listed: whether it may say how a license stood in a list from elsewhere.
    """
    if not isinstance(data, dict) or data.keys() - {"personal"} != _KEYS:
        return False
    if any(type(data[name]) is not str for name in ("license", "was", "step", "reason")):
        return False
    if not 0 < len(data["license"]) <= _LONGEST_NUMBER or len(data["reason"]) > LONGEST_REASON:
        return False
    if data["step"] not in _RECORDED or (data["step"] == Step.FILE) != (data["was"] == ""):
        return False
    if (data["term"] is not None) != (data["step"] == Step.ASSESS):
        return False
    return _says_soundly(data["step"], data["says"], listed=listed) and (
        data["term"] is None or _is_term(data["license"], data["term"])
    )


_KEYS = frozenset({"license", "was", "step", "says", "reason", "term"})
_TERM_KEYS = frozenset({"begins", "ends", "due", "charges"})
_RECORDED = frozenset(Step) - BY_PAYMENTS
_LONGEST_NUMBER = 64
_LONGEST_CODE = 64
_LARGEST_ANSWER = 10**15
_MOST_COPIES = 9999
_NAICS = re.compile(r"[0-9]{2,6}")
_EXACT = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,30})?")
"""Sixty steps of it are still a number that the books can hold."""
_YEARS = range(1800, 3000)
"""Of other years nothing is ever due: the calendar's arithmetic ends with year 1 and 9999."""


def is_exact(text: str) -> bool:
    """Whether a text is an exact amount in cents, as a working has it."""
    return _EXACT.fullmatch(text) is not None


def _says_soundly(step: str, says: object, *, listed: bool) -> bool:
    if not isinstance(says, dict) or (says.keys() & FROM_A_LIST and not (listed and step == Step.FILE)):
        return False
    for name, value in says.items():
        rule = _FIELDS.get(name)
        taken_out = value is None and step != Step.FILE and name not in BY_KEY
        if rule is None or not (taken_out or rule(value)):
            return False
    opened = set(says.get(REVIEWS, {}).values())
    return step == Step.REVIEW or opened <= {OPEN} or listed


def _is_text(value: object) -> bool:
    return type(value) is str and len(value) <= LONGEST_FIELD


def _is_code(value: object) -> bool:
    return type(value) is str and 0 < len(value) <= _LONGEST_CODE


def is_day(value: object) -> bool:
    """Whether it is a day (ISO) of a year that something of a license can be of."""
    try:
        return type(value) is str and (day := date.fromisoformat(value)).isoformat() == value and day.year in _YEARS
    except ValueError:
        return False


def _list_of(one: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: type(value) is list and len(value) <= MOST_IN_LIST and all(map(one, value))


def _texts(*names: str) -> Callable[[object], bool]:
    return lambda value: isinstance(value, dict) and value.keys() == {*names} and all(map(_is_text, value.values()))


def _by_code(one: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: (
        isinstance(value, dict)
        and len(value) <= MOST_IN_LIST
        and all(map(_is_code, value))
        and all(map(one, value.values()))
    )


def _is_answer(value: object) -> bool:
    return type(value) is bool or (type(value) is int and 0 <= value <= _LARGEST_ANSWER)


def _is_printed(value: object) -> bool:
    """A certificate that was printed: the days of its term, and the how manieth of them it is, from 1."""
    return (
        isinstance(value, dict)
        and value.keys() == {"begins", "ends", "copy"}
        and is_day(value["begins"])
        and is_day(value["ends"])
        and type(value["copy"]) is int
        and 0 < value["copy"] <= _MOST_COPIES
    )


_FIELDS: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys((BUSINESS, TRADE_NAME, PARTY, PREMISES, MAILING, PHONE, EMAIL, SOURCE, SAME_OWNER), _is_text),
    LICENSE_CLASS: _is_code,
    STARTS: is_day,
    ISSUED_ON: is_day,
    EXPIRES_ON: is_day,
    STATUS: lambda value: value in frozenset(State),
    AT_HOME: lambda value: type(value) is bool,
    NAICS: _list_of(lambda value: type(value) is str and _NAICS.fullmatch(value) is not None),
    OWNERS: _list_of(_texts("name", "role")),
    CONTACTS: _list_of(_texts("name", "phone", "email")),
    ANSWERS: _by_code(_is_answer),
    REVIEWS: _by_code(lambda value: value in (OPEN, PASSED, FAILED)),
    DOCUMENTS: _by_code(lambda value: type(value) is bool),
    PRINTED: _is_printed,
}
"""The fields that acts may say, and what each may be."""


def _is_term(license_: str, term: object) -> bool:
    if not isinstance(term, dict) or term.keys() - {"withdraws"} != _TERM_KEYS:
        return False
    if not all(is_day(term[name]) for name in ("begins", "ends", "due")) or term["ends"] < term["begins"]:
        return False
    charges = term["charges"]
    if type(charges) is not list or len(charges) > MOST_CHARGES or not all(map(_is_charge, charges)):
        return False
    gone = term.get("withdraws", [])
    if type(gone) is not list or len(gone) > MOST_CHARGES or not all(map(_is_charge, gone)):
        return False
    prefix, ids = charge_prefix(license_, term["begins"]), [charge["id"] for charge in (*charges, *gone)]
    # What follows is one word, so that it is never the id of what a payment raises: those are of four parts.
    own = all(id_.startswith(prefix) and "/" not in id_.removeprefix(prefix) for id_ in ids)
    return own and len(set(ids)) == len(ids)


def _is_charge(charge: object) -> bool:
    if not isinstance(charge, dict) or charge.keys() != TermChargeData.__required_keys__:
        return False
    if not all(_is_text(charge[name]) for name in ("id", "head", "gl", "description", "ordinance")):
        return False
    cents, working = charge["cents"], charge["working"]
    if type(cents) is not int or not 0 < cents <= LARGEST or type(working) is not list or len(working) > MOST_STEPS:
        return False
    if not all(type(step) is list and len(step) == 2 and all(map(_is_text, step)) for step in working):
        return False
    if not all(_EXACT.fullmatch(exact) for _, exact in working):
        return False
    return not working or sum(Decimal(exact) for _, exact in working) == cents
