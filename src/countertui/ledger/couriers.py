"""Bags that terminals gave to couriers, looked at: each is of a deposit, goes once, and a second person saw it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from countertui.domain.courier import handed_words
from countertui.domain.refusal import Refused
from countertui.domain.rights import Act, require_second_person
from countertui.ledger import tables
from countertui.ledger.bulk import insert_many
from countertui.ledger.posting import Problem
from countertui.ledger.staff import People, allowed
from countertui.ledger.stored import record_at

Body = Mapping[str, Any]
_ROW = ("terminal", "epoch", "seq", "bag")


def given_away(connection: Connection, place: tuple[str, int], body: Body) -> list[Problem]:
    """Keep which bags went by a record, and say what was wrong with it; the deposits before it are in the tables.

    What went wrong takes no bag back: whoever says that it is with a courier is believed, and a person looks.
    """
    problems = _of_bags(connection, body)
    insert_many(connection, tables.couriered, _ROW, [(*place, body["seq"], bag) for bag in body["data"]["bags"]])
    return problems


def with_courier(connection: Connection, bags: Sequence[str]) -> dict[str, Body]:
    """The record that each of these bags went with first, by bag; of those that went at all."""
    c = tables.couriered.c
    query = select(c.bag, c.terminal, c.epoch, c.seq).where(c.bag.in_(bags)).order_by(c.terminal, c.epoch, c.seq)
    found: dict[str, Body] = {}
    for bag, *place in connection.execute(query):
        record = record_at(connection, *place) if bag not in found else None
        if record is not None:
            found[bag] = record.body
    return found


def of_people(body: Body, people: People) -> list[Problem]:
    """Who gave bags away, or saw it, and may not."""
    by, second, told = body["operator"], body["approver"], _told(body)
    found = []
    if not allowed(people, by, Act.DEPOSIT, body):
        found.append(Problem("no-right", f"{told} and may not, or is not known here.", 0))
    if second is None:
        return [*found, Problem("not-approved", f"{told}, and nobody saw it.", 0)]
    if not allowed(people, second, Act.AGREE, body):
        found.append(Problem("no-right", f"{told}; {second} may not sign for it, or is not known here.", 0))
    try:
        require_second_person(second, (by,))
    except Refused:
        found.append(Problem("self-approval", f"{told} and saw it alone.", 0))
    return found


def _of_bags(connection: Connection, body: Body) -> list[Problem]:
    told, bags, found = _told(body), body["data"]["bags"], []
    before = with_courier(connection, bags)
    c, known = tables.deposit.c, tables.bag.c.bag
    there = set(connection.execute(select(known).where(known.in_(bags))).scalars())
    gone = set(connection.execute(select(c.bag).where(c.bag.in_(bags), c.state == "taken_back")).scalars())
    for bag in bags:
        if bag in before:
            earlier = handed_words(before[bag]["data"])
            found.append(Problem("bag-handed-over-twice", f"{told}: bag {bag} went before, {earlier}.", 0))
        elif bag not in there:
            found.append(Problem("bag-unknown", f"{told}: bag {bag} is of no deposit known here.", 0))
        elif bag in gone:
            found.append(Problem("bag-unknown", f"{told}: the deposit in bag {bag} was taken back.", 0))
    return found


def _told(body: Body) -> str:
    return f"{body['operator']} gave bags to {body['data']['company']}"
