"""What is done with a license, act by act: the shape of record kind `license`, and what such a record may say at all.

An act names the version of the license that it changes, the id of the act before it. Of two that change the same one,
the ledger carries out the one that comes first and keeps both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NotRequired, TypedDict

from countertui.domain.license_determination import Determination, Line
from countertui.domain.license_fees import Worked, in_words
from countertui.domain.license_states import State, Step
from countertui.domain.license_terms import Term
from countertui.domain.money import LARGEST
from countertui.domain.rights import Act as Right

LONGEST_FIELD = 200
LONGEST_REASON = 200
MOST_IN_LIST = 50
MOST_CHARGES = 60
MOST_STEPS = 60
EPOCH_NUMBERS = 100_000
"""So many license numbers each epoch of a terminal has for itself: none is drawn twice, whatever was lost."""
BUSINESS, TRADE_NAME, OWNERS, CONTACTS, PARTY = "business", "trade_name", "owners", "contacts", "party"
PREMISES, MAILING, PHONE, EMAIL, SAME_OWNER = "premises", "mailing", "phone", "email", "same_owner"
LICENSE_CLASS, NAICS, AT_HOME, STARTS = "license_class", "naics", "at_home", "starts"
ANSWERS, REVIEWS, DOCUMENTS = "answers", "reviews", "documents"
SOURCE, STATUS, ISSUED_ON, EXPIRES_ON = "source", "status", "issued_on", "expires_on"
LISTED = "listed"
"""The version of a license that nothing was done with since a list from elsewhere brought it."""
PRINTED = "printed"
OPEN, PASSED, FAILED = "open", "passed", "failed"
"""How a review stands."""
BY_KEY = frozenset({ANSWERS, REVIEWS, DOCUMENTS})
"""Fields of which an act says the entries it sets; of others it says the whole."""
FROM_A_LIST = frozenset({SOURCE, STATUS, ISSUED_ON, EXPIRES_ON, PARTY})
"""What only a list says: where it comes from, how it stood there, and whose it is: deposits are drawn on by that."""
BY_PAYMENTS = frozenset({Step.SUBMIT, Step.UNPAY, Step.RENEW, Step.UNRENEW})
"""Steps that no record is of: what is filed is submitted, and the others are what payments do."""


class TermChargeData(TypedDict):
    """A charge that a term raises: its id (`charge_id`), cents above zero, and the working that adds up to them.

    working: words and the exact cents they come to, as a decimal number's text.
    """

    id: str
    head: str
    gl: str
    description: str
    cents: int
    ordinance: str
    working: list[list[str]]


class TermData(TypedDict):
    """A term that is assessed: its first and last day, when it is due (all ISO), and what it costs.

    withdraws: of a term that is assessed anew the charges as they were raised before; nothing was paid on them.
    """

    begins: str
    ends: str
    due: str
    charges: list[TermChargeData]
    withdraws: NotRequired[list[TermChargeData]]


class LicenseActData(TypedDict):
    """`license`: one act on one license.

    was: the version it changes, empty for the first. says: the fields it sets, those with null it takes out; of
    `answers`, `reviews` and `documents` the entries it sets. term: of an assessment alone.
    """

    license: str
    was: str
    step: str
    says: dict[str, Any]
    reason: str
    term: TermData | None
    personal: NotRequired[dict[str, str]]


@dataclass(frozen=True, slots=True)
class LicenseAct:
    """An act as it is known: its record's id and place, its day (ISO), who did it, and what it says.

    terminal: empty for the row of a list that an import brought. carried_out: None where it is still to be judged by
    those before it; False where the ledger kept it and did not carry it out.
    """

    id: str
    terminal: str
    epoch: int
    seq: int
    dated: str
    operator: str
    step: Step
    was: str = ""
    says: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    term: TermData | None = None
    carried_out: bool | None = None
    personal: Mapping[str, str] = field(default_factory=dict)


def act_of(body: Mapping[str, Any], *, carried_out: bool | None = None) -> LicenseAct:
    """The act that a sound record's body says."""
    place = {name: body[name] for name in ("id", "terminal", "epoch", "seq", "operator")}
    return as_act(place, body["biz_date"] or body["utc"][:10], body["data"], carried_out=carried_out)


def as_act(
    place: Mapping[str, Any], dated: str, data: Mapping[str, Any], *, carried_out: bool | None = None
) -> LicenseAct:
    """An act from sound data; place: id, terminal, epoch, seq and operator."""
    return LicenseAct(
        **place,
        dated=dated,
        step=Step(data["step"]),
        was=data["was"],
        says=data["says"],
        reason=data["reason"],
        term=data["term"],
        carried_out=carried_out,
        personal=data.get("personal", {}),
    )


def license_number(terminal: str, epoch: int, n: int) -> str:
    """The nth number (from 1) of a terminal's series in an epoch: `<terminal>-L<n>`. Raises ValueError past its end."""
    if not 0 < n < EPOCH_NUMBERS:
        raise ValueError(f"no number {n} in a series of {EPOCH_NUMBERS}")
    return f"{terminal}-L{(epoch - 1) * EPOCH_NUMBERS + n}"


def is_own_number(number: str, terminal: str, epoch: int) -> bool:
    """Whether a license number is of that terminal's series in that epoch."""
    prefix, mark, digits = number.rpartition("-L")
    if prefix != terminal or not mark or not digits.isascii() or not digits.isdigit() or len(digits) > 12:
        return False
    return str(int(digits)) == digits and int(digits) // EPOCH_NUMBERS == epoch - 1 and int(digits) % EPOCH_NUMBERS > 0


def next_number(terminal: str, epoch: int, drawn: int) -> str:
    """The number after the last drawn, epochs counted in (0 for none). Raises ValueError past the series' end."""
    return license_number(terminal, epoch, max(0, drawn - (epoch - 1) * EPOCH_NUMBERS) + 1)


def charge_id(license_: str, begins: str, code: str) -> str:
    """The id of the charge that a row (by its code) of a term's determination raises; begins: its first day, ISO.

    One and the same wherever it is assessed: two counters that assess one term never have it paid twice.
    """
    return f"{charge_prefix(license_, begins)}{code}"


def charge_prefix(license_: str, begins: str) -> str:
    """How the ids of the charges of a term begin."""
    return f"{license_}/{begins}/"


@dataclass(slots=True)
class _Left:
    """What is left of a line of a determination, in cents, after what was taken off, and the working of that."""

    line: Line
    cents: int
    working: list[Worked]


def term_data(
    license_: str, term: Term, due: date, fee: Determination, before: Sequence[TermChargeData] | None = None
) -> TermData:
    """A determination as the term it assesses. What takes off is taken from the city's own charges first.

    before: the charges of the same term as it was assessed, where it is assessed anew: they are withdrawn, and the new
    ones have ids of their own. Raises ValueError where more is taken off than is charged.
    """
    left = [_Left(line, line.cents, list(line.working)) for line in fee.lines if line.cents > 0]
    for off in (line for line in fee.lines if line.cents < 0):
        gone = -off.cents
        for each in sorted(left, key=lambda one: one.line.passed_through):
            part = min(gone, each.cents)
            if part:
                each.cents -= part
                each.working.append(Worked(off.description, Decimal(-part)))
                gone -= part
        if gone:
            raise ValueError(f"{off.code} takes {gone} cents more off than is charged")
    begins = term.begins.isoformat()
    times = 1 + max((_times(charge["id"]) for charge in before or ()), default=0)
    anew = f"{_ANEW}{times}" if times > 1 else ""
    charges = [
        TermChargeData(
            id=charge_id(license_, begins, f"{each.line.code}{anew}"),
            head=each.line.head,
            gl=each.line.gl,
            description=each.line.description,
            cents=each.cents,
            ordinance=each.line.ordinance,
            working=[[step.text, in_words(step.cents)] for step in each.working],
        )
        for each in left
        if each.cents
    ]
    made = TermData(begins=begins, ends=term.ends.isoformat(), due=due.isoformat(), charges=charges)
    if before is not None:
        made["withdraws"] = list(before)
    return made


def code_of_charge(id_: str) -> str:
    """The row of the city's schedule by which a term's charge was raised, by its id; empty for another charge's."""
    found = _TERM_CHARGE.match(id_) if "/" in id_ else None
    return found["code"].partition(_ANEW)[0] if found else ""


def _times(id_: str) -> int:
    """The how manieth assessment of its term a charge is of, from 1."""
    times = id_.rpartition(_ANEW)[2]
    return int(times) if _ANEW in id_ and times.isascii() and times.isdigit() else 1


_ANEW = "~"
WITHDRAWN = "Assessed anew"
"""What takes a charge away that a term's new assessment withdraws."""


def license_of_charge(id_: str) -> str:
    """The license whose term raised a charge, by its id; empty where it is no such charge's."""
    found = _TERM_CHARGE.match(id_) if "/" in id_ else None
    return found["license"] if found else ""


_TERM_CHARGE = re.compile(r"(?P<license>.+?)/[0-9]{4}-[0-9]{2}-[0-9]{2}/(?P<code>.+)")


def is_raised(id_: str) -> bool:
    """Whether a charge's id says that a record raised it on a license, as a payment does a penalty."""
    found = _TERM_CHARGE.match(id_) if "/" in id_ else None
    return found is not None and "/" in found["code"]


def raised_row(id_: str, license_: str, begins: str) -> str | None:
    """The row of the schedule by which a record raised a charge on a term (its first day, ISO), by its id.

    None for any other charge, those of the term's assessment too.
    """
    start = charge_prefix(license_, begins)
    code, mark, record = id_.removeprefix(start).partition("/")
    return code if id_.startswith(start) and mark and record else None


def working_in_cents(charge: Mapping[str, Any]) -> list[tuple[str, int]]:
    """A charge's working in whole cents, each step what the exact sum so far rounds to less what stood before it."""
    steps, exact, before = [], Decimal(0), 0
    for text, amount in charge["working"]:
        exact += Decimal(amount)
        rounded = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
        steps.append((f"{charge['description']}: {text}", rounded - before))
        before = rounded
    return steps or [(charge["description"], charge["cents"])]


def right_of(step: Step) -> Right:
    """The right that whoever does a step needs."""
    return Right.KEEP_LICENSES if step in _AT_THE_COUNTER else Right.DECIDE_LICENSES


_AT_THE_COUNTER = frozenset({Step.FILE, Step.AMEND, Step.DOCUMENT, Step.ASSESS, Step.ISSUE, Step.REPLACE})


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
