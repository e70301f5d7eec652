"""A drawer of one's own is counted blind: nobody sees at the ledger what the terminal hides from them."""

from __future__ import annotations

from sqlalchemy import Connection, select

from countertui.domain.rights import Act, NotAllowed
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


def require_all_counted(look: Looking, until: str) -> None:
    """Raise NotAllowed for sums of days up to that one (ISO 8601) that tell what is expected in drawers.

    They are for who may see it, and for nobody who has a drawer of such a day that they have not counted; one of a day
    before counts too: what it took may be posted later, where a month was closed.
    """
    if not look.may(Act.SEE_EXPECTED):
        raise NotAllowed("That report tells what is in drawers.", "Nothing is shown.", "Ask a technician.")
    c = tables.session.c
    open_ = select(c.biz_date, c.operator).where(c.biz_date <= until, c.close_seq.is_(None)).order_by(c.biz_date)
    for day, operator in look.connection.execute(open_):
        if same_person(operator, look.operator):
            raise NotAllowed(
                f"You have a drawer of {day} that you have not counted.",
                "Nothing is shown of those days.",
                "Count and close it first, or ask for days before it.",
            )


def why_hidden(look: Looking, terminal: str, epoch: int, through: int) -> str:
    """Why sums of a terminal's records up to that number are not for who looks; empty where they are.

    They would tell what is expected in drawers: to whoever may not see that, or in one's own that is not counted.
    """
    if not look.may(Act.SEE_EXPECTED):
        return "No amounts are shown: they tell what is expected in drawers."
    if any(opened <= through for opened in _uncounted(look, terminal, epoch)):
        return "No amounts are shown: you have a drawer there that you have not counted."
    return ""


def _uncounted(look: Looking, terminal: str, epoch: int) -> list[int]:
    """The numbers of the records that opened sessions of who looks there that are not closed, as far as was heard."""
    c = tables.session.c
    here = (c.terminal == terminal) & (c.epoch == epoch) & c.close_seq.is_(None)
    rows = look.connection.execute(select(c.id, c.operator, c.open_seq).where(here))
    opened = {row.id: row.open_seq for row in rows if same_person(row.operator, look.operator)}
    for stretch in beyond_books(look.connection, (terminal, epoch)):
        for part in stretch.parts:
            if part.open_seq is not None and same_person(part.operator, look.operator):
                opened.setdefault(part.session, part.open_seq)
            if part.closed is not None:
                opened.pop(part.session, None)
    return list(opened.values())


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
