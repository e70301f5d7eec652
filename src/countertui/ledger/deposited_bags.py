"""Dropped bags in the books: which a deposit has, with their session or apart from it, and which are in the safe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, select

from countertui.domain.rights import took_part
from countertui.domain.safe_bags import BagPlace, SafeBag, place_of_bag
from countertui.ledger import tables
from countertui.ledger.bulk import insert_many
from countertui.ledger.stored import record_at

Data = Mapping[str, Any]
_PLACE = ("terminal", "epoch", "session", "bag")


def bag_in_books(connection: Connection, place: BagPlace) -> SafeBag | None:
    """A bag as its drop and its session's opening say; None where the drop is not in the books."""
    c, session = tables.dropped.c, tables.session.c
    here = (c.terminal == place[0]) & (c.epoch == place[1]) & (c.session == place[2]) & (c.bag == place[3])
    cents = connection.execute(select(func.sum(c.cents)).where(here)).scalar()
    own = (session.terminal == place[0]) & (session.epoch == place[1]) & (session.id == place[2])
    row = connection.execute(select(tables.session).where(own)).mappings().first()
    if cents is None or row is None:
        return None
    opened = record_at(connection, place[0], place[1], row["open_seq"])
    hands = dict.fromkeys([row["operator"], *(took_part(opened.body) if opened is not None else ())])
    of = row["biz_date"], row["drawer"], row["operator"]
    return SafeBag(*place[:3], *of, place[3], int(cents), tuple(hands))


def bags_named(data: Data) -> list[BagPlace]:
    """Every bag that a deposit (BankDepositData) says it contains, with its session or apart from it; each once."""
    covered = [
        (each["terminal"], each["epoch"], each["session"], bag["bag"])
        for each in data["sessions"]
        for bag in each["bags"]
    ]
    return list(dict.fromkeys([*covered, *apart(data)]))


def apart(data: Data) -> list[BagPlace]:
    """The bags that a deposit took apart from their sessions."""
    return [place_of_bag(each) for each in data.get("safe_bags", ())]


def in_deposits(connection: Connection, places: Iterable[BagPlace]) -> list[BagPlace]:
    """Of these bags those that are in a deposit."""
    c = tables.deposited_bag.c
    return [
        place
        for place in places
        if connection.execute(
            select(c.no).where(c.terminal == place[0], c.epoch == place[1], c.session == place[2], c.bag == place[3])
        ).first()
        is not None
    ]


def note_bags(connection: Connection, places: Iterable[BagPlace], no: int) -> None:
    """These bags are in that deposit now."""
    insert_many(connection, tables.deposited_bag, (*_PLACE, "no"), [(*place, no) for place in places])


def wait_for(connection: Connection, places: Iterable[BagPlace], no: int) -> None:
    """The deposit waits for the drops of these bags."""
    insert_many(connection, tables.deposit_waits_bag, (*_PLACE, "no"), [(*place, no) for place in places])


def dropped_since(connection: Connection, terminal: str, epoch: int) -> set[int]:
    """The deposits that waited for drops of a terminal that are in the books by now; they wait for these no more."""
    table, drop = tables.deposit_waits_bag, tables.dropped.c
    c = table.c
    there = select(drop.seq).where(
        drop.terminal == c.terminal, drop.epoch == c.epoch, drop.session == c.session, drop.bag == c.bag
    )
    here = (c.terminal == terminal) & (c.epoch == epoch) & there.exists()
    waited = set(connection.execute(select(c.no).where(here)).scalars())
    if waited:
        connection.execute(delete(table).where(here))
    return waited


def left_of(connection: Connection, terminal: str, epoch: int, session: str) -> dict[str, int]:
    """What a session dropped that no deposit has: cents by bag, in the order of its drops."""
    c, done = tables.dropped.c, tables.deposited_bag.c
    here = (c.terminal == terminal) & (c.epoch == epoch) & (c.session == session)
    held = (done.terminal == terminal) & (done.epoch == epoch) & (done.session == session)
    gone = set(connection.execute(select(done.bag).where(held)).scalars())
    left: dict[str, int] = {}
    for bag, cents in connection.execute(select(c.bag, c.cents).where(here).order_by(c.seq)):
        if bag not in gone:
            left[bag] = left.get(bag, 0) + cents
    return left


def sessions_left(connection: Connection, terminal: str, epoch: int) -> set[str]:
    """A terminal's sessions that are in a deposit without one of their bags, which is in none: it is in the safe."""
    c, done, bag = tables.dropped.c, tables.deposited.c, tables.deposited_bag.c
    deposited = (done.terminal == c.terminal) & (done.epoch == c.epoch) & (done.session == c.session)
    held = (bag.terminal == c.terminal) & (bag.epoch == c.epoch) & (bag.session == c.session) & (bag.bag == c.bag)
    query = select(c.session).select_from(tables.dropped.join(tables.deposited, deposited)).distinct()
    here = (c.terminal == terminal) & (c.epoch == epoch)
    return set(connection.execute(query.where(here, ~select(bag.no).where(held).exists())).scalars())


def left_of_days(connection: Connection, office: str, dates: Sequence[str], not_heard: Sequence[str]) -> list[str]:
    """Bags of an office's days (ISO) that are in no deposit though their session is, in words."""
    c, done, bag = tables.dropped.c, tables.deposited.c, tables.deposited_bag.c
    session, terminal = tables.session, tables.terminal.c
    its_own = (session.c.terminal == c.terminal) & (session.c.epoch == c.epoch) & (session.c.id == c.session)
    of_office = (terminal.code == c.terminal) & (terminal.epoch == c.epoch) & (terminal.office == office)
    deposited = (done.terminal == c.terminal) & (done.epoch == c.epoch) & (done.session == c.session)
    held = (bag.terminal == c.terminal) & (bag.epoch == c.epoch) & (bag.session == c.session) & (bag.bag == c.bag)
    query = (
        select(c.terminal, c.bag, session.c.drawer)
        .select_from(
            tables.dropped.join(session, its_own).join(tables.terminal, of_office).join(tables.deposited, deposited)
        )
        .where(session.c.biz_date.in_(dates), ~select(bag.no).where(held).exists())
        .order_by(c.terminal, c.epoch, c.seq)
    )
    rows = connection.execute(query).all()
    return [f"bag {row.bag} of drawer {row.drawer} at {row.terminal}" for row in rows if row.terminal not in not_heard]
