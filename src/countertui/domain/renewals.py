"""Which licenses are renewed for their next term, what that costs, and why others are left to a person. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from countertui.domain.license_acts import ANSWERS, BUSINESS, LICENSE_CLASS, MAILING, TRADE_NAME, LicenseAct, TermData
from countertui.domain.license_assessment import assessment, next_term
from countertui.domain.license_determination import Holds
from countertui.domain.license_file import License, LicenseTerm
from countertui.domain.license_schedule import Declared, LicenseSchedule
from countertui.domain.license_states import State, Step
from countertui.domain.license_term_charges import term_data
from countertui.domain.money import Cents

CAME_BACK = "Mail came back"
"""How the reason of an act begins that takes out an address to which mail could not be delivered."""


class Why(StrEnum):
    """Why a license that ends is not renewed by a run."""

    NO_CLASS = "class not stated, or not in the city's schedule"
    NOT_ANSWERED = "not stated"
    CAME_BACK = "mail came back"
    NO_ADDRESS = "no mailing address"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    CLOSED = "closed"
    NOT_STATED = "never confirmed"
    IN_REVIEW = "a review is open"
    NOT_ISSUED = "to be issued first"
    ASSESSED = "assessed already"
    NOTHING = "costs nothing"


@dataclass(frozen=True, slots=True)
class Run:
    """Which licenses a run is of: those whose last day lies between two, of these classes (none named: of all)."""

    first: date
    last: date
    classes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it is called in the history of each license: the same for the same run."""
        classes = f" {', '.join(self.classes)}" if self.classes else ""
        return f"Renewal run{classes} {self.first.isoformat()} to {self.last.isoformat()}"

    def takes(self, license_: License) -> bool:
        """Whether the license's last day and class are the run's; what ended for good and was never in force is not."""
        if self.classes and license_.says.get(LICENSE_CLASS) not in self.classes:
            return False
        return license_.expires_on is not None and self.first <= license_.expires_on <= self.last


@dataclass(frozen=True, slots=True)
class Renewal:
    """A license that is renewed: its next term and what it costs; done: the run assessed it before.

    unpaid: cents of it that are owed now.
    """

    license: License
    term: TermData
    done: bool
    unpaid: Cents

    @property
    def cents(self) -> Cents:
        """What it costs, in cents."""
        return Cents(sum(charge["cents"] for charge in self.term["charges"]))


@dataclass(frozen=True, slots=True)
class Excepted:
    """A license that the run leaves to a person, and why in words."""

    number: str
    business: str
    why: Why
    words: str


Schedules = Callable[[date], LicenseSchedule]
HoldsFor = Callable[[LicenseSchedule, Declared], Holds]


def judged(run: Run, license_: License, schedules: Schedules, holds: HoldsFor) -> Renewal | Excepted | None:
    """What a run does with a license; None where it is none of it.

    schedules: the city's rows in force on a day, here on the one after the last that is paid for.
    """
    if not run.takes(license_):
        return None
    if (why := _why_not(license_)) is not None:
        return _excepted(license_, why)
    last = license_.expires_on
    if last is None:
        raise AssertionError("a run takes licenses with a last day")
    begins = last + timedelta(days=1)
    schedule = schedules(begins)
    class_ = license_.says.get(LICENSE_CLASS, "")
    if class_ not in {each.code for each in schedule.classes}:
        return _excepted(license_, Why.NO_CLASS)
    answers = license_.says.get(ANSWERS, {})
    if lacking := [each.words for each in schedule.asked_of(class_) if each.code not in answers]:
        return _excepted(license_, Why.NOT_ANSWERED, f"{Why.NOT_ANSWERED.value}: {', '.join(lacking)}")
    term = next_term(license_, schedule, begins)
    if (before := next((one for one in license_.terms if one.begins == term.begins), None)) is not None:
        return _assessed(run, license_, before)
    found = assessment(license_, schedule, begins, holds)
    data = term_data(license_.number, found.term, found.due, found.fee)
    if not data["charges"]:
        return _excepted(license_, Why.NOTHING)
    return Renewal(license_, data, done=False, unpaid=Cents(sum(charge["cents"] for charge in data["charges"])))


def _assessed(run: Run, license_: License, term: LicenseTerm) -> Renewal | Excepted:
    """Its next term was assessed: by this very run, or by somebody else."""
    act = next((act for act in license_.acts if act.id == term.assessed_in), None)
    if act is None or act.reason != run.name:
        who = "" if act is None else f" by {act.operator}, {act.dated}"
        return _excepted(license_, Why.ASSESSED, f"{Why.ASSESSED.value}{who}")
    data = TermData(
        begins=term.begins.isoformat(), ends=term.ends.isoformat(), due=term.due.isoformat(), charges=list(term.charges)
    )
    return Renewal(license_, data, done=True, unpaid=term.unpaid)


_STATES = {
    State.SUSPENDED: Why.SUSPENDED,
    State.REVOKED: Why.REVOKED,
    State.CLOSED: Why.CLOSED,
    State.NOT_STATED: Why.NOT_STATED,
    State.SUBMITTED: Why.IN_REVIEW,
    State.IN_REVIEW: Why.IN_REVIEW,
    State.APPROVED: Why.NOT_ISSUED,
    State.FEES_DUE: Why.NOT_ISSUED,
}
"""What is assessed for one that is not in force is its first term, and no renewal."""


def _why_not(license_: License) -> Why | None:
    if license_.state in _STATES:
        return _STATES[license_.state]
    if license_.reviews:
        return Why.IN_REVIEW
    if not str(license_.says.get(MAILING, "")).strip():
        return Why.CAME_BACK if _mail_came_back(license_.acts) else Why.NO_ADDRESS
    return None


def _mail_came_back(acts: Iterable[LicenseAct]) -> bool:
    """Whether the last act that said something of the mailing address was that mail came back."""
    said = [act for act in acts if act.carried_out and MAILING in act.says]
    return bool(said) and said[-1].step is Step.AMEND and said[-1].reason.startswith(CAME_BACK)


def business_of(license_: License) -> str:
    """What the business is called."""
    return str(license_.says.get(BUSINESS) or license_.says.get(TRADE_NAME, ""))


def _excepted(license_: License, why: Why, words: str = "") -> Excepted:
    return Excepted(license_.number, business_of(license_), why, words or why.value)


def rises(
    owed_on: Callable[[date], int], after: date, *, within: int = 92, most: int = 2
) -> tuple[tuple[date, Cents], ...]:
    """The first days after one on which more is owed than before, and how much, in cents; owed_on never falls.

    within: so many days are looked at.
    """
    found: list[tuple[date, Cents]] = []
    last = after + timedelta(days=within)
    while len(found) < most and owed_on(last) > owed_on(after):
        low, high = after, last
        while (high - low).days > 1:
            middle = low + timedelta(days=(high - low).days // 2)
            if owed_on(middle) > owed_on(after):
                high = middle
            else:
                low = middle
        found.append((high, Cents(owed_on(high))))
        after = high
    return tuple(found)


def due_by(renewal: Renewal, day: date) -> bool:
    """Whether its fee was due before a day."""
    return date.fromisoformat(renewal.term["due"]) < day
