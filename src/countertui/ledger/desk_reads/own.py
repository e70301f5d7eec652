"""A drawer of one's own is counted blind: nobody sees at the ledger what the terminal hides from them."""

from __future__ import annotations

from sqlalchemy import Connection, select

from countertui.domain.rights import NotAllowed
from countertui.domain.text import same_person
from countertui.ledger import tables
from countertui.ledger.desk_calls import Looking
from countertui.ledger.desk_reads.journals import beyond_books


def require_counted(look: Looking, terminal: str, epoch: int, session: str) -> None:
    """Raise NotAllowed where that is a drawer session of who looks, and it is not closed."""
    operator, closed = _stands(look.connection, terminal, epoch, session)
    if not closed and same_person(operator, look.operator):
        raise NotAllowed(
            "That drawer is yours, and you have not counted it.", "Nothing is shown.", "Count and close it first."
        )


def _stands(connection: Connection, terminal: str, epoch: int, session: str) -> tuple[str, bool]:
    """Whose a session is, empty where that is not known, and whether it is closed as far as was heard."""
    c = tables.session.c
    here = (c.terminal == terminal) & (c.epoch == epoch) & (c.id == session)
    row = connection.execute(select(c.operator, c.close_seq).where(here)).first()
    operator, closed = (row.operator, row.close_seq is not None) if row is not None else ("", False)
    if closed:
        return operator, True
    for stretch in beyond_books(connection, (terminal, epoch)):
        for part in stretch.parts:
            if part.session == session:
                operator, closed = operator or part.operator, closed or part.closed is not None
    return operator, closed
