"""In which order batches and the desk's records came into the books: what recomputes the books goes by it."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from countertui.ledger import tables
from countertui.ledger.bulk import marked

_DRAW = """INSERT INTO "number_drawn" ("name", "value") VALUES ('turn', 1)
  ON CONFLICT ("name") DO UPDATE SET "value" = "number_drawn"."value" + 1 RETURNING "value\""""


def take_turn(connection: Connection, terminal: str, epoch: int, no: int, at: str) -> int:
    """Note that a batch (or the desk's record of that number) comes into the books next; gives its place, from 1."""
    n = int(connection.exec_driver_sql(marked(connection, _DRAW)).scalar_one())
    connection.execute(insert(tables.turn).values(n=n, terminal=terminal, epoch=epoch, no=no, at=at))
    return n


def turns_taken(connection: Connection) -> int:
    """How many there were so far."""
    counter = tables.counter.c
    return int(connection.execute(select(counter.value).where(counter.name == "turn")).scalar() or 0)
