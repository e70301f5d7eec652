"""Records and entries as the books hold them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from countertui.domain.balances import Movement, charge_movements
from countertui.domain.city import rules_from_json
from countertui.domain.desk_records import DESK, ShareData
from countertui.ledger import tables
from countertui.ledger.posting import Lines, Place, Posted, chart, tender_lines


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A posted record: its parsed body, its hash (32 bytes), and the entry it posted, if any."""

    body: dict[str, Any]
    h: bytes
    entry: int | None


@dataclass(frozen=True, slots=True)
class CameBack:
    """A check that came back unpaid: its cents, the shares it took back (negative), and the entry that did, if any."""

    cents: int
    shares: tuple[ShareData, ...]
    entry: int | None


def record_of(connection: Connection, id_: str) -> StoredRecord | None:
    """A record by its id (UUIDv7)."""
    return _first(connection, tables.record.c.id == id_)


def record_at(connection: Connection, terminal: str, epoch: int, seq: int) -> StoredRecord | None:
    """A record by its place in a terminal's journal."""
    table = tables.record
    return _first(connection, (table.c.terminal == terminal) & (table.c.epoch == epoch) & (table.c.seq == seq))


def what_posted(connection: Connection, receipt: StoredRecord) -> Posted:
    """What a receipt posted, by the rules of that day, and by what corrected it since."""
    body = receipt.body
    place = body["terminal"], body["epoch"], body["seq"]
    lines = _lines(connection, receipt.entry)
    then = chart(rules_from_json(_rules_then(connection, *place)).posting, {}, {}, set())
    left = _unposted(connection, *place)
    moves = [
        move
        for n, move in enumerate(charge_movements(body["kind"], body["data"]))
        if n not in left and move.account is not None
    ]
    for correction in _corrections(connection, *place):
        for each, cents in _lines(connection, correction.entry).items():
            lines[each] = lines.get(each, 0) + cents
        moves += share_movements(correction.body["data"]["shares"])
    standing = {each: cents for each, cents in lines.items() if cents}
    data = body["data"]
    if "paid_into" in data:  # of a payment file: its money came to an account of its own
        tendered: Lines = {(then.rules.pooled_fund, data["paid_into"]): data["total_cents"]}
    else:
        tendered = tender_lines(data, then)
    return Posted(standing, tendered, moves)


def came_back(connection: Connection, receipt_id: str) -> list[CameBack]:
    """The checks of a receipt (by its record's id) that came back, in the order they were taken into the books."""
    table = tables.returned
    query = select(table.c.cents, table.c.shares, table.c.entry).where(table.c.id == receipt_id)
    rows = connection.execute(query.order_by(table.c.entry, table.c.reference)).all()
    return [CameBack(cents, tuple(json.loads(shares)), entry) for cents, shares, entry in rows]


def what_stands(connection: Connection, receipt: StoredRecord) -> Posted:
    """What a receipt posted, less what checks took back that paid a part of it and came back."""
    posted = what_posted(connection, receipt)
    lines, moves = dict(posted.lines), list(posted.moves)
    for returned in came_back(connection, receipt.body["id"]):
        for each, cents in _lines(connection, returned.entry).items():
            lines[each] = lines.get(each, 0) + cents
        moves += share_movements(returned.shares)
    return Posted({each: cents for each, cents in lines.items() if cents}, posted.tendered, moves)


def corrections_of(connection: Connection, receipt: StoredRecord) -> list[StoredRecord]:
    """The desk's records that corrected a record, oldest first."""
    return _corrections(connection, receipt.body["terminal"], receipt.body["epoch"], receipt.body["seq"])


def share_movements(shares: Iterable[Mapping[str, Any]]) -> list[Movement]:
    """What a desk record's shares move on charges and credits."""
    return [
        Movement(share["account"], share["charge"], share["gl"], share["head"], share["cents"])
        for share in shares
        if share["account"] is not None
    ]


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


def _corrections(connection: Connection, terminal: str, epoch: int, seq: int) -> list[StoredRecord]:
    c = tables.corrected.c
    here = (c.terminal == terminal) & (c.epoch == epoch) & (c.seq == seq)
    return _of_desk(connection, connection.execute(select(c.by_seq).where(here).order_by(c.by_seq)).scalars().all())


def _of_desk(connection: Connection, seqs: Iterable[int]) -> list[StoredRecord]:
    records = [record_at(connection, DESK, 1, seq) for seq in seqs]
    return [record for record in records if record is not None]


def _lines(connection: Connection, entry: int | None) -> dict[Place, int]:
    table = tables.gl_line
    query = select(table.c.fund, table.c.account, table.c.cents).where(table.c.entry == entry)
    return {(fund, account): cents for fund, account, cents in connection.execute(query.order_by(table.c.n))}


def _first(connection: Connection, where: Any) -> StoredRecord | None:
    table = tables.record
    row = connection.execute(select(table.c.body, table.c.h, table.c.entry).where(where)).first()
    return StoredRecord(json.loads(row[0]), bytes(row[1]), row[2]) if row else None
