"""Batches in custody as the desk reads them: what waits for people, was posted or rejected; and one of them whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from msgspec import Meta
from sqlalchemy import Connection, RowMapping, func, select, tuple_

from countertui.domain.desk_records import DESK, DeskKind
from countertui.domain.records import Kind
from countertui.domain.rights import may
from countertui.domain.tenders import TenderKind
from countertui.domain.text import person_key
from countertui.errors import AnswerNo
from countertui.forms import Count, Form, Name, Number
from countertui.ledger import tables
from countertui.ledger.batch_states import STEPS, releasers, takers
from countertui.ledger.desk_calls import Looking
from countertui.ledger.desk_reads.own import why_hidden
from countertui.ledger.over_recovered import SET_ASIDE
from countertui.sync.batch import MAX_ENVELOPE, Batch, parse_batch
from countertui.sync.dsse import parse_envelope
from countertui.sync.faults import MalformedBatchError, MalformedEnvelopeError

AT_ONCE = 20
_WAITING = ("received", "held", "released", "reopened")
_SHOWN: Mapping[str, tuple[str, ...]] = {"waiting": _WAITING, "rejected": ("rejected",), "posted": ("posted",)}
_STEP_NAMES: Mapping[str, str] = {
    DeskKind.BATCH_RELEASE: "release",
    DeskKind.BATCH_POST: "post",
    DeskKind.BATCH_REJECT: "reject",
    DeskKind.BATCH_REOPEN: "reopen",
}
_MOST_RECEIPTS = 200
_MOST_TEXT = 300
Word = Annotated[str, Meta(max_length=64)]


class NoBatchError(AnswerNo):
    """There is no batch of that number."""


class BatchesAsked(Form, frozen=True):
    """which: waiting, rejected or posted. after: the last that was seen of them, when it was received and its place.

    No number of those that were seen: one that is posted meanwhile would let another be left out.
    """

    which: str = "waiting"
    after: tuple[Word, Name, Number, Number] | None = None


class BatchAsked(Form, frozen=True):
    """One batch. skip: how many of its receipts were seen."""

    terminal: Name
    epoch: Number
    no: Number
    skip: Count = 0


def batches(look: Looking, asked: BatchesAsked) -> dict[str, Any]:
    """Some batches, and how many there are of each state: {"batches", "states", "more"}; oldest first where they wait.

    Each with what its terminal sealed of every tender, in cents, and the steps that it waits for. Amounts are left out
    where they would tell who looks what is expected in a drawer (see own.why_hidden).
    """
    connection, table, terminal = look.connection, tables.batch, tables.terminal
    found = _SHOWN.get(asked.which, _WAITING)
    places = table.c.received_at, table.c.terminal, table.c.epoch, table.c.no
    newest_first = asked.which == "posted"
    its_own = (terminal.c.code == table.c.terminal) & (terminal.c.epoch == table.c.epoch)
    query = (
        select(table, terminal.c.office, terminal.c.posted_no)
        .join(terminal, its_own)
        .where(table.c.state.in_(found))
        .order_by(*(place.desc() if newest_first else place for place in places))
        .limit(AT_ONCE + 1)
    )
    if asked.after is not None:
        here, seen = tuple_(*places), tuple_(*asked.after)
        query = query.where(here < seen if newest_first else here > seen)
    rows = connection.execute(query).mappings().all()
    shown = [_row(row, _sealed(connection, row), _why_hidden(look, row)) for row in rows[:AT_ONCE]]
    return {"batches": shown, "states": _states(connection), "more": len(rows) > AT_ONCE}


def batch(look: Looking, asked: BatchAsked) -> dict[str, Any]:
    """One batch: as in `batches`, with its reasons, who took part, every step so far, and its receipts.

    {"batch", "people", "history", "receipts", "more", "may"}: `may` are the steps that who looks could take.
    Raises NoBatchError.
    """
    connection, table, terminal = look.connection, tables.batch, tables.terminal
    its_own = (terminal.c.code == table.c.terminal) & (terminal.c.epoch == table.c.epoch)
    here = (table.c.terminal == asked.terminal) & (table.c.epoch == asked.epoch) & (table.c.no == asked.no)
    query = select(table, terminal.c.office, terminal.c.posted_no).join(terminal, its_own).where(here)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NoBatchError(f"Batch {asked.no} of {asked.terminal}/{asked.epoch} is not here.", "Nothing was changed.")
    kept = _parsed(connection, row)
    hidden = _why_hidden(look, row)
    shown = _row(row, kept.totals.get("tenders") if kept is not None else None, hidden)
    people = sorted(set(takers(kept))) if kept is not None else []
    bodies = kept.bodies if kept is not None and not hidden else ()
    receipts = [_receipt(body) for body in bodies if body.get("kind") in _MONEY]
    after = asked.skip
    return {
        "batch": shown,
        "people": people,
        "history": [*_history(connection, row)],
        "receipts": receipts[after : after + _MOST_RECEIPTS],
        "more": len(receipts) > after + _MOST_RECEIPTS,
        "may": _may(look, connection, row, people),
    }


_MONEY = frozenset({Kind.PAY.value, Kind.VOID.value, Kind.REFUND.value})


def _why_hidden(look: Looking, row: RowMapping) -> str:
    return why_hidden(look, row["terminal"], row["epoch"], row["last_seq"])


def _row(row: RowMapping, tenders: object, hidden: str) -> dict[str, Any]:
    """A batch in a list. hidden: why its amounts are not for who looks, which then stands for its reasons."""
    names = ("terminal", "epoch", "no", "office", "state", "first_seq", "last_seq", "receipts", "net_cents")
    said = {name: row[name] for name in names}
    said |= {name: row[name] for name in ("error_items", "received_at", "released_by", "posted_by")}
    comes_first = row["posted_no"] + 1 if row["state"] not in ("posted", SET_ASIDE) else row["no"]
    reasons = [hidden] if hidden else json.loads(row["reasons"])
    return said | {
        "net_cents": None if hidden else row["net_cents"],
        "reasons": [str(reason)[:_MOST_TEXT] for reason in reasons],
        "tenders": {} if hidden else _by_tender(tenders),
        "comes_first": comes_first,
        "steps": [_STEP_NAMES[kind] for kind, (before, _, _) in STEPS.items() if row["state"] in before],
    }


def _sealed(connection: Connection, row: RowMapping) -> object:
    """What the seal says of tenders: of a posted batch its last record, of any other the envelope as it came."""
    record = tables.record
    here = (record.c.terminal == row["terminal"]) & (record.c.epoch == row["epoch"]) & (record.c.seq == row["last_seq"])
    if row["state"] == "posted":
        data = connection.execute(select(record.c.body).where(here)).scalar()
        totals = json.loads(bytes(data)).get("data", {}).get("totals", {}) if data is not None else {}
        return totals.get("tenders") if isinstance(totals, dict) else None
    if row["sha256"] not in _remembered:
        kept = _parsed(connection, row)
        while len(_remembered) >= _MOST_REMEMBERED:
            _remembered.pop(next(iter(_remembered)), None)
        _remembered[row["sha256"]] = kept.totals.get("tenders") if kept is not None else None
    return _remembered.get(row["sha256"])


_remembered: dict[str, object] = {}
"""What seals say of tenders, by the hash of their envelope: reading a page of large ones again would take seconds."""
_MOST_REMEMBERED = 1_000


def _parsed(connection: Connection, row: RowMapping) -> Batch | None:
    """The batch as its envelope has it; None where that can't be read any more, which posting tells."""
    table = tables.inbox
    kept = connection.execute(select(table.c.bytes).where(table.c.sha256 == row["sha256"])).scalar()
    try:
        return parse_batch(parse_envelope(bytes(kept or b""), MAX_ENVELOPE).payload)
    except (MalformedEnvelopeError, MalformedBatchError):
        return None


def _by_tender(said: object) -> dict[str, dict[str, int]]:
    """Pieces and cents of every tender that there is any of, by a terminal's word; nothing where that is no such."""
    found: dict[str, dict[str, int]] = {}
    for kind in TenderKind:
        sums = said.get(kind.value) if isinstance(said, dict) else None
        count, cents = (sums.get("count"), sums.get("cents")) if isinstance(sums, dict) else (None, None)
        if type(count) is int and type(cents) is int and (count or cents):
            found[kind.value] = {"count": count, "cents": cents}
    return found


def _receipt(body: Mapping[str, Any]) -> dict[str, Any]:
    """A receipt, void or refund of a batch, by its record's word alone: nothing of it need be posted."""
    data = body.get("data")
    data = data if isinstance(data, dict) else {}
    original = data.get("original")
    number = body.get("receipt_no") or (original.get("receipt_no") if isinstance(original, dict) else None)
    cents = data.get("total_cents")
    sign = 1 if body.get("kind") == Kind.PAY else -1
    return {
        "seq": body.get("seq") if type(body.get("seq")) is int else 0,
        "kind": str(body.get("kind")),
        "receipt_no": str(number or "")[:_MOST_TEXT],
        "biz_date": str(body.get("biz_date") or "")[:_MOST_TEXT],
        "operator": str(body.get("operator") or "")[:_MOST_TEXT],
        "payor": str(data.get("payor") or "")[:_MOST_TEXT],
        "cents": sign * cents if type(cents) is int else 0,
    }


def _history(connection: Connection, row: RowMapping) -> Iterator[dict[str, Any]]:
    """What people did with the batch, oldest first."""
    record, turn = tables.record.c, tables.turn.c
    its_own = (turn.terminal == row["terminal"]) & (turn.epoch == row["epoch"]) & (turn.no == row["no"])
    came = select(turn.n).where(its_own).scalar_subquery()
    later = select(turn.no).where(turn.terminal == DESK, turn.n > came)
    query = select(record.kind, record.body).where(
        record.terminal == DESK, record.kind.in_(list(_STEP_NAMES)), record.seq.in_(later)
    )
    for kind, data in connection.execute(query.order_by(record.seq)):
        body = json.loads(bytes(data))
        said = body["data"]
        if (said["terminal"], said["epoch"], said["batch_no"]) == (row["terminal"], row["epoch"], row["no"]):
            people = {"by": body["operator"], "second": body["approver"] or ""}
            yield {"step": _STEP_NAMES[kind], "at": body["utc"], "reason": said["reason"], "seq": body["seq"]} | people


def _may(look: Looking, connection: Connection, row: RowMapping, people: Sequence[str]) -> list[str]:
    """The steps that who looks could take now."""
    me = person_key(look.operator)
    if me in {person_key(each) for each in people}:
        return []
    released = {person_key(each) for each in releasers(connection, row["terminal"], row["epoch"], row["no"])}
    found = []
    for kind, (before, _, act) in STEPS.items():
        posts = kind == DeskKind.BATCH_POST
        if row["state"] not in before or not may(look.roles, act):
            continue
        if not posts or (me not in released and row["no"] == row["posted_no"] + 1):
            found.append(_STEP_NAMES[kind])
    return found


def _states(connection: Connection) -> dict[str, int]:
    c = tables.batch.c
    rows = connection.execute(select(c.state, func.count()).group_by(c.state).order_by(c.state))
    return {state: int(number) for state, number in rows if state != SET_ASIDE}
