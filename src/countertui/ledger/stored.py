"""Records and entries as the books hold them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from countertui.ledger import tables


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A posted record: its parsed body, its hash (32 bytes), and the entry it posted, if any."""

    body: dict[str, Any]
    h: bytes
    entry: int | None


def record_of(connection: Connection, id_: str) -> StoredRecord | None:
    """A record by its id (UUIDv7)."""
    return _first(connection, tables.record.c.id == id_)


def record_at(connection: Connection, terminal: str, epoch: int, seq: int) -> StoredRecord | None:
    """A record by its place in a terminal's journal."""
    table = tables.record
    return _first(connection, (table.c.terminal == terminal) & (table.c.epoch == epoch) & (table.c.seq == seq))


def posted_lines(connection: Connection, entry: int | None) -> dict[tuple[str, str], int]:
    """The lines of an entry: cents by fund and account."""
    table = tables.gl_line
    query = select(table.c.fund, table.c.account, table.c.cents).where(table.c.entry == entry).order_by(table.c.n)
    return {(fund, account): cents for fund, account, cents in connection.execute(query)}


def _first(connection: Connection, where: Any) -> StoredRecord | None:
    table = tables.record
    row = connection.execute(select(table.c.body, table.c.h, table.c.entry).where(where)).first()
    return StoredRecord(json.loads(row[0]), bytes(row[1]), row[2]) if row else None
