"""Sessions of people who look into the ledger from a terminal: a token, of which the ledger keeps a hash.

A session is good at the terminal it was begun at alone, in requests that its key signs, and ends with the sign-out,
after some minutes without a question, after twelve hours, and when what proves the person changes. It shows; nothing
is ever done by it: an act takes PINs anew.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, delete, insert, select, update

from countertui.domain.rights import Act, Role, require
from countertui.errors import AnswerNo
from countertui.ledger import tables
from countertui.ledger.books import Books
from countertui.ledger.city_day import city_day, is_working_day
from countertui.ledger.desk_calls import Caller, Looking
from countertui.ledger.desk_proof import desk_proof
from countertui.ledger.sign_in import SignedIn
from countertui.ledger.staff import Person, people_of

LONGEST_HOURS = 12
"""A working day: then they sign in again, however busy they were."""
KEPT_DAYS = 400
"""How long it stays known who looked in, from where and when: a fiscal year, and some weeks for those who audit it."""
_NOTED_S = 60
"""How much later a question must be than the last one noted, to be noted: reading seldom writes."""


class SessionOverError(AnswerNo):
    """There is no such session any more, or never was one."""


def begin(books: Books, caller: Caller, who: SignedIn, token: str, now: str) -> None:
    """Begin a session of somebody who signed in; one of theirs at that terminal ends. token: 64 hex digits.

    Sessions that began more than KEPT_DAYS ago are forgotten.
    """
    c = tables.desk_session.c
    theirs = (c.terminal == caller.terminal) & (c.operator == who.id) & c.ended_at.is_(None)
    with books.writing() as connection:
        connection.execute(delete(tables.desk_session).where(c.began_at < days_before(now, KEPT_DAYS)))
        proof = _proof(connection, people_of(connection)[who.id], who.id)
        connection.execute(update(tables.desk_session).where(theirs).values(ended_at=now))
        values = {
            "terminal": caller.terminal,
            "epoch": caller.epoch,
            "operator": who.id,
            "proof": proof,
        }
        row = insert(tables.desk_session).values(token=_hash(token), **values, began_at=now, used_at=now)
        connection.execute(row)


def end(books: Books, caller: Caller, token: str, now: str) -> None:
    """End a session of that terminal; one that is over stays so."""
    c = tables.desk_session.c
    here = (c.token == _hash(token)) & (c.terminal == caller.terminal) & c.ended_at.is_(None)
    with books.writing() as connection:
        connection.execute(update(tables.desk_session).where(here).values(ended_at=now))


def looking(connection: Connection, caller: Caller, token: str, idle_minutes: int, now: str) -> tuple[Looking, bool]:
    """Who looks in by a token of that terminal, and whether `noted` should be called. Raises SessionOverError."""
    table = tables.desk_session
    here = (table.c.terminal == caller.terminal) & (table.c.epoch == caller.epoch) & table.c.ended_at.is_(None)
    row = connection.execute(select(table).where(table.c.token == _hash(token), here)).mappings().first()
    if row is None:
        raise _over("Nobody is signed in at the ledger from here.")
    at, used = datetime.fromisoformat(now), datetime.fromisoformat(row["used_at"])
    if at - used > timedelta(minutes=idle_minutes, seconds=_NOTED_S):
        raise _over("You were signed out at the ledger: nothing was asked for a while.")
    if at - datetime.fromisoformat(row["began_at"]) > timedelta(hours=LONGEST_HOURS):
        raise _over(f"You were signed out at the ledger after {LONGEST_HOURS} hours.")
    id_ = row["operator"]
    person = people_of(connection).get(id_)
    if person is None or not is_working_day(city_day(connection, now), now, person.active_from, person.active_to):
        raise _over(f"{id_} does not work here today.")
    if _proof(connection, person, id_) != row["proof"]:
        raise _over("Your PIN at the ledger was changed.")
    return Looking(connection, id_, person.name, person.roles, now), (at - used) >= timedelta(seconds=_NOTED_S)


def noted(books: Books, token: str, now: str) -> None:
    """Note that a session was used."""
    table = tables.desk_session
    with books.writing() as connection:
        connection.execute(update(table).where(table.c.token == _hash(token)).values(used_at=now))


def require_right(look: Looking, act: Act) -> None:
    """Raise NotAllowed unless who looks may do that."""
    require(look.name, look.roles, act)


def roles_in_words(roles: frozenset[Role]) -> list[str]:
    """Roles as JSON says them, always in the same order."""
    return [role.value for role in Role if role in roles]


def days_before(now: str, days: int) -> str:
    """The moment (ISO 8601 UTC) so many days before another."""
    return (datetime.fromisoformat(now) - timedelta(days=days)).isoformat()


def _proof(connection: Connection, person: Person, id_: str) -> str:
    return sha256(desk_proof(connection, id_, person.verifier).encode()).hexdigest()


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _over(happened: str) -> SessionOverError:
    return SessionOverError(happened, "Nothing was asked or done.", "Sign in again: your id, and your PIN.")
