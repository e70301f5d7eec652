"""Drawers, bags and sessions that a terminal asks for before it opens, fills or deposits them: one terminal at a time.

Working state, and no money: what happened stands in records, which are judged again when they come
(two_terminals.py). So nothing here is compared by fsck, and a ledger that was restored without it refuses less, never
more than a lead can let be.

A reservation is answered by its record: from there on the books say who has it. One whose record never came ends as
soon as its terminal told records that go well beyond it, or after `_SILENT_HOURS`; asking for the same again does not
make it longer, so nobody keeps a drawer from an office by asking.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select

from countertui.domain.records import Kind
from countertui.domain.reservations import Reserving, Thing, Wanted
from countertui.errors import AnswerNo
from countertui.ledger import tables
from countertui.ledger.after_restore import awaited
from countertui.ledger.books import Books
from countertui.ledger.desk_reads.journals import is_sound, waiting_bodies

_SILENT_HOURS = 12
_RECORDS_BEYOND = 25
"""After so many records told without it, a terminal does not make the record any more that it asked for."""
_MOST_WAITING = 300
"""Of one terminal: more than a deposit of a large office needs."""

_ALL = 2**53 - 1

Place = tuple[str, int]


class TakenElsewhereError(AnswerNo):
    """Another terminal has it, by the books or by a reservation."""


@dataclass(frozen=True, slots=True)
class _Office:
    """The office of the terminal that asks: the newest active epoch of each other terminal, what it told unsealed."""

    others: Mapping[Place, RowMapping]
    told: Mapping[Place, list[Mapping[str, Any]]]


def reserve(books: Books, terminal: str, epoch: int, wanted: Reserving, now: str) -> None:
    """Keep all that is wanted for a terminal, or nothing of it; the same again changes nothing. `now`: ISO 8601 UTC.

    Raises TakenElsewhereError.
    """
    with books.writing() as connection:
        office = _office_of(connection, terminal, epoch)
        _forget(connection, office, terminal, epoch, now)
        for each in wanted.things:
            holder = _holder(connection, office, terminal, epoch, each, now)
            if holder is not None and not (wanted.anyway and each.thing is Thing.DRAWER):
                raise holder
        for each in wanted.things:
            _keep(connection, terminal, epoch, each, wanted, now)


def _holder(
    connection: Connection,
    office: _Office,
    terminal: str,
    epoch: int,
    each: Wanted,
    now: str,
) -> TakenElsewhereError | None:
    find = {
        Thing.DRAWER: _drawer_held,
        Thing.BAG: _bag_used,
        Thing.SESSION: _session_deposited,
        Thing.SAFE_BAG: _dropped_deposited,
    }
    found = find[each.thing](connection, office, each.name, (terminal, epoch))
    return found or _reserved(connection, office, terminal, each, now)


def _drawer_held(connection: Connection, office: _Office, drawer: str, _asks: Place) -> TakenElsewhereError | None:
    """Whether the drawer is open at another terminal, as far as that one told."""
    c = tables.session.c
    here = (c.drawer == drawer) & c.close_seq.is_(None)
    rows = connection.execute(select(c.terminal, c.epoch, c.id, c.operator).where(here)).all()
    open_ = {
        (row.terminal, row.epoch, row.id): row.operator for row in rows if (row.terminal, row.epoch) in office.others
    }
    for place in office.others:
        for body in office.told[place]:
            key = (*place, body["session"])
            if body["kind"] == Kind.OPEN and body["data"].get("drawer") == drawer:
                open_[key] = body["operator"]
            elif body["kind"] == Kind.CLOSE:
                open_.pop(key, None)
    for (code, _, _), operator in open_.items():
        return TakenElsewhereError(
            f"Drawer {drawer} is open at {code} under {operator}.",
            "Nothing was recorded.",
            f"Choose another drawer, or have it closed at {code}; a lead who sees that it is here types id and PIN.",
        )
    return None


def _bag_used(connection: Connection, office: _Office, bag: str, asks: Place) -> TakenElsewhereError | None:
    """Whether the bag was used before at any terminal, or at the desk."""
    dropped, used = tables.dropped.c, tables.bag.c
    there = connection.execute(select(dropped.terminal).where(dropped.bag == bag).limit(1)).scalar()
    if there is None and connection.execute(select(used.seq).where(used.bag == bag)).first() is not None:
        there = "the desk"
    for place in office.others:
        told = (body for body in office.told[place] if body["kind"] in (Kind.DROP, Kind.DEPOSIT))
        if any(body["data"].get("bag") == bag for body in told):
            there = place[0]
    if there is None or there == asks[0]:
        return None  # the terminal's own bags it knows itself
    return TakenElsewhereError(f"Bag {bag} was used before, at {there}.", "Nothing was recorded.", "Take another bag.")


def _session_deposited(connection: Connection, office: _Office, name: str, asks: Place) -> TakenElsewhereError | None:
    """Whether the session's money is in a deposit that stands, made at the desk or at another terminal.

    The terminal's own deposits it knows itself: whether it took one back may not be posted yet.
    """
    terminal, number, session = name.split("/", 2)
    c = tables.deposited.c
    here = (c.terminal == terminal) & (c.epoch == int(number)) & (c.session == session)
    no = connection.execute(select(c.seq).where(here)).scalar()
    there = _deposited(connection, office, no, asks, lambda data: _names(data, terminal, int(number), session))
    return _told_of(f"A session of {terminal}", there)


def _dropped_deposited(connection: Connection, office: _Office, name: str, asks: Place) -> TakenElsewhereError | None:
    """Whether a dropped bag is in such a deposit, with its session or apart from it."""
    terminal, number, rest = name.split("/", 2)
    session, _, bag = rest.partition("/")
    c = tables.deposited_bag.c
    here = (c.terminal == terminal) & (c.epoch == int(number)) & (c.session == session) & (c.bag == bag)
    no = connection.execute(select(c.no).where(here)).scalar()
    place = terminal, int(number), session
    there = _deposited(connection, office, no, asks, lambda data: _contains(data, *place, bag))
    return _told_of(f"Bag {bag} of {terminal}", there)


def _told_of(what: str, there: str) -> TakenElsewhereError | None:
    if not there:
        return None
    return TakenElsewhereError(
        f"{what} is {there} already.", "Nothing was recorded.", "Sync; then look at the list again."
    )


def _deposited(
    connection: Connection, office: _Office, no: int | None, asks: Place, is_in: Callable[[Mapping[str, Any]], bool]
) -> str:
    """In which deposit it is, by the books (`no`) and by what the others told since; empty for none."""
    there = _deposited_in_books(connection, no, asks)
    for place in office.others:
        for body in office.told[place]:
            if body["kind"] == Kind.DEPOSIT and is_in(body["data"]):
                there = f"in deposit {body['data'].get('slip_no')} of {place[0]}"
            elif body["kind"] == Kind.DEPOSIT_TAKEN_BACK and there.endswith(f" of {place[0]}"):
                there = ""
    return there


def _deposited_in_books(connection: Connection, no: int | None, asks: Place) -> str:
    """In which deposit of the books it is, unless its maker is who asks or told that it took it back."""
    deposit = tables.deposit.c
    if no is None:
        return ""
    made = connection.execute(select(tables.deposit).where(deposit.no == no)).mappings().first()
    if made is not None:
        maker = made["terminal"], made["epoch"]
        if maker == asks:
            return ""
        for body, _ in waiting_bodies(connection, *maker, made["seq"] + 1, _ALL):
            is_back = body["kind"] == Kind.DEPOSIT_TAKEN_BACK and is_sound(body)
            if is_back and body["data"]["deposit"]["seq"] == made["seq"]:
                return ""
    return "in a deposit of the ledger's books"


def _names(data: Mapping[str, Any], terminal: str, epoch: int, session: str) -> bool:
    return any(True for _ in _rows_of(data.get("sessions"), terminal, epoch, session))


def _contains(data: Mapping[str, Any], terminal: str, epoch: int, session: str, bag: str) -> bool:
    held: list[object] = []
    for row in _rows_of(data.get("sessions"), terminal, epoch, session):
        bags = row.get("bags")
        held += bags if isinstance(bags, list) else []
    held += _rows_of(data.get("safe_bags"), terminal, epoch, session)
    return any(isinstance(each, dict) and each.get("bag") == bag for each in held)


def _rows_of(said: object, terminal: str, epoch: int, session: str) -> list[dict[str, Any]]:
    """Of rows of any form those that name a session."""
    rows = said if isinstance(said, list) else []
    wanted = (terminal, epoch, session)
    return [
        each
        for each in rows
        if isinstance(each, dict) and (each.get("terminal"), each.get("epoch"), each.get("session")) == wanted
    ]


def _reserved(
    connection: Connection, office: _Office, terminal: str, each: Wanted, now: str
) -> TakenElsewhereError | None:
    """Whether another terminal asked for it before, and its record may still come."""
    c = tables.reserved.c
    here = (c.thing == each.thing.value) & (c.name == each.name) & (c.terminal != terminal)
    for row in connection.execute(select(tables.reserved).where(here)).mappings():
        if _counts(connection, office, row, now):
            return TakenElsewhereError(
                f"{row['terminal']} is about to use {each.thing.value} {each.name}, for {row['operator']}.",
                "Nothing was recorded.",
                "Ask there; if nothing came of it, try again later.",
            )
    return None


def _counts(connection: Connection, office: _Office, row: RowMapping, now: str) -> bool:
    """Whether a reservation still keeps others off: its record has not come, and may."""
    place = row["terminal"], row["epoch"]
    if place not in office.others or _is_answered(connection, office, row):
        return False
    if datetime.fromisoformat(now) - datetime.fromisoformat(row["at"]) > timedelta(hours=_SILENT_HOURS):
        return False
    told = office.told[place]
    known = told[-1]["seq"] if told else office.others[place]["last_seq"]
    return bool(known <= row["after_seq"] + _RECORDS_BEYOND)


def _is_answered(connection: Connection, office: _Office, row: RowMapping) -> bool:
    """Whether the record came that it was for: then the books say who has it."""
    place = row["terminal"], row["epoch"]
    told = office.told.get(place, [])
    if row["thing"] == Thing.DRAWER:
        c = tables.session.c
        here = (c.terminal == place[0]) & (c.epoch == place[1]) & (c.id == row["by"])
        there = connection.execute(select(c.id).where(here)).first() is not None
        return there or any(body["kind"] == Kind.OPEN and body["session"] == row["by"] for body in told)
    c = tables.record.c
    there = connection.execute(select(c.seq).where(c.id == row["by"])).first() is not None
    return there or any(body["id"] == row["by"] for body in told)


def _keep(connection: Connection, terminal: str, epoch: int, each: Wanted, wanted: Reserving, now: str) -> None:
    """Note it. What the terminal asked for before and made nothing of keeps its time: asking again is no way to hold
    on to it."""
    table = tables.reserved
    c = table.c
    here = (c.thing == each.thing.value) & (c.name == each.name) & (c.terminal == terminal)
    before = connection.execute(select(c.at, c.after_seq).where(here)).first()
    connection.execute(delete(table).where(here))
    values = {"thing": each.thing.value, "name": each.name, "terminal": terminal, "epoch": epoch}
    values |= {"by": wanted.by, "operator": wanted.operator, "biz_date": wanted.biz_date}
    values |= {"after_seq": before.after_seq if before else wanted.after_seq, "at": before.at if before else now}
    connection.execute(insert(table).values(values))


def _forget(connection: Connection, office: _Office, terminal: str, epoch: int, now: str) -> None:
    """Drop what was answered, and the oldest of a terminal that asks for more than anybody needs."""
    table = tables.reserved
    rows = connection.execute(select(table).order_by(table.c.at)).mappings().all()
    own = [row for row in rows if row["terminal"] == terminal]
    day_ago = datetime.fromisoformat(now) - timedelta(days=1)
    gone = [row for row in rows if datetime.fromisoformat(row["at"]) < day_ago]
    gone += [row for row in own if row["epoch"] != epoch or _is_answered(connection, office, row)]
    gone += own[: max(0, len(own) - _MOST_WAITING)]
    for row in gone:
        c = table.c
        here = (c.thing == row["thing"]) & (c.name == row["name"]) & (c.terminal == row["terminal"])
        connection.execute(delete(table).where(here))


def _office_of(connection: Connection, terminal: str, epoch: int) -> _Office:
    """The office's terminals. Whom a restored ledger still waits for is not among the others: what the books say of it
    is of the day of the backup."""
    table = tables.terminal
    rows = connection.execute(select(table).order_by(table.c.epoch)).mappings().all()
    mine = next(row for row in rows if row["code"] == terminal)
    newest = {row["code"]: row for row in rows if row["office"] == mine["office"]}
    waited = set(awaited(connection))
    others = {
        (row["code"], row["epoch"]): row
        for row in newest.values()
        if row["state"] == "active" and row["code"] != terminal and (row["code"], row["epoch"]) not in waited
    }
    places = [*others, (terminal, epoch)]
    return _Office(others, {place: list(_told(connection, *place)) for place in places})


_OF_DRAWERS = frozenset({Kind.OPEN, Kind.CLOSE, Kind.DROP, Kind.DEPOSIT, Kind.DEPOSIT_TAKEN_BACK})


def _told(connection: Connection, terminal: str, epoch: int) -> Iterator[Mapping[str, Any]]:
    """What a terminal told since its last batch of drawers and bags, and its last record, in its order."""
    c = tables.provisional.c
    here = (c.terminal == terminal) & (c.epoch == epoch)
    rows = connection.execute(select(c.seq, c.body).where(here).order_by(c.seq)).all()
    for n, (seq, stored) in enumerate(rows, start=1):
        body = json.loads(bytes(stored))
        kind, data = body.get("kind"), body.get("data")
        if n == len(rows) or (type(kind) is str and kind in _OF_DRAWERS):
            # Signed, and judged by nobody yet: what it says may be of any form.
            names = {name: str(body.get(name)) for name in ("kind", "id", "session", "operator")}
            yield {**names, "seq": seq, "data": data if isinstance(data, dict) else {}}
