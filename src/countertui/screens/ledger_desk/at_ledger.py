"""Who is signed in at the ledger from this counter, and what it answered last, for when it can't be reached."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from countertui.counter import ledger_desk
from countertui.counter.ledger_desk import Credential, LedgerOffline, LedgerSession, SignedOut
from countertui.domain.refusal import Refused
from countertui.domain.words import number_of

if TYPE_CHECKING:
    from countertui.counter.station import Run, Station
    from countertui.screens.desk import Desk

_R = TypeVar("_R")
_MOST_KEPT = 50


@dataclass(frozen=True, slots=True)
class Answer:
    """What the ledger answered, and when, local date and time; `not_reached` says why it is not a new answer."""

    said: Mapping[str, Any]
    as_of: str
    not_reached: str = ""


class AtLedger:
    """The ledger's desk as the pages reach it: all of it over the network, on a thread that may wait."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._kept: dict[str, Answer] = {}
        self._under_way: asyncio.Future[Any] | None = None
        self._told: asyncio.Future[None] | None = None
        self.session: LedgerSession | None = None

    async def sign_in(self, operator: str, pin: str) -> None:
        """Sign in, to look. Raises WrongPinThere, LockedThere, DeskRefused, LedgerOffline."""
        self.session = await self._desk.errand(ledger_sign_in, operator, pin)

    @property
    def clock_off(self) -> str:
        """That the clock here is not the ledger's, in words; empty where it is, within minutes."""
        off = self.session.clock_off_s if self.session is not None else 0
        ahead = "ahead of" if off > 0 else "behind"
        return f"The clock here is {_length(abs(off))} {ahead} the ledger's: have it set." if off else ""

    def sign_out(self) -> None:
        """Be nobody at the ledger; what it answered is forgotten. Nobody waits for it to hear of it."""
        session, self.session = self.session, None
        self._kept.clear()
        if session is not None:
            self._told = asyncio.ensure_future(self._desk.errand(ledger_sign_out, session))

    async def look(self, name: str, args: Mapping[str, Any]) -> Answer:
        """The ledger's answer; its last one to that question where it is not reached.

        Raises SignedOut (nobody is signed in any more), DeskRefused, LedgerOffline (it was never asked that).
        """
        if self.session is None:
            raise SignedOut("You are not signed in at the ledger.", "Nothing was asked.", "Type your PIN.")
        question = _question(name, args)
        try:
            said, as_of = await self._in_turn(partial(self._desk.errand, ledger_look, self.session, name, args))
        except SignedOut:
            self.session = None
            raise
        except LedgerOffline as fault:
            if question not in self._kept:
                raise
            kept = self._kept[question]
            return Answer(kept.said, kept.as_of, fault.happened)
        answer = Answer(said, as_of)
        self.keep(name, args, answer)
        return answer

    async def _in_turn(self, begin: Callable[[], Awaitable[_R]]) -> _R:
        """One question at a time: who no longer waits for an answer leaves its thread busy, and never a second one."""
        while self._under_way is not None and not self._under_way.done():
            await asyncio.wait([self._under_way])
        mine = asyncio.ensure_future(begin())
        mine.add_done_callback(_heard)
        self._under_way = mine
        return await asyncio.shield(mine)

    def keep(self, name: str, args: Mapping[str, Any], answer: Answer) -> None:
        """Keep an answer as the one to that question, for when the ledger is not reached."""
        question = _question(name, args)
        self._kept.pop(question, None)
        while len(self._kept) >= _MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept[question] = answer

    async def act(
        self, name: str, args: Mapping[str, Any], by: Credential, second: Credential | None, id_: str
    ) -> dict[str, Any]:
        """Have the ledger do something, once, however often it is asked under that id; raises as `ledger_desk.act`."""
        return await self._desk.errand(ledger_act, name, args, by, second, id_)

    async def new_id(self) -> str:
        """An id for one act, to be kept until an answer came."""
        return await self._desk.look(new_act_id)


def _length(seconds: int) -> str:
    minutes = seconds // 60
    if minutes < 120:
        return number_of(minutes, "minute")
    return number_of(minutes // 60, "hour") if minutes < 48 * 60 else number_of(minutes // (24 * 60), "day")


def _heard(answer: asyncio.Future[Any]) -> None:
    """What was refused of a question that nobody waits for any more is no fault."""
    if not answer.cancelled():
        answer.exception()


def _question(name: str, args: Mapping[str, Any]) -> str:
    return json.dumps([name, dict(args)], sort_keys=True)


def ledger_sign_in(station: Station, _run: Run, operator: str, pin: str) -> LedgerSession:
    """Sign in at the ledger, as an errand."""
    return ledger_desk.sign_in(station, operator, pin)


def ledger_sign_out(station: Station, _run: Run, session: LedgerSession) -> None:
    """End a session, as an errand; one that can't be ended now ends by itself."""
    try:
        ledger_desk.sign_out(station, session)
    except Refused:
        return


def ledger_look(
    station: Station, _run: Run, session: LedgerSession, name: str, args: Mapping[str, Any]
) -> tuple[dict[str, Any], str]:
    """Ask the ledger, as an errand: what it says, and when it said so, local date and time."""
    said = ledger_desk.look(station, session, name, args)
    return said, ledger_desk.moment(station, said.pop("as_of", ""))


def ledger_act(
    station: Station,
    _run: Run,
    name: str,
    args: Mapping[str, Any],
    by: Credential,
    second: Credential | None,
    id_: str,
) -> dict[str, Any]:
    """Have the ledger do something, as an errand."""
    return ledger_desk.act(station, name, args, by, second, id_)


def new_act_id(station: Station) -> str:
    """An id for one act."""
    return station.ids()
