"""When the ledger was backed up last, and what one that is made again from a backup lacks: acts of its own desk."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from countertui.domain.desk_records import DESK, DeskKind
from countertui.domain.records import Kind
from countertui.ledger import tables
from countertui.ledger.books import StateKey

LATE_HOURS = 36
"""From how many hours without a backup on that is told: one each night, and half a day."""
_BATCHES = "batches released, posted, rejected or reopened"
_FILES = "payment files taken in"
_MONTHS = "months closed or opened again"
_BANK = "the bank's files, and which deposits are there"
_LEADS = "the worklist of businesses without a license"
_BOOKS = "paper receipt books issued or closed"
DESK_ONLY: Mapping[str, str] = MappingProxyType(
    {
        Kind.OPERATOR: "operators added or changed, and first PINs",
        Kind.RIGHTS_REVIEW: "rights reviews",
        DeskKind.ADMIN_RESET: "admins' PINs reset by two root keys",
        DeskKind.IMPORT: "imports, the city's folder too",
        DeskKind.DECISION: "decisions on voids and refunds",
        DeskKind.BATCH_RELEASE: _BATCHES,
        DeskKind.BATCH_POST: _BATCHES,
        DeskKind.BATCH_REJECT: _BATCHES,
        DeskKind.BATCH_REOPEN: _BATCHES,
        DeskKind.CORRECTION: "corrections",
        DeskKind.DEPOSIT: "bank deposits",
        DeskKind.RETURNED_CHECK: "returned checks",
        DeskKind.PAYMENT_FILE: _FILES,
        DeskKind.REMITTANCE: _FILES,
        DeskKind.PERIOD_CLOSE: _MONTHS,
        DeskKind.PERIOD_OPEN: _MONTHS,
        DeskKind.BOOK_ISSUE: _BOOKS,
        DeskKind.BOOK_CLOSE: _BOOKS,
        DeskKind.PAYABLES_EXPORT: "files for accounts payable",
        Kind.LICENSE: "renewals and other acts on licenses",
        DeskKind.LEADS_FOUND: _LEADS,
        DeskKind.LEAD_STATUS: _LEADS,
        DeskKind.BANK_FILE: _BANK,
        DeskKind.BANK_MATCH: _BANK,
        DeskKind.BANK_UNMATCH: _BANK,
        DeskKind.BANK_EXPLAIN: _BANK,
        DeskKind.BANK_UNEXPLAIN: _BANK,
        DeskKind.TIE_OUT: "months' tie-outs that were signed off",
        # The register names them too, but for the reason; terminals give it back.
        DeskKind.ERASURE: "why personal values were erased",
    }
)
"""What people do at the ledger's desk that no terminal has, in words, by the kind of its record."""


class LastAct(NamedTuple):
    """The desk's newest record: number, kind, who, and when (ISO 8601 UTC)."""

    seq: int
    kind: str
    by: str
    at: str


def note_backup(connection: Connection, at: str) -> None:
    """Write down that the books as they were then (ISO 8601 UTC) are in a backup."""
    connection.execute(delete(tables.state).where(tables.state.c.key == StateKey.BACKED_UP_AT))
    connection.execute(insert(tables.state).values(key=StateKey.BACKED_UP_AT, value=at))


def backed_up_at(connection: Connection) -> str | None:
    """Of what moment the newest backup is (ISO 8601 UTC); None if there never was one."""
    return _state(connection, StateKey.BACKED_UP_AT)


def without_backup_since(connection: Connection) -> str:
    """Since when (ISO 8601 UTC) nothing of the books is in a backup: the newest one, or their beginning."""
    return backed_up_at(connection) or _state(connection, StateKey.MADE_AT) or ""


def hours_without(connection: Connection, now: str) -> int | None:
    """For how many hours there has been no backup, where that is too long; None while it is not."""
    since = datetime.fromisoformat(without_backup_since(connection))
    hours = int((datetime.fromisoformat(now) - since).total_seconds() // 3600)
    return hours if hours >= LATE_HOURS else None


def last_act(connection: Connection) -> LastAct | None:
    """The newest record of the desk; None if nobody ever did anything there."""
    c = tables.record.c
    query = select(c.seq, c.kind, c.body).where(c.terminal == DESK).order_by(c.epoch.desc(), c.seq.desc()).limit(1)
    row = connection.execute(query).first()
    if row is None:
        return None
    body = json.loads(bytes(row.body))
    return LastAct(row.seq, row.kind, body["operator"], body["utc"])


def lacking(connection: Connection) -> list[str]:
    """In words, what books that were made again from a backup lack, since when, and what to do about it."""
    since = without_backup_since(connection)
    last = last_act(connection)
    acts = "; ".join(dict.fromkeys(DESK_ONLY.values()))
    done = "nothing was done at its desk yet"
    if last is not None:
        done = f"the last act of its desk is number {last.seq}, {last.kind.replace('_', ' ')} by {last.by} at {last.at}"
    return [
        "Its terminals send again what came later, and give back what its register lost: terminals and keys, and which"
        " personal values were erased. Where one can't, what came later by its stick, or from its disk as it had died,"
        " is taken in again: countertui ledger import.",
        f"Not in it, and at no terminal: what people did at the ledger's desk since {since}. In the backup,"
        f" {done}. Do again what came after that: {acts}. Where the acts were copied elsewhere"
        " (ledger copy-desk), countertui ledger lacks FILE names each.",
        "If there was any, terminals find another log than the one they saw: then an admin has each follow it anew,"
        " countertui sync --accept-log REASON.",
        "Nobody is admitted, revoked or unfrozen, no key changed and nothing erased before all of them asked for its"
        " register. Once countertui ledger status no longer says RESTORED: do those acts again, then countertui ledger"
        " reseal, and publish.",
    ]


def _state(connection: Connection, key: StateKey) -> str | None:
    return connection.execute(select(tables.state.c.value).where(tables.state.c.key == key)).scalar()
