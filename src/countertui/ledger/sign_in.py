"""Signing in at the ledger itself: an operator's id and PIN, for one act, with a lockout that survives a restart.

The PIN is the one chosen at the ledger: see desk_proof.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from countertui.domain.operators import plain_code, proof_of
from countertui.domain.rights import Act, NotAllowed, Role, require
from countertui.domain.text import person_key
from countertui.domain.words import number_of
from countertui.errors import AnswerNo
from countertui.ledger import tables
from countertui.ledger.alarms import LOCKED, raise_alarm, take_back_alarm
from countertui.ledger.books import Books
from countertui.ledger.bulk import run_many
from countertui.ledger.city_day import city_day, is_working_day
from countertui.ledger.desk_proof import desk_proof
from countertui.sync.faults import PinVerifierError
from countertui.sync.pins import pin_matches

TRIES = 5
"""Wrong PINs that lock an operator (reference/journal-and-sync.md, section 6)."""

_COUNT = """INSERT INTO "sign_in_state" ("operator", "failures") VALUES (?, 1)
  ON CONFLICT ("operator") DO UPDATE SET "failures" = "sign_in_state"."failures" + 1"""


class NotSignedInError(AnswerNo):
    """The id or the PIN is wrong, the operator has none, is locked or does not work here today, or may not do this."""


class LockedError(NotSignedInError):
    """Too many wrong PINs, over restarts, until two people reset the PIN."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in at the ledger, for one act."""

    id: str
    name: str
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    id: str
    name: str
    roles: str
    verifier: str
    active_from: str
    active_to: str | None


def sign_in(books: Books, pepper: bytes, operator: str, pin: str, act: Act, now: str) -> SignedIn:
    """Check an operator's PIN under the city's pepper, and that they may do `act` today. Takes about 0.1 s.

    `operator` may be in any spelling; `now` is ISO 8601 UTC. Raises NotSignedInError.
    """
    row = _proven(books, pepper, operator, pin, now)
    if proof_of(row.verifier).is_code:
        raise NotSignedInError(
            f"{row.name} has a one-time code, and no PIN yet.", press="Choose a PIN first: countertui operator pin."
        )
    signed_in = _today(books, row, now)
    try:
        require(row.name, signed_in.roles, act)
    except NotAllowed as refused:
        raise NotSignedInError(refused.happened, refused.safe, refused.press) from refused
    return signed_in


def prove(books: Books, pepper: bytes, operator: str, typed: str, now: str) -> SignedIn:
    """Who a PIN or a one-time code proves, for choosing a PIN and for nothing else. Raises NotSignedInError."""
    row = _proven(books, pepper, operator, typed, now)
    ends = proof_of(row.verifier).code_until
    if ends is not None and datetime.fromisoformat(now) > datetime.fromisoformat(ends):
        raise NotSignedInError("That one-time code has expired.", press="Ask for another: it takes two people.")
    return _today(books, row, now)


def _proven(books: Books, pepper: bytes, operator: str, pin: str, now: str) -> _Known:
    """Who this PIN or one-time code proves; wrong ones are counted. Raises NotSignedInError."""
    key = person_key(operator)
    with books.writing() as connection:
        row = _operator(connection, key)
        if row is None:
            raise _wrong("Type your operator id, and the PIN you chose at the ledger.")
        # Counted before it is checked: neither killing the program nor asking twice at once wins a try.
        failures = _count(connection, key, row.name)
        alarm = None
        if failures == TRIES:  # the alarm too: whoever is killed now is locked
            _lock(connection, key, now)
            told = f"{row.name} is locked at the ledger after {TRIES} wrong PINs."
            alarm = raise_alarm(connection, LOCKED, "", 0, None, told, now)
    proof = proof_of(row.verifier)
    try:
        right = pin_matches(proof.phc, plain_code(pin) if proof.is_code else pin, pepper)
    except PinVerifierError as fault:
        press = "Have it reset here by two people: a PIN chosen at a terminal counts at terminals only."
        raise NotSignedInError(f"{row.name} has no PIN at the ledger.", press=press) from fault
    with books.writing() as connection:
        if right:
            unlock(connection, key)
            if alarm is not None:
                take_back_alarm(connection, alarm, row.id, now)
    if not right:
        if failures < TRIES:
            raise _wrong(f"Type the PIN you chose at the ledger: {number_of(TRIES - failures, 'try', 'tries')} left.")
        raise _locked(row.name)
    return row


def unlock(connection: Connection, operator: str) -> None:
    """Forget an operator's wrong PINs at the ledger: after a right one, or when the PIN was reset."""
    table = tables.sign_in_state
    connection.execute(delete(table).where(table.c.operator == person_key(operator)))


def locked(connection: Connection) -> dict[str, str]:
    """Who is locked at the ledger, and since when (ISO 8601 UTC); ids in their `person_key` spelling."""
    c = tables.sign_in_state.c
    rows = connection.execute(select(c.operator, c.locked_at).where(c.failures >= TRIES).order_by(c.operator))
    return {operator: at or "" for operator, at in rows}


def _operator(connection: Connection, key: str) -> _Known | None:
    c = tables.reference["operator"].c
    rows = connection.execute(select(c.id, c.name, c.roles, c.verifier, c.active_from, c.active_to)).all()
    row = next((_Known(*row) for row in rows if person_key(row.id) == key), None)
    return row and replace(row, verifier=desk_proof(connection, row.id, row.verifier))


def _count(connection: Connection, key: str, name: str) -> int:
    """Count a try as a wrong one; how many there are now. Raises NotSignedInError if there were too many before."""
    run_many(connection, _COUNT, [(key,)])
    c = tables.sign_in_state.c
    failures: int = connection.execute(select(c.failures).where(c.operator == key)).scalar_one()
    if failures > TRIES:
        raise _locked(name)
    return failures


def _lock(connection: Connection, key: str, now: str) -> None:
    table = tables.sign_in_state
    connection.execute(update(table).where(table.c.operator == key, table.c.locked_at.is_(None)).values(locked_at=now))


def _today(books: Books, row: _Known, now: str) -> SignedIn:
    with books.reading() as connection:
        day = city_day(connection, now)
    if not is_working_day(day, now, row.active_from, row.active_to):
        raise NotSignedInError(f"{row.name} does not work here today.", press="Ask an admin.")
    return SignedIn(row.id, row.name, tuple(Role(word) for word in row.roles.split()))


def _wrong(press: str) -> NotSignedInError:
    return NotSignedInError("That id and PIN don't belong together.", press=press)


def _locked(name: str) -> LockedError:
    return LockedError(
        f"{name} is locked at the ledger after {TRIES} wrong PINs.", press="Have the PIN reset by two people."
    )
