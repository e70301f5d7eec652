"""Card charges that a terminal did not know of: each an error item until its receipt comes or two people settle it.

Their money is posted by receipts alone: nothing is held for them, so the items are of 0 cents.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from countertui.domain.card_charges import CardVerdict, Why
from countertui.domain.money import format_cents
from countertui.domain.records import Kind
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, require_second_person, took_part
from countertui.ledger import tables
from countertui.ledger.bulk import run_many
from countertui.ledger.posting import Problem
from countertui.ledger.staff import People, allowed

Body = Mapping[str, Any]
UNKNOWN, CHARGED = "card-unknown", "card-charged"
_CHANGE = 'UPDATE "error_item" SET "reason" = ?, "detail" = ?, "state" = ? WHERE "id" = ?'


@dataclass(frozen=True, slots=True)
class _Open:
    """A charge not settled, or made and in no receipt: the record that says so; its error item, if one is there."""

    body: Body
    reason: str
    item: int | None = None


class CardsUnknown:
    """The open charges of one terminal, as the records of a batch come by."""

    def __init__(self, connection: Connection, terminal: str) -> None:
        self._connection = connection
        self._terminal = terminal
        self._known: dict[str, _Open] | None = None
        self._changed: dict[str, _Open | None] = {}

    def unknown(self, body: Body) -> None:
        """Keep a charge that nobody knows of."""
        self._put(body["id"], _Open(body, UNKNOWN))

    def settled(self, body: Body, people: People) -> list[Problem]:
        """Take what two people found in the report of the card terminal, if they may and it is of an open charge."""
        data = body["data"]
        open_ = self._find(data["unknown"])
        problems = list(_why_not(body, open_, people))
        if problems or open_ is None:
            return problems
        charged = data["verdict"] == CardVerdict.CHARGED
        self._put(data["unknown"], replace(open_, reason=CHARGED) if charged else None)
        return []

    def paid(self, body: Body) -> list[Problem]:
        """Let a receipt's card tenders be what became of open charges."""
        found = []
        for ask in _asks(body):
            open_ = self._find(ask)
            if open_ is None:
                continue
            if open_.reason == UNKNOWN and open_.body["data"]["why"] != Why.LEFT:
                told = f"{_said(open_.body)} A receipt has it, and nobody settled it."
                found.append(Problem("card-not-settled", told, 0))
            else:
                self._put(ask, None)
        return found

    def hidden_at_close(self, body: Body) -> list[Problem]:
        """Of a `close`: open charges of its session that it does not name."""
        named = {each["unknown_seq"] for each in body["data"].get("open_cards", ())}
        here = [one.body for one in self._all().values() if one.body["session"] == body["session"]]
        hidden = [one for one in here if one["seq"] not in named and one["seq"] < body["seq"]]
        return [Problem("card-not-told", f"{_said(one)} The close does not say so.", 0) for one in hidden]

    def new_items(self) -> Iterator[tuple[int, Problem]]:
        """The charges of this batch that stay open: by their record, what is to become an error item."""
        for one in self._changed.values():
            if one is not None and one.item is None:
                yield one.body["seq"], Problem(one.reason, _detail(one), 0)

    def write(self) -> None:
        """Bring the error items of earlier charges up to what became of them."""
        before = self._load()
        rows = []
        for ask, now in self._changed.items():
            was = before.get(ask)
            if was is not None and now is None:
                rows.append((was.reason, _detail(was), "settled", was.item))
            elif was is not None and now is not None:
                rows.append((now.reason, _detail(now), "open", was.item))
        run_many(self._connection, _CHANGE, rows)

    def _put(self, ask: str, one: _Open | None) -> None:
        self._changed[ask] = one

    def _find(self, ask: str) -> _Open | None:
        return self._all().get(ask)

    def _all(self) -> dict[str, _Open]:
        return {ask: one for ask, one in (self._load() | self._changed).items() if one is not None}

    def _load(self) -> dict[str, _Open]:
        if self._known is None:
            item, record = tables.error_item.c, tables.record.c
            place = (item.terminal == record.terminal) & (item.epoch == record.epoch) & (item.seq == record.seq)
            query = (
                select(item.id, item.reason, record.body)
                .join_from(tables.error_item, tables.record, place)
                .where(item.terminal == self._terminal, item.state == "open", item.reason.in_([UNKNOWN, CHARGED]))
                .where(record.kind == Kind.CARD_UNKNOWN.value)
                .order_by(item.id)
            )
            rows = ((id_, reason, json.loads(bytes(body))) for id_, reason, body in self._connection.execute(query))
            self._known = {body["id"]: _Open(body, reason, id_) for id_, reason, body in rows}
        return self._known


def _asks(body: Body) -> Iterable[str]:
    return [tender["ask"] for tender in body["data"]["tenders"] if "ask" in tender]


def _why_not(body: Body, open_: _Open | None, people: People) -> Iterator[Problem]:
    """Why what a `card_settled` says does not count."""
    data, first, second = body["data"], body["operator"], body["approver"]
    if open_ is None:
        yield Problem("card-not-open", f"It settles card charge {data['unknown']}, which is not open.", 0)
        return
    asked = open_.body
    if (data["unknown_seq"], data["cart"], data["cents"]) != (
        asked["seq"],
        asked["data"]["cart"],
        asked["data"]["cents"],
    ):
        yield Problem("card-other", f"It settles another charge than record {asked['seq']} says.", 0)
    if open_.reason == CHARGED and data["verdict"] != CardVerdict.REVERSED:
        yield Problem("card-other", "That it was charged is on record: it can only be reversed.", 0)
    if not allowed(people, first, Act.SETTLE_CARD, body):
        yield Problem("no-right", f"{first} may not settle a card charge, or is not known here.", 0)
    if second is None:
        yield Problem("not-approved", f"{_said(asked)} One person alone settled it.", 0)
    elif not allowed(people, second, Act.APPROVE, body):
        yield Problem("no-right", f"{second} may not approve, or is not known here.", 0)
    else:
        try:
            require_second_person(second, (first, *took_part(asked)))
        except Refused:
            yield Problem("self-approval", f"{second} settled a card charge that they took part in.", 0)


def _detail(one: _Open) -> str:
    if one.reason == CHARGED:
        return f"{_said(one.body)} It was charged, and no receipt has it."
    return f"{_said(one.body)} It is not known whether it was charged."


def _said(body: Body) -> str:
    data = body["data"]
    return f"A card was asked for {format_cents(data['cents'])} of {data['payor'] or 'somebody'} at {data['asked_at']}."
