"""The ledger's desk for people at terminals: they sign in to look, and each act is done by PINs given for it alone.

What can be asked stands in READS and ACTS. An act is done once, however often it is asked: the terminal chooses its id
and asks again with that where an answer was lost; what was answered is kept beside what was done, in one transaction.
A request with PINs in it is judged once, and within minutes, by a number that this ledger gave out (desk_numbers.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from countertui.domain.rights import Act, NotAllowed
from countertui.errors import AnswerNo
from countertui.forms import ValidationError, read_as
from countertui.ledger import desk_bank, desk_numbers, desk_sessions, desk_work, tables
from countertui.ledger.desk import Ground
from countertui.ledger.desk_calls import Caller, DeskAct, DeskRead, Looking, Nothing
from countertui.ledger.desk_reads import day, receipts_of, record_of, reports
from countertui.ledger.desk_sessions import require_right, roles_in_words
from countertui.ledger.own_rotation import require_in_force
from countertui.ledger.service import Service
from countertui.ledger.sign_in import LockedError, NotSignedInError, SignedIn, sign_in
from countertui.machine import random_bytes
from countertui.sync.canonical import canonical
from countertui.sync.desk_wire import (
    ACT,
    NUMBER_BYTES,
    SIGN_IN,
    ActAsked,
    MalformedDeskError,
    NumberAsked,
    ReadAsked,
    SignInAsked,
    context_of,
    people_in,
)
from countertui.sync.faults import CanonicalError
from countertui.sync.sealing import sealing_key, unseal

Said = Mapping[str, Any]
ANSWERS_KEPT_DAYS = 30
"""How long an act that is asked for again is answered as before. Its record stays, and is never made twice."""


class UnknownCallError(AnswerNo):
    """This ledger has no read or act of that name: it is of another version than the terminal."""


class NotThePersonError(AnswerNo):
    """A credential that was given is none, or not for this. `kind` is credential, locked or refused."""

    def __init__(self, fault: NotSignedInError, whose: str) -> None:
        self.kind = _kind(fault)
        self.whose = whose
        super().__init__(fault.happened, fault.safe or "Nothing was done.", fault.press)


class ActRefusedError(AnswerNo):
    """An act that can't be done as it was asked for."""


def _who_am_i(look: Looking, _: Nothing) -> Said:
    return {"operator": look.operator, "name": look.name, "roles": roles_in_words(look.roles)}


READS: dict[str, DeskRead] = {
    "me": DeskRead(Act.SEE_LEDGER, Nothing, _who_am_i),
    **day.READS,
    **receipts_of.READS,
    **record_of.READS,
    **reports.READS,
    **desk_work.READS,
    **desk_bank.READS,
}
"""Every read, by name."""
ACTS: dict[str, DeskAct] = {**desk_work.ACTS, **desk_bank.ACTS}
"""Every act, by name."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk of an open ledger. idle_minutes: how long somebody may ask nothing and stay signed in."""

    service: Service
    idle_minutes: int
    reads: Mapping[str, DeskRead] = field(default_factory=lambda: READS)
    acts: Mapping[str, DeskAct] = field(default_factory=lambda: ACTS)

    def number(self, caller: Caller, _: NumberAsked) -> Said:
        """A number for one request with PINs in it: {"number", "now"}."""
        number, now = random_bytes(NUMBER_BYTES).hex(), self.service.now()
        desk_numbers.give(self.service.books, caller, number, now)
        return {"number": number, "now": now}

    def sign_in(self, caller: Caller, asked: SignInAsked) -> Said:
        """Let somebody look in from a terminal. Raises NotThePersonError, SealingError, and as `use` of a number."""
        now = self.service.now()
        people = self._people(caller, SIGN_IN, asked.number, asked.sealed, {})
        who = self._signed_in(people[0], Act.SEE_LEDGER, "by", now)
        token = random_bytes(32).hex()
        desk_sessions.begin(self.service.books, caller, who, token, now)
        said = {"operator": who.id, "name": who.name, "roles": roles_in_words(frozenset(who.roles))}
        return {**said, "token": token, "idle_minutes": self.idle_minutes, "now": now}

    def sign_out(self, caller: Caller, token: str) -> Said:
        """End a session."""
        desk_sessions.end(self.service.books, caller, token, self.service.now())
        return {}

    def read(self, caller: Caller, name: str, asked: ReadAsked) -> Said:
        """Answer a question.

        Raises UnknownCallError, MalformedDeskError, SessionOverError, NotAllowed, and as it does.
        """
        call, now, books = self.reads.get(name), self.service.now(), self.service.books
        if call is None:
            raise _unknown("question", name)
        args = _form(call.form, asked.args)
        with books.reading() as connection:
            look, late = desk_sessions.looking(connection, caller, asked.token, self.idle_minutes, now)
            require_right(look, call.right)
            said = {**call.read(look, args), "as_of": now}
        if late:
            desk_sessions.noted(books, asked.token, now)
        return said

    def act(self, caller: Caller, name: str, asked: ActAsked) -> Said:
        """Do what is asked, once, by the people whose PINs are in it.

        Raises UnknownCallError, MalformedDeskError, SealingError, MadeBeforeError, TooOldError, NotThePersonError,
        ActRefusedError, and as it does: nothing is changed then.
        """
        call, now, books = self.acts.get(name), self.service.now(), self.service.books
        if call is None:
            raise _unknown("act", name)
        args = _form(call.form, asked.args)
        people = self._people(caller, f"{ACT}/{name}", asked.number, asked.sealed, {"id": asked.id, "args": asked.args})
        if len(people) != (1 if call.second is None else 2):
            raise MalformedDeskError("Other people are needed for that than are named.", "Nothing was done.")
        by = self._signed_in(people[0], call.by, "by", now)
        second = self._signed_in(people[1], call.second, "second", now) if call.second is not None else None
        wanted = [name, asked.args, by.id, second.id if second is not None else ""]
        digest = sha256(canonical(wanted)).hexdigest()
        require_in_force(books, self.service.secrets)
        with books.writing() as connection:
            before = _done_before(connection, asked.id, name, digest)
            if before is not None:
                return before
            ground = Ground(connection, books, self.service.key, now)
            said = dict(call.does(ground, args, by.id, second.id if second is not None else "", asked.id))
            _keep(connection, caller, name, asked.id, digest, said, now)
        return said

    def _people(self, caller: Caller, what: str, number: str, sealed: str, said: Said) -> list[tuple[str, str]]:
        """Who is in a request's box, whose number is used up. Raises SealingError, MalformedDeskError, and as `use`."""
        place = self.service.books.ledger, caller.terminal, caller.epoch
        try:
            context = context_of(place, what, number, said)
        except CanonicalError as fault:
            raise MalformedDeskError("That is no request to the ledger's desk.", "Nothing was done.") from fault
        people = people_in(unseal(sealing_key(self.service.secrets.field_key), bytes.fromhex(sealed), context))
        desk_numbers.use(self.service.books, caller, number, self.service.now())
        return people

    def _signed_in(self, person: tuple[str, str], act: Act, whose: str, now: str) -> SignedIn:
        try:
            return sign_in(self.service.books, self.service.secrets.pin_pepper, *person, act, now)
        except NotSignedInError as fault:
            raise NotThePersonError(fault, whose) from fault


def _kind(fault: NotSignedInError) -> str:
    if isinstance(fault, LockedError):
        return "locked"
    return "refused" if isinstance(fault.__cause__, NotAllowed) else "credential"


def _form(form: type[Any], args: Said) -> Any:
    try:
        return read_as(form, args)
    except ValidationError as fault:
        raise MalformedDeskError("What was asked for is not said as it must be.", "Nothing was done.") from fault


def _done_before(connection: Connection, id_: str, name: str, digest: str) -> dict[str, Any] | None:
    """What was answered when this was done; None if it was not.

    Raises ActRefusedError for an id of something else, and for one that was done with another reason or by others:
    whoever lost the answer and heard that nothing was done would do it twice.
    """
    table, record = tables.desk_act, tables.record
    row = connection.execute(select(table.c.asked, table.c.name, table.c.answer).where(table.c.id == id_)).first()
    if row is not None and row.asked == digest:
        answer: dict[str, Any] = json.loads(row.answer)
        return answer
    if row is not None and row.name == name:
        raise ActRefusedError(
            "It was done already, as it was signed for first.", "It was not done again.", "Esc, then R shows it."
        )
    used = connection.execute(select(record.c.seq).where(record.c.id == id_)).first()
    if row is not None or used is not None:
        raise ActRefusedError("That was asked under the number of something else.", "Nothing was done.", "Begin anew.")
    return None


def _keep(connection: Connection, caller: Caller, name: str, id_: str, digest: str, said: Said, now: str) -> None:
    place = {"terminal": caller.terminal, "epoch": caller.epoch}
    c = tables.desk_act.c
    connection.execute(delete(tables.desk_act).where(c.at < desk_sessions.days_before(now, ANSWERS_KEPT_DAYS)))
    values = {"id": id_, "asked": digest, "name": name, **place, "answer": json.dumps(said), "at": now}
    connection.execute(insert(tables.desk_act).values(**values))


def _unknown(what: str, name: str) -> UnknownCallError:
    return UnknownCallError(
        f"The ledger knows no {what} {name}.", "Nothing was done.", "It is of another version: call a technician."
    )
