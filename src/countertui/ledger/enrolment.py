"""Terminals on their way in: one person gives out a code, another compares the fingerprint and admits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from countertui.domain.rights import require_second_person
from countertui.errors import UsageError
from countertui.ledger import registry, tables
from countertui.ledger.books import Books
from countertui.ledger.keep_terminals import admit_terminal, last_receipt, newest_epoch
from countertui.ledger.tls import own_pin
from countertui.sync.enrolment import (
    Invitation,
    Request,
    WrongCodeError,
    admission_anew,
    code_key,
    make_admission,
    new_code,
    open_request,
    same_letters,
)
from countertui.sync.faults import AdmissionRefusedError
from countertui.sync.keyslots import Random, Secrets

VALID_HOURS = 24
TRIES = 5
_CODE = re.compile(r"[A-Z][A-Z0-9]{0,7}")
_NOT_TERMINALS = frozenset({"LEDGER"})


class EnrolmentError(UsageError):
    """There is nobody to admit under that name, or nobody can be."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A terminal that has asked: by whom its code was given out, and the fingerprint it must show."""

    terminal: str
    office: str
    begun_by: str
    fingerprint: str


def begin(
    connection: Connection, books: Books, terminal: str, office: str, begun_by: str, random: Random, now: str
) -> tuple[str, Invitation]:
    """Give out a one-time code for a terminal, good for a day; one given out before is worth nothing any more.

    `now` is ISO 8601 UTC. Raises EnrolmentError: no such office, a name that no terminal may have or that paper
    receipts have, or a terminal whose present key was not revoked.
    """
    if not _CODE.fullmatch(terminal) or terminal in _NOT_TERMINALS:
        raise EnrolmentError(
            "A terminal's code is a large letter, then up to seven large letters and digits.", "Nothing was changed."
        )
    series = tables.reference["paper_book"].c.series
    if connection.execute(select(series).where(series == terminal)).first() is not None:
        raise EnrolmentError(
            f"{terminal} is the series of a paper receipt book: its forms bear such numbers.", "Nothing was changed."
        )
    offices = connection.execute(select(tables.reference["office"].c.code)).scalars().all()
    if office not in offices:
        known = ", ".join(sorted(offices)) or "none yet: countertui ledger city"
        raise EnrolmentError(f"There is no office {office}. Offices: {known}.", "Nothing was changed.")
    epoch = newest_epoch(connection, terminal)
    place = registry.present(connection, books.ledger).terminals.get((terminal, epoch or 0))
    if place is not None and place.state != "revoked":
        raise EnrolmentError(
            f"Terminal {terminal} has a key that is {place.state}.",
            "Nothing was changed.",
            f"Revoke it first: countertui ledger revoke {terminal}. What it recorded before counts as ever.",
        )
    code = new_code(random)
    invitation = Invitation(
        ledger=books.ledger, terminal=terminal, office=office, epoch=(epoch or 0) + 1, nonce=random(32).hex()
    )
    table = tables.enrolment
    connection.execute(delete(table).where(table.c.terminal == terminal))
    connection.execute(
        insert(table).values(
            terminal=terminal,
            office=office,
            epoch=invitation.epoch,
            code_key=code_key(books.ledger, terminal, code).hex(),
            nonce=invitation.nonce,
            tries=0,
            begun_by=begun_by,
            expires_at=(datetime.fromisoformat(now) + timedelta(hours=VALID_HOURS)).isoformat(),
        )
    )
    return code, invitation


def invitation_for(connection: Connection, ledger: str, terminal: str, now: str) -> Invitation | None:
    """What a terminal needs to ask; None if no code that still counts was given out for it."""
    row = _row(connection, terminal)
    return _invitation(ledger, row) if row is not None and _counts(row, now) else None


def take_request(books: Books, terminal: str, data: bytes, now: str) -> str:
    """Keep a terminal's request until a second person looks at it; its fingerprint.

    Raises AdmissionRefusedError, its WrongCodeError for a wrong code (of which five end it), UnsafeKeyError.
    """
    with books.reading() as connection:
        row = _row(connection, terminal)
    if row is None or not _counts(row, now):
        raise _nobody(terminal)
    table = tables.enrolment
    here = (table.c.terminal == terminal) & (table.c.nonce == row["nonce"])
    try:
        request = open_request(data, _invitation(books.ledger, row), bytes.fromhex(row["code_key"]))
    except WrongCodeError:
        # Only a tried code is counted: anybody may send what is no request, and must not shut a terminal out by it.
        with books.writing() as connection:
            connection.execute(update(table).where(here).values(tries=table.c.tries + 1))
        raise
    with books.writing() as connection:
        row = connection.execute(select(table).where(here)).mappings().first()
        if row is None or not _counts(row, now):
            raise _nobody(terminal)
        if row["fingerprint"] is not None and row["fingerprint"] != request.fingerprint:
            raise AdmissionRefusedError(
                "Another computer has asked with this code before.",
                "Nobody was admitted.",
                "Give out a new code: countertui ledger admit.",
            )
        connection.execute(update(table).where(here).values(fingerprint=request.fingerprint, request=data))
    return request.fingerprint


def waiting(connection: Connection, terminal: str, now: str) -> Asked | None:
    """The terminal's request that waits for a second person; None if there is none."""
    row = _row(connection, terminal)
    if row is None or row["request"] is None or not _counts(row, now):
        return None
    return Asked(terminal, row["office"], row["begun_by"], row["fingerprint"])


def admit(books: Books, secrets: Secrets, terminal: str, admitted_by: str, fingerprint: str, now: str) -> bytes:
    """Put a terminal that asked onto the register, once a second person typed the fingerprint that it shows.

    Gives its admission (see `admission_of`). Raises EnrolmentError if none asked, NotAllowed for who gave the code out,
    AdmissionRefusedError for another fingerprint, TerminalRefusedError for a key that is taken.
    """
    with books.writing() as connection:
        row = _row(connection, terminal)
        if row is None or row["request"] is None or not _counts(row, now):
            raise EnrolmentError(
                f"Terminal {terminal} has not asked, or its code ran out.",
                "Nobody was admitted.",
                "Begin again: countertui ledger admit, then countertui init at the terminal.",
            )
        require_second_person(admitted_by, (row["begun_by"],))
        known = bytes.fromhex(row["code_key"])
        request = open_request(bytes(row["request"]), _invitation(books.ledger, row), known)
        if same_letters(fingerprint) != same_letters(request.fingerprint):
            raise AdmissionRefusedError(
                "That is not the fingerprint of the terminal that asked.",
                "Nobody was admitted.",
                "Read it again from the terminal's screen. If it stays different, give out a new code.",
            )
        by = (row["begun_by"], admitted_by)
        _register(connection, books, secrets, request, row["office"], by, now)
        admission = make_admission(
            request,
            secrets.terminal_key,
            registry.present(connection, books.ledger),
            office=row["office"],
            receipt_n=_last_receipt(connection, terminal),
            pepper=secrets.pin_pepper,
            known=known,
            at=now,
            tls_pin=own_pin(books.folder),
        )
        table = tables.enrolment
        # With its admission the code is spent: no other computer can ask with it.
        connection.execute(update(table).where(table.c.terminal == terminal).values(admission=admission))
        return _with_register(connection, admission)


def admission_of(connection: Connection, terminal: str, key: Ed25519PrivateKey) -> bytes | None:
    """A terminal's admission and, each on its line, the entries of the register; None if nobody admitted it yet.

    `key` is the ledger's: an admission that an earlier one signed is signed anew.
    """
    row = _row(connection, terminal)
    if row is None or row["admission"] is None:
        return None
    admission = admission_anew(bytes(row["admission"]), key, bytes.fromhex(row["code_key"]))
    return _with_register(connection, admission)


def _register(
    connection: Connection,
    books: Books,
    secrets: Secrets,
    request: Request,
    office: str,
    by: tuple[str, str],
    now: str,
) -> None:
    admit_terminal(
        connection,
        books,
        secrets.terminal_key,
        request.terminal,
        office,
        request.epoch,
        bytes.fromhex(request.public_key),
        by=by,
        now=now,
        sealing_key=bytes.fromhex(request.sealing_key),
    )


def _with_register(connection: Connection, admission: bytes) -> bytes:
    return b"".join(line + b"\n" for line in (admission, *registry.entries_after(connection, 0)))


def _last_receipt(connection: Connection, terminal: str) -> int:
    """The highest receipt number known of the terminal's earlier epochs."""
    epochs = (
        connection.execute(select(tables.terminal.c.epoch).where(tables.terminal.c.code == terminal)).scalars().all()
    )
    numbers = (last_receipt(connection, terminal, epoch) for epoch in epochs)
    return max((int(number.rpartition("-")[2]) for number in numbers if number), default=0)


def _row(connection: Connection, terminal: str) -> RowMapping | None:
    table = tables.enrolment
    return connection.execute(select(table).where(table.c.terminal == terminal)).mappings().first()


def _counts(row: RowMapping, now: str) -> bool:
    """Whether the code may still be used: not spent, not tried too often, not a day old."""
    in_time = datetime.fromisoformat(now) <= datetime.fromisoformat(row["expires_at"])
    return bool(in_time and row["tries"] < TRIES and row["admission"] is None)


def _invitation(ledger: str, row: RowMapping) -> Invitation:
    return Invitation(
        ledger=ledger, terminal=row["terminal"], office=row["office"], epoch=row["epoch"], nonce=row["nonce"]
    )


def _nobody(terminal: str) -> AdmissionRefusedError:
    return AdmissionRefusedError(
        f"No code that counts was given out for terminal {terminal}.",
        "Nobody was admitted.",
        "Have one given out: countertui ledger admit. It is good for a day, and for five tries.",
    )
