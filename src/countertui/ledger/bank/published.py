"""Which of terminals' deposits the bank has, for the terminals that made them: their bags' log says so."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, select

from countertui.domain.desk_records import DESK
from countertui.ledger import tables
from countertui.ledger.books import next_version
from countertui.ledger.bulk import insert_many
from countertui.ledger.shares import note_removed

_TABLE = "deposit_at_bank"
_ROW = ("terminal", "epoch", "seq", "slip_no", "dated", "changed_in")


def publish_at_bank(connection: Connection, deposits: Sequence[int]) -> None:
    """Let the next snapshot say that these deposits, by number, are at the bank; dated as its last line for each is."""
    made, line = tables.deposit.c, tables.bank_line.c
    last = select(func.max(line.dated)).where(line.deposit == made.no).scalar_subquery()
    query = select(made.terminal, made.epoch, made.seq, made.slip_no, last).where(
        made.no.in_(deposits), made.terminal != DESK
    )
    version = next_version(connection)
    rows = [(*row, version) for row in connection.execute(query.order_by(made.no))]
    insert_many(connection, tables.reference[_TABLE], _ROW, rows)


def withdraw_at_bank(connection: Connection, deposit: int) -> None:
    """Let the next snapshot say it of this deposit no more."""
    made, here = tables.deposit.c, tables.reference[_TABLE]
    place = connection.execute(select(made.terminal, made.epoch, made.seq).where(made.no == deposit)).one()
    there = (here.c.terminal == place[0]) & (here.c.epoch == place[1]) & (here.c.seq == place[2])
    if connection.execute(delete(here).where(there)).rowcount:
        note_removed(connection, _TABLE, [tuple(place)], next_version(connection))
