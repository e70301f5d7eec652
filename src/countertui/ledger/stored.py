"""Records and entries as the books hold them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from countertui.domain.balances import charge_movements
from countertui.domain.city import rules_from_json
from countertui.ledger import tables
from countertui.ledger.posting import Posted, chart, tender_lines


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


def what_posted(connection: Connection, receipt: StoredRecord) -> Posted:
    """What a receipt posted, by the rules of that day."""
    body = receipt.body
    place = body["terminal"], body["epoch"], body["seq"]
    table = tables.gl_line
    query = select(table.c.fund, table.c.account, table.c.cents).where(table.c.entry == receipt.entry)
    lines = {(fund, account): cents for fund, account, cents in connection.execute(query.order_by(table.c.n))}
    then = chart(rules_from_json(_rules_then(connection, *place)).posting, {}, {}, set())
    left = _unposted(connection, *place)
    moves = [
        move
        for n, move in enumerate(charge_movements(body["kind"], body["data"]))
        if n not in left and move.account is not None
    ]
    return Posted(lines, tender_lines(body["data"], then), moves)


def note_rules(connection: Connection, terminal: str, epoch: int, first_seq: int, rules: str) -> None:
    """Note by which rules (JSON) records from first_seq on are posted."""
    if _rules_then(connection, terminal, epoch, first_seq) != rules:
        row = {"terminal": terminal, "epoch": epoch, "first_seq": first_seq, "rules": rules}
        connection.execute(insert(tables.rules_used).values(**row))


def _rules_then(connection: Connection, terminal: str, epoch: int, seq: int) -> str:
    c = tables.rules_used.c
    before = (c.terminal == terminal) & (c.epoch == epoch) & (c.first_seq <= seq)
    return str(connection.execute(select(c.rules).where(before).order_by(c.first_seq.desc()).limit(1)).scalar() or "")


def _unposted(connection: Connection, terminal: str, epoch: int, seq: int) -> set[int]:
    c = tables.unposted.c
    here = (c.terminal == terminal) & (c.epoch == epoch) & (c.seq == seq)
    return set(connection.execute(select(c.n).where(here)).scalars())


def _first(connection: Connection, where: Any) -> StoredRecord | None:
    table = tables.record
    row = connection.execute(select(table.c.body, table.c.h, table.c.entry).where(where)).first()
    return StoredRecord(json.loads(row[0]), bytes(row[1]), row[2]) if row else None
