"""The receipts of drawer sessions, in the order of their records: posted, in custody, or told live."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from msgspec import Meta
from sqlalchemy import Connection, select

from countertui.domain.records import Kind
from countertui.domain.rights import Act
from countertui.forms import Count, Form, Name, Number
from countertui.ledger import tables
from countertui.ledger.desk_calls import DeskRead, Looking
from countertui.ledger.desk_reads.journals import beyond_books, is_sound, waiting_bodies
from countertui.ledger.desk_reads.own import require_counted
from countertui.ledger.desk_reads.plain import word

AT_ONCE = 200
"""Receipts of one answer; the rest is asked for by `next`."""
_KINDS = (Kind.PAY.value, Kind.VOID.value, Kind.REFUND.value)
_LAST = 2**53 - 1
POSTED = "posted"


class SessionPlace(Form, frozen=True, kw_only=True):
    """A drawer session: its terminal, that one's epoch, its id."""

    terminal: Name
    epoch: Number
    session: Annotated[str, Meta(min_length=1, max_length=200)]


class ReceiptsAsked(Form, frozen=True, kw_only=True):
    """Receipts of some sessions, after so many of these (`at`) and after that record of the next (`after`)."""

    sessions: Annotated[list[SessionPlace], Meta(min_length=1, max_length=200)]
    at: Count = 0
    after: Count = 0


def receipts_of(look: Looking, asked: ReceiptsAsked) -> Mapping[str, Any]:
    """Receipts, voids and refunds of the sessions, AT_ONCE at most; `next` is where to go on ([at, after]), or None.

    `state` is posted, live, or that of the batch in custody. `undone` says how a receipt was taken back in the books.
    Raises NotAllowed for an uncounted drawer of who looks.
    """
    rows: list[dict[str, Any]] = []
    last = asked.at, asked.after
    for at, place in enumerate(asked.sessions):
        if at < asked.at:
            continue
        require_counted(look, place.terminal, place.epoch, place.session)
        after = asked.after if at == asked.at else 0
        for body, state in _of_session(look.connection, place, after):
            if len(rows) == AT_ONCE:
                return {"rows": _with_undone(look.connection, rows), "next": list(last)}
            rows.append(_row(body, state))
            last = at, body["seq"]
    return {"rows": _with_undone(look.connection, rows), "next": None}


READS = {"receipts_of": DeskRead(Act.SEE_EXPECTED, ReceiptsAsked, receipts_of)}


def _of_session(connection: Connection, place: SessionPlace, after: int) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Its records that are receipts or take one back, after that number, and how they stand."""
    first, last = _ends(connection, place)
    first = max(first, after + 1)
    c = tables.record.c
    here = (c.terminal == place.terminal) & (c.epoch == place.epoch) & c.kind.in_(_KINDS)
    posted = after
    while True:
        # A part at a time: another drawer's receipts may lie between, and who asks may have enough.
        query = select(c.seq, c.body).where(here, c.seq.between(max(first, posted + 1), last))
        rows = connection.execute(query.order_by(c.seq).limit(AT_ONCE)).all()
        for row in rows:
            body = json.loads(bytes(row.body))
            if body["session"] == place.session:
                yield body, POSTED
        if len(rows) < AT_ONCE:
            break
        posted = rows[-1].seq
    for body, state in waiting_bodies(connection, place.terminal, place.epoch, first, last):
        if body.get("kind") in _KINDS and body.get("session") == place.session and is_sound(body):
            yield body, state


def _ends(connection: Connection, place: SessionPlace) -> tuple[int, int]:
    """The numbers of a session's first and last record, as far as they are known."""
    c = tables.session.c
    here = (c.terminal == place.terminal) & (c.epoch == place.epoch) & (c.id == place.session)
    row = connection.execute(select(c.open_seq, c.close_seq).where(here)).first()
    if row is not None and row.close_seq is not None:
        return row.open_seq, row.close_seq
    opened, closed = (row.open_seq if row is not None else None), None
    for stretch in beyond_books(connection, (place.terminal, place.epoch)):
        for part in stretch.parts:
            if part.session == place.session:
                opened, closed = opened or part.open_seq, part.close_seq or closed
    return opened or 1, closed or _LAST


def _row(body: Mapping[str, Any], state: str) -> dict[str, Any]:
    data = body["data"]
    taken = body["kind"] == Kind.PAY
    original = {} if taken else data.get("original", {})
    return {
        "terminal": body["terminal"],
        "epoch": body["epoch"],
        "seq": body["seq"],
        "id": body["id"],
        "kind": body["kind"],
        "receipt_no": word(body.get("receipt_no") or original.get("receipt_no")),
        "at": body["utc"],
        "payor": word(data.get("payor") if taken else data.get("reason")),
        "tenders": sorted({each["kind"] for each in data.get("tenders", [])}),
        "cents": data["total_cents"] if taken else -data["total_cents"],
        "state": state,
        "undone": "",
    }


def _with_undone(connection: Connection, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    c = tables.undone.c
    ids = [row["id"] for row in rows]
    kinds = {row.id: row.kind for row in connection.execute(select(c.id, c.kind).where(c.id.in_(ids)))}
    return [{**row, "undone": kinds.get(row["id"], "")} for row in rows]
