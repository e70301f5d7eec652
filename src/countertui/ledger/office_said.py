"""What the ledger tells a terminal of its own office: drawer sessions that wait for the bank, and what is deposited.

Only what is in no deposit is told whole, and a session of which a bag was left in the safe. What was told live is told
too: it is verified, posted it is later.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, RowMapping, func, select

from countertui.domain.desk_records import DESK
from countertui.domain.office_said import OfficeSaid, SaidTerminal
from countertui.domain.records import Kind
from countertui.domain.seen_sessions import (
    SeenDeposit,
    SeenSession,
    UnsoundRecord,
    add_record,
    deposit_made,
    deposit_taken_back,
)
from countertui.ledger import tables
from countertui.ledger.amounts import UnsoundRecordError, net_of
from countertui.ledger.books import Books
from countertui.ledger.deposited_bags import sessions_left
from countertui.ledger.desk import EPOCH
from countertui.ledger.desk_reads.journals import LIVE, waiting_bodies
from countertui.sync.office_answer import signed_office

Body = Mapping[str, Any]
_DAYS = 31
"""How far back sessions are told."""
_MOST_SESSIONS = 12
"""Of one terminal in no deposit, the newest: each is read record by record. Of older ones' days nothing is said."""
_ALL = 2**53 - 1
_OF_DRAWERS = [kind.value for kind in (Kind.OPEN, Kind.PAY, Kind.VOID, Kind.DROP, Kind.CLOSE)]
_GONE = "taken_back"


class _Beyond(NamedTuple):
    """What a terminal told that is not in the books: through which record, and of them those that are sound."""

    through: int
    sound: list[tuple[Body, str]]


def office_answer(books: Books, key: Ed25519PrivateKey, terminal: str, epoch: int, now: str) -> bytes | None:
    """The signed answer for a terminal of the register; None for one of an epoch that is not on it. `now`: ISO 8601."""
    with books.reading() as connection:
        table = tables.terminal
        here = (table.c.code == terminal) & (table.c.epoch == epoch)
        office = connection.execute(select(table.c.office).where(here)).scalar()
        if office is None:
            return None
        return signed_office(said_of_office(connection, office, now), books.ledger, terminal, epoch, key)


def said_of_office(connection: Connection, office: str, now: str) -> OfficeSaid:
    """The office as the ledger has it."""
    since = (datetime.fromisoformat(now).date() - timedelta(_DAYS)).isoformat()
    table = tables.terminal
    here = (table.c.office == office) & (table.c.state != "desk")
    rows = connection.execute(select(table).where(here).order_by(table.c.code, table.c.epoch)).mappings().all()
    beyond = {(row["code"], row["epoch"]): _beyond_books(connection, row) for row in rows}
    deposits = _deposits(connection, office, since)
    for place, bodies in beyond.items():
        back = {deposit_taken_back(body) for body, _ in bodies.sound}
        deposits[place] = [made for made in deposits.get(place, []) if made["seq"] not in back]
    done = {place for made in deposits.values() for each in made for place in map(tuple, each["sessions"])}
    told = tuple(_terminal(connection, row, since, deposits, done, beyond[row["code"], row["epoch"]]) for row in rows)
    return OfficeSaid(office, now, told, tuple(deposits.get((DESK, EPOCH), ())))


def _terminal(
    connection: Connection,
    row: RowMapping,
    since: str,
    deposits: Mapping[tuple[str, int], list[SeenDeposit]],
    done: set[tuple[Any, ...]],
    beyond: _Beyond,
) -> SaidTerminal:
    place = row["code"], row["epoch"]
    left = {(*place, id_) for id_ in sessions_left(connection, *place)}
    sessions, dates = _in_books(connection, row, since, done - left)
    made = {each["seq"]: each for each in deposits.get(place, [])}
    for body, state in beyond.sound:
        ends = state != LIVE and body["kind"] == Kind.CLOSE
        add_record(sessions, body, _batch_of(connection, place, body["seq"]) if ends else None)
        if (deposit := deposit_made(body)) is not None:
            made[deposit["seq"]] = deposit
        if (back := deposit_taken_back(body)) is not None:
            made.pop(back, None)
    gone = ({tuple(each) for deposit in made.values() for each in deposit["sessions"]} | done) - left
    dates |= {one["biz_date"] for one in sessions.values()}
    return SaidTerminal(
        code=place[0],
        epoch=place[1],
        through=beyond.through,
        heard_at=row["heard_at"] or "",
        dates=tuple(sorted(dates)),
        sessions=tuple(one for id_, one in sessions.items() if (*place, id_) not in gone),
        deposits=tuple(made[seq] for seq in sorted(made)),
        posted=row["posted_seq"],
        error_items=_open_items(connection, place),
    )


def _beyond_books(connection: Connection, row: RowMapping) -> _Beyond:
    found = waiting_bodies(connection, row["code"], row["epoch"], row["posted_seq"] + 1, _ALL)
    through = found[-1][0]["seq"] if found else row["posted_seq"]
    return _Beyond(through, [(body, state) for body, state in found if _is_sound(body)])


def _open_items(connection: Connection, place: tuple[str, int]) -> int:
    """How many error items of a terminal's records nobody closed yet."""
    c = tables.error_item.c
    here = (c.terminal == place[0]) & (c.epoch == place[1]) & (c.state == "open")
    return int(connection.execute(select(func.count()).where(here)).scalar_one())


def _in_books(
    connection: Connection, row: RowMapping, since: str, done: set[tuple[Any, ...]]
) -> tuple[dict[str, SeenSession], set[str]]:
    """A terminal's posted sessions that are not done, by id; and the dates of which all are told."""
    c = tables.session.c
    place = row["code"], row["epoch"]
    here = (c.terminal == place[0]) & (c.epoch == place[1]) & ((c.biz_date >= since) | c.close_seq.is_(None))
    rows = connection.execute(select(tables.session).where(here).order_by(c.open_seq)).mappings().all()
    waits = [each for each in rows if (*place, each["id"]) not in done]
    left_out = {each["biz_date"] for each in waits[:-_MOST_SESSIONS]}
    waits = waits[-_MOST_SESSIONS:]
    sessions: dict[str, SeenSession] = {}
    for each in waits:
        last = each["close_seq"] or row["posted_seq"]
        batch_no = _batch_of(connection, place, last)
        for body in _records(connection, *place, each["open_seq"], last):
            if body["session"] == each["id"]:
                add_record(sessions, body, batch_no)
    return sessions, {each["biz_date"] for each in rows} - left_out


def _records(connection: Connection, terminal: str, epoch: int, first: int, last: int) -> Iterator[Body]:
    c = tables.record.c
    here = (c.terminal == terminal) & (c.epoch == epoch) & (c.seq >= first) & (c.seq <= last)
    query = select(c.body, c.id).where(here, c.kind.in_(_OF_DRAWERS)).order_by(c.seq)
    for stored, id_ in connection.execute(query).all():
        body = json.loads(bytes(stored))
        if body["id"] == id_:  # what people posted a batch without goes by its hash there
            yield body


def _deposits(connection: Connection, office: str, since: str) -> dict[tuple[str, int], list[SeenDeposit]]:
    """The office's deposits that stand in the books, by the terminal that made them; the desk's under its own code."""
    deposit, covered = tables.deposit, tables.deposited
    here = (deposit.c.office == office) & (deposit.c.biz_date >= since) & (deposit.c.state != _GONE)
    rows = connection.execute(select(deposit).where(here).order_by(deposit.c.no)).mappings().all()
    numbers = [row["no"] for row in rows]
    places = connection.execute(select(covered).where(covered.c.seq.in_(numbers))).all() if numbers else []
    sessions: dict[int, list[tuple[str, int, str]]] = defaultdict(list)
    for each in places:
        sessions[each.seq].append((each.terminal, each.epoch, each.session))
    held = tables.deposited_bag
    bags: dict[int, list[tuple[str, int, str, str]]] = defaultdict(list)
    for each in connection.execute(select(held).where(held.c.no.in_(numbers))).all() if numbers else []:
        bags[each.no].append((each.terminal, each.epoch, each.session, each.bag))
    found: dict[tuple[str, int], list[SeenDeposit]] = defaultdict(list)
    for row in rows:
        made = SeenDeposit(
            seq=row["seq"],
            slip_no=row["slip_no"],
            bag=row["bag"],
            sessions=sessions[row["no"]],
            safe_bags=[bag for bag in bags[row["no"]] if bag[:3] not in sessions[row["no"]]],
        )
        found[row["terminal"], row["epoch"]].append(made)
    return found


def _batch_of(connection: Connection, place: tuple[str, int], seq: int) -> int | None:
    """The number of the batch that holds a record."""
    c = tables.batch.c
    here = (c.terminal == place[0]) & (c.epoch == place[1]) & (c.first_seq <= seq) & (c.last_seq >= seq)
    no: int | None = connection.execute(select(c.no).where(here)).scalar()
    return no


def _is_sound(body: Body) -> bool:
    """Whether a record's own amounts are there: what waits for people, or was told live, may say anything."""
    try:
        net_of(body)
        add_record({}, body, None)
    except (UnsoundRecord, UnsoundRecordError, KeyError, TypeError, AttributeError, ValueError):
        return False
    return True
