"""How deposits stood at the end of a day, whatever became of them later: in their tenders' accounts, or in suspense."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from countertui.domain.desk_records import DeskKind
from countertui.domain.records import Kind
from countertui.ledger import tables
from countertui.ledger.deposit_items import LOST
from countertui.ledger.stored import record_at
from countertui.ledger.terminal_deposits import SUSPENDED, TAKEN_BACK, WAITING, WAITS

DEPOSIT = DeskKind.DEPOSIT.value
Place = tuple[str, int, int]
"""A deposit's record: terminal, epoch, number."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Deposits by their records: those taken back by then, those that waited once, and of them those settled by then.

    held: those that stood in suspense for another reason than that they waited.
    """

    gone: frozenset[Place]
    waited: frozenset[Place]
    settled: frozenset[Place]
    held: frozenset[Place]

    def is_over(self, place: Place) -> bool:
        """Whether nothing waited in suspense for a deposit any more that a terminal's own record settled since."""
        return place in self.gone or place in self.settled


def standing(connection: Connection, until: str) -> Standing:
    """How deposits stood at the end of that day (ISO 8601): no later entry counts."""
    item = tables.error_item.c
    reasons: defaultdict[Place, set[str]] = defaultdict(set)
    of_deposit = select(item.terminal, item.epoch, item.seq, item.reason).join(
        tables.deposit,
        (tables.deposit.c.terminal == item.terminal)
        & (tables.deposit.c.epoch == item.epoch)
        & (tables.deposit.c.seq == item.seq),
    )
    for *place, reason in connection.execute(of_deposit.where(item.state == "settled", item.cents != 0)):
        reasons[place[0], place[1], place[2]].add(reason)
    waited = frozenset(place for place, of in reasons.items() if WAITS in of)
    return Standing(
        gone=frozenset(_taken_back(connection, until)),
        waited=waited,
        settled=frozenset(place for place in waited if _entries(connection, place, until) > 1),
        held=frozenset(reasons.keys() - waited),
    )


def deposits_then(connection: Connection, until: str, stood: Standing) -> Iterator[tuple[dict[str, Any], str, bool]]:
    """What deposits that stood at the end of that day say, their account, and whether all of it is out of suspense."""
    deposit, entry, record = tables.deposit, tables.entry, tables.record
    place = (record.c.terminal == deposit.c.terminal) & (record.c.epoch == deposit.c.epoch)
    query = (
        select(*(deposit.c[name] for name in ("terminal", "epoch", "seq", "state", "account")), record.c.body)
        .join(record, place & (record.c.seq == deposit.c.seq))
        .join(entry, entry.c.id == record.c.entry)
        .where(entry.c.biz_date <= until)
        .order_by(deposit.c.no)
    )
    for row in connection.execute(query):
        key = row.terminal, row.epoch, row.seq
        if key not in stood.gone:
            yield json.loads(bytes(row.body))["data"], row.account, _in_books(key, row.state, stood)


def given_up(connection: Connection, until: str) -> Iterator[dict[str, Any]]:
    """What people gave up as lost of what deposits lacked, by entries dated up to that day: their records' data."""
    carried, entry, record = tables.deposit_carried.c, tables.entry.c, tables.record.c
    terminals = set(connection.execute(select(carried.terminal).where(carried.ended == LOST)).scalars())
    query = (
        select(record.body)
        .join_from(tables.entry, tables.record, entry.id == record.entry)
        .where(entry.kind == Kind.DEPOSIT_ITEM_LOST.value, entry.biz_date <= until)
        .order_by(entry.id)
    )
    for terminal in sorted(terminals):
        for body in connection.execute(query.where(entry.terminal == terminal)).scalars():
            yield json.loads(bytes(body))["data"]


def _in_books(place: Place, state: str, stood: Standing) -> bool:
    if state in (WAITING, SUSPENDED):
        return False
    if place in stood.waited:
        return place in stood.settled
    return not (state == TAKEN_BACK and place in stood.held)


def _taken_back(connection: Connection, until: str) -> Iterator[Place]:
    """The deposits that records took back whose entries are dated up to that day."""
    deposit, entry = tables.deposit.c, tables.entry.c
    terminals = set(connection.execute(select(deposit.terminal).where(deposit.state == TAKEN_BACK)).scalars())
    if not terminals:
        return
    of_kind = (entry.terminal.in_(sorted(terminals))) & (entry.kind == Kind.DEPOSIT_TAKEN_BACK.value)
    query = select(entry.terminal, entry.epoch, entry.seq).where(of_kind, entry.biz_date <= until)
    for terminal, epoch, seq in connection.execute(query).all():
        if (stored := record_at(connection, terminal, epoch, seq)) is not None:
            yield terminal, epoch, stored.body["data"]["deposit"]["seq"]


def _entries(connection: Connection, place: Place, until: str) -> int:
    """How many entries a deposit's record has up to that day: one that waited and was settled has two."""
    entry = tables.entry.c
    here = (entry.terminal == place[0]) & (entry.epoch == place[1]) & (entry.seq == place[2])
    query = select(entry.id).where(here, entry.kind == DEPOSIT, entry.biz_date <= until)
    return len(connection.execute(query).all())
