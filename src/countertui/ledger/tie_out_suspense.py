"""The error items that held money in suspense at the end of a day, whatever became of them later."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from countertui.domain.desk_records import DESK
from countertui.ledger import tables
from countertui.ledger.desk import EPOCH
from countertui.ledger.periods import CLOSED_PERIOD
from countertui.ledger.tie_out_deposits import Standing


class Waiting(NamedTuple):
    """An error item with money in suspense at the end of a day: cents credited (positive) or debited."""

    item: int
    terminal: str
    epoch: int
    seq: int
    detail: str
    cents: int


def waiting(connection: Connection, until: str, stood: Standing) -> list[Waiting]:
    """The error items that held money in suspense at the end of that day.

    One that was corrected on a day before its record is posted, as where its month was closed and opened again, is owed
    to suspense between the two: its cents are turned round.
    """
    item, record, entry = tables.error_item, tables.record, tables.entry
    made, its_entry = record.alias("made"), entry.alias("its_entry")
    fixed, fixing = record.alias("fixed"), entry.alias("fixing")
    at_desk = (fixed.c.terminal == DESK) & (fixed.c.epoch == EPOCH) & (fixed.c.seq == item.c.corrected_seq)
    query = (
        select(
            *(
                item.c.id,
                item.c.terminal,
                item.c.epoch,
                item.c.seq,
                item.c.detail,
                item.c.cents,
                item.c.state,
                item.c.reason,
            ),
            *(its_entry.c.biz_date.label("dated"), fixing.c.biz_date.label("closed_on"), fixed.c.body.label("fixed")),
        )
        .outerjoin(made, record_is(made, item, item.c.seq))
        .outerjoin(its_entry, its_entry.c.id == made.c.entry)
        .outerjoin(fixed, at_desk)
        .outerjoin(fixing, fixing.c.id == fixed.c.entry)
        .where(item.c.cents != 0)
        .order_by(item.c.id)
    )
    found = []
    for row in connection.execute(query).all():
        there, gone = _is_there(row, until, stood), _is_gone(row, until, stood)
        if there and not gone:
            found.append(Waiting(row.id, row.terminal, row.epoch, row.seq, row.detail, row.cents))
        elif gone and not there and _moved_money(row):
            found.append(Waiting(row.id, row.terminal, row.epoch, row.seq, row.detail, -row.cents))
    return found


def _is_there(row: Any, until: str, stood: Standing) -> bool:
    place = row.terminal, row.epoch, row.seq
    if row.reason == CLOSED_PERIOD and place in stood.waited:  # of what a deposit posted once it waited no more
        return place in stood.settled
    return row.dated is None or row.dated <= until


def _is_gone(row: Any, until: str, stood: Standing) -> bool:
    place = row.terminal, row.epoch, row.seq
    if row.state == "settled" and place in stood.waited | stood.held:
        return stood.is_over(place)
    closed_on = row.closed_on or (json.loads(bytes(row.fixed))["biz_date"] if row.fixed is not None else None)
    return row.state != "open" and (closed_on is None or closed_on <= until)


def _moved_money(row: Any) -> bool:
    """Whether it was a correction of its own that took the item's money out of suspense."""
    return row.fixed is not None and bool(json.loads(bytes(row.fixed))["data"].get("shares"))


def record_is(record: Any, of: Any, seq: Any) -> Any:
    """A condition: `record` is the one of that number at the terminal and epoch of a row."""
    return (record.c.terminal == of.c.terminal) & (record.c.epoch == of.c.epoch) & (record.c.seq == seq)
