"""The ledger's desk from a terminal: somebody signs in there to look, and acts with PINs given for each act alone.

All of it goes over the network, on a thread that may wait. A PIN is handed on sealed to the city's key, and kept
nowhere. What the ledger refuses comes in its own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from countertui.counter.sign_on import OperatorLocked, WrongPin
from countertui.counter.station import Station
from countertui.domain.refusal import Refused
from countertui.domain.rights import Role
from countertui.errors import EnvironmentFault
from countertui.ports.exchange import DeskReply

CLOCK_OFF_S = 300
"""From how many seconds on it is told that the clock here is another than the ledger's."""
_ALL_KEPT = "Everything recorded here is safe."


class LedgerOffline(Refused):
    """The ledger was not reached, or did not answer: nothing was seen."""


class AnswerLost(Refused):
    """An act was asked for and no answer came: it may have been done. Asked again under its id, it is done once."""


class SignedOut(Refused):
    """Nobody is signed in at the ledger from here any more."""


class DeskRefused(Refused):
    """The ledger refused, and says why."""


class WrongPinThere(WrongPin):
    """An id and a PIN don't belong together at the ledger. whose: by or second, of an act's two people."""

    whose: str = "by"


class LockedThere(OperatorLocked):
    """Somebody is locked at the ledger. whose: as above."""

    whose: str = "by"


@dataclass(frozen=True, slots=True)
class LedgerSession:
    """Somebody signed in at the ledger, to look. `token` is good at this terminal alone, until it is not used."""

    operator: str
    name: str
    roles: tuple[Role, ...]
    token: str = field(repr=False)
    idle_minutes: int
    clock_off_s: int = 0
    """How far the clock here is ahead of the ledger's (behind it: below zero), seconds; 0 where that is little."""


@dataclass(frozen=True, slots=True)
class Credential:
    """Somebody's id and PIN, as typed, for one act."""

    operator: str
    pin: str = field(repr=False)


def sign_in(station: Station, operator: str, pin: str) -> LedgerSession:
    """Sign somebody in at the ledger, by the PIN that counts there. Takes about a second.

    Raises WrongPinThere, LockedThere, DeskRefused, LedgerOffline.
    """
    said = _said(_ask(station, "sign-in", {}, ((operator, pin),)))
    try:
        roles = tuple(Role(word) for word in said["roles"])
        off = _clock_off_s(station, said["now"])
        return LedgerSession(said["operator"], said["name"], roles, said["token"], said["idle_minutes"], off)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise _useless() from None


def sign_out(station: Station, session: LedgerSession) -> None:
    """End a session; where the ledger is not reached it ends by itself."""
    try:
        _ask(station, "sign-out", {"token": session.token}, ())
    except LedgerOffline:
        return


def look(station: Station, session: LedgerSession, name: str, args: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the ledger answers to a question, and as of when (`as_of`, ISO 8601 UTC).

    Raises SignedOut, DeskRefused, LedgerOffline.
    """
    return _said(_ask(station, f"reads/{name}", {"token": session.token, "args": dict(args or {})}, ()))


def act(
    station: Station, name: str, args: Mapping[str, Any], by: Credential, second: Credential | None, id_: str
) -> dict[str, Any]:
    """Have the ledger do something, once, under an id of the caller's (a UUIDv7, the same when it is asked again).

    An answer that was lost on the way is asked for again once. Raises WrongPinThere, LockedThere, DeskRefused,
    AnswerLost (it may have been done: ask again under the same id).
    """
    people = tuple((each.operator, each.pin) for each in (by, second) if each is not None)
    try:
        return _said(_asked_twice(station, f"acts/{name}", {"id": id_, "args": dict(args)}, people))
    except LedgerOffline as fault:
        raise AnswerLost(
            f"No answer came: {fault.happened}",
            "Either it was done once, or not at all.",
            "Do it again: it is never done twice.",
        ) from fault


def moment(station: Station, said: object) -> str:
    """A moment of the ledger's (ISO 8601 UTC) as local date and time. Raises LedgerOffline for what is none."""
    try:
        return station.clock.local_of(str(said))
    except (ValueError, OverflowError):
        raise _useless() from None


def _asked_twice(
    station: Station, what: str, said: Mapping[str, Any], people: tuple[tuple[str, str], ...]
) -> DeskReply:
    try:
        return _ask(station, what, said, people)
    except LedgerOffline:
        return _ask(station, what, said, people)


def _ask(station: Station, what: str, said: Mapping[str, Any], people: tuple[tuple[str, str], ...]) -> DeskReply:
    city_key = station.reference.sealing_key() if people else b""
    if city_key is None:
        raise DeskRefused("This terminal's snapshot has no key to seal a PIN to.", "Nothing was sent.", "F10, Y: sync.")
    try:
        return station.exchange.ask_desk(what, said, people, city_key)
    except EnvironmentFault as fault:
        raise LedgerOffline(fault.happened, fault.safe or _ALL_KEPT, "Try again, or go on working.") from fault


def _said(reply: DeskReply) -> dict[str, Any]:
    if reply.status == 200:
        return reply.said
    said = {name: _text(reply.said.get(name)) for name in ("reason", "detail", "safe", "press", "kind", "whose")}
    happened = said["reason"] or said["detail"] or f"The ledger does not do that ({reply.status})."
    told = happened, said["safe"] or _ALL_KEPT, said["press"]
    if said["kind"] == "session":
        raise SignedOut(*told)
    if said["kind"] in ("credential", "locked"):
        refused = WrongPinThere(*told) if said["kind"] == "credential" else LockedThere(*told)
        refused.whose = said["whose"] or "by"
        raise refused
    raise DeskRefused(*told)


def _clock_off_s(station: Station, now: str) -> int:
    off = round(station.clock.utc_ms() / 1000 - datetime.fromisoformat(now).timestamp())
    return off if abs(off) > CLOCK_OFF_S else 0


def _text(said: object) -> str:
    return said[:1000] if isinstance(said, str) else ""


def _useless() -> LedgerOffline:
    return LedgerOffline("The ledger's answer cannot be read.", _ALL_KEPT, "Call a technician.")
