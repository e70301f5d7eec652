"""A month before two people close it or open it again: how it stands, and what belongs to it still."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from msgspec import Meta
from sqlalchemy import Connection, select

from countertui.domain.desk_records import DESK, DeskKind
from countertui.domain.tie_out import month_of
from countertui.forms import Form
from countertui.ledger import tables
from countertui.ledger.charted import rules_of
from countertui.ledger.city_day import city_day
from countertui.ledger.desk_calls import Looking
from countertui.ledger.desk_reads.journals import beyond_books
from countertui.ledger.periods import CLOSED_PERIOD, Periods, state_of
from countertui.ledger.tie_out_signed import signed_of

_DONE: Mapping[str, str] = {DeskKind.PERIOD_CLOSE: "closed", DeskKind.PERIOD_OPEN: "opened"}


class MonthOf(Form, frozen=True):
    """A month, like 2026-11."""

    month: Annotated[str, Meta(max_length=10)]


def month(look: Looking, asked: MonthOf) -> dict[str, Any]:
    """{"month", "state", "over", "dated", "drawers", "waiting", "waiting_cents", "signed", "history"}.

    state: open or closed. over: whether the month is, by the city's day. dated: the day on which what still comes of it
    is posted once it is closed. drawers: its drawer sessions that are not posted whole. waiting: error items of it that
    wait because it was closed, and their cents in suspense. signed: who signed its tie-out last, or None. history: who
    closed and opened it, newest first. Raises NoMonth.
    """
    connection, name = look.connection, month_of(asked.month)
    items = list(_waiting(connection, name))
    signed = signed_of(connection, name)
    return {
        "month": name,
        "state": state_of(connection, name),
        "over": city_day(connection, look.now)[:7] > name,
        "dated": Periods(connection, rules_of(connection).posting).day_after(name),
        "drawers": len(_not_posted(connection, name)),
        "waiting": len(items),
        "waiting_cents": sum(items),
        "signed": {"by": signed[0].by, "second": signed[0].second, "at": signed[0].at} if signed else None,
        "history": list(_history(connection, name)),
    }


def _not_posted(connection: Connection, name: str) -> set[tuple[str, int, str]]:
    """Drawer sessions of the month that are open, or whose records are not all in the books, as far as was heard."""
    c = tables.session.c
    of_month = (c.biz_date >= f"{name}-01") & (c.biz_date <= f"{name}-31")
    query = select(c.terminal, c.epoch, c.id).where(of_month & c.close_seq.is_(None))
    found = {(terminal, epoch, id_) for terminal, epoch, id_ in connection.execute(query)}
    for stretch in beyond_books(connection):
        for part in stretch.parts:
            if part.biz_date.startswith(name):
                found.add((stretch.terminal, stretch.epoch, part.session))
    return found


def _waiting(connection: Connection, name: str) -> Iterator[int]:
    """What waits in suspense of each record of the month, because that was closed; cents."""
    item, record = tables.error_item, tables.record
    its_own = (record.c.terminal == item.c.terminal) & (record.c.epoch == item.c.epoch) & (record.c.seq == item.c.seq)
    query = select(item.c.cents, record.c.body).join(record, its_own)
    for cents, data in connection.execute(query.where(item.c.state == "open", item.c.reason == CLOSED_PERIOD)):
        if str(json.loads(bytes(data)).get("biz_date") or "").startswith(name):
            yield cents


def _history(connection: Connection, name: str) -> Iterator[dict[str, Any]]:
    c = tables.record.c
    query = select(c.kind, c.body).where(c.terminal == DESK, c.kind.in_(list(_DONE))).order_by(c.seq.desc())
    for kind, data in connection.execute(query):
        body = json.loads(bytes(data))
        if body["data"]["month"] == name:
            people = {"by": body["operator"], "second": body["approver"]}
            yield {"what": _DONE[kind], "at": body["utc"], "reason": body["data"]["reason"], **people}
