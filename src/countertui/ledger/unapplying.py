"""Whether an applied credit may be taken back: checked at the terminal, and here again, against the books."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from sqlalchemy import Connection, select

from countertui.domain.receivables import takes_back
from countertui.domain.records import Kind
from countertui.ledger import tables
from countertui.ledger.breaches import of_apply
from countertui.ledger.charges_raised import OTHER_RAISED
from countertui.ledger.periods import CLOSED_PERIOD
from countertui.ledger.posting import Problem
from countertui.ledger.staff import People
from countertui.ledger.stored import record_at

Body = Mapping[str, Any]
ONLY_TOLD = frozenset({CLOSED_PERIOD, OTHER_RAISED})
"""Reasons of error items of credit that was applied all the same."""


def why_not_unapplied(
    connection: Connection,
    body: Body,
    here: Mapping[int, tuple[Body, bytes]],
    held: AbstractSet[int],
    before: AbstractSet[str],
    people: People,
) -> Problem | None:
    """Why this `unapply` may not stand; None if it may.

    here: the batch's own applied credits by number, with their hashes; held: numbers of its records with a problem;
    before: ids of those that it took back so far.
    """
    if found := of_apply(body, people):
        return found[0]
    original, account = body["data"]["original"], body["data"]["account"]
    taken, place = here.get(original["seq"]), (body["terminal"], body["epoch"], original["seq"])
    if taken is None and (stored := record_at(connection, *place)) is not None:
        taken = stored.body, stored.h
    if taken is None or taken[0]["kind"] != Kind.APPLY:
        return _said("unknown-apply", f"The applied credit of {account} that it takes back is not in the books.")
    applied, h = taken
    same = (applied["id"], h.hex()) == (original["id"], original["h"])
    if not same or not takes_back(body["data"], applied["data"]):
        return _said("other-apply", f"It takes back other credit of {account} than record {original['seq']} applied.")
    if original["id"] in before or _is_undone(connection, original["id"]):
        return _said("taken-back-twice", f"What record {original['seq']} applied was taken back before.")
    if original["seq"] in held or _has_item(connection, *place):
        return _said("never-applied", f"What record {original['seq']} says was never applied: it is an error item.")
    return None


def _is_undone(connection: Connection, id_: str) -> bool:
    return connection.execute(select(tables.undone.c.id).where(tables.undone.c.id == id_)).first() is not None


def _has_item(connection: Connection, terminal: str, epoch: int, seq: int) -> bool:
    """Whether the record became an error item: an `apply` then moved nothing, ever, but for what is only told."""
    item = tables.error_item.c
    here = (item.terminal == terminal) & (item.epoch == epoch) & (item.seq == seq) & item.reason.not_in(ONLY_TOLD)
    return connection.execute(select(item.id).where(here)).first() is not None


def _said(reason: str, detail: str) -> Problem:
    return Problem(reason, detail, 0)
