"""A license as it stands: what its acts in their order and what is unpaid of its terms come to on a day. Pure.

Whether an act was carried out follows from the acts alone, so that every counter and the ledger judge it alike: it
names the version it changes, the state allows it, and nobody approves what they wrote. Money is no part of that: what
is unpaid moves the license back for as long as it is, and paid again it is what it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from countertui.domain.license_acts import (
    BY_KEY,
    EXPIRES_ON,
    ISSUED_ON,
    PASSED,
    REVIEWS,
    SOURCE,
    STATUS,
    LicenseAct,
    TermChargeData,
    TermData,
)
from countertui.domain.license_states import (
    APPROVES,
    TABLE,
    WRITES,
    Standing,
    State,
    Step,
    StepRefused,
    after,
    reviewed,
    standing_on,
    steps_from,
)
from countertui.domain.license_term_charges import raised_row
from countertui.domain.money import ZERO, Cents
from countertui.domain.text import person_key


@dataclass(frozen=True, slots=True)
class LicenseTerm:
    """A term that was assessed: its days, when it is due, its charges, what is unpaid in cents: of them, and of what
    payments raised on it, as a penalty is.

    assessed_in: the act's record; renews: whether the license was in force (or expired, or not stated) when it was.
    """

    begins: date
    ends: date
    due: date
    charges: tuple[TermChargeData, ...]
    assessed_in: str
    renews: bool
    unpaid: Cents = ZERO

    @property
    def cents(self) -> Cents:
        """What it costs, in cents."""
        return Cents(sum(charge["cents"] for charge in self.charges))


@dataclass(frozen=True, slots=True)
class License:
    """A license on a day: its number, the version that an act must name, its state, what is said of it, its terms.

    says: every field as it is by now. acts: all of them in order, each with whether it was carried out. issued_on is
    the first day, expires_on the last it is paid for, None where there is none.
    """

    number: str
    version: str = ""
    state: State = State.DRAFT
    says: Mapping[str, Any] = field(default_factory=dict)
    terms: tuple[LicenseTerm, ...] = ()
    issued_on: date | None = None
    expires_on: date | None = None
    unpaid: Cents = ZERO
    """What keeps it from being in force, in cents: of terms that were assessed before it was, or have begun."""
    acts: tuple[LicenseAct, ...] = ()
    writers: frozenset[str] = frozenset()
    """Who wrote what is not approved yet, as `person_key` has them."""

    @property
    def reviews(self) -> tuple[str, ...]:
        """The reviews that are open or failed, by name."""
        return reviews_open(self.says)

    @property
    def standing(self) -> Standing:
        """What a step is judged by."""
        return Standing(self.state, self.unpaid, self.reviews)

    @property
    def is_known(self) -> bool:
        """Whether an act of it was carried out at all."""
        return any(act.carried_out for act in self.acts)

    @property
    def steps(self) -> tuple[Step, ...]:
        """What can be done with it, guards aside."""
        return steps_from(self.state)


@dataclass(slots=True)
class _File:
    """The acts so far: the state they lead to, payments and the calendar aside."""

    version: str = ""
    state: State = State.DRAFT
    says: dict[str, Any] | None = None
    terms: tuple[LicenseTerm, ...] = ()
    issued_on: date | None = None
    begun: bool = False
    writers: frozenset[str] = frozenset()


def fold(number: str, acts: Iterable[LicenseAct], unpaid: Mapping[str, int], day: date) -> License:
    """The license that these acts, in their order, come to.

    unpaid: cents still owed by charge id, of what payments raised too; of a charge of a term that is not named all is
    unpaid. day: for what the calendar does.
    """
    file, judged = _File(), []
    for act in acts:
        carried_out = act.carried_out is not False and _carried_out(file, act)
        judged.append(replace(act, carried_out=carried_out))
    terms = tuple(_with_unpaid(number, term, unpaid) for term in sorted(file.terms, key=lambda term: term.begins))
    says = file.says or {}
    expires_on = _expires_on(file.state, says, terms)
    owed = Cents(sum(term.unpaid for term in terms if not term.renews or term.begins <= day))
    return License(
        number=number,
        version=file.version,
        state=standing_on(_by_payments(file.state, reviews_open(says), terms), expires_on, day),
        says=says,
        terms=terms,
        issued_on=file.issued_on,
        expires_on=expires_on,
        unpaid=owed,
        acts=tuple(judged),
        writers=file.writers,
    )


def require_act(license_: License, act: LicenseAct) -> None:
    """Raise StepRefused where this act can't be the next of the license: the state, what is unpaid, the reviews."""
    after(act.step, license_.standing, act.reason)
    if why := why_not(license_, act):
        raise StepRefused(why, "The license is as it was.", "Look again; it may have changed.")


def why_not(license_: License, act: LicenseAct) -> str:
    """Why this act would not be carried out after those of the license, whatever is unpaid; empty if it would."""
    again = fold(license_.number, [*license_.acts, replace(act, carried_out=None)], {}, date.min)
    if again.acts[-1].carried_out:
        return ""
    if wrote(license_, act.step, act.operator):
        return "Nobody approves what they began or took part in."
    if act.was != license_.version:
        return "It changes another version of the license than it is by now."
    return f"A license that is {license_.state.label} can't be taken to this: {act.step.value}."


def wrote(license_: License, step: Step, operator: str) -> bool:
    """Whether somebody may not do a step as it approves what they wrote themselves, in any spelling."""
    return step in APPROVES and person_key(operator) in license_.writers


def reviews_open(says: Mapping[str, Any]) -> tuple[str, ...]:
    """The reviews that are open or failed, by name."""
    return tuple(sorted(name for name, result in says.get(REVIEWS, {}).items() if result != PASSED))


def said_after(says: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of a license once an act said more."""
    said = dict(says)
    for name, value in more.items():
        if value is None:
            said.pop(name, None)
        elif name in BY_KEY:
            said[name] = {**said.get(name, {}), **value}
        else:
            said[name] = value
    return said


def changed_fields(says: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """What an act must say so that what is said becomes `now`: the fields that differ, null for those that are gone."""
    differ: dict[str, Any] = {}
    for name in sorted({*says, *now}):
        if name in BY_KEY:
            entries = {key: value for key, value in now.get(name, {}).items() if says.get(name, {}).get(key) != value}
            if entries:
                differ[name] = entries
        elif says.get(name) != now.get(name):
            differ[name] = now.get(name)
    return differ


def _carried_out(file: _File, act: LicenseAct) -> bool:
    """Take an act if it changes this version and the state allows it."""
    if act.was != file.version or (act.step is Step.FILE) == file.begun:
        return False
    if act.step in APPROVES and person_key(act.operator) in file.writers:
        return False
    says = said_after(file.says or {}, act.says)
    passed = reviews_open(says)
    target = _leads_to(file, act, passed)
    if target is None:
        return False
    if act.term is not None:
        terms = _with_term(file, act, act.term)
        if terms is None:
            return False
        file.terms = terms
    if act.step is Step.FILE and SOURCE in says:
        target = State(says.get(STATUS, State.NOT_STATED))
        file.issued_on = _day(says.get(ISSUED_ON))
    elif act.step is Step.ISSUE and file.issued_on is None:
        file.issued_on = _day(act.dated)
    if act.step in APPROVES:
        file.writers = frozenset()
    elif act.step in WRITES and act.operator:
        file.writers |= {person_key(act.operator)}
    file.version, file.says, file.begun = act.id, says, True
    file.state = reviewed(target, passed)
    return True


def _leads_to(file: _File, act: LicenseAct, reviews: tuple[str, ...]) -> State | None:
    """Where the table takes it; also from where the payment of a renewal may have taken it. None: nowhere."""
    states = [file.state]
    if any(term.renews for term in file.terms) and file.state in TABLE[Step.RENEW]:
        states.append(TABLE[Step.RENEW][file.state])
    for state in states:
        try:
            return after(act.step, Standing(state, ZERO, reviews), act.reason)
        except StepRefused:
            continue
    return None


def _with_term(file: _File, act: LicenseAct, data: TermData) -> tuple[LicenseTerm, ...] | None:
    """The terms with the one that an act assesses; None where it may not.

    A term is assessed once. Anew only in place of what it was, whose charges are withdrawn all together.
    """
    days = (date.fromisoformat(data["begins"]), date.fromisoformat(data["ends"]), date.fromisoformat(data["due"]))
    before = next((term for term in file.terms if term.begins == days[0]), None)
    gone = data.get("withdraws")
    if before is None:
        if gone is not None or file.state is State.FEES_DUE:
            return None
        term = LicenseTerm(*days, tuple(data["charges"]), act.id, renews=file.state is not State.APPROVED)
    elif gone is None or tuple(gone) != before.charges:
        return None
    else:
        term = LicenseTerm(*days, tuple(data["charges"]), act.id, renews=before.renews)
    return (*(each for each in file.terms if each is not before), term)


def _with_unpaid(number: str, term: LicenseTerm, unpaid: Mapping[str, int]) -> LicenseTerm:
    open_ = sum(max(0, unpaid.get(charge["id"], charge["cents"])) for charge in term.charges)
    begins = term.begins.isoformat()
    raised = sum(max(0, cents) for id_, cents in unpaid.items() if raised_row(id_, number, begins) is not None)
    return replace(term, unpaid=Cents(open_ + raised))


def _expires_on(state: State, says: Mapping[str, Any], terms: tuple[LicenseTerm, ...]) -> date | None:
    """The last day it is paid for: a term counts once it and all before it are paid.

    One in force of which nobody stated an end is so until a renewal that is not paid begins.
    """
    last = _day(says.get(EXPIRES_ON))
    for term in terms:
        if term.unpaid:
            endless = last is None and term.renews and state is State.ISSUED
            return term.begins - timedelta(days=1) if endless else last
        last = term.ends if last is None else max(last, term.ends)
    return last


def _by_payments(state: State, reviews: tuple[str, ...], terms: tuple[LicenseTerm, ...]) -> State:
    """Where payments take the state that the acts lead to, by the table: fees due again, or renewed."""
    if any(term.unpaid for term in terms if not term.renews):
        return TABLE[Step.UNPAY].get(state, state)
    renewals = [term for term in terms if term.renews]
    if renewals and not renewals[0].unpaid and not reviews:
        return TABLE[Step.RENEW].get(state, state)
    return state


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
