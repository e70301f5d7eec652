"""One record of a terminal: what it says, its hash, the batch it came in, and what it posted to the general ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from countertui.domain.desk_records import DESK
from countertui.domain.records import Kind
from countertui.domain.rights import Act, NotAllowed
from countertui.errors import AnswerNo
from countertui.forms import Form, Name, Number
from countertui.ledger import tables
from countertui.ledger.batch_states import hashes_of
from countertui.ledger.claims import office_place
from countertui.ledger.desk_calls import DeskRead, Looking
from countertui.ledger.desk_reads.journals import LIVE, beyond_books, kept_batch_of
from countertui.ledger.desk_reads.own import require_counted, why_hidden
from countertui.ledger.over_recovered import SET_ASIDE
from countertui.ledger.staff import people_of
from countertui.ledger.stored import record_at

POSTED = "posted"


class NoSuchRecordError(AnswerNo):
    """The ledger does not have that record."""


class RecordAsked(Form, frozen=True, kw_only=True):
    """A record: its terminal, that one's epoch, its number."""

    terminal: Name
    epoch: Number
    seq: Number


def record_of(look: Looking, asked: RecordAsked) -> Mapping[str, Any]:
    """The record's body, its hash (hex), where it is, and what it moved: of each line fund, account, its name, cents.

    `state` is posted, live, or that of its batch in custody; `batch` is None or its number and when it was received.
    `corrections` are the numbers of the desk's records that corrected it. Raises NoSuchRecordError, NotAllowed.
    """
    connection = look.connection
    body, h, state, entry = _found(connection, asked)
    session = body.get("session")
    if type(session) is str and asked.terminal != DESK:
        require_counted(look, asked.terminal, asked.epoch, session)
    elif body.get("kind") == Kind.SEAL and (why := why_hidden(look, asked.terminal, asked.epoch, asked.seq)):
        raise NotAllowed(why, "Nothing is shown.", "Count and close it first.")
    batch = _batch(connection, asked)
    office, address = office_place(connection, asked.terminal, asked.epoch)
    person = people_of(connection).get(str(body.get("operator")))
    return {
        "body": body,
        "h": h.hex(),
        "state": state,
        "batch": None if batch is None else {"no": batch["no"], "received_at": batch["received_at"]},
        "entry": entry,
        "lines": [] if entry is None else _lines(connection, entry),
        "undone": connection.execute(select(tables.undone.c.kind).where(tables.undone.c.id == body["id"])).scalar()
        or "",
        "corrections": _corrections(connection, asked),
        "office": office,
        "address": address,
        "drawer": _drawer(connection, asked, session),
        "operator_name": person.name if person is not None else str(body.get("operator")),
    }


READS = {"record_of": DeskRead(Act.SEE_EXPECTED, RecordAsked, record_of)}


def _found(connection: Connection, asked: RecordAsked) -> tuple[dict[str, Any], bytes, str, int | None]:
    stored = record_at(connection, asked.terminal, asked.epoch, asked.seq)
    if stored is not None:
        return stored.body, stored.h, POSTED, stored.entry
    row = _batch(connection, asked)
    if row is not None:
        batch = kept_batch_of(connection, row["sha256"])
        at = asked.seq - batch.first_seq
        return dict(batch.bodies[at]), hashes_of(batch)[at], row["state"], None
    c = tables.provisional.c
    here = (c.terminal == asked.terminal) & (c.epoch == asked.epoch) & (c.seq == asked.seq)
    told = connection.execute(select(c.body, c.h).where(here)).first()
    if told is None:
        raise NoSuchRecordError(
            f"The ledger does not have record {asked.seq} of {asked.terminal}.", "Nothing was changed.", ""
        )
    return json.loads(bytes(told.body)), bytes(told.h), LIVE, None


def _batch(connection: Connection, asked: RecordAsked) -> RowMapping | None:
    """The batch in custody that the record is in."""
    c = tables.batch.c
    here = (c.terminal == asked.terminal) & (c.epoch == asked.epoch) & (c.no > 0)
    query = select(c.no, c.state, c.sha256, c.received_at).where(
        here, c.first_seq <= asked.seq, c.last_seq >= asked.seq
    )
    return connection.execute(query.where(c.state != SET_ASIDE).order_by(c.no.desc()).limit(1)).mappings().first()


def _lines(connection: Connection, entry: int) -> list[dict[str, Any]]:
    line, account = tables.gl_line.c, tables.reference["gl_account"].c
    query = (
        select(line.fund, line.account, account.name, line.cents)
        .select_from(tables.gl_line.outerjoin(tables.reference["gl_account"], account.code == line.account))
        .where(line.entry == entry)
        .order_by(line.n)
    )
    rows = connection.execute(query)
    return [{"fund": fund, "account": code, "name": name or "", "cents": cents} for fund, code, name, cents in rows]


def _corrections(connection: Connection, asked: RecordAsked) -> list[int]:
    c = tables.corrected.c
    here = (c.terminal == asked.terminal) & (c.epoch == asked.epoch) & (c.seq == asked.seq)
    return list(connection.execute(select(c.by_seq).where(here).order_by(c.by_seq)).scalars())


def _drawer(connection: Connection, asked: RecordAsked, session: object) -> str:
    c = tables.session.c
    here = (c.terminal == asked.terminal) & (c.epoch == asked.epoch) & (c.id == str(session))
    found = connection.execute(select(c.drawer).where(here)).scalar()
    if found is not None or type(session) is not str:
        return str(found or "")
    parts = (part for stretch in beyond_books(connection, (asked.terminal, asked.epoch)) for part in stretch.parts)
    return next((str(part.opened["drawer"]) for part in parts if part.session == session and part.opened), "")
