"""A license's certificate as its holder shows it: whether what it says still stands, by the license as it is now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from countertui.domain.dates import us_date
from countertui.domain.license_acts import LicenseAct
from countertui.domain.license_states import State, Step, standing_on


class PaperState(StrEnum):
    """How a certificate stands on a day."""

    VALID = "valid"
    NOT_YET = "not yet in force"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    CLOSED = "closed"
    NOT_IN_FORCE = "not in force"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Printed:
    """What a certificate's code says: the days of its term (both included), its business and class."""

    business: str
    license_class: str
    begins: date
    ends: date


class Since(StrEnum):
    """What made another certificate necessary."""

    OWNER = "owner"
    PREMISES = "premises"


@dataclass(frozen=True, slots=True)
class Replaced:
    """Since what, and on which day, a certificate is replaced."""

    since: Since
    on: date


@dataclass(frozen=True, slots=True)
class Present:
    """The license as it is known now. expires_on: the last day it is paid for; business, class as a code names them.

    replaced: why and since when the certificate that is looked at is no longer its own, None where it is.
    """

    state: State
    expires_on: date | None
    business: str
    license_class: str
    replaced: Replaced | None = None


def printed_of(claim: Mapping[str, Any]) -> Printed | None:
    """What the fields of a code's claim say; None where a day in it is none."""
    try:
        begins, ends = date.fromisoformat(claim["begins"]), date.fromisoformat(claim["ends"])
    except ValueError:
        return None
    return Printed(claim["business"], claim["license_class"], begins, ends)


def present_of(
    status: str, expires_on: str | None, business: str, license_class: str, replaced: Replaced | None = None
) -> Present | None:
    """The license by the texts that a snapshot or the ledger's tables have of it; None for a state there is not."""
    if status not in frozenset(State):
        return None
    until = date.fromisoformat(expires_on) if expires_on else None
    return Present(State(status), until, business, license_class, replaced)


def replaced_after(acts: Iterable[LicenseAct], terminal: str, epoch: int, seq: int) -> Replaced | None:
    """Whether the license has another owner or other premises since the act, by its record's place, that a certificate
    is of: the last such act. None too where that act is not among them: nothing is known of what came after it.
    """
    place, found, known = (terminal, epoch, seq), None, False
    for act in acts:
        if (act.terminal, act.epoch, act.seq) == place:
            known = True
        elif known and act.carried_out and act.step in _REPLACES:
            found = Replaced(_REPLACES[act.step], date.fromisoformat(act.dated))
    return found


_REPLACES = {Step.TRANSFER: Since.OWNER, Step.MOVE: Since.PREMISES}


_ENDED = {
    State.SUSPENDED: PaperState.SUSPENDED,
    State.REVOKED: PaperState.REVOKED,
    State.CLOSED: PaperState.CLOSED,
}
_IN_FORCE = frozenset({State.ISSUED, State.EXPIRED, State.NOT_STATED})


def paper_state(printed: Printed, present: Present | None, day: date) -> PaperState:
    """How a certificate stands on a day; by what it says alone where nothing is known of its license (None)."""
    if present is not None:
        if present.state in _ENDED:
            return _ENDED[present.state]
        if present.state not in _IN_FORCE:
            return PaperState.NOT_IN_FORCE
        if standing_on(present.state, present.expires_on, day) is State.EXPIRED:
            return PaperState.EXPIRED
    if day > printed.ends:
        return PaperState.EXPIRED
    if present is not None and (present.replaced is not None or _changed(printed, present)):
        return PaperState.REPLACED
    return PaperState.NOT_YET if day < printed.begins else PaperState.VALID


def paper_words(state: PaperState, printed: Printed, present: Present | None, day: date) -> tuple[str, str]:
    """What is so, and what that means for who is shown the certificate."""
    later = present is not None and present.expires_on is not None and present.expires_on > printed.ends
    until = us_date(printed.ends.isoformat())
    match state:
        case PaperState.VALID:
            return "This certificate is valid", f"The license is in force until {until}."
        case PaperState.NOT_YET:
            begins = us_date(printed.begins.isoformat())
            return f"This certificate is valid from {begins} on", "The license it is for has not begun yet."
        case PaperState.EXPIRED if later and day > printed.ends and not _over(present, day):
            return "This certificate has expired", "The license was renewed since: ask for the newer certificate."
        case PaperState.EXPIRED:
            return "This license has expired", f"The certificate was good until {until}."
        case PaperState.REPLACED if present is not None and present.replaced is not None:
            on = us_date(present.replaced.on.isoformat())
            other = "another owner" if present.replaced.since is Since.OWNER else "other premises"
            return f"This certificate was replaced on {on}", f"The license has {other} since: ask for the newer one."
        case PaperState.REPLACED:
            return "This certificate was replaced", "The business or its class has changed: ask for the newer one."
        case PaperState.NOT_IN_FORCE:
            return "This license is not in force", "A fee is not paid, or a review is open."
        case _:
            return f"This license is {state.value}", "The certificate was genuine when it was printed."


def _over(present: Present | None, day: date) -> bool:
    return present is not None and present.expires_on is not None and day > present.expires_on


def _changed(printed: Printed, present: Present) -> bool:
    """Whether another business, or another class, holds the license by now; what is not stated has not changed."""
    pairs = (printed.business, present.business), (printed.license_class, present.license_class)
    return any(now and was != now for was, now in pairs)
