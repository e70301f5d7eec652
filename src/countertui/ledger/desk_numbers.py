"""Numbers for requests with PINs in them: the ledger gives each out, to one terminal, for one request, for two minutes.

A box of PINs is bound to its number. Whoever kept a request, as one that was refused, can have it judged neither again
nor later, whatever key they sign it with: a number that was used is none, and so is an old one. By the ledger's own
clock alone: a terminal's clock decides nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from countertui.errors import AnswerNo
from countertui.ledger import tables
from countertui.ledger.books import Books
from countertui.ledger.desk_calls import Caller

WINDOW_S = 120
"""How long a number is good, seconds: PINs are typed before it is asked for, and sent at once."""


class MadeBeforeError(AnswerNo):
    """A request with PINs that was judged before: it is not judged again, whoever sends it."""


class TooOldError(AnswerNo):
    """A request with PINs whose number was given out too long ago, to another terminal, or never."""


def give(books: Books, caller: Caller, number: str, now: str) -> None:
    """Keep a number (32 hex digits, random) for that terminal; those that are good no more are forgotten."""
    c = tables.desk_number.c
    with books.writing() as connection:
        connection.execute(delete(tables.desk_number).where(c.given_at < _begins(now)))
        row = {"number": number, "terminal": caller.terminal, "epoch": caller.epoch, "given_at": now}
        connection.execute(insert(tables.desk_number).values(**row))


def use(books: Books, caller: Caller, number: str, now: str) -> None:
    """Use a number up, whatever becomes of its request. Raises MadeBeforeError, TooOldError."""
    c = tables.desk_number.c
    here = (c.number == number) & (c.terminal == caller.terminal) & (c.epoch == caller.epoch)
    good = here & c.used_at.is_(None) & (c.given_at >= _begins(now))
    with books.writing() as connection:
        if connection.execute(update(tables.desk_number).where(good).values(used_at=now)).rowcount == 1:
            return
        used = connection.execute(select(c.used_at).where(here)).scalar()
    if used is not None:
        raise MadeBeforeError("That request was made before.", "Nothing was done.", "Type the PINs again.")
    minutes = WINDOW_S // 60
    raise TooOldError(
        f"That request is too old: one with PINs in it is good for {minutes} minutes, once.",
        "Nothing was done.",
        "Type the PINs again.",
    )


def _begins(now: str) -> str:
    return (datetime.fromisoformat(now) - timedelta(seconds=WINDOW_S)).isoformat()
