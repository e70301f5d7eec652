"""Offices and drawers of a day at a glance: how far each drawer session is on its way to the bank, and what is in it.

What a session's journal says is believed as far as it was posted, shown as far as it was heard. A terminal of which
nothing was heard that day is named: that is not the same as one at which nothing was taken.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta
from sqlalchemy import ColumnElement, Connection, RowMapping, Table, exists, literal, select

from countertui.domain.rights import Act
from countertui.domain.tenders import TenderKind
from countertui.domain.text import same_person
from countertui.forms import Form
from countertui.ledger import tables
from countertui.ledger.city_day import days_of
from countertui.ledger.desk_calls import DeskRead, Looking
from countertui.ledger.desk_reads.journals import LIVE, Part, Stretch, beyond_books
from countertui.ledger.desk_reads.plain import word
from countertui.ledger.staff import people_of

_MOST = 2_000
"""Sessions of a day; a city of 50 offices has some hundreds."""
_Sums = dict[str, int]
_Key = tuple[str, int, str]
"""A session: terminal, epoch, id."""


class DayAsked(Form, frozen=True, kw_only=True):
    """A business date, ISO; empty for today's."""

    date: Annotated[str, Meta(pattern=r"^(?:[0-9]{4}-[0-9]{2}-[0-9]{2})?\Z")] = ""


@dataclass(slots=True)
class _Drawer:
    """A drawer session of that day, put together from the books and from what is beyond them."""

    terminal: str
    epoch: int
    session: str
    operator: str = ""
    drawer: str = ""
    state: str = "open"
    batch_no: int | None = None
    batch: str = ""
    """How the batch stands that it ends in, where that is not posted."""
    over_short: int | None = None
    opened_cents: int = 0
    dropped: int = 0
    seqs: tuple[int, int | None] = (0, None)
    sums: _Sums = field(default_factory=lambda: defaultdict(int))
    bag: str = ""
    deposit: str = ""
    """How the deposit stands that names it, where it is in none that is posted."""


def day(look: Looking, asked: DayAsked) -> Mapping[str, Any]:
    """The offices of a day. Sums are what was taken, cents a tender, cash without the opening fund and with drops.

    Sums are None for whoever may not see expected figures, and of a drawer that who looks has not counted yet; then
    they are None for its office too. `not_heard`: terminals of which nothing of that day came.
    """
    connection = look.connection
    day_of = days_of(connection)
    date = asked.date or day_of(look.now)
    drawers = {(each.terminal, each.epoch, each.session): each for each in _in_books(connection, date)}
    told: dict[tuple[str, int, str], str] = {}
    for stretch in beyond_books(connection):
        _add(drawers, stretch, date)
        told |= stretch.bags
    _deposited(connection, drawers, told)
    names = {id_: person.name for id_, person in people_of(connection).items()}
    by_terminal: dict[tuple[str, int], list[_Drawer]] = defaultdict(list)
    for each in drawers.values():
        by_terminal[each.terminal, each.epoch].append(each)
    taken, terminals = _taken(connection, date), _terminals(connection)
    offices = []
    for code, name in _offices(connection):
        places = [row for row in terminals if row["office"] == code]
        here = [each for row in places for each in by_terminal.get((row["code"], row["epoch"]), [])]
        here.sort(key=lambda each: (each.terminal, each.epoch, each.seqs[0]))
        shown = [_shown(look, each, names) for each in here]
        posted = [taken[row["code"], row["epoch"]] for row in places if (row["code"], row["epoch"]) in taken]
        total = _total(shown) if look.may(Act.SEE_EXPECTED) else None
        offices.append(
            {
                "code": code,
                "name": name,
                "sessions": shown,
                "sums": total,
                "receipts": sum(n for n, _ in posted),
                "net_cents": sum(net for _, net in posted) if total is not None else None,
                "not_heard": _not_heard(day_of, places, by_terminal, date),
            }
        )
    return {"date": date, "offices": offices}


READS = {"day": DeskRead(Act.SEE_LEDGER, DayAsked, day)}


def _in_books(connection: Connection, date: str) -> Iterable[_Drawer]:
    """Sessions of that date whose opening is in the books, as far as the books go: in as many queries for any day."""
    session, record = tables.session, tables.record
    opened = (record.c.terminal == session.c.terminal) & (record.c.epoch == session.c.epoch)
    rows = connection.execute(
        select(session, record.c.body)
        .outerjoin(record, opened & (record.c.seq == session.c.open_seq))
        .where(session.c.biz_date == date)
        .order_by(session.c.terminal, session.c.epoch, session.c.open_seq)
        .limit(_MOST)
    ).all()
    tender, counted, dropped = (_of_day(connection, table, date) for table in _SUMMED)
    for row in rows:
        key = row.terminal, row.epoch, row.id
        found = _Drawer(*key, row.operator, row.drawer, seqs=(row.open_seq, row.close_seq))
        found.sums.update(tender.get(key, {}))
        found.dropped = sum(dropped.get(key, {}).values())
        found.opened_cents = json.loads(bytes(row.body))["data"]["counted_cents"] if row.body is not None else 0
        if row.close_seq is not None:
            found.state = "posted"
            # By what the ledger itself expects, not by what the terminal says it is.
            found.over_short = sum(counted.get(key, {}).values()) - sum(found.sums.values())
        yield found


_SUMMED = (
    (tables.session_tender, tables.session_tender.c.tender),
    (tables.counted, tables.counted.c.tender),
    (tables.dropped, literal("cash")),
)
"""What is expected, what was counted and what is in the safe, each by tender."""


def _of_day(connection: Connection, of: tuple[Table, ColumnElement[str]], date: str) -> dict[_Key, _Sums]:
    """Sums of a table by session and tender, of the sessions of a date."""
    table, kind = of
    session, c = tables.session, table.c
    its_own = (session.c.terminal == c.terminal) & (session.c.epoch == c.epoch) & (session.c.id == c.session)
    query = select(c.terminal, c.epoch, c.session, kind.label("kind"), c.cents).join(session, its_own)
    found: dict[_Key, _Sums] = defaultdict(lambda: defaultdict(int))
    for terminal, epoch, id_, tender, cents in connection.execute(query.where(session.c.biz_date == date)):
        found[terminal, epoch, id_][tender] += cents
    return found


def _add(drawers: dict[tuple[str, int, str], _Drawer], stretch: Stretch, date: str) -> None:
    """Add what a stretch beyond the books says of that day's sessions."""
    for part in stretch.parts:
        key = stretch.terminal, stretch.epoch, part.session
        if part.opened is not None and part.biz_date == date and key not in drawers:
            drawers[key] = _Drawer(*key, part.operator, str(part.opened["drawer"]))
            drawers[key].opened_cents = part.opened["counted_cents"]
            drawers[key].seqs = part.open_seq or 0, None
        if key not in drawers:
            continue
        found = drawers[key]
        for tender, cents in part.sums.items():
            found.sums[tender] += cents
        found.dropped += part.dropped_cents
        if part.closed is not None:
            found.seqs = found.seqs[0], part.close_seq
            found.over_short = _over_short(part.closed)
            found.state, found.batch_no, found.batch = _state_beyond(stretch, part)


def _state_beyond(stretch: Stretch, part: Part) -> tuple[str, int | None, str]:
    if stretch.state != LIVE:
        return "received", stretch.batch_no, stretch.state
    return ("sealed" if (part.close_seq or 0) < stretch.sealed_through else "counted"), None, ""


def _deposited(
    connection: Connection, drawers: Mapping[tuple[str, int, str], _Drawer], told: Mapping[tuple[str, int, str], str]
) -> None:
    """Say which sessions are in a deposit, where that is, and which are in one that was told and is not posted."""
    c, made, bank, went = tables.deposited.c, tables.deposit.c, tables.at_bank.c, tables.couriered.c
    places = sorted({key[0] for key in drawers}), sorted({key[2] for key in drawers})
    is_gone = exists().where(went.bag == made.bag).label("is_gone")
    query = (
        select(c.terminal, c.epoch, c.session, made.bag, made.state, bank.deposit, is_gone)
        .join(tables.deposit, made.no == c.seq)
        .outerjoin(tables.at_bank, bank.deposit == made.no)
        .where(c.terminal.in_(places[0]), c.session.in_(places[1]))
    )
    found = {(row.terminal, row.epoch, row.session): row for row in connection.execute(query)}
    for key, each in drawers.items():
        row = found.get(key)
        if row is None:
            each.bag, each.deposit = told.get(key, ""), "told" if key in told else ""
            continue
        each.bag = row.bag
        if each.state != "posted" or row.state != "deposited":
            each.deposit = row.state
        elif row.deposit is not None:
            each.state = "at bank"
        else:
            each.state = "courier" if row.is_gone else "deposited"


def _shown(look: Looking, each: _Drawer, names: Mapping[str, str]) -> dict[str, Any]:
    blind = each.seqs[1] is None and same_person(each.operator, look.operator)
    seen = look.may(Act.SEE_EXPECTED) and not blind
    sums = {**each.sums, TenderKind.CASH.value: each.sums[TenderKind.CASH.value] - each.opened_cents + each.dropped}
    return {
        "terminal": each.terminal,
        "epoch": each.epoch,
        "session": word(each.session),
        "drawer": word(each.drawer),
        "operator": word(each.operator),
        "operator_name": word(names.get(each.operator, each.operator)),
        "state": each.state,
        "batch_no": each.batch_no,
        "batch": each.batch,
        "bag": each.bag,
        "deposit": each.deposit,
        "over_short": each.over_short if seen else None,
        "sums": {kind: cents for kind, cents in sums.items() if cents} if seen else None,
    }


def _total(sessions: Iterable[Mapping[str, Any]]) -> _Sums | None:
    total: _Sums = defaultdict(int)
    for each in sessions:
        if each["sums"] is None:
            return None
        for kind, cents in each["sums"].items():
            total[kind] += cents
    return dict(total)


def _over_short(data: Mapping[str, Any]) -> int:
    return sum(each["cents"] for each in data["over_short"])


def _taken(connection: Connection, date: str) -> dict[tuple[str, int], tuple[int, int]]:
    """Receipts and net cents of each terminal that day, as posted."""
    c = tables.day.c
    rows = connection.execute(select(c.terminal, c.epoch, c.receipts, c.net_cents).where(c.biz_date == date))
    return {(terminal, epoch): (receipts, net) for terminal, epoch, receipts, net in rows}


def _offices(connection: Connection) -> list[tuple[str, str]]:
    c = tables.reference["office"].c
    return [(code, name) for code, name in connection.execute(select(c.code, c.name).order_by(c.code))]


def _terminals(connection: Connection) -> list[RowMapping]:
    c = tables.terminal.c
    query = select(c.code, c.epoch, c.office, c.state, c.heard_at).where(c.state != "desk")
    return list(connection.execute(query.order_by(c.code, c.epoch)).mappings())


def _not_heard(
    day_of: Callable[[str], str],
    places: Iterable[RowMapping],
    by_terminal: Mapping[tuple[str, int], list[_Drawer]],
    date: str,
) -> list[dict[str, Any]]:
    """Active and frozen terminals that nothing of that day came from, and when they were heard last (ISO 8601 UTC)."""
    found = []
    for row in places:
        heard = row["heard_at"]
        silent = heard is None or day_of(heard) < date
        if row["state"] in ("active", "frozen") and silent and not by_terminal.get((row["code"], row["epoch"])):
            found.append({"terminal": row["code"], "heard_at": heard and _to_minute(heard)})
    return found


def _to_minute(moment: str) -> str:
    return datetime.fromisoformat(moment).isoformat(timespec="minutes")
