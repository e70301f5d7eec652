"""Whether a void or a refund may stand: checked at the terminal, and here again, against the books."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from countertui.domain.records import Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, Role, may, require_second_person
from countertui.ledger import tables
from countertui.ledger.bulk import known
from countertui.ledger.posting import Lines, Problem
from countertui.ledger.stored import StoredRecord, posted_lines, record_at, record_of

Body = Mapping[str, Any]

_REQUESTS = frozenset({Kind.VOID_REQUEST, Kind.REFUND_REQUEST})


@dataclass(slots=True)
class Receipts:
    """The receipts that a batch's voids and refunds may point at: those of the batch itself, and all posted before.

    `taken_back` holds the ids of receipts that were voided or refunded, before this batch and so far in it.
    """

    connection: Connection
    terminal: str
    epoch: int
    here: dict[str, tuple[Body, bytes, Lines]] = field(default_factory=dict)
    requests: dict[int, Body] = field(default_factory=dict)
    taken_back: set[str] = field(default_factory=set)

    def find(self, id_: str) -> tuple[Body, bytes, Callable[[], Lines]] | None:
        """A receipt by its record's id: body, hash, and a way to the lines it posted."""
        if id_ in self.here:
            body, h, lines = self.here[id_]
            return body, h, lambda: lines
        stored = record_of(self.connection, id_)
        if stored is None:
            return None
        return stored.body, stored.h, lambda: posted_lines(self.connection, stored.entry)

    def request(self, seq: int) -> Body | None:
        """The terminal's own record that asked for it."""
        if seq in self.requests:
            return self.requests[seq]
        stored: StoredRecord | None = record_at(self.connection, self.terminal, self.epoch, seq)
        return stored.body if stored else None


def receipts_for(connection: Connection, terminal: str, epoch: int, bodies: Sequence[Body]) -> Receipts:
    """What this batch's voids and refunds need to look up."""
    named = [_original_id(body) for body in bodies if body["kind"] in (Kind.VOID, Kind.REFUND)]
    return Receipts(connection, terminal, epoch, taken_back=known(connection, tables.undone, "id", named))


def why_not(body: Body, receipts: Receipts, people: Mapping[str, Iterable[Role]]) -> Problem | None:
    """Why this void or refund may not stand; None if it may."""
    data = body["data"]
    cents = -data["total_cents"]
    found = receipts.find(_original_id(body))
    if found is None:
        return Problem("unknown-receipt", f"The receipt it takes back, {_number(body)}, is not in the books.", cents)
    taken, h, _ = found
    if taken["kind"] != Kind.PAY or h.hex() != data["original"].get("h"):
        return Problem("other-receipt", f"What it takes back is not receipt {_number(body)} as posted.", cents)
    if _original_id(body) in receipts.taken_back:
        return Problem("taken-back-twice", f"Receipt {_number(body)} was taken back before.", cents)
    if not _same_money(body, taken):
        return Problem("other-money", f"It takes back other lines or tenders than receipt {_number(body)} has.", cents)
    return _why_not_approved(body, taken, receipts, people)


def _why_not_approved(
    body: Body, taken: Body, receipts: Receipts, people: Mapping[str, Iterable[Role]]
) -> Problem | None:
    data, approver = body["data"], body["approver"]
    cents = -data["total_cents"]
    if not isinstance(approver, str):
        return Problem("not-approved", "No second person approved it.", cents)
    took_part = [str(body["operator"]), str(taken["operator"])]
    if data["request_seq"] is not None:
        request = receipts.request(data["request_seq"])
        if request is None or request["kind"] not in _REQUESTS or _original_id(request) != _original_id(body):
            return Problem("unknown-request", "The request it answers is not in the journal.", cents)
        took_part.append(str(request["operator"]))
    elif body["kind"] == Kind.REFUND:
        return Problem("unknown-request", "A refund answers a request, and this one names none.", cents)
    try:
        require_second_person(approver, took_part)
    except Refused:
        return Problem("self-approval", f"{approver} approved what they began or took part in.", cents)
    if not may(people.get(approver, ()), Act.APPROVE):
        return Problem("no-right", f"{approver} may not approve, or is not known here.", cents)
    return None


def _same_money(body: Body, taken: Body) -> bool:
    data, original = body["data"], taken["data"]
    parts = ["lines", "total_cents"]
    if body["kind"] == Kind.VOID:
        parts += ["tenders", "change_cents"]
        if body["session"] != taken["session"] or body["biz_date"] != taken["biz_date"]:
            return False
    return all(data[part] == original[part] for part in parts)


def _original_id(body: Body) -> str:
    return str(body["data"]["original"]["id"])


def _number(body: Body) -> str:
    return str(body["data"]["original"].get("receipt_no"))
