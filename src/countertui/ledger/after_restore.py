"""A restored ledger signs nothing into its register of keys before its terminals showed how far they have followed it.

What it lost of the register the terminals still have, and give back (given_back.py). An entry that is made before that
stands where a lost one belongs, and no terminal that has the lost one ever believes the ledger again. So every terminal
is awaited that the register had, until it asked for the register and has no more of it than is here; two people may go
on without those that can't be heard. What would have been signed by itself meanwhile, for a batch or a head that comes
in, is refused for now and comes again.

A disk or a stick gives back what it has, and counts as no terminal's word: nobody signed for how much of the register
it holds, and it may be an older image of a terminal that is well and has followed it further. That it is dead, two
people say, as they go on.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, insert, select

from countertui.errors import AnswerNo
from countertui.ledger import tables
from countertui.ledger.books import Books, StateKey

_HEARD_BY_REGISTER = ("active", "frozen")
"""A revoked terminal may be in a thief's hands: nobody waits for it."""


class RegisterWaitsError(AnswerNo):
    """The ledger was restored, and terminals may still have entries of its register that it lost."""


def mark_backup(connection: Connection, made_at: str) -> None:
    """Have the books in a backup of that moment (ISO 8601 UTC) wait for their terminals, number their next snapshot
    beyond what was published since, and ask for personal values to be sealed anew, whoever puts them in the ledger's
    place and how. Again, it changes nothing.
    """
    await_terminals(connection)
    table = tables.state
    for key in (StateKey.RESTORED_OF, StateKey.UNSEALED_SINCE):
        if connection.execute(select(table.c.key).where(table.c.key == key)).first() is None:
            connection.execute(insert(table).values(key=key, value=made_at))


def await_terminals(connection: Connection) -> None:
    """Await all terminals that the register has."""
    c = tables.terminal.c
    found = connection.execute(select(c.code, c.epoch).where(c.state.in_(_HEARD_BY_REGISTER))).all()
    for code, epoch in found:
        await_terminal(connection, code, epoch)


def await_terminal(connection: Connection, terminal: str, epoch: int) -> None:
    """Await one that a given back entry let in; who is awaited stays so, as in a backup that was made meanwhile."""
    if (terminal, epoch) not in awaited(connection):
        connection.execute(insert(tables.awaited).values(terminal=terminal, epoch=epoch))


def awaited(connection: Connection) -> list[tuple[str, int]]:
    """The terminals, by code and epoch, that a restored ledger waits for; empty for any other."""
    c = tables.awaited.c
    return [(row.terminal, row.epoch) for row in connection.execute(select(c.terminal, c.epoch).order_by(*c))]


def no_longer_await(connection: Connection, terminal: str, epoch: int) -> None:
    """Await that terminal no more."""
    c = tables.awaited.c
    connection.execute(delete(tables.awaited).where(c.terminal == terminal, c.epoch == epoch))


def asked_for_register(books: Books, terminal: str, epoch: int, after: int) -> None:
    """Note that a terminal asked for the entries after number `after`: it has that many, and the one it compares."""
    with books.reading() as connection:
        last = connection.execute(select(func.max(tables.registry_entry.c.no))).scalar() or 0
        waits = (terminal, epoch) in awaited(connection)
    if waits and after < last:
        with books.writing() as connection:
            no_longer_await(connection, terminal, epoch)


def require_heard(connection: Connection) -> None:
    """Raise RegisterWaitsError while a terminal is awaited."""
    missing = awaited(connection)
    if missing:
        names = ", ".join(f"{terminal}/{epoch}" for terminal, epoch in missing[:10])
        raise RegisterWaitsError(
            f"This ledger was restored, and has not heard since how far its register of keys had gone: {names}"
            f"{' and others' if len(missing) > 10 else ''} did not ask for it yet.",
            "Nothing was changed: it might cut off what they have of it, or hand out what was erased.",
            "Let them sync. Where one can't: countertui ledger go-on TERMINAL, by two people.",
        )
