"""What a batch of mail says at its close, looked at again: what was counted first, what was taken, who accepted it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from countertui.domain.money import Cents
from countertui.domain.records import Kind
from countertui.domain.remittances import Tally, difference_words, tally
from countertui.domain.rights import Act
from countertui.domain.text import same_person
from countertui.ledger import tables
from countertui.ledger.breaches import of_approver
from countertui.ledger.posting import Problem
from countertui.ledger.sessions import Session
from countertui.ledger.staff import People, allowed
from countertui.sync.batch import Batch

Body = Mapping[str, Any]
_KINDS = (Kind.REMITTANCE_OPEN, Kind.PAY, Kind.VOID)


def problems_of_close(
    connection: Connection, batch: Batch, bodies: Sequence[Body], body: Body, session: Session | None, people: People
) -> list[Problem]:
    """Of a `remittance_close`: another control than was signed first, figures that its receipts don't add up to, a
    difference that nobody accepted who may. Its money is posted by its receipts alone: nothing is held.

    bodies: the sound records of `batch`, the envelope that the close came in.
    """
    data = body["data"]
    since = max(data["open_seq"], session.open_seq if session is not None else body["seq"])
    records = [*_in_books(connection, batch, since, data["remittance"])]
    records += [one for one in bodies if since <= one["seq"] < body["seq"] and one["kind"] in _KINDS]
    opened = next((one for one in records if one["id"] == data["remittance"]), None)
    control = Tally(data["pieces"], Cents(data["cents"]))
    if opened is None or opened["kind"] != Kind.REMITTANCE_OPEN or opened["session"] != body["session"]:
        return [_said("remittance-not-open", "It closes a batch that was not opened in its session.")]
    found = []
    if any(opened["data"][name] != data[name] for name in ("origin", "pieces", "cents")):
        first = Tally(opened["data"]["pieces"], Cents(opened["data"]["cents"]))
        found.append(_said("other-control", f"It says {control.words} were counted first; that was {first.words}."))
        control = first
    said, taken = Tally(data["taken_pieces"], Cents(data["taken_cents"])), tally(records, data["remittance"])
    if said != taken:
        found.append(_said("other-taken", f"It says {said.words} were taken; its receipts are {taken.words}."))
    if off := difference_words(taken.less(control)):
        if body["approver"] is None and _closed_for(body, session, people):
            return found
        if body["approver"] is None:
            found.append(_said("not-approved", f"A batch of {data['origin']} was closed {off}, unapproved."))
        else:
            found += of_approver(body, people, "batch")
    return found


def _closed_for(body: Body, session: Session | None, people: People) -> bool:
    """Whether somebody who may approve closed it for an absent operator: they did not key in the pieces."""
    other = session is not None and not same_person(body["operator"], session.operator)
    return other and allowed(people, body["operator"], Act.APPROVE, body)


def _in_books(connection: Connection, batch: Batch, since: int, remittance: str) -> Iterator[Body]:
    """The records that make a batch of mail, from one on, in the books: its opening, what was posted since."""
    c = tables.record.c
    here = (c.terminal == batch.terminal) & (c.epoch == batch.epoch) & c.seq.between(since, batch.first_seq - 1)
    posted = c.kind.in_([Kind.PAY.value, Kind.VOID.value]) & c.entry.is_not(None)
    opening = (c.kind == Kind.REMITTANCE_OPEN.value) & (c.id == remittance)
    for (stored,) in connection.execute(select(c.body).where(here & (posted | opening)).order_by(c.seq)):
        yield json.loads(bytes(stored))


def _said(reason: str, detail: str) -> Problem:
    return Problem(reason, detail, 0)
